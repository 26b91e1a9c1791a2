"""Which first product brings customers who are worth most."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.sections.payback import year_of
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("First products")
TABLES = ("entry_products",)
MOST_SHOWN = 15


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Products at a year, by their rank; those with too few customers follow, greyed."""
    horizon = year_of(about)
    rows = [row for row in tables.rows("entry_products", horizon_days=horizon) if row["ltv"] is not None]
    rows.sort(key=lambda row: (not row["is_enough"], row["rank"]))
    shown = rows[:MOST_SHOWN]
    top = max((row["high"] or row["ltv"] for row in shown), default=0.0)
    return {
        "is_empty": not rows,
        "horizon": horizon,
        "window": about.rules.conversion_window,
        "left_out": len(rows) - len(shown),
        "rows": [row | {"name": row["product_name"] or row["first_product"], "plot": _plot(row, top)} for row in shown],
    }


def _plot(row: Row, top: float) -> dict[str, float] | None:
    """Interval and middle on a line, in percent of the highest end."""
    if row["low"] is None or row["high"] is None or not top:
        return None
    low, middle, high = (100 * max(row[name], 0.0) / top for name in ("low", "ltv", "high"))
    return {"low": round(low, 1), "middle": round(middle, 1), "width": round(high - low, 1)}
