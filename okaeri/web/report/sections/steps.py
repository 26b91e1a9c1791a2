"""Steps up: what is offered to how many, and what it is expected to bring."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report import labels
from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Tables

TITLE = _("Which step up to offer")
TABLES = ("step_up_summary", "step_pairs", "products")
MOST_SHOWN = 12


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Pairs of products by what offering the step to each customer's best is expected to bring."""
    names = product_names(tables)
    sums = sorted(
        tables.rows("step_up_summary"),
        key=lambda row: (-row["expected_extra_value"], row["product_id"], row["next_product_id"], row["step"]),
    )
    pairs = {(row["product_id"], row["next_product_id"]): row for row in tables.rows("step_pairs")}
    return {
        "is_empty": not sums,
        "left_out": max(len(sums) - MOST_SHOWN, 0),
        "customers": sum(row["customers"] for row in sums),
        "yen": sum(row["expected_extra_value"] for row in sums),
        "rows": [
            {
                "name": names.get(row["product_id"], row["product_id"]),
                "next": names.get(row["next_product_id"], row["next_product_id"]),
                "code": row["product_id"], "next_code": row["next_product_id"], "step_code": row["step"],
                "step": labels.STEPS[row["step"]], "customers": row["customers"],
                "yen": row["expected_extra_value"], "chance": row["take_chance"],
                "pair": pairs[row["product_id"], row["next_product_id"]],
            }
            for row in sums[:MOST_SHOWN]
        ],
    }  # fmt: skip
