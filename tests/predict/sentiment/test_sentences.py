"""The lexicon beside our own sentences, written and labelled by hand: hard ones on purpose."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from okaeri.predict.sentiment import JapaneseLexicon, Lexicon

#: A score nearer to nought counts as neither good nor bad.
BAND = 0.15
SENTENCES = Path(__file__).with_name("sentences.tsv")


def sentences() -> list[tuple[str, int, str]]:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()[1:]
    return [(text, int(label), kind) for text, label, kind in (line.split("\t") for line in lines)]


@pytest.fixture(scope="module")
def judged() -> list[tuple[int, int, str]]:
    """Label, verdict and kind of every sentence."""
    rows = sentences()
    scores = JapaneseLexicon().score([text for text, _, _ in rows]).score
    verdicts = np.where(scores > BAND, 1, np.where(scores < -BAND, -1, 0)).tolist()
    return [(label, verdict, kind) for (_, label, kind), verdict in zip(rows, verdicts, strict=True)]


def accuracy(pairs: list[tuple[int, int]]) -> float:
    return sum(label == verdict for label, verdict in pairs) / len(pairs)


def test_there_are_500_different_sentences_with_hard_ones_of_every_kind():
    rows = sentences()
    kinds = Counter(kind for _, _, kind in rows)
    assert len({text for text, _, _ in rows}) == len(rows) == 500
    assert {"negation", "never", "expected", "contrast", "wish", "irony", "emoji", "slang"} <= set(kinds)
    assert min(Counter(label for _, label, _ in rows).values()) >= 50


def test_nine_in_ten_sentences_are_understood(judged):
    assert accuracy([(label, verdict) for label, verdict, _ in judged]) >= 0.9


def test_no_kind_of_sentence_is_beyond_it(judged):
    by_kind = defaultdict(list)
    for label, verdict, kind in judged:
        by_kind[kind].append((label, verdict))
    assert {kind: pairs for kind, pairs in by_kind.items() if accuracy(pairs) < 0.7} == {}


def test_good_and_bad_are_hardly_ever_taken_for_each_other(judged):
    assert sum(label * verdict < 0 for label, verdict, _ in judged) / len(judged) < 0.03


def test_the_default_engine_reads_them_the_same():
    texts = [text for text, _, _ in sentences()]
    assert np.array_equal(Lexicon().score(texts, ["ja"] * len(texts)).score, JapaneseLexicon().score(texts).score)
