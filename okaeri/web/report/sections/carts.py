"""What is left in carts: how much of what is put in, by week and by product."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Left in carts")
TABLES = ("cart_abandonment", "products")
MOST_SHOWN, WEEKS = 12, 52


def build(tables: Tables, about: About) -> dict[str, Any]:
    """All carts, the weeks of a year, and the products that are worth most where they are left."""
    names = product_names(tables)
    products = sorted(
        tables.rows("cart_abandonment", dimension="product"), key=lambda row: (-row["value_abandoned"], row["segment"])
    )
    shown = products[:MOST_SHOWN]
    top = max((row["value_abandoned"] for row in shown), default=0.0)
    return {
        "is_empty": not products,
        "all": tables.row("cart_abandonment", dimension="all"),
        "window": about.rules.cart_window,
        "left_out": len(products) - len(shown),
        "rows": [
            row | {"name": names.get(row["segment"], row["segment"]),
                   "bar": round(100 * row["value_abandoned"] / top, 1) if top else 0.0}
            for row in shown
        ],
        "chart": {"weeks": weeks_of_a_year(tables, about)},
    }  # fmt: skip


def weeks_of_a_year(tables: Tables, about: About) -> list[Row]:
    """The weeks that began within a year before the page's day, in order."""
    first = (about.as_of - timedelta(weeks=WEEKS)).isoformat()
    weeks = [row for row in tables.rows("cart_abandonment", dimension="week") if row["segment"] >= first]
    return sorted(weeks, key=lambda row: row["segment"])
