"""Who may leave, after which order, for which reason, and what is at stake."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okaeri.web.report import labels
from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("Who may leave, and why")
TABLES = ("churn_summary", "leaving_curve", "leaving_fits", "products")

KINDS = {"one_off": _("Who buys one by one"), "subscription": _("Subscribers")}
#: Deliveries or orders a curve is shown for.
LONGEST = 12
MOST_CURVES = 6


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Reasons by yen, and for each product delivered by subscription how many stay."""
    reasons = sorted(tables.rows("churn_summary"), key=lambda row: -(row["yen_at_stake"] or 0.0))
    return {
        "is_empty": not reasons,
        "groups": [_group(kind, [row for row in reasons if row["kind"] == kind], tables) for kind in KINDS],
        "numbers": range(1, LONGEST + 1),
        "curves": _curves(tables),
    }


def _group(kind: str, rows: list[Row], tables: Tables) -> dict[str, Any]:
    """The reasons of one kind of customer, with how well they tell."""
    fit = tables.row("leaving_fits", kind=kind, segment="all", model="discrete-time hazard")
    return {
        "kind": kind,
        "title": KINDS[kind],
        "rows": [row | {"label": labels.reason(row["reason"], kind)} for row in rows],
        "customers": sum(row["customer_count"] for row in rows),
        "leavers": sum(row["expected_leavers"] or 0.0 for row in rows),
        "yen": sum(row["yen_at_stake"] or 0.0 for row in rows),
        "auc": fit["auc"] if fit else None,
        "note": gettext(fit["note"]) if fit and fit["note"] else "",
    }


def _curves(tables: Tables) -> list[dict[str, Any]]:
    """Subscribers still there after each delivery: all, then the products with most of them."""
    rows = tables.rows("leaving_curve", kind="subscription")
    sizes = {row["segment"]: row["n"] for row in rows if row["number"] == 1}
    names = product_names(tables)
    largest = sorted(sizes, key=lambda segment: (segment != "all", -sizes[segment], segment))[:MOST_CURVES]
    return [
        {"label": _("All subscriptions") if segment == "all" else names.get(segment, segment), "n": sizes[segment],
         "cells": _cells([row for row in rows if row["segment"] == segment])}
        for segment in largest
    ]  # fmt: skip


def _cells(rows: list[Row]) -> list[Row | None]:
    by_number = {row["number"]: row for row in rows}
    return [by_number.get(number) for number in range(1, LONGEST + 1)]
