"""What winning a customer costs, what it may cost, and when it is paid back, by source and by campaign."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import segment
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Acquisition cost and payback")
TABLES = ("payback",)
#: The horizon the limit is stated at: a year, as is usual in mail order, else the longest the shop has.
YEAR = 365
MOST_CAMPAIGNS = 20


def build(tables: Tables, about: About) -> dict[str, Any]:
    """One row per source, dearest first, each with its limit, cost and payback day."""
    horizon = year_of(about)
    rows = tables.rows("payback", horizon_days=horizon)
    everybody = [row for row in rows if row["dimension"] == "all"]
    sources, campaigns = _dearest(rows, "acquired_via"), _dearest(rows, "campaign")
    named = [_source(row) for row in campaigns if row["segment"] != "unknown"]
    shown = [_source(row) for row in (*everybody, *sources)]
    drawn = (*shown, *named[:MOST_CAMPAIGNS])
    top = max((max(row["acquisition_cost"] or 0.0, row["high"] or row["limit_cpa"] or 0.0) for row in drawn), default=0)
    return {
        "is_empty": not any(row["acquisition_cost"] for row in rows),
        "has_profit": any(row["limit_cpa"] is not None for row in rows),
        "horizon": horizon,
        "rows": [row | _places(row, top) for row in shown],
        "campaigns": [row | _places(row, top) for row in named[:MOST_CAMPAIGNS]],
        "left_out": max(len(named) - MOST_CAMPAIGNS, 0),
    }


def _dearest(rows: list[Row], dimension: str) -> list[Row]:
    """The segments of a dimension, the dearest customers first."""
    return sorted(
        (row for row in rows if row["dimension"] == dimension), key=lambda row: -(row["acquisition_cost"] or 0.0)
    )


def year_of(about: About) -> int:
    """The horizon of a year, or the longest one where the shop states none."""
    return YEAR if YEAR in about.rules.horizons else max(about.rules.horizons)


def _source(row: Row) -> Row:
    cost, limit = row["acquisition_cost"], row["limit_cpa"]
    known = cost is not None and limit is not None
    via, _slash, campaign = row["segment"].partition("/")
    return row | {
        "label": segment(row["dimension"], row["segment"]),
        "via": via,
        "campaign": campaign if row["dimension"] == "campaign" else "",
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
