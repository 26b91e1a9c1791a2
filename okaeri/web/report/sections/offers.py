"""What to show whom: the product first in each customer's list, by how many customers, and why."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
from django.utils.translation import gettext_lazy as _

from okaeri.web.report.product_names import product_names
from okaeri.web.report.reasons import reason
from okaeri.web.report.tables import About, Tables

TITLE = _("What to show whom next")
TABLES = ("recommendations", "products")
MOST_SHOWN = 12
#: The likeliest buyer first; a chance nobody knows comes last.
LIKELIEST = [("chance", "descending"), ("customer_id", "ascending")]


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Products first in a list by how many lists, with the reason of the likeliest customer for an example."""
    offers, names = tables["recommendations"], product_names(tables)
    first = offers.filter(pc.equal(offers["rank"], 1)).sort_by(LIKELIEST)
    products, likeliest = first["product_id"], dict[str, dict[str, Any]]()
    for product in products.unique().to_pylist():
        likeliest[product] = first.slice(pc.index(products, product).as_py(), 1).to_pylist()[0]
    sums = first.group_by("product_id").aggregate([("customer_id", "count"), ("chance", "mean")])
    sums = sums.sort_by([("customer_id_count", "descending"), ("product_id", "ascending")])
    return {
        "is_empty": not first.num_rows,
        "customers": first.num_rows,
        "left_out": max(sums.num_rows - MOST_SHOWN, 0),
        "rows": [
            {
                "name": names.get(row["product_id"], row["product_id"]),
                "customers": row["customer_id_count"], "chance": row["chance_mean"],
                "best": likeliest[row["product_id"]]["chance"], "reason": reason(likeliest[row["product_id"]], names),
            }
            for row in sums.slice(0, MOST_SHOWN).to_pylist()
        ],
    }  # fmt: skip
