"""RFM: recency by frequency, and the movement between ranks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.movement import matrix
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("RFM")
TABLES = ("rfm_grid", "rfm_bounds", "rfm_movement")
STEPS = (5, 4, 3, 2, 1)
RANKS = ("A", "B", "C", "D", "E")


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Cells of recency and frequency summed over value, bounds in force and suggested, movement of ranks."""
    rows = tables.rows("rfm_grid")
    cells = {(r, f): _sum([row for row in rows if row["r"] == r and row["f"] == f]) for r in STEPS for f in STEPS}
    tops = {name: max((cell[name] for cell in cells.values()), default=0) for name in ("customers", "revenue")}
    bounds = tables.rows("rfm_bounds")
    return {
        "is_empty": not rows,
        "columns": [{"step": r, "bound": _recency(r, about)} for r in STEPS],
        "rows": [
            {
                "step": f,
                "bound": _frequency(f, about),
                "cells": [_heated(cells[r, f], tops) | {"r": r, "f": f} for r in STEPS],
            }
            for f in STEPS
        ],
        "bounds": sorted(bounds, key=lambda row: (row["axis"], -row["step"])),
        "movement": matrix(
            tables.rows("rfm_movement"), RANKS, {**{rank: rank for rank in RANKS}, "not_yet": str(_("Not yet"))}
        ),
        "compare_days": about.rules.compare_days,
    }


def _sum(rows: list[Row]) -> Row:
    names = ("customers", "orders", "revenue", "customer_share", "revenue_share")
    return {name: sum(row[name] or 0 for row in rows) for name in names}


def _heated(cell: Row, tops: dict[str, float]) -> Row:
    """The cell with the strength of its colour by people and by revenue."""
    heats = {f"{name}_heat": round((cell[name] / top) ** 0.6, 3) if top else 0.0 for name, top in tops.items()}
    return cell | heats | {"mean": cell["revenue"] / cell["customers"] if cell["customers"] else None}


def _recency(step: int, about: About) -> str:
    """Days of a recency step: below its bound, or from the last one on."""
    upper = about.rules.rfm_recency
    return f"<{upper[5 - step]}" if step > 1 else f"≥{upper[-1]}"


def _frequency(step: int, about: About) -> str:
    """Orders of a frequency step: its lower bound, or the only number below the next."""
    lower = (1, *about.rules.rfm_frequency)
    return f"≥{lower[step - 1]}" if step == len(lower) or lower[step] > lower[step - 1] + 1 else str(lower[step - 1])
