"""What winning a customer costs, what it may cost, and when it is paid back, by source."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import segment
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Acquisition cost and payback")
TABLES = ("payback",)
#: The horizon the limit is stated at: a year, as is usual in mail order, else the longest the shop has.
YEAR = 365


def build(tables: Tables, about: About) -> dict[str, Any]:
    """One row per source, dearest first, each with its limit, cost and payback day."""
    horizon = year_of(about)
    rows = tables.rows("payback", horizon_days=horizon)
    everybody = [row for row in rows if row["dimension"] == "all"]
    sources = sorted(
        (row for row in rows if row["dimension"] == "acquired_via"), key=lambda row: -(row["acquisition_cost"] or 0.0)
    )
    shown = [_source(row) for row in (*everybody, *sources)]
    top = max((max(row["acquisition_cost"] or 0.0, row["high"] or row["limit_cpa"] or 0.0) for row in shown), default=0)
    return {
        "is_empty": not any(row["acquisition_cost"] for row in rows),
        "has_profit": any(row["limit_cpa"] is not None for row in rows),
        "horizon": horizon,
        "rows": [row | _places(row, top) for row in shown],
    }


def year_of(about: About) -> int:
    """The horizon of a year, or the longest one where the shop states none."""
    return YEAR if YEAR in about.rules.horizons else max(about.rules.horizons)


def _source(row: Row) -> Row:
    cost, limit = row["acquisition_cost"], row["limit_cpa"]
    known = cost is not None and limit is not None
    return row | {
        "label": segment(row["dimension"], row["segment"]),
        "is_free": not cost,
        "is_over": known and cost > limit,
        "room": limit - cost if known else None,
    }


def _places(row: Row, top: float) -> dict[str, float | None]:
    """Where cost and limit stand on a bar of the length ``top``, as percentages."""
    names = {"cost_at": "acquisition_cost", "limit_at": "limit_cpa", "low_at": "low", "high_at": "high"}
    return {
        place: None if row[name] is None or not top else round(100 * max(row[name], 0.0) / top, 2)
        for place, name in names.items()
    }
