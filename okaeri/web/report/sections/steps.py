"""Steps up: what is offered to how many, and what it is expected to bring."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
from django.utils.translation import gettext_lazy as _

from okaeri.web.report import labels
from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Tables

TITLE = _("Which step up to offer")
TABLES = ("step_up", "step_pairs", "products")
MOST_SHOWN = 12


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Pairs of products by what offering the step to each customer's best is expected to bring."""
    offers, names = tables["step_up"], product_names(tables)
    best = offers.filter(pc.equal(offers["rank"], 1))
    keys = ["product_id", "next_product_id", "step"]
    sums = best.group_by(keys).aggregate([
        ("customer_id", "count"), ("expected_extra_value", "sum"), ("take_chance", "mean"),
    ]).sort_by([("expected_extra_value_sum", "descending"), *((key, "ascending") for key in keys)])  # fmt: skip
    pairs = {(row["product_id"], row["next_product_id"]): row for row in tables.rows("step_pairs")}
    return {
        "is_empty": not sums.num_rows,
        "left_out": max(sums.num_rows - MOST_SHOWN, 0),
        "customers": best.num_rows,
        "yen": pc.sum(best["expected_extra_value"]).as_py(),
        "rows": [
            {
                "name": names.get(row["product_id"], row["product_id"]),
                "next": names.get(row["next_product_id"], row["next_product_id"]),
                "step": labels.STEPS[row["step"]], "customers": row["customer_id_count"],
                "yen": row["expected_extra_value_sum"], "chance": row["take_chance_mean"],
                "pair": pairs[row["product_id"], row["next_product_id"]],
            }
            for row in sums.slice(0, MOST_SHOWN).to_pylist()
        ],
    }  # fmt: skip
