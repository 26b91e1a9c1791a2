"""What texts say of the mood of those who wrote them."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.sentiment import JapaneseLexicon, Lexicon, aspects, language_of
from okaeri.schema.measured.feelings import WHOLE

Row = dict[str, object]


def text_feelings(distinct_texts: pa.Table) -> pa.Table:
    """Each text as a whole and, of Japanese ones, each aspect it speaks of. A row depends on its text alone."""
    texts = distinct_texts["text"].to_pylist()
    languages = [language or None for language in distinct_texts["language"].to_pylist()]
    keys = distinct_texts["text_key"].to_pylist()
    return from_rows("text_feelings", [*_wholes(keys, texts, languages), *_aspects(keys, texts, languages)])


def engine_id() -> str:
    """What the rows of :func:`text_feelings` are made by; they are good as long as it stays the same."""
    return Lexicon().id


def _wholes(keys: list[str], texts: list[str], languages: list[str | None]) -> Iterator[Row]:
    found = Lexicon().score(texts, languages)
    told = zip(keys, found.score.tolist(), found.confidence.tolist(), found.evidence, found.engine, strict=True)
    for key, score, confidence, evidence, engine in told:
        yield _row(key, WHOLE, score, confidence, evidence, engine)


def _aspects(keys: list[str], texts: list[str], languages: list[str | None]) -> Iterator[Row]:
    engine = JapaneseLexicon()
    spoken = [language_of(text, told) == "ja" for text, told in zip(texts, languages, strict=True)]
    mine = [place for place, japanese in enumerate(spoken) if japanese]
    for place, found in zip(mine, aspects([texts[place] for place in mine], engine), strict=True):
        for aspect in found:
            yield _row(keys[place], aspect.name, aspect.score, aspect.confidence, aspect.evidence, engine.id)


def _row(key: str, aspect: str, score: float, confidence: float, evidence: tuple[str, ...], engine: str) -> Row:
    return {
        "text_key": key, "aspect": aspect, "score": score, "confidence": confidence, "evidence": " ".join(evidence),
        "engine": engine,
    }  # fmt: skip
