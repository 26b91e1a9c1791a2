"""Causes in words: planted ones are named, words common to all are not."""

import numpy as np

from okaeri.predict.emotion.causes import causes, sample

COMMON = (
    "届きました。",
    "化粧水です。",
    "いつも使っています。",
    "先日注文した者です。",
    "思ったより小さい。",
    "普通です。",
)
LATE = ("発送が遅れて届いた。", "配達が遅れて困った。", "遅れて間に合わない。")
LEAK = ("液が漏れていた。", "箱の中で漏れた。", "キャップから漏れます。")


def texts(seed: int, count: int, planted: tuple[str, ...], share: float) -> list[str]:
    chance = np.random.default_rng(seed)
    return [str(chance.choice(COMMON)) + (str(chance.choice(planted)) if chance.random() < share else "")
            + str(chance.choice(COMMON)) for _ in range(count)]  # fmt: skip


def test_planted_causes_are_named_the_weightiest_first_with_voices_that_say_so():
    below = texts(1, 120, LATE, 0.6) + texts(2, 60, LEAK, 0.9)
    found = causes(below, texts(3, 400, LATE, 0.0))
    assert "遅れて" in found[0].phrase
    assert "漏れ" in found[1].phrase
    for cause in found:
        assert len(cause.examples) == 3
        assert all(cause.phrase in below[at] for at in cause.examples)
        assert cause.count == sum(cause.phrase in text for text in below)
        assert cause.share == cause.count / len(below)


def test_words_as_frequent_elsewhere_are_no_cause():
    assert causes(texts(5, 150, LATE, 0.3), texts(6, 150, LATE, 0.3)) == []


def test_few_texts_and_no_texts_name_nothing():
    assert causes([], texts(1, 50, LATE, 0.5)) == []
    assert causes(["遅れて届いた。"] * 3, texts(1, 50, LATE, 0.0)) == []
    assert causes(["遅れて届いた。"] * 30, []) != []


def test_english_causes_are_named_too():
    below = ["Arrived broken.", "The bottle was broken", "broken again, sigh", "It came broken!", "Broken lid"] * 3
    above = ["Arrived early.", "The bottle was lovely", "fine again, yes", "It came quickly!", "Nice lid"] * 3
    assert "broken" in causes(below, above)[0].phrase


def test_one_cause_is_not_told_thrice():
    found = causes(texts(7, 150, LATE, 0.8), texts(8, 300, LATE, 0.0))
    assert sum("遅れ" in cause.phrase for cause in found) == 1


def test_a_sample_is_in_order_and_of_the_asked_size():
    chance = np.random.default_rng(1)
    assert sample(5, 9, chance) == [0, 1, 2, 3, 4]
    drawn = sample(100, 10, chance)
    assert len(set(drawn)) == 10
    assert drawn == sorted(drawn)
