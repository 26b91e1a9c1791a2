"""The customer portfolio (CPM): ten classes, and who moved between them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import CPM, CPM_KINDS
from okaeri.web.report.movement import NOT_YET, matrix
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Customer portfolio (CPM)")
TABLES = ("cpm_summary", "cpm_movement")


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Five kinds, each active and gone, best first; the movement in the same order."""
    by_class = {row["cpm"]: row for row in tables.rows("cpm_summary")}
    most = max((row["customers"] for row in by_class.values()), default=0)
    return {
        "is_empty": not most,
        "kinds": [
            {"label": label, "active": _bar(by_class[kind], most), "gone": _bar(by_class[f"{kind}_gone"], most)}
            for kind, label in CPM_KINDS.items()
            if most
        ],
        "movement": movement(tables.rows("cpm_movement")),
        "compare_days": about.rules.compare_days,
        "rules": about.rules,
    }


def movement(rows: list[Row]) -> dict[str, Any]:
    """Rows as those of ``cpm_movement``, laid out by class then and now."""
    classes = [name for kind in CPM_KINDS for name in (kind, f"{kind}_gone")]
    return matrix(rows, classes, {name: str(CPM[name]) for name in (*classes, NOT_YET)})


def _bar(row: dict[str, Any], most: int) -> dict[str, Any]:
    return row | {"bar": round(100 * row["customers"] / most, 1)}
