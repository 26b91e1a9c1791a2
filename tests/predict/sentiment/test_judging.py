"""What each rule makes of a word, to the letter, in a language of eleven words."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predict.sentiment import JapaneseLexicon, choose
from okaeri.predict.sentiment.scanning import Scanner
from okaeri.predict.sentiment.vocabulary import parsed

WORDS = (
    "word\t1\t良\nword\t-1\t悪\nnot\t0\tない\nmore\t2\t超\nirony\t0\t笑\nopen\t0\t「\nclose\t0\t」\ncomma\t0\t、\n"
    "stop\t0\t。\nbut\t0\tけど\nwish\t-1\tほしい\n"
)
ENGINE = JapaneseLexicon(parsed(WORDS))


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("良ない", [-0.8]),
        ("悪ない", [0.6]),
        ("良" + "x" * 7 + "ない", [-0.8]),
        ("良" + "x" * 8 + "ない", [1, -0.15]),
        ("良、ない", [1, -0.15]),
        ("良。ない", [1, -0.15]),
        ("超良", [2]),
        ("超" + "x" * 8 + "良良", [2, 1]),
        ("超" + "x" * 9 + "良", [1]),
        ("超。良", [1]),
        ("悪良笑", [-1, 0.4]),
        ("良。良。笑", [1, 0.4]),
        ("良。良笑", [1, 0.4]),
        ("「良」良", [0.5, 1]),
        ("「悪」", [-1]),
        ("「良。良", [0.5, 1]),
        ("良けど悪", [0.4, -1]),
        ("良けど。悪", [1, -1]),
        ("良。良けど悪", [1, 0.4, -1]),
        ("良ほしい", [-0.4]),
        ("悪ほしい", [-1, -1]),
    ],
)
def test_each_word_counts_as_the_rules_say(text, amounts):
    (reading,) = ENGINE.readings([text])
    assert reading.amounts == pytest.approx(amounts)


def test_of_long_words_that_begin_alike_the_longest_is_found():
    scanner = Scanner(["あいうえお", "あいうえおか", "あいうえおかきく"])
    assert scanner.scan(["xあいうえおかき", "あいうえおかきくけ"]) == [[(1, 7, 1)], [(0, 8, 2)]]


def test_labels_dealt_out_at_random_are_not_foretold():
    chance = np.random.default_rng(4)
    texts = ["".join(chance.choice(list("かきくけこさしすせそ"), 12)) for _ in range(300)]
    judged = choose(texts, chance.integers(0, 2, 300) * 2)
    assert [one.engine for one in judged] == ["lexicon", "shop"]
    assert judged[1].accuracy < 0.62
