"""What the customers the shop has will bring, where they came from, and how far to trust it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.figures import share
from okaeri.web.report.labels import segment
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("What they will bring")
TABLES = ("value_total", "value_by_source", "report_card", "forecast_level")

#: The way of the report card that forecasts are made in.
USED = "combined"
#: How the values expected came about.
METHODS = {
    "model": _("No forecast of this shop has come due yet: these are the model's word alone."),
    "combined": _(
        "Each is the model's forecast at the shop's level, with %(share)s weight, and the same again for the rest: the "
        "weights under which earlier forecasts would have come out best."
    ),
    "same_again": _(
        "The model's last forecast did not beat the naive ones, so it is not used: each customer is expected to do the "
        "same again."
    ),
}
#: Forecasts besides the model's as people call them.
OTHERS = {
    "combined": _("The model and the same again"),
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
        "method": _method(tables.rows("forecast_level", target="revenue")),
        "card": _card(tables.rows("report_card", target="revenue")),
    }


def _told(row: Row) -> Row:
    """The row with its 80% interval as low and high."""
    return row | {"low": row["low_80"], "high": row["high_80"]}


def _method(rows: list[Row]) -> str:
    """A sentence on how revenue is forecast."""
    if not rows:
        return ""
    return str(METHODS[rows[0]["method"]]) % {"share": share(rows[0]["model_share"])}


def _card(rows: list[Row]) -> dict[str, Any] | None:
    """The newest forecast whose days have passed: what was used first, then the model alone, then naive ones."""
    if not rows:
        return None
    origin = max(row["origin_on"] for row in rows)
    of_day = [row for row in rows if row["origin_on"] == origin]
    of_day.sort(key=lambda row: (row["model"] != USED, not row["is_model"]))
    return {
        "origin": origin,
        "used": of_day[0],
        "rows": [row | {"label": row["model"] if row["is_model"] else OTHERS[row["model"]]} for row in of_day],
    }
