"""The F-ladder: how many go on from each order to the next, and after how many days."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.tables import About, Row, Tables

TITLE = _("F-ladder and days between orders")
TABLES = ("f_ladder", "repeat_interval")
#: Weeks of the picture; what comes later is told by the quantiles.
WEEKS_SHOWN = 26


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Rungs of all customers with bars and the span of days; weeks between orders."""
    rungs = sorted(tables.rows("f_ladder", cohort="all"), key=lambda row: row["order_no"])
    longest = max((row["days_p75"] or 0 for row in rungs), default=0)
    weeks = sorted(tables.rows("repeat_interval", dimension="all"), key=lambda row: row["bucket_start"])
    return {
        "is_empty": not rungs,
        "window": about.rules.conversion_window,
        "rungs": [row | {"name": f"F{row['order_no']}", "span": _span(row, longest)} for row in rungs],
        "interval": weeks[0] if weeks else None,
        "chart": {"weeks": [_week(row) for row in weeks[:WEEKS_SHOWN]]},
    }


def _span(row: Row, longest: int) -> dict[str, float] | None:
    """The middle half of the days as a strip, in percent of the longest."""
    if row["days_p50"] is None or not longest:
        return None
    left, middle, right = (100 * row[name] / longest for name in ("days_p25", "days_p50", "days_p75"))
    return {"left": round(left, 1), "width": round(right - left, 1), "middle": round(middle, 1)}


def _week(row: Row) -> Row:
    shown = ("bucket_start", "bucket_end", "count", "share", "share_observable", "low", "high", "n_observable")
    return {name: row[name] for name in shown}
