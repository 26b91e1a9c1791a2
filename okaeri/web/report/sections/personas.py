"""Customers as a few faces: how many there are of each, what they brought and will bring."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report import labels
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Customers with a face")
TABLES = ("persona_profiles",)
#: How far from the average a trait is worth a word, in standard deviations.
LEAST = 0.3


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Personas by what they will bring."""
    rows = sorted(tables.rows("persona_profiles"), key=lambda row: -(row["residual_value"] or 0.0))
    return {"is_empty": not rows, "rows": [_told(row) for row in rows]}


def _told(row: Row) -> Row:
    """The row with its face's name and its strongest traits in words."""
    strongest = [(row[f"trait_{place}"], row[f"trait_{place}_sd"]) for place in (1, 2, 3)]
    return row | {
        "label": labels.PERSONAS[row["persona"]],
        "traits": labels.joined([labels.persona_trait(name, off) for name, off in strongest if abs(off) >= LEAST]),
        "per_customer": None if row["residual_value"] is None else row["residual_value"] / row["customer_count"],
    }
