"""What moved since last week, and since the days movements are compared with: which segment, which KPI, how many yen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okaeri.schema.segments import Compare, written
from okaeri.web.console.plan_words import SHORTFALL_PARTS
from okaeri.web.report.figures import days, money
from okaeri.web.report.labels import dimension, segment
from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("What moved, and why")
TABLES = ("sales_change", "ltv_change", "products")
#: Segments shown of a dimension; the rest are summed, so that columns add up.
MOST_SEGMENTS = 6
UNITS = {
    "newcomers": "count", "candidates": "count", "f2_rate": "share", "repeat_rate": "share", "order_value": "money",
    "credit_notes": "money", "mix": "share",
}  # fmt: skip
REST = "rest of the segments"


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Per window back: sales and LTV before and now, the parts of the change, and the same by segment."""
    sales = tables.rows("sales_change")
    ltv = tables.rows("ltv_change")
    has_profit = any(row["value_kind"] == "gross_profit" for row in ltv)
    kind = "gross_profit" if has_profit else "revenue"
    names = product_names(tables)
    windows = sorted({row["window_days"] for row in sales})
    told = [
        {
            "days": back, "sales": _change(_of(sales, back), "revenue", names, about),
            "ltv": _change([row for row in _of(ltv, back) if row["value_kind"] == kind], "ltv", names, about),
        }
        for back in windows
    ]  # fmt: skip
    return {"is_empty": not windows, "windows": told, "is_profit": has_profit}


def _of(rows: Iterable[Row], back: int) -> list[Row]:
    return [row for row in rows if row["window_days"] == back]


def _change(rows: list[Row], what: str, names: dict[str, str], about: About) -> dict[str, Any] | None:
    """The whole change, its parts over everybody, and each dimension's segments by part."""
    everybody = [row for row in rows if row["dimension"] == "all"]
    if not everybody:
        return None
    before, now = everybody[0][f"{what}_before"], everybody[0][f"{what}_now"]
    parts = [
        row for row in everybody if row["part"] != "mix" and not (row["part"] == "credit_notes" and not row["effect"])
    ]
    most = max((abs(row["effect"]) for row in parts), default=0.0)
    return {
        "before": before, "now": now, "change": now - before,
        "parts": [
            row | {"label": SHORTFALL_PARTS[row["part"]], "unit": UNITS[row["part"]], "bar": _bar(row["effect"], most)}
            for row in sorted(parts, key=lambda row: -abs(row["effect"]))
        ],
        "dimensions": _dimensions(rows, names),
        "verdict": _verdict(parts, now - before, everybody[0]["window_days"], what, about),
    }  # fmt: skip


def _people_of(dimension_name: str, code: str) -> str:
    """What a list of customers is asked for to show a segment's; empty where it cannot be asked so."""
    column = {"store": "first_store"}.get(dimension_name, dimension_name)
    return (
        ""
        if code in (REST, "unknown") or column.startswith("attributes.")
        else urlencode({"rule": written(Compare(column, "is", (code,)))})
    )


def _bar(effect: float, most: float) -> float:
    """Length from the middle, in percent of the whole."""
    return round(50 * abs(effect) / most, 1) if most else 0.0


def _verdict(parts: list[Row], change: float, back: int, what: str, about: About) -> str:
    """The change in a sentence with the part that did most in its direction."""
    same = [row for row in parts if row["effect"] * change > 0]
    if not same:
        return ""
    best = max(same, key=lambda row: abs(row["effect"]))
    told = {"days": days(back), "yen": money(abs(change), about.currency), "part": SHORTFALL_PARTS[best["part"]],
            "own": money(best["effect"], about.currency)}  # fmt: skip
    if what == "ltv":
        more = gettext("LTV is {yen} higher than {days} ago; most of it by: {part} ({own}).")
        less = gettext("LTV is {yen} lower than {days} ago; most of it by: {part} ({own}).")
    else:
        more = gettext("Sales of the last {days} are {yen} above those before; most of it by: {part} ({own}).")
        less = gettext("Sales of the last {days} are {yen} below those before; most of it by: {part} ({own}).")
    return (more if change > 0 else less).format(**told)


def _dimensions(rows: list[Row], names: dict[str, str]) -> list[dict[str, Any]]:
    """Dimensions that part the customers at all, those first whose largest segment moved most."""
    told = []
    for name in dict.fromkeys(row["dimension"] for row in rows if row["dimension"] != "all"):
        own = [row for row in rows if row["dimension"] == name]
        if len({row["segment"] for row in own}) > 1:
            told.append(_dimension(name, own, names))
    return sorted(told, key=lambda one: -abs(one["rows"][0]["effect"]))


def _dimension(name: str, rows: list[Row], names: dict[str, str]) -> dict[str, Any]:
    parts = list(dict.fromkeys(row["part"] for row in rows))
    parts = [part for part in parts if any(row["effect"] for row in rows if row["part"] == part)]
    cells: dict[str, dict[str, float]] = {}
    for row in rows:
        cells.setdefault(row["segment"], {})[row["part"]] = row["effect"]
    order = sorted(cells, key=lambda code: -abs(sum(cells[code].values())))
    shown, rest = order[:MOST_SEGMENTS], order[MOST_SEGMENTS:]
    if rest:
        cells[REST] = {part: sum(cells[code].get(part, 0.0) for code in rest) for part in parts}
        shown = [*shown, REST]
    return {
        "name": name, "label": dimension(name), "parts": [SHORTFALL_PARTS[part] for part in parts],
        "rows": [
            {"label": gettext("All others") if code == REST else segment(name, code, names),
             "query": _people_of(name, code), "effect": sum(cells[code].values()),
             "effects": [cells[code].get(part, 0.0) for part in parts]}
            for code in shown
        ],
        "sums": [sum(row["effect"] for row in rows if row["part"] == part) for part in parts],
        "sum": sum(row["effect"] for row in rows),
    }  # fmt: skip
