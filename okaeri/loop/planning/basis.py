"""From measured tables to what a plan is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow.compute as pc

from okaeri.lib.periods import month_label, month_number, month_of, month_start
from okaeri.lib.quarters import QUARTER, best_mean
from okaeri.loop.published import Published
from okaeri.measure.ltv_change import horizon
from okaeri.predict.plan import Basis, Factors, Floats, Outlook, kept_back, outlook
from okaeri.schema.measured.changes import MONTHS_FOLLOWED
from okaeri.schema.rules import Rules

MONTHS = 12
#: A day's newcomers are foretold from so many latest months that are over.
RECENT_MONTHS = 12

KPIS = ("newcomers", "f2_rate", "repeat_rate", "order_value")
#: Fewer first orders behind a quarter's rate tell nothing of what is possible.
ENOUGH = 30


@dataclass(frozen=True)
class Desk:
    """What a plan is made at: the KPIs now, their best quarter so far, and the sums behind both.

    ``levels`` and ``best``: newcomers a month, F2 within the conversion window, the same from second to third order (the
    repeat rate: all later steps move with it), revenue per order. ``months``: the twelve planned, as YYYY-MM.
    """

    as_of: date
    horizon_days: int
    months: tuple[str, ...]
    levels: dict[str, float]
    best: dict[str, float]
    basis: Basis
    margin: float | None

    def factors(self, wanted: dict[str, float]) -> Factors:
        """Times the present, from wanted levels; a KPI the shop has none of stays."""
        return Factors(**{
            name: wanted[name] / self.levels[name] if self.levels[name] and name in wanted else 1.0 for name in KPIS
        })  # fmt: skip

    def at(self, factors: Factors) -> dict[str, float]:
        """The levels that ``factors`` times the present are."""
        return {name: self.levels[name] * getattr(factors, name) for name in KPIS}

    def outlook(self, factors: Factors) -> Outlook:
        """What the twelve months bring with ``factors`` times the present."""
        return outlook(self.basis, factors)

    def is_too_much(self, factors: Factors) -> bool:
        """Whether more than everybody would have to go on to a next order."""
        return kept_back(self.basis.reach, self.basis.values, factors)

    def told(self, factors: Factors) -> dict[str, Any]:
        """The outlook in plain values, as a plan keeps it."""
        seen = self.outlook(factors)
        columns = {name: values.tolist() for name, values in asdict(seen.months).items()}
        columns |= {"revenue": seen.months.revenue.tolist(), "low": seen.low.tolist(), "high": seen.high.tolist()}
        months = [
            {"month": month, **{name: values[place] for name, values in columns.items()}}
            for place, month in enumerate(self.months)
        ]
        whole = ("ltv", "ltv_low", "ltv_high", "total", "total_low", "total_high")
        return {name: getattr(seen, name) for name in whole} | {"months": months, "horizon_days": self.horizon_days}


@lru_cache(maxsize=4)
def desk(laid: Published, rules: Rules) -> Desk | None:
    """The desk of a refresh; None where too little is measured: nobody observed long enough, or no month over."""
    days = horizon(rules)
    parts = rows_of(laid, "ltv_parts", horizon_days=days, value_kind="revenue")
    over = [row for row in rows_of(laid, "sales_months") if row["is_over"]]
    if not parts or not over:
        return None
    past = over[-RECENT_MONTHS:]
    first = _first_month(laid.as_of)
    levels, best = _levels(laid, past)
    return Desk(
        laid.as_of, days, tuple(month_label(first + place) for place in range(MONTHS)), levels, best,
        Basis(**_of_newcomers(laid, parts, days, past, first), **_existing(laid, first, past)), _margin(past),
    )  # fmt: skip


def _first_month(as_of: date) -> int:
    """The first month that begins on ``as_of`` or later."""
    month = month_number(as_of)
    return month if month_start(month) == as_of else month + 1


def _of_newcomers(
    laid: Published, parts: list[dict[str, Any]], days: int, past: list[dict[str, Any]], first: int
) -> dict[str, Any]:
    parts = sorted(parts, key=lambda row: row["order_no"])
    followed = rows_of(laid, "newcomer_months")
    top = max((row["order_no"] for row in followed), default=1)
    orders, revenue, notes = (
        np.zeros((MONTHS_FOLLOWED, top)),
        np.zeros((MONTHS_FOLLOWED, top)),
        np.zeros(MONTHS_FOLLOWED),
    )
    for row in (row for row in followed if row["n"]):
        if row["order_no"]:
            orders[row["month_offset"], row["order_no"] - 1] = row["orders"] / row["n"]
            revenue[row["month_offset"], row["order_no"] - 1] = row["revenue"] / row["n"]
        else:
            notes[row["month_offset"]] = row["revenue"] / row["n"]
    curve = next(iter(rows_of(laid, "ltv_curve", dimension="all", value_kind="revenue", age_days=days)), {})
    won = np.array([row["newcomers"] for row in past], float)
    mean = float(won.mean())
    before = (month_start(first) - laid.as_of).days / 30.4375
    return {
        "reach": np.array([row["reach_rate"] for row in parts]), "values": np.array([row["order_value"] for row in parts]),
        "ltv_error": curve.get("standard_error") or 0.0, "ltv_n": parts[0]["n"], "orders": orders, "revenue": revenue,
        "notes": notes, "newcomers": np.full(MONTHS, mean), "newcomers_before": mean * before,
        "newcomers_cv": float(won.std(ddof=1) / mean) if len(won) > 1 and mean else 0.0,
    }  # fmt: skip


def _existing(laid: Published, first: int, past: list[dict[str, Any]]) -> dict[str, Any]:
    """The forecast of customers there, by calendar month, and whose orders it is of."""
    groups = {row["has_repeated"]: row for row in rows_of(laid, "existing_value")}
    level = next(iter(rows_of(laid, "forecast_level", target="revenue")), {}).get("level_error") or 0.0
    orders, revenue, variance = np.zeros(MONTHS), np.zeros(MONTHS), np.zeros(MONTHS)
    periods = _periods(laid)
    for place in range(MONTHS):
        start, end = month_start(first + place), month_start(first + place + 1)
        for period in periods:
            share = _days_shared(period, start, end) / period["days"]
            orders[place] += share * period["orders"]
            revenue[place] += share * period["revenue"]
            variance[place] += share * period["variance"]
    once, again = groups.get(False), groups.get(True)
    whole = sum(row["expected_orders"] for row in groups.values())
    part = orders.sum() / whole if whole else 0.0
    last = past[-1]
    return {
        "existing_orders": orders, "existing_revenue": revenue, "existing_sd": np.sqrt(variance), "level_error": level,
        "seconds": _seconds(laid, first),
        "from_once": once["expected_orders"] * part if once else 0.0,
        "second_candidates": float(once["customer_count"] if once else last["second_candidates"] - last["second_orders"]),
        "later_candidates": float(again["customer_count"] if again else last["later_candidates"]),
    }  # fmt: skip


def _seconds(laid: Published, first: int) -> Floats:
    """Second orders by planned month of those won already: as many as came of a newcomer so many months later."""
    rows = rows_of(laid, "newcomer_months", order_no=2)
    each = {row["month_offset"]: row["orders"] / row["n"] for row in rows if row["n"]}
    told = np.zeros(MONTHS)
    for won in rows_of(laid, "sales_months"):
        ago = first - month_of(won["month"])
        told += won["newcomers"] * np.array([each.get(ago + place, 0.0) for place in range(MONTHS)])
    return told


def _periods(laid: Published) -> list[dict[str, Any]]:
    """The forecast by period; the last one goes on for as long as months need it."""
    told = [
        {"start": row["first_on"], "end": row["last_on"] + timedelta(days=1),
         "days": (row["last_on"] - row["first_on"]).days + 1, "orders": row["expected_orders"],
         "revenue": row["expected_revenue"], "variance": row["chance_sd"] ** 2}
        for row in sorted(rows_of(laid, "forecast_total"), key=lambda row: row["period_no"])
    ]  # fmt: skip
    for _ in range(3 if told else 0):
        last = told[-1]
        told.append(last | {"start": last["end"], "end": last["end"] + timedelta(days=last["days"])})
    return told


def _days_shared(period: dict[str, Any], start: date, end: date) -> int:
    return max((min(period["end"], end) - max(period["start"], start)).days, 0)


def _levels(laid: Published, past: list[dict[str, Any]]) -> tuple[dict[str, float], dict[str, float]]:
    """The KPIs now and in their best quarter."""
    kpis = {name: rows_of(laid, "kpis", kpi=name) for name in ("f2_rate", "order_value")}
    tables = {**kpis, "repeat_rate": [_as_kpi(row) for row in rows_of(laid, "f_ladder", order_no=3)]}
    levels = {"newcomers": float(np.mean([row["newcomers"] for row in past]))}
    best = {"newcomers": best_mean([(row["newcomers"], 1.0) for row in past], at_least=QUARTER)}
    for name, rows in tables.items():
        everybody = next((row for row in rows if row["cohort"] == "all"), None)
        levels[name] = (everybody or {}).get("value") or 0.0
        months = sorted(
            (row for row in rows if row["cohort"] != "all" and row["is_mature"]), key=lambda row: row["cohort"]
        )
        best[name] = best_mean(
            [(row["value"], float(row["n"])) for row in months if row["value"] is not None], at_least=ENOUGH
        )
    return levels, {name: max(best[name] or 0.0, levels[name]) for name in KPIS}


def _as_kpi(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"value": row["rate"]}


def _margin(past: Iterable[dict[str, Any]]) -> float | None:
    """Gross profit per yen of revenue in the months past; None where a cost is unknown."""
    rows = list(past)
    revenue = sum(row["revenue"] for row in rows)
    known = all(row["gross_profit"] is not None for row in rows) and revenue > 0
    return sum(row["gross_profit"] for row in rows) / revenue if known else None


def rows_of(laid: Published, name: str, **equal: object) -> list[dict[str, Any]]:
    table = laid.table(name)
    for column, value in equal.items():
        table = table.filter(pc.equal(table[column], value))
    return table.to_pylist()
