"""What stands on top: whose page, as of when, how many customers and orders, how fresh."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.tables import About, Tables

TITLE = _("The shop")
TABLES = ("customer_status_summary", "ltv_curve")


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Sums over all customers; the newest order; how many customers came in the last year."""
    rows = tables.rows("customer_status_summary")
    orders = next((state for state in about.facts if state.name == "orders"), None)
    profits = [row["gross_profit"] for row in rows]
    return {
        "customers": sum(row["customers"] for row in rows),
        "orders": sum(row["orders"] for row in rows),
        "revenue": sum(row["revenue"] or 0.0 for row in rows),
        "gross_profit": sum(profits) if profits and None not in profits else None,
        "newest": orders.newest if orders else None,
        "new_customers": new_customers(tables, "all", "all"),
    }


def new_customers(tables: Tables, dimension: str, segment: str, within: int = 365) -> int | None:
    """Customers of a segment whose first order is at most ``within`` days old: all less those observed longer."""
    rows = tables.rows("ltv_curve", dimension=dimension, segment=segment, value_kind="revenue")
    if not rows:
        return None
    observed = next((row["n"] for row in rows if row["age_days"] == within), 0)
    return rows[0]["n_total"] - observed
