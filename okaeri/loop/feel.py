"""What the texts of a bare file say of their writers' mood: no shop, no records, one answer."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import ibis
import numpy as np
import pyarrow as pa
from ibis.backends.duckdb import Backend

from okaeri.ingest import reasons
from okaeri.ingest.files import raw_file
from okaeri.ingest.parsed import RawFile
from okaeri.ingest.tabular import as_text
from okaeri.predict.sentiment import ENGINES, Engine, Judged, Lexicon, ShopEngine, choose, classes
from okaeri.predict.sentiment.choosing import BAND, FEWEST
from okaeri.schema.errors import DataRejected, Problem, RuleRefused

#: Texts read together.
TOGETHER = 20_000
SHOWN_PROBLEMS = 20
#: What labels may be called, and the rating 0..1 each stands for.
LABELS = {
    "negative": 0.0, "neg": 0.0, "bad": 0.0, "-1": 0.0, "ネガティブ": 0.0, "悪い": 0.0, "不満": 0.0,
    "neutral": 0.5, "neu": 0.5, "middling": 0.5, "ニュートラル": 0.5, "普通": 0.5, "どちらでもない": 0.5,
    "positive": 1.0, "pos": 1.0, "good": 1.0, "ポジティブ": 1.0, "良い": 1.0, "満足": 1.0,
}  # fmt: skip
STARS = 5


@dataclass(frozen=True)
class Felt:
    """The mood of a file's texts. ``judged``: the engines on labels held back, where a column of labels was given.
    ``rows``: row (as a spreadsheet counts, the header being 1), text, score, confidence, evidence, engine."""

    engine: str
    judged: list[Judged]
    rows: pa.Table

    def told(self) -> dict[str, Any]:
        """Plain values for JSON; ``mean_score`` weighs each text by its confidence."""
        score, weight = (self.rows[name].to_numpy() for name in ("score", "confidence"))
        texts = len(score)
        figures = [{key: value for key, value in asdict(one).items() if key != "model"} for one in self.judged]
        return {
            "texts": texts, "engine": self.engine,
            "mean_score": float(score @ weight / weight.sum()) if weight.sum() else None,
            "shares": {name: float(share.mean()) if texts else None for name, share in _shares(score).items()},
            "without_feeling": int((weight == 0).sum()), "cross_validation": [_finite(one) for one in figures],
        }  # fmt: skip


def feel(
    path: Path,
    *,
    text: str,
    engine: str | Engine | None = None,
    train_on: str | None = None,
) -> Felt:
    """Read column ``text`` of a CSV, TSV, Parquet or Excel file.

    ``engine`` is an engine, a name of ENGINES, "shop" or None: the best one. Raises DataRejected naming row and column, RuleRefused
    for an engine that cannot be had.
    """
    if not path.is_file():
        raise DataRejected(Problem(str(path), "There is no such file"))
    with tempfile.TemporaryDirectory() as scratch:
        raw = as_text(raw_file(path, cast(Backend, ibis.duckdb.connect()), Path(scratch)))
        for column in (text, train_on):
            if column is not None and not raw.has(column):
                raise DataRejected(Problem(raw.name, reasons.MISSING_COLUMN, column=column))
        rows = _rows(raw, text, train_on)
    texts = [value or "" for value in rows["text"].to_pylist()]
    judged, reader = _reader(engine, raw.name, rows, texts, train_on)
    return Felt(reader.id, judged, _scored(reader, rows["row_no"], texts))


def _rows(raw: RawFile, text: str, label: str | None) -> pa.Table:
    """row_no, text and label of every record; raises DataRejected naming those that could not be split into columns."""
    torn = raw.torn.limit(SHOWN_PROBLEMS).to_pyarrow().to_pylist() if raw.torn is not None else []
    if torn:
        raise DataRejected([Problem(raw.name, row["reason"], row["row_no"], value=row["value"]) for row in torn])
    labels = ibis.null("string") if label is None else raw.column(label)
    return raw.rows.select("row_no", text=raw.column(text), label=labels).order_by("row_no").to_pyarrow()


def _reader(
    engine: str | Engine | None, file: str, rows: pa.Table, texts: list[str], train_on: str | None
) -> tuple[list[Judged], Engine]:
    """The engine to read with, and how the candidates did where there are labels."""
    if train_on is None:
        if engine == "shop":
            raise RuleRefused("The engine shop learns from labels or stars; name their column with --train-on")
        return [], _made(engine or "lexicon")
    ratings = _ratings(file, train_on, rows)
    labelled = np.flatnonzero(~np.isnan(ratings))
    y = classes(ratings[labelled])
    lexicon = Lexicon() if engine is None or engine == "shop" else _made(engine)
    judged = choose([texts[place] for place in labelled.tolist()], y, lexicon=lexicon, always=engine == "shop")
    model = next((one.model for one in judged if one.model is not None), None)
    if engine == "shop" and model is None:
        raise RuleRefused(
            "The texts carry {count} labels; a model needs {fewest}, and some of each kind",
            count=len(labelled), fewest=FEWEST,
        )  # fmt: skip
    return judged, ShopEngine(model, lexicon) if model is not None and (engine is None or engine == "shop") else lexicon


def _made(engine: str | Engine) -> Engine:
    return ENGINES[engine]() if isinstance(engine, str) else engine


def _ratings(file: str, column: str, rows: pa.Table) -> np.ndarray:
    """Rating 0..1 of each row, NaN where its cell is empty. Numbers are stars from 1 to 5, unless none is above 1."""
    cells = [(value or "").strip().lower() for value in rows["label"].to_pylist()]
    numbers = [_number(cell) for cell in cells]
    signed = all(number in (-1.0, 0.0, 1.0) for number in numbers if number is not None)
    ratings, problems = np.full(len(cells), np.nan), []
    for place, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
        rating = _rating(cell, number, signed)
        if rating is not None:
            ratings[place] = rating
        elif cell:
            problems.append(Problem(file, reasons.NOT_A_LABEL, rows["row_no"][place].as_py(), column, cell[:40]))
    if problems:
        raise DataRejected(problems[:SHOWN_PROBLEMS])
    return ratings


def _rating(cell: str, number: float | None, signed: bool) -> float | None:
    if number is None:
        return LABELS.get(cell)
    if signed:
        return (number + 1) / 2
    return (number - 1) / (STARS - 1) if 1 <= number <= STARS else None


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _scored(reader: Engine, numbers: pa.ChunkedArray, texts: list[str]) -> pa.Table:
    tables = []
    for first in range(0, max(len(texts), 1), TOGETHER):
        part = texts[first : first + TOGETHER]
        found = reader.score(part)
        tables.append(pa.table({
            "row": pa.array(numbers[first : first + TOGETHER].to_pylist(), pa.int64()), "text": pa.array(part, pa.string()),
            "score": found.score, "confidence": found.confidence,
            "evidence": pa.array([" ".join(words) for words in found.evidence], pa.string()),
            "engine": pa.array(found.engine, pa.string()),
        }))  # fmt: skip
    return pa.concat_tables(tables)


def _shares(score: np.ndarray) -> dict[str, np.ndarray]:
    return {"negative": score < -BAND, "neutral": abs(score) <= BAND, "positive": score > BAND}


def _finite(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in figures.items()}
