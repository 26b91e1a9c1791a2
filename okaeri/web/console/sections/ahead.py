"""Sales so far by month, and what the customers there are expected to bring, joined to them with its band."""

from __future__ import annotations

from calendar import monthrange
from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Sales so far, and what the customers you have will bring")
TABLES = ("sales_months", "forecast_total")
#: Months of the past shown.
MOST_MONTHS = 24
#: Days of a period, to which months are made alike.
PERIOD_DAYS = 28


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Months of the past as yen per four weeks, so that both lines say the same; periods ahead with their bands."""
    past = [row for row in tables.rows("sales_months") if row["is_over"]][-MOST_MONTHS:]
    periods = sorted(tables.rows("forecast_total"), key=lambda row: row["period_no"])
    periods = [row | {"low": row["low_80"], "high": row["high_80"]} for row in periods]
    return {
        "is_empty": not periods,
        "past": past,
        "periods": periods,
        "total": sum(row["expected_revenue"] for row in periods),
        "chart": {"past": [_per_period(row) for row in past], "ahead": [_drawn(row) for row in periods]},
    }


def _per_period(month: Row) -> Row:
    year, number = (int(part) for part in month["month"].split("-"))
    last = monthrange(year, number)[1]
    return {"day": f"{month['month']}-{last // 2 + 1:02d}", "revenue": month["revenue"] * PERIOD_DAYS / last,
            "whole": month["revenue"], "month": month["month"]}  # fmt: skip


def _drawn(period: Row) -> Row:
    middle = period["first_on"] + (period["last_on"] - period["first_on"]) / 2
    return {name: period[name] for name in ("low", "high", "low_95", "high_95")} | {
        "revenue": period["expected_revenue"],
        "day": middle.isoformat(),
        "first": period["first_on"].isoformat(),
        "last": period["last_on"].isoformat(),
    }
