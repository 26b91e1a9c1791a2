"""What the customers the shop has will bring, where they came from, and how far to trust it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import segment
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("What they will bring")
TABLES = ("value_total", "value_by_source", "report_card")

#: Naive forecasts as people call them.
NAIVE = {
    "same_again": _("Each the same again"),
    "mean": _("Everyone alike"),
    "zero": _("Nobody comes back"),
}


def build(tables: Tables, about: About) -> dict[str, Any]:
    """All customers, one row per source, and the forecast from the newest earlier date beside naive ones."""
    everybody = tables.rows("value_total")
    sources = sorted(tables.rows("value_by_source"), key=lambda row: -(row["residual_value"] or 0.0))
    return {
        "is_empty": not everybody or everybody[0]["residual_value"] is None,
        "weeks": about.rules.forecast_weeks,
        "all": _told(everybody[0]) if everybody else None,
        "rows": [_told(row) | {"label": segment("acquired_via", row["acquired_via"])} for row in sources],
        "card": _card(tables.rows("report_card", target="revenue")),
    }


def _told(row: Row) -> Row:
    """The row with its 80% interval as low and high."""
    return row | {"low": row["low_80"], "high": row["high_80"]}


def _card(rows: list[Row]) -> dict[str, Any] | None:
    """The newest forecast whose weeks have passed: the model first."""
    if not rows:
        return None
    origin = max(row["origin_on"] for row in rows)
    of_day = sorted((row for row in rows if row["origin_on"] == origin), key=lambda row: not row["is_model"])
    model = of_day[0]
    return {
        "origin": origin,
        "model": model,
        "rows": [
            row | {"label": f"okaeri ({row['model']})" if row["is_model"] else NAIVE[row["model"]]} for row in of_day
        ],
    }
