"""What each rule makes of a word, to the letter, in a language of eleven words."""

from __future__ import annotations

import pytest

from okaeri.predict.sentiment import JapaneseLexicon
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
