"""Who runs out of what, and when: people by product and by the days their goods still last."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import reduce
from typing import Any

import pyarrow.compute as pc
from django.utils.translation import gettext_lazy as _

from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Tables

TITLE = _("Who runs out of what")
TABLES = ("stock_at_home", "use_up_time", "products")
#: Days left from which the windows after the first begin.
BOUNDS = (0, 7, 14, 30)
WINDOWS = (_("Used up"), _("0 to 6 days"), _("7 to 13 days"), _("14 to 29 days"), _("30 days or more"))
MOST_SHOWN = 20


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Products with the most people running out within two weeks first; counts only, nobody by name."""
    counts, names = people_by_window(tables), product_names(tables)
    lasting = {row["product_id"]: row for row in tables.rows("use_up_time")}
    ordered = sorted(counts, key=lambda code: (-sum(counts[code][1:3]), -sum(counts[code]), code))
    shown = ordered[:MOST_SHOWN]
    top = max((max(counts[code]) for code in shown), default=0)
    return {
        "is_empty": not counts,
        "windows": WINDOWS,
        "left_out": len(ordered) - len(shown),
        "totals": [sum(column) for column in zip(*counts.values(), strict=True)],
        "rows": [
            {"name": names.get(code, code), "code": code, "lasting": lasting.get(code),
             "cells": [_cell(people, top, about.as_of, window) for window, people in enumerate(counts[code])]}
            for code in shown
        ],
    }  # fmt: skip


def _cell(people: int, top: int, as_of: date, window: int) -> dict[str, Any]:
    """With the days of the window: from ``since`` to the day before ``before``."""
    return {
        "people": people, "heat": round(people / top, 3) if top else 0.0,
        "since": as_of + timedelta(days=BOUNDS[window - 1]) if window else None,
        "before": as_of + timedelta(days=BOUNDS[window]) if window < len(BOUNDS) else None,
    }  # fmt: skip


def people_by_window(tables: Tables) -> dict[str, list[int]]:
    """Per product, the people in each of the windows."""
    left = tables["stock_at_home"]
    window = reduce(pc.add, (pc.cast(pc.greater_equal(left["days_left"], bound), "int64") for bound in BOUNDS))
    grouped = left.select(["product_id"]).append_column("window", window).group_by(["product_id", "window"])
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(WINDOWS))
    for row in grouped.aggregate([([], "count_all")]).to_pylist():
        counts[row["product_id"]][row["window"]] += row["count_all"]
    return dict(counts)
