"""What is bought together."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Bought together")
TABLES = ("basket_pairs", "products")
MOST_SHOWN = 20


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Pairs bought together more often than by chance, surest first; each stands once, from its surer side."""
    rows = [row for row in tables.rows("basket_pairs") if row["lift"] > 1]
    names = product_names(tables)
    pairs = list(_once(rows).values())
    pairs.sort(key=lambda row: (-row["log_likelihood_ratio"], row["product_id"], row["other_product_id"]))
    shown = pairs[:MOST_SHOWN]
    return {
        "is_empty": not pairs,
        "left_out": len(pairs) - len(shown),
        "rows": [
            row | {"name": names.get(row["product_id"], row["product_id"]),
                   "other": names.get(row["other_product_id"], row["other_product_id"])}
            for row in shown
        ],
    }  # fmt: skip


def _once(rows: list[Row]) -> dict[frozenset[str], Row]:
    """Of the two rows of a pair, the one whose product leads to the other more surely."""
    pairs: dict[frozenset[str], Row] = {}
    for row in rows:
        pair = frozenset((row["product_id"], row["other_product_id"]))
        if pair not in pairs or row["confidence"] > pairs[pair]["confidence"]:
            pairs[pair] = row
    return pairs
