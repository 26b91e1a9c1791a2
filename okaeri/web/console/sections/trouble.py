"""Which products make trouble: unhappy voices beyond the usual, goods sent back, and what let-downs cost."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.schema.measured.feelings import WHOLE
from okaeri.web.console.drafting import ASPECTS
from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Products that make trouble")
TABLES = ("product_voices", "product_sales", "product_subjects", "survey_improvements", "products")
MOST_SHOWN = 15


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Products by unhappy voices beyond the shop's usual share, with what is complained of most."""
    names = product_names(tables)
    rows = sorted(tables.rows("product_voices"), key=lambda row: row["rank"])
    shown = [row for row in rows if row["excess"] > 0][:MOST_SHOWN]
    sales = {row["product_id"]: row["return_rate"] for row in tables.rows("product_sales")}
    losses = {row["product_id"]: row["yearly_loss"] for row in tables.rows("survey_improvements", aspect=WHOLE)}
    worst = {row["product_id"]: row for row in tables.rows("product_subjects", kind="aspect", rank=1)}
    return {
        "is_empty": not rows,
        "usual": rows[0]["usual_share"] if rows else None,
        "rows": [
            row | {"name": names.get(row["product_id"], row["product_id"]), "of": _worst(worst.get(row["product_id"])),
                   "return_rate": sales.get(row["product_id"]), "loss": losses.get(row["product_id"])}
            for row in shown
        ],
    }  # fmt: skip


def _worst(row: Row | None) -> str:
    """What the unhappy voices speak of most."""
    return str(ASPECTS[row["subject"]]) if row is not None and row["unhappy_count"] else ""
