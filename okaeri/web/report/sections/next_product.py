"""Which product comes next, by days elapsed: the heat map, and all that follows one product."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.product_names import product_names
from okaeri.web.report.sections.feature_maps import feature_maps
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Next product by days elapsed")
TABLES = ("next_product", "next_feature", "products")
WHOLE = "all"
MOST_PRODUCTS, MOST_NEXT = 25, 12
#: The ways to say which product is the best next one: the rank, and whether the same product again counts.
VIEWS = {"other": ("share_rank", False), "lift": ("lift_rank", False), "any": ("share_rank", True)}
#: Lift at which a cell's colour is full.
FULL_LIFT = 8.0


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Rows: products most often bought first; columns: elapsed-day buckets; cells: the best next product."""
    rows = tables.rows("next_product")
    names = product_names(tables)
    buckets = _buckets(rows, about)
    sizes = {row["product_id"]: row["n"] for row in rows}
    sizes |= {row["product_id"]: row["n"] for row in rows if row["bucket"] == WHOLE}
    shown = sorted(sizes, key=lambda code: (-sizes[code], code))[:MOST_PRODUCTS]
    top = max((row["share"] for row in rows if row["bucket"] != WHOLE and not _is_same(row)), default=0.0)
    told = [_product(code, sizes[code], rows, buckets, names, top) for code in shown]
    return {
        "is_empty": not rows,
        "buckets": [{"first": first, "last": last} for first, last, _name in buckets],
        "products": told,
        "features": feature_maps(tables, told, [name for _first, _last, name in buckets]),
        "left_out": len(sizes) - len(shown),
        "chart": {
            "buckets": [[first, last] for first, last, _name in buckets],
            "products": [{key: product[key] for key in ("name", "n", "next")} for product in told],
        },
    }


def _product(
    code: str, size: int, rows: list[Row], buckets: list[tuple[int, int, str]], names: dict[str, str], top: float
) -> dict[str, Any]:
    own = [row for row in rows if row["product_id"] == code]
    return {
        "name": names.get(code, code),
        "code": code,
        "n": size,
        "views": [
            {"name": view, "cells": [_best(own, bucket, view, names, top) for _first, _last, bucket in buckets]}
            for view in VIEWS
        ],
        "next": _followers(own, buckets, names),
    }


def _best(own: list[Row], bucket: str, view: str, names: dict[str, str], top: float) -> Row | None:
    """The first product of ``bucket`` in a view, with the strength of its colour."""
    rank, with_same = VIEWS[view]
    candidates = [row for row in own if row["bucket"] == bucket and (with_same or not _is_same(row))]
    found = min(candidates, key=lambda row: row[rank], default=None)
    if found is None:
        return None
    full = FULL_LIFT if rank == "lift_rank" else top
    strength = found["shrunk_lift"] - 1 if rank == "lift_rank" else found["share"]
    name = names.get(found["next_product_id"], found["next_product_id"])
    heat = round(max(0.0, min(strength / full, 1.0)), 3) if full else 0.0
    return found | {"name": name, "heat": heat, "is_same": _is_same(found)}


def _is_same(row: Row) -> bool:
    return row["next_product_id"] == row["product_id"]


def _buckets(rows: list[Row], about: About) -> list[tuple[int, int, str]]:
    """First day, last day and name of every elapsed-day bucket, those nobody was seen in too."""
    seen = {row["first_day"]: row["last_day"] for row in rows if row["bucket"] != WHOLE}
    starts = about.rules.elapsed_buckets
    ends = {first: after - 1 for first, after in pairwise(starts)} | seen
    return [(first, ends[first], f"{first}-{ends[first]}") for first in starts if first in ends]


def _followers(own: list[Row], buckets: list[tuple[int, int, str]], names: dict[str, str]) -> list[dict[str, Any]]:
    """What follows the product, most often first, with its figures in every bucket where enough customers were seen."""
    pairs = {(row["next_product_id"], row["bucket"]): row for row in own}
    best: dict[str, float] = {}
    for row in own:
        weight = 1.0 if row["bucket"] == WHOLE else 1e-6
        best[row["next_product_id"]] = max(best.get(row["next_product_id"], 0.0), weight * row["share"])
    ordered = sorted(best, key=lambda code: (-best[code], code))[:MOST_NEXT]
    return [
        {
            "name": names.get(code, code),
            "whole": _figures(pairs.get((code, WHOLE))),
            "cells": [_figures(pairs.get((code, bucket))) for _first, _last, bucket in buckets],
        }
        for code in ordered
    ]


def _figures(row: Row | None) -> Row | None:
    shown = ("share", "low", "high", "lift", "pair_count", "n")
    return None if row is None else {key: row[key] for key in shown}
