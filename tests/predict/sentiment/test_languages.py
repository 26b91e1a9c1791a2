"""Each text is read by the engine of its language."""

from __future__ import annotations

import pytest

from okaeri.predict.sentiment import Lexicon, language_of

ENGINE = Lexicon()


@pytest.mark.parametrize(
    ("text", "told", "language"),
    [
        ("良い", None, "ja"),
        ("最高", None, "ja"),
        ("very good", None, "en"),
        ("iPhone用のケース", None, "ja"),
        ("Good!", "EN-us", "en"),
        ("좋아요", None, ""),
        ("Отлично", None, ""),
        ("😊", None, "ja"),
        ("Sehr gut", "de", "de"),
    ],
)
def test_the_language_is_what_is_told_or_what_the_script_says(text, told, language):
    assert language_of(text, told) == language


# Scores of these sentences as the README of the package vaderSentiment gives them.
@pytest.mark.parametrize(
    ("text", "compound"),
    [
        ("VADER is smart, handsome, and funny.", 0.8316),
        ("VADER is very smart, handsome, and funny.", 0.8545),
        ("VADER is not smart, handsome, nor funny.", -0.7424),
        ("Today SUX!", -0.5461),
        ("Catch utf-8 emoji such as 💘 and 💋 and 😁", 0.875),
    ],
)
def test_english_comes_out_as_its_authors_say(text, compound):
    found = ENGINE.score([text])
    assert found.score[0] == pytest.approx(compound, abs=1e-4)
    assert found.engine[0].startswith("vader")


def test_a_mixed_list_keeps_its_order():
    found = ENGINE.score(["最悪です", "I love it", "좋아요", "最高です"], ["ja", None, "ko", None])
    assert [engine.partition("-")[0] for engine in found.engine] == ["lexicon", "vader", "none", "lexicon"]
    assert found.score[0] < 0 < found.score[1]
    assert found.score[3] > 0
    assert found.confidence[2] == found.score[2] == 0
    assert found.evidence[1] == ("+love",)


def test_no_texts_are_no_feelings():
    assert len(ENGINE.score([]).score) == 0
