"""Topics planted in made-up texts are found with their words; words read as words."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predict.sentiment import Topic, nouns, topic_of, topics

PLANTED = {
    "scent": ("香り", "香水", "ラベンダー", "余韻"),
    "parcel": ("箱", "緩衝材", "ダンボール", "配送業者"),
    "price": ("値段", "クーポン", "価格帯", "割引"),
    "fit": ("サイズ", "袖丈", "肩幅", "寸法表"),
}
SHARED = ("先生", "ノート", "電車")


def planted(count: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """Texts with two words of one topic each, and words that stand in texts of any topic; and their topics."""
    dice = np.random.default_rng(seed)
    names = dice.choice(list(PLANTED), count).tolist()
    return [
        "。".join(f"{word}が話に出た" for word in (*dice.choice(PLANTED[name], 2, replace=False), *_shared(dice)))
        for name in names
    ], names


def _shared(dice: np.random.Generator) -> list[str]:
    return [word for word in SHARED if dice.random() < 1 / 3]


def test_planted_topics_are_found_each_with_its_own_words():
    found = topics(planted(600)[0])
    assert len(found) == len(PLANTED)
    for words in PLANTED.values():
        assert any(set(words) == set(topic.words[: len(words)]) for topic in found), words


def test_texts_go_to_the_topic_they_were_written_about():
    found = topics(planted(600)[0])
    texts, names = planted(300, seed=2)
    given = topic_of(list(nouns(texts)), found)
    of = {name: {given[at] for at, one in enumerate(names) if one == name} for name in PLANTED}
    assert all(len(one) == 1 for one in of.values())
    assert len(set.union(*of.values())) == len(PLANTED)


def test_the_topic_with_the_most_texts_comes_first():
    for name in ("fit", "scent"):
        more = [text for text, one in zip(*planted(1_200, seed=2), strict=True) if one == name]
        assert set(topics([*planted(600)[0], *more])[0].words) == set(PLANTED[name])


def test_words_that_stand_together_as_by_chance_have_no_topics():
    dice = np.random.default_rng(5)
    words = [word for words in PLANTED.values() for word in words]
    texts = ["。".join(f"{word}が話に出た" for word in words if dice.random() < 0.2) for _ in range(600)]
    assert topics(texts) == []


@pytest.mark.parametrize("texts", [[], [""], ["香りが良い"], ["香りと箱が良い"] * 3, ["香りと箱が良い"] * 9])
def test_too_little_has_no_topics(texts):
    assert topics(texts) == []


def test_the_same_texts_give_the_same_topics():
    texts, _ = planted(300)
    assert [topic.told() for topic in topics(texts)] == [topic.told() for topic in topics(list(texts))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("梱包の緩衝材が少ない", {"梱包", "緩衝材"}),
        ("毎日使っています", set()),  # 毎日使 is no word, 毎日 says nothing
        ("朝晩使って乾燥が減った", {"朝晩", "乾燥"}),
        ("箱が潰れ、意味がない", {"箱", "意味"}),
        ("味は興味深い", {"味", "興味"}),
        ("口コミを見て化粧水ノート", {"口コミ", "化粧水", "ノート"}),
        ("使い方の説明書", {"使い方", "説明書"}),
        ("ﾌｧﾝﾃﾞのカラー", {"ファンデ", "カラー"}),
        ("40代敏感肌で、3回目", {"敏感肌"}),
        ("最高で大満足", set()),  # how, not what
        ("The zipper broke and the strap was thin", {"zipper", "broke", "strap"}),
        ("", set()),
    ],
)
def test_nouns_are_whole_words(text, words):
    assert next(nouns([text])) == words


def test_a_text_without_any_topics_words_has_none():
    known = [Topic({"香り": 0.9, "泡": 0.4}), Topic({"箱": 1.0})]
    assert topic_of([{"香り", "箱"}, {"箱", "泡"}, {"傘"}, set()], known) == [1, 1, None, None]


def test_words_shown_are_the_strong_ones():
    assert Topic({"香り": 0.9, "泡": 0.4, "傘": 0.1}).words == ["香り", "泡"]
    assert Topic.read(Topic({"香り": 1.0}).told()) == Topic({"香り": 1.0})
