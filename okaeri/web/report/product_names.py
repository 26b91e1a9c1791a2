"""What products are called: the catalogue's name, else the code."""

from __future__ import annotations

from okaeri.web.report.tables import Tables


def product_names(tables: Tables) -> dict[str, str]:
    """Name by code of every product the catalogue names."""
    catalogue = tables["products"].select(["product_id", "name"])
    return {row["product_id"]: row["name"] for row in catalogue.to_pylist() if row["name"]}
