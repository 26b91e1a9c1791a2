"""Words are found by the index where reading every text finds them."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.loop import word_index

#: Few letters, so that words stand in several texts, over their ends and over themselves.
TEXTS = st.lists(st.text("あいう箱k\x00\U00010ffff𠮷", max_size=12), min_size=1, max_size=12)
WORDS = st.text("あいう箱k\x00\U00010ffff𠮷", min_size=1, max_size=6)


def laid(texts: list[str], folder, together: int = 3) -> None:
    kept = [(number * 2, text) for number, text in enumerate(texts) if text]
    batches = [kept[start : start + together] for start in range(0, len(kept), together)]
    word_index.lay_out(
        [(pa.array([number for number, _ in some]), pa.array([text for _, text in some])) for some in batches], folder
    )
    word_index._read.cache_clear()


def by_reading(texts: list[str], word: str) -> list[int]:
    return [number * 2 for number, text in enumerate(texts) if word in text]


@pytest.mark.parametrize("most", [1 << 22, 24])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS, words=st.lists(WORDS, min_size=1, max_size=8))
def test_a_word_is_found_in_the_texts_that_hold_it(most, texts, words, tmp_path, monkeypatch):
    monkeypatch.setattr(word_index, "MOST_LETTERS", most)
    monkeypatch.setattr(word_index, "LONGEST", 7)
    laid(texts, tmp_path)
    for word in (*words, *(text[1:5] for text in texts if len(text) > 1)):
        assert word_index.voices_with(tmp_path, word).tolist() == by_reading(texts, word), word


def test_a_text_longer_than_a_segment_is_found_once_by_every_word_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(word_index, "MOST_LETTERS", 16)
    monkeypatch.setattr(word_index, "LONGEST", 5)
    texts = ["あい", "".join(chr(0x4E00 + at) for at in range(200)) + "箱" + "う" * 90, "う"]
    laid(texts, tmp_path)
    for start in range(286):
        for length in (1, 2, 3, 5):
            word = texts[1][start : start + length]
            assert word_index.voices_with(tmp_path, word).tolist() == by_reading(texts, word), (start, length)


def test_of_no_texts_nothing_is_found(tmp_path):
    laid([], tmp_path)
    assert word_index.voices_with(tmp_path, "箱").tolist() == []
