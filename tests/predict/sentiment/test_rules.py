"""Each rule of the lexicon, on sentences that differ in that rule alone."""

from __future__ import annotations

import unicodedata
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.predict.sentiment import JapaneseLexicon, aspects, cues
from okaeri.predict.sentiment.scanning import Scanner, plain
from okaeri.predict.sentiment.vocabulary import KINDS, parsed
from okaeri.schema.measured.feelings import ASPECTS

ENGINE = JapaneseLexicon()


def score(text: str) -> float:
    return float(ENGINE.score([text]).score[0])


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("良くない", "良い"),
        ("満足できません", "満足"),
        ("おいしくなかった", "おいしかった"),
        ("臭い", "臭くない"),
        ("値段は安いけど品質が悪い", "品質が悪いけど値段は安い"),
        ("とても満足。しかし臭い。", "臭い。しかしとても満足。"),
        ("もう少し甘ければ良かった", "甘くて良かった"),
        ("少し残念", "満足"),
        ("とても残念", "少し残念"),
        ("ちょっと嬉しい", "とても嬉しい"),
        ("最高ですね(笑)", "最高ですね"),
        ("最高ですね(棒)", "つまらない"),
        ("「高級」な品", "高級感のある品"),
        ("期待したほどではない", "期待した通りではないが良い"),
        ("二度と買わない", "また買う"),
        ("届きました😡", "届きました😊"),
        ("届きました(T_T)", "届きました(^^)"),
        ("もっと安いといい", "もっと早く買えば良かった"),
        ("嬉しい", "嬉しい！"),
    ],
)
def test_one_is_worse_than_the_other(worse, better):
    assert score(worse) < score(better)


@pytest.mark.parametrize(
    ("one", "other"),
    [("オススメです", "ｵｽｽﾒです"), ("きれい", "キレイ"), ("ＧＯＯＤ", "good"), ("がっかり", "ガッカリ")],
)
def test_spelling_makes_no_difference(one, other):
    assert score(one) == score(other) != 0


@pytest.mark.parametrize("text", ["", " ", "昨日届いた", "かもしれない", "注文番号を教えてください", "ゴミ袋", "\n\n"])
def test_what_says_nothing_has_no_feeling(text):
    assert abs(score(text)) < 0.15


def test_a_negation_does_not_reach_into_the_next_clause():
    assert score("美味しい。甘くない。") > score("美味しくない。甘い。")
    assert score("可愛くて良い、邪魔にもならない") > 0


def test_confidence_grows_with_what_is_said_and_evidence_names_it():
    found = ENGINE.score(["昨日届いた", "良い", "良い。最高。また買う。"])
    assert found.confidence[0] == 0 < found.confidence[1] < found.confidence[2] < 1
    assert found.evidence[0] == ()
    assert found.evidence[2][:2] == ("+良い", "+最高")
    assert set(found.engine) == {ENGINE.id}


def test_a_long_text_of_many_sentences_stays_within_bounds():
    assert 0.99 < score("最高！" * 10_000) <= 1
    assert -1 <= score("最悪。" * 10_000) < -0.99


def test_each_spelling_stands_in_the_file_once_and_each_kind_is_known():
    written = files("okaeri.predict.sentiment").joinpath("lexicon.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in written.splitlines() if line and not line.startswith("#")]
    spellings = [plain(spelling) for _, _, listed in lines for spelling in listed.split()]
    assert sorted({one for one in spellings if spellings.count(one) > 1}) == []
    assert {kind for kind, _, _ in lines} <= set(KINDS)
    assert len(spellings) > 3000


def test_what_is_written_out_counts_before_what_is_derived():
    made = parsed("word\t1\t赤~ くろい\nword\t-1\t赤い\n")
    weights = dict(zip(made.patterns, made.weights, strict=True))
    assert weights["赤い"] == -1
    assert weights["赤く"] == weights["クロイ"] == 1


def brute(patterns: list[str], text: str) -> list[tuple[int, int, int]]:
    """Leftmost longest, letter by letter."""
    hits, at = [], 0
    while at < len(text):
        found = max((one for one in patterns if text.startswith(one, at)), key=len, default=None)
        if found:
            hits.append((at, at + len(found), patterns.index(found)))
        at += len(found) if found else 1
    return hits


WORDS = st.lists(st.text("あいう😊a", min_size=1, max_size=7), min_size=1, max_size=12, unique=True)
TEXTS = st.lists(st.text("あいう😊a。", max_size=30), min_size=1, max_size=5)


@given(patterns=WORDS, texts=TEXTS)
def test_the_scanner_finds_what_a_search_letter_by_letter_finds(patterns, texts):
    assert Scanner(patterns).scan(texts) == [brute(patterns, text) for text in texts]


@given(st.text(max_size=60))
def test_any_text_has_a_score_within_bounds(text):
    found = ENGINE.score([text, unicodedata.normalize("NFD", text)])
    assert (abs(found.score) <= 1).all()
    assert ((found.confidence >= 0) & (found.confidence < 1)).all()
    for _ in aspects([text], ENGINE):
        pass


def test_the_aspects_are_those_of_the_schema():
    assert cues().names == ASPECTS


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("味は良いけど、梱包がひどい。", {"scent_taste"}, {"unboxing"}),
        ("配送は早かった。サポートの対応が悪い。", {"delivery"}, {"support"}),
        ("値段は安いが、すぐに効果がなくなり残念", {"price"}, {"effect"}),
        ("返品に応じてくれず最悪です。", set(), {"returns"}),
        ("使い方が簡単で、香りも好きです。", {"use", "scent_taste"}, set()),
        ("決済のエラーで困りました", set(), {"payment"}),
        ("商品ページの説明がわかりにくい", set(), {"product_page"}),
        ("広告は嘘ばかり", set(), {"advert"}),
        ("また購入します！", {"repeat"}, set()),
    ],
)
def test_each_aspect_is_felt_by_its_own_clause(text, good, bad):
    (found,) = aspects([text], ENGINE)
    assert good <= {one.name for one in found if one.score > 0}
    assert bad <= {one.name for one in found if one.score < 0}
