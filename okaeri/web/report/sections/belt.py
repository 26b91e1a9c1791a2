"""The belt as a belt: seven stations, the people on it, those who fall off, and what one more percent forward brings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.web.report.tables import About, Row, Tables

TITLE = _("The belt")
TABLES = ("belt", "belt_flow")

STATIONS = {
    "acquired": pgettext_lazy("station", "Acquired"),
    "first_order": pgettext_lazy("station", "First order"),
    "repeat": pgettext_lazy("station", "Repeat"),
    "step_up": pgettext_lazy("station", "Larger orders"),
    "fan": pgettext_lazy("station", "Fan"),
    "word_of_mouth": pgettext_lazy("station", "Word of mouth"),
    "premium": pgettext_lazy("station", "Premium goods"),
}
#: People drawn at the fullest station, in rows of so many.
MOST_DRAWN, PER_ROW = 40, 10
#: Those falling off where everybody leaks.
MOST_FALLING = 6
#: Where the rollers turn, evenly across the stations' joints.
ROLLERS = tuple(range(8, 160, 16))
STEP_X, STEP_Y, FLOOR = 14.0, 22.0, 96.0


def build(tables: Tables, about: About) -> dict[str, Any]:
    """The stations in order, each with its picture; ``unit`` is how many people one drawn figure stands for."""
    rows = sorted(tables.rows("belt"), key=lambda row: row["station"])
    unit = people_per_figure(max((row["still_count"] for row in rows), default=0))
    most = max((yen_per_percent(row) or 0.0 for row in rows), default=0.0)
    stations = [_station(row, unit, most) for row in rows]
    return {
        "is_empty": not any(row["in_count"] for row in rows),
        "unit": unit,
        "rollers": ROLLERS,
        "stations": stations,
        "bottleneck": next((station for station in stations if station["is_bottleneck"]), None),
        "is_profit": any(row["gross_profit_per_percent"] is not None for row in rows),
        "flows": _flows(tables, {row["station"]: station["name"] for row, station in zip(rows, stations, strict=True)}),
        "compare_days": about.rules.compare_days,
    }


def yen_per_percent(row: Row) -> float | None:
    """What one more percent of the station's people moving on brings: gross profit where known, else revenue."""
    profit = row["gross_profit_per_percent"]
    return profit if profit is not None else row["revenue_per_percent"]


def station_name(row: Row) -> str:
    """The station's name; a shop's own station keeps its label."""
    known = STATIONS.get(row["code"])
    return str(known) if known else (row["label"] if get_language() == "ja" else row["code"])


def people_per_figure(most: int) -> int:
    """A round number of people one drawn figure stands for, so that ``most`` people fit: 1, 2, 5, 10, 20 ..."""
    unit, steps = 1, (2, 2.5, 2)
    turn = 0
    while most > unit * MOST_DRAWN:
        unit = int(unit * steps[turn % 3])
        turn += 1
    return unit


def _station(row: Row, unit: int, most: float) -> dict[str, Any]:
    per_percent = yen_per_percent(row)
    value = row["expected_gross_profit"]
    return row | {
        "name": station_name(row),
        "people": _standing(-(-row["still_count"] // unit)),
        "falling": _falling(row["leak_rate"]),
        "per_percent": per_percent,
        "per_percent_bar": round(100 * max(per_percent or 0.0, 0.0) / most, 1) if most else 0.0,
        "expected": value if value is not None else row["expected_revenue"],
    }


def _standing(figures: int) -> list[dict[str, float]]:
    """Places of the figures: rows from the belt upwards, each from the right, as a queue stands."""
    drawn = min(figures, MOST_DRAWN)
    return [
        {"x": round(141.0 - (place % PER_ROW) * STEP_X - (place // PER_ROW % 2) * 5, 1),
         "y": FLOOR - (place // PER_ROW) * STEP_Y}
        for place in range(drawn)
    ]  # fmt: skip


def _falling(leak_rate: float | None) -> list[dict[str, float]]:
    """Places and turns of those who fall, as many as the leak is large."""
    figures = round((leak_rate or 0.0) * MOST_FALLING)
    return [
        {"x": 24.0 + 19 * place, "y": 142.0 + 8 * (place * 2 % 3), "turn": 40 + 47 * place} for place in range(figures)
    ]


def _flows(tables: Tables, names: dict[int, str]) -> list[dict[str, Any]]:
    """Ways out of each station in words, most used first."""
    rows = tables.rows("belt_flow")
    return [
        row | {"from_name": names.get(row["from_station"], ""), "to_name": _to(row["to_station"], names)}
        for row in sorted(rows, key=lambda row: (row["from_station"], -row["customers"]))
        if row["customers"]
    ]


def _to(station: str, names: dict[int, str]) -> str:
    ways = {"leak": pgettext_lazy("belt", "Leaked"), "still": pgettext_lazy("belt", "Still there")}
    return str(ways[station]) if station in ways else names.get(int(station), station)
