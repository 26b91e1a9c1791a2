"""Which kind of product comes next, by days elapsed: a heat map for the category, the price band and each feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import Word
from okaeri.web.report.tables import Row, Tables

#: Features every shop has; a feature of the shop's own keeps its name.
NAMES: Mapping[str, Word] = {"category": _("Category"), "price_band": _("Price band")}
MOST_FEATURES = 5
#: The ways to say which kind is the best next one.
VIEWS = {"often": "share_rank", "lift": "lift_rank"}
FULL_LIFT = 3.0


def feature_maps(tables: Tables, products: Sequence[Row], buckets: Sequence[str]) -> list[dict[str, Any]]:
    """A map per feature: a row per product (code, name, n), a cell per bucket; those features first that all have."""
    rows = tables.rows("next_feature")
    cells: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        cells.setdefault((row["feature"], row["product_id"], row["bucket"]), []).append(row)
    known = {feature for feature, _product, _bucket in cells}
    features = [*(name for name in NAMES if name in known), *sorted(known - set(NAMES))]
    return [
        {
            "label": NAMES.get(feature, feature), "is_own": feature not in NAMES,
            "rows": [
                {**{key: product[key] for key in ("name", "code", "n")}, "views": [
                    {"name": view, "cells": [_best(cells.get((feature, product["code"], bucket), []), rank) for bucket in buckets]}
                    for view, rank in VIEWS.items()
                ]}
                for product in products
            ],
        }
        for feature in features[:MOST_FEATURES]
    ]  # fmt: skip


def _best(rows: list[Row], rank: str) -> Row | None:
    """The first kind by ``rank``, with the strength of its colour."""
    found = min(rows, key=lambda row: row[rank], default=None)
    if found is None:
        return None
    strength = (found["shrunk_lift"] - 1) / FULL_LIFT if rank == "lift_rank" else found["share"]
    return found | {"heat": round(max(0.0, min(strength, 1.0)), 3)}
