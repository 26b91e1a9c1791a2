"""What texts say of the mood of those who wrote them."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.sentiment import Engine, JapaneseLexicon, Lexicon, ShopEngine, ShopModel, aspects, language_of
from okaeri.schema.measured.feelings import WHOLE

Row = dict[str, object]


def text_feelings(distinct_texts: pa.Table, feeling_models: pa.Table) -> pa.Table:
    """Each text as a whole and, of Japanese ones, each aspect it speaks of. A row depends on its text alone."""
    texts = distinct_texts["text"].to_pylist()
    languages = [language or None for language in distinct_texts["language"].to_pylist()]
    keys = distinct_texts["text_key"].to_pylist()
    return from_rows(
        "text_feelings",
        [*_wholes(keys, texts, languages, engine_of(feeling_models)), *_aspects(keys, texts, languages)],
    )


def engine_of(feeling_models: pa.Table) -> Engine:
    """The engine in use: the shop's own where it has proved better than the lexicon."""
    used = next((row["model"] for row in feeling_models.to_pylist() if row["is_used"] and row["model"]), None)
    return ShopEngine(ShopModel.read(used)) if used else Lexicon()


def engine_id(feeling_models: pa.Table) -> str:
    """What the rows of :func:`text_feelings` are made by; they are good as long as it stays the same."""
    return f"{engine_of(feeling_models).id} {Lexicon().id}"


def _wholes(keys: list[str], texts: list[str], languages: list[str | None], engine: Engine) -> Iterator[Row]:
    found = engine.score(texts, languages)
    told = zip(keys, found.score.tolist(), found.confidence.tolist(), found.evidence, found.engine, strict=True)
    for key, score, confidence, evidence, by in told:
        yield _row(key, WHOLE, score, confidence, evidence, by)


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
