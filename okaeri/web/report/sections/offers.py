"""What to show whom: the product first in each customer's list, by how many customers, and why."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.product_names import product_names
from okaeri.web.report.reasons import reason
from okaeri.web.report.tables import About, Tables

TITLE = _("What to show whom next")
TABLES = ("recommendations_summary", "products")
MOST_SHOWN = 12


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Products first in a list by how many lists, with the reason of the likeliest customer for an example."""
    names = product_names(tables)
    rows = sorted(tables.rows("recommendations_summary"), key=lambda row: (-row["customers"], row["product_id"]))
    return {
        "is_empty": not rows,
        "customers": sum(row["customers"] for row in rows),
        "left_out": max(len(rows) - MOST_SHOWN, 0),
        "rows": [
            {
                "name": names.get(row["product_id"], row["product_id"]), "code": row["product_id"], "customers": row["customers"],
                "chance": row["chance"], "best": row["best_chance"], "reason": reason(row, names),
            }
            for row in rows[:MOST_SHOWN]
        ],
    }  # fmt: skip
