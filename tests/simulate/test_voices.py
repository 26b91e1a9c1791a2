from dataclasses import replace

import numpy as np
import pytest

from okaeri.simulate import ShopPlan, shop_tables
from okaeri.simulate.block import blocks_of
from okaeri.simulate.voices import TOUCHPOINTS, voices_of

PLAN = ShopPlan(customers=4000, seed=9, years=2)


@pytest.fixture(scope="module")
def block():
    return next(blocks_of(PLAN))


@pytest.fixture(scope="module")
def voices(block):
    return voices_of(block)


def test_thousands_of_texts_are_distinct(voices):
    assert len(set(voices.text)) > 5000
    assert len(set(voices.text)) > 0.9 * len(voices.text)
    assert all(voices.text)


def test_ratings_follow_satisfaction(block, voices):
    felt = block.orders.satisfaction[voices.row]
    for place, source in enumerate(voices.source_names()):
        assert (voices.rating[place] >= 0) == (source in ("survey_before", "survey_after", "review"))
    judged = np.isin(voices.source_names(), ["survey_after", "review"])
    assert np.corrcoef(felt[judged], voices.rating[judged])[0, 1] > 0.7
    assert set(voices.rating[voices.rating >= 0]) <= {0.0, 0.25, 0.5, 0.75, 1.0}


@pytest.mark.parametrize(
    ("name", "touchpoint", "words"),
    [
        ("late_delivery", "delivery", ("遅", "届", "間に合", "追跡", "日にち指定")),
        ("leaking_bottle", "unboxing", ("漏れ", "こぼれ", "びしょ", "液", "中身")),
        ("wrong_shade", "use", ("色", "白浮き")),
        ("kind_reply", "support", ("丁寧", "親", "心", "交換", "対応", "教えて", "一言")),
    ],
)
def test_who_tells_of_a_happening_uses_its_words_at_its_touchpoint(voices, name, touchpoint, words):
    place = [h.name for h in PLAN.happenings].index(name)
    told = np.flatnonzero(voices.happening == place)
    texts = [voices.text[row] for row in told]
    assert len(texts) > 50
    assert {TOUCHPOINTS[t] for t in voices.touchpoint[told]} == {touchpoint}
    assert np.mean([any(word in text for word in words) for text in texts]) > 0.95


def test_words_fit_the_mood(voices):
    """Praise and blame, by a few words that only one of them uses."""
    glad, sad = ("神。", "✨", "大満足", "リピ確定"), ("😡", "金返せ", "もう買いません", "💢")
    for place, text in enumerate(voices.text):
        if any(word in text for word in sad):
            assert voices.mood[place] <= 0 or voices.source[place] in (0, 3)
        if any(word in text for word in glad[2:]):
            assert voices.mood[place] == 1


def test_there_is_slang_negation_emoji_and_the_odd_slip(voices):
    text = "\n".join(voices.text)
    for words in (
        ("マジ", "ぶっちゃけ", "やばい"),
        ("べたつかない", "悪くはない"),
        ("😊", "😢"),
        ("届ました", "以外と", "でs。"),
        ("orz", "(^^)"),
    ):
        assert any(word in text for word in words), words


def test_nobody_speaks_before_the_order_or_of_what_was_cancelled(block, voices):
    ordered = block.orders.day[voices.row] * 86_400 + block.orders.second[voices.row]
    assert (voices.at > ordered).all()
    assert (block.amounts.status[voices.row] != 3).all()


def test_a_silent_shop_has_no_voices():
    silent = replace(
        PLAN.voicing, **dict.fromkeys(("survey_before", "survey_after", "review", "social", "inquiry", "reply"), 0.0)
    )
    plan = replace(PLAN, customers=100, voicing=silent, happenings=(), returned=0.0)
    assert shop_tables(plan)["voices"]["text"] == []
