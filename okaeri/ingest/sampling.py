"""What the columns of a file hold, seen in its first rows and, for a few columns, in all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from okaeri.ingest import values
from okaeri.ingest.header_words import NOT_GOODS
from okaeri.ingest.parsed import RawFile

#: Rows looked at for what a column may be.
SAMPLE_ROWS = 2000
#: More different words than this are no states.
MOST_WORDS = 40
#: Values shown of each column.
SHOWN = 3
#: More different codes than this are not listed one by one.
MOST_CODES = 40
DAY_FIRST = r"^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}"


@dataclass(frozen=True)
class Seen:
    """One column's first rows: shares are of the filled cells."""

    filled: int
    distinct: int
    amounts: float
    times: float
    samples: tuple[str, ...]


def look(raw: RawFile) -> dict[int, Seen]:
    """Each column of the file that was read, by place; one query for all of them."""
    places = [place for place in range(len(raw.header)) if f"c{place}" in raw.rows.columns]
    backend = raw.rows.get_backend()
    kinds = {place: raw.rows[f"c{place}"].type() for place in places}
    rows = backend.to_pyarrow(raw.rows.limit(SAMPLE_ROWS).cast({f"c{place}": "string" for place in places}))
    cells = pa.concat_tables(
        [pa.table({"place": [place] * len(rows), "text": rows[f"c{place}"].combine_chunks()}) for place in places]
    )
    found = {row["place"]: row for row in backend.to_pyarrow(_figures(ibis.memtable(cells))).to_pylist()}
    return {place: _seen(found.get(place), kind) for place, kind in kinds.items()}


def _figures(cells: ir.Table) -> ir.Table:
    cells = cells.filter(cells.text.notnull())
    time = values.instant(cells.text, "UTC").notnull() | cells.text.re_search(DAY_FIRST)
    return cells.group_by("place").agg(
        filled=cells.count(),
        distinct=cells.text.nunique(),
        amounts=values.amount(cells.text).notnull().ifelse(1.0, 0.0).mean(),
        times=time.ifelse(1.0, 0.0).mean(),
        samples=cells.text.collect(distinct=True),
    )


def _seen(found: dict[str, Any] | None, kind: dt.DataType) -> Seen:
    """A typed column is what its type says, whatever its cells look like as text."""
    if found is None:
        return Seen(0, 0, 0.0, 0.0, ())
    amounts, times = found["amounts"], found["times"]
    if not kind.is_string():
        amounts, times = float(kind.is_numeric()), float(kind.is_temporal())
    return Seen(found["filled"], found["distinct"], amounts, times, tuple(sorted(found["samples"])[:SHOWN]))


def words_in(column: ir.Column) -> list[str] | None:
    """The different words of a column; None where there are too many to be states."""
    found = column.cast("string").as_table().distinct().limit(MOST_WORDS + 1).to_pyarrow().column(0).to_pylist()
    words = sorted(word for word in found if word is not None)
    return words if len(words) <= MOST_WORDS else None


def day_first_format(column: ir.StringColumn) -> str:
    """The form of dates like ``13/05/2026``; empty where they are written otherwise."""
    first = column.re_extract(r"^([0-9]{1,2})[/.-]", 1).try_cast("int64")
    clock = column.re_extract(r"^\S+[ T](.*)$", 1)
    told = column.as_table().aggregate(
        share=column.re_search(DAY_FIRST).mean(), most=first.max(), clock=clock.max(), sign=column.substr(2, 4).max()
    )
    found = told.to_pyarrow().to_pylist()[0]
    if (found["share"] or 0) < 0.9:
        return ""
    sign = next((sign for sign in "/.-" if sign in (found["sign"] or "")), "/")
    day = "%d{0}%m{0}%Y" if (found["most"] or 0) > 12 else "%m{0}%d{0}%Y"
    times = {0: "", 1: " %H:%M", 2: " %H:%M:%S"}
    return day.format(sign) + times.get((found["clock"] or "").count(":"), "")


def credit_prefix(rows: ir.Table, number: ir.Column, quantity: ir.Column) -> str:
    """The letter before the numbers of orders whose every line has fewer than 0 pieces; empty where there is none."""
    pieces = quantity.cast("string").try_cast("float64")
    table = rows.select(letter=number.cast("string").re_extract("^([A-Za-z]+)[-_]?[0-9]", 1), back=pieces < 0)
    letters = table.group_by("letter").agg(lines=table.count(), back=table.back.ifelse(1, 0).sum())
    told = {row["letter"] or "": row for row in letters.to_pyarrow().to_pylist()}
    found = [letter for letter, row in told.items() if letter and row["back"] == row["lines"]]
    sold = any(row["back"] < row["lines"] for row in told.values())
    return min(found) if len(found) == 1 and sold else ""


def corrects_stock(
    rows: ir.Table, number: ir.Column | None, quantity: ir.Column, price: ir.Column, prefix: str
) -> bool:
    """Whether lines of fewer than 0 pieces outside credit notes never cost anything: stock written off, no returns."""
    pieces, cost = (column.cast("string").try_cast("float64") for column in (quantity, price))
    outside = pieces < 0
    if prefix and number is not None:
        outside &= ~number.cast("string").startswith(prefix)
    costs = (
        rows.filter(outside)
        .select(cost=cost)
        .aggregate(lines=lambda found: found.count(), most=lambda found: found.cost.abs().max())
    )
    told = costs.to_pyarrow().to_pylist()[0]
    return told["lines"] > 0 and not told["most"]


def not_goods_in(rows: ir.Table, code: ir.Column | None, name: ir.Column | None) -> dict[str, tuple[str, ...]]:
    """Codes (or names, where there is no code) that look like postage, fees, discounts or corrections, by kind."""
    shown = [column.cast("string") for column in (code, name) if column is not None]
    if not shown:
        return {}
    table = rows.select(code=ibis.coalesce(*shown), name=shown[-1])
    named = table.group_by("code").agg(name=table.name.mode(), lines=table.count())
    told = [(_looks_like(named, pattern), kind) for kind, pattern in NOT_GOODS.items()]
    hits = named.mutate(kind=ibis.cases(*told))
    hits = hits.filter(hits.kind.notnull())
    first = ibis.window(group_by=hits.kind, order_by=(hits.lines.desc(), hits.code))
    hits = hits.mutate(place=ibis.row_number().over(first))
    hits = hits.filter(hits.place < MOST_CODES).order_by("place")
    found: dict[str, list[str]] = {}
    for row in hits.select("kind", "code").to_pyarrow().to_pylist():
        found.setdefault(row["kind"], []).append(row["code"])
    return {kind: tuple(found[kind]) for kind in NOT_GOODS if kind in found}


def _looks_like(named: ir.Table, pattern: str) -> ir.BooleanValue:
    return (named.code.lower().re_search(pattern) | named.name.lower().re_search(pattern)).fill_null(False)
