"""The LTV curve with its band, by any dimension, and the same at the horizons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import VALUES, dimension, segment
from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("LTV curve")
TABLES = ("ltv_curve", "products")
#: Lines one can tell apart in one picture.
MOST_SEGMENTS = 6


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Curves and horizon rows of each dimension: the segments with the most customers, the newest months that tell."""
    rows = tables.rows("ltv_curve")
    names = product_names(tables)
    dimensions = []
    for name in dict.fromkeys(row["dimension"] for row in rows):
        own = [row for row in rows if row["dimension"] == name]
        dimensions.append(_dimension(name, own, usual(name, own), names, about))
    dimensions.sort(key=lambda told: told["name"] != "all")
    return _told(rows, [told for told in dimensions if told["name"] == "all" or len(told["segments"]) > 1], about)


def compared(tables: Tables, name: str, chosen: Sequence[str], about: About) -> dict[str, Any]:
    """The same of one dimension alone, whose rows ``tables`` holds, with the segments ``chosen`` in that order."""
    rows = [row for row in tables.rows("ltv_curve") if row["segment"] in chosen]
    return _told(rows, [_dimension(name, rows, chosen, product_names(tables), about)], about)


def _told(rows: list[Row], dimensions: list[dict[str, Any]], about: About) -> dict[str, Any]:
    return {
        "is_empty": not rows,
        "has_profit": any(row["ltv"] is not None for row in rows if row["value_kind"] == "gross_profit"),
        "has_cost": any(row["ltv_after_cost"] is not None for row in rows),
        "values": [{"name": name, "label": label} for name, label in VALUES.items()],
        "horizons": about.rules.horizons,
        "dimensions": dimensions,
        "chart": {
            "dimensions": {told["name"]: told["curves"] for told in dimensions},
            "values": {name: str(label) for name, label in VALUES.items()},
            "longest": max(about.rules.horizons),
        },
    }


def _dimension(
    name: str, rows: list[Row], chosen: Sequence[str], products: dict[str, str], about: About
) -> dict[str, Any]:
    labelled = {code: segment(name, code, products) for code in chosen}
    curves = [
        _curve(labelled[code], value, [row for row in rows if row["segment"] == code])
        for code in chosen
        for value in VALUES
    ]
    return {
        "name": name,
        "label": dimension(name),
        "segments": list(labelled.values()),
        "left_out": len({row["segment"] for row in rows} - set(chosen)),
        "curves": curves,
        "horizon_rows": [_horizon_row(curve, about.rules.horizons) for curve in curves],
    }


def sizes(tables: Tables) -> dict[str, int]:
    """Customers of each segment of the one dimension ``tables`` holds."""
    counted = tables["ltv_curve"].group_by("segment").aggregate([("n_total", "max")])
    return dict(zip(counted["segment"].to_pylist(), counted["n_total_max"].to_pylist(), strict=True))


def usual(name: str, rows: list[Row]) -> list[str]:
    """Segments of dimension ``name`` shown where nobody chose: months spread over the past, newest last; elsewhere the largest first."""
    sizes = {row["segment"]: row["n_total"] for row in rows}
    if name != "cohort_month":
        largest = sorted(sizes, key=lambda code: (-sizes[code], code))[:MOST_SEGMENTS]
        return sorted(largest, key=lambda code: code == "unknown")
    seen = {row["segment"] for row in rows if row["age_days"] >= 30 and row["n"]}
    months = sorted(seen)
    step = max(1, -(-len(months) // MOST_SEGMENTS))
    return months[::-1][::step][::-1]


def _curve(label: str, value: str, rows: list[Row]) -> dict[str, Any]:
    """One line: age, value, band, customers, and whether enough of them are that old."""
    kind = "revenue" if value == "revenue" else "gross_profit"
    points = [_point(row, value) for row in rows if row["value_kind"] == kind and row["n"]]
    return {
        "segment": label,
        "value": value,
        "points": sorted((point for point in points if point["y"] is not None), key=lambda point: point["x"]),
    }


def _point(row: Row, value: str) -> Row:
    off = (row["acquisition_cost"] or 0.0) if value == "after_cost" else 0.0
    return {
        "x": row["age_days"],
        "y": row["ltv_after_cost"] if value == "after_cost" else row["ltv"],
        "low": None if row["low"] is None else row["low"] - off,
        "high": None if row["high"] is None else row["high"] - off,
        "n": row["n"],
        "mature": row["is_mature"],
    }


def _horizon_row(curve: dict[str, Any], horizons: Iterable[int]) -> dict[str, Any]:
    by_age = {point["x"]: point for point in curve["points"]}
    return {
        "segment": curve["segment"],
        "value": curve["value"],
        "cells": [by_age.get(horizon) for horizon in horizons],
    }
