"""Who moved from which class to which, as a table of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from okaeri.web.report.tables import Row

NOT_YET = "not_yet"


def matrix(rows: Sequence[Row], classes: Sequence[str], labels: Mapping[str, str]) -> dict[str, Any]:
    """One row per earlier class (those not yet customers last), one cell per class now; strength of colour by share."""
    by_pair = {(row["from_class"], row["to_class"]): row for row in rows}
    told = []
    for earlier in (*classes, NOT_YET):
        cells = [by_pair.get((earlier, now)) for now in classes]
        total = next((cell["from_customers"] for cell in cells if cell), 0)
        if total:
            told.append({"label": labels[earlier], "total": total, "cells": [
                _cell(cell, earlier, now) for now, cell in zip(classes, cells, strict=True)]})  # fmt: skip
    return {"classes": [labels[name] for name in classes], "rows": told}


def _cell(cell: Row | None, then: str, now: str) -> dict[str, Any]:
    rate = cell["move_rate"] if cell else 0.0
    return {
        "customers": cell["customers"] if cell else 0, "rate": rate, "heat": round(rate, 3), "is_same": then == now,
        "then": then, "now": now,
    }  # fmt: skip
