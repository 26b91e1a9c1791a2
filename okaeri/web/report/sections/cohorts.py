"""The cohort heat map: who of each month's new customers still buys, and what they have brought."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Cohorts")
TABLES = ("cohort_retention",)
#: Cohorts and months shown; older ones stand in the table itself.
MOST_COHORTS, MOST_MONTHS = 24, 24


def build(tables: Tables, about: About) -> dict[str, Any]:
    """One row per month of first order, newest last; one cell per calendar month since."""
    rows = tables.rows("cohort_retention")
    cohorts = sorted({row["cohort"] for row in rows})[-MOST_COHORTS:]
    by_cell = {(row["cohort"], row["month_offset"]): row for row in rows}
    months = min(max((row["month_offset"] for row in rows if row["cohort"] in cohorts), default=0), MOST_MONTHS)
    shown = [row for row in rows if row["cohort"] in cohorts and row["month_offset"] <= months]
    tops = {
        "rate": max((row["retention_rate"] for row in shown if row["month_offset"]), default=0.0),
        "value": max((row["cumulative_revenue_per_customer"] for row in shown), default=0.0),
    }
    return {
        "is_empty": not rows,
        "offsets": list(range(months + 1)),
        "left_out": len({row["cohort"] for row in rows}) - len(cohorts),
        "rows": [
            {
                "cohort": cohort,
                "n": by_cell[cohort, 0]["n"],
                "cells": [_cell(by_cell.get((cohort, offset)), tops) for offset in range(months + 1)],
            }
            for cohort in cohorts
        ],
    }


def _cell(row: Row | None, tops: dict[str, float]) -> Row | None:
    """A cell with the strength of its colour in [0, 1]; the month of the first order is nearly everybody and plain."""
    if row is None:
        return None
    rate = row["retention_rate"] / tops["rate"] if tops["rate"] and row["month_offset"] else 0.0
    value = row["cumulative_revenue_per_customer"] / tops["value"] if tops["value"] else 0.0
    return row | {"rate_heat": round(max(0.0, min(rate, 1.0)), 3), "value_heat": round(max(0.0, value), 3)}
