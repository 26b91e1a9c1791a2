"""Groups that behave alike, found by the machine, and what sets each apart."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import AXES, cluster
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Groups that behave alike")
TABLES = ("cluster_profiles",)
#: Standard deviations at which a bar is full.
FULL = 2.0


def build(tables: Tables, about: About) -> dict[str, Any]:
    """The clusters, most revenue per customer first, each with its distance from the average in every trait."""
    rows = sorted(tables.rows("cluster_profiles"), key=lambda row: row["cluster"])
    return {
        "is_empty": not rows,
        "axes": list(AXES.values()),
        "rows": [row | {"label": cluster(row["cluster_code"]), "traits": _traits(row)} for row in rows],
    }


def _traits(row: Row) -> list[dict[str, Any]]:
    """Bars left and right of the average, in percent of half the cell."""
    return [
        {"label": label, "z": row[f"z_{axis}"], "width": round(50 * min(abs(row[f"z_{axis}"]) / FULL, 1.0), 1),
         "is_low": row[f"z_{axis}"] < 0}
        for axis, label in AXES.items()
    ]  # fmt: skip
