"""Where the customers stand: first, second, repeat, one year, dormant; and how the revenue is spread over them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import STATUSES
from okaeri.web.report.tables import About, Tables

TITLE = _("Where customers stand")
TABLES = ("customer_status_summary", "dormancy_check", "decile_summary")


def build(tables: Tables, about: About) -> dict[str, Any]:
    """The statuses in their order, how often the silent come back, and the deciles."""
    by_status = {row["status"]: row for row in tables.rows("customer_status_summary")}
    revenue = sum(row["revenue"] or 0.0 for row in by_status.values())
    deciles = sorted(tables.rows("decile_summary"), key=lambda row: row["decile"])
    check = tables.row("dormancy_check", basis="all")
    return {
        "is_empty": not by_status,
        "statuses": [
            by_status[name] | {"label": label, "revenue_share": (by_status[name]["revenue"] or 0.0) / revenue}
            for name, label in STATUSES.items()
            if name in by_status and revenue
        ],
        "check": check if check and check["return_rate"] is not None else None,
        "compare_days": about.rules.compare_days,
        "deciles": deciles,
        "chart": {"deciles": deciles},
    }
