"""What the figures stand on: the facts, what they lack, and the bounds in force."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.web.report.figures import share
from okaeri.web.report.tables import About, FactState, Tables

TITLE = _("Data and limits")
TABLES: tuple[str, ...] = ()

FACTS = {
    "customers": pgettext_lazy("facts", "Customers"),
    "products": pgettext_lazy("facts", "Products"),
    "orders": pgettext_lazy("facts", "Orders"),
    "order_lines": pgettext_lazy("facts", "Order lines"),
    "events": pgettext_lazy("facts", "Visits and clicks"),
    "voices": pgettext_lazy("facts", "Customers' words"),
    "costs": pgettext_lazy("facts", "Costs"),
}
#: Column of a fact table, the sentence said where it is not always filled, and what to do about it.
GAPS = (
    ("orders", "customer_id", _("{share} of orders name no customer: they are sales, but of nobody.")),
    ("order_lines", "unit_cost", _("{share} of order lines have no unit cost of their own; the catalogue's is used.")),
    ("products", "unit_cost", _("{share} of products have no unit cost: gross profit is empty where they are sold.")),
    ("products", "days_of_supply", _("{share} of products do not say how long they last; buyers' own rhythm is used.")),
    ("customers", "acquired_via", _("{share} of customers have no source: they stand under Unknown.")),
    ("events", "customer_id", _("{share} of visits belong to people who were not signed in.")),
)
#: What is missing where a whole fact table is empty.
MISSING = {
    "events": _("No visits and clicks yet, so carts cannot be followed: okaeri import events.csv"),
    "costs": _("No costs yet, so acquisition cost is known only where customers carry it: okaeri import costs.csv"),
    "voices": _("No customers' words yet, so word of mouth on the belt stays empty: okaeri import voices.csv"),
    "products": _("No catalogue yet, so names, costs and tiers are unknown: okaeri import products.csv"),
}


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Facts in numbers, gaps in sentences, and every rule with its meaning."""
    by_name = {state.name: state for state in about.facts}
    return {
        "is_empty": not about.facts,
        "facts": [{"label": label, "state": by_name[name]} for name, label in FACTS.items() if name in by_name],
        "gaps": [*_gaps(by_name), *(str(said) for name, said in MISSING.items() if _is_bare(by_name, name))],
        "rules": [
            {"name": item.name, "meaning": gettext(item.metadata["meaning"]), "unit": _unit(item.metadata["unit"]),
             "value": _value(getattr(about.rules, item.name))}
            for item in fields(about.rules)
        ],
    }  # fmt: skip


def _gaps(by_name: dict[str, FactState]) -> list[str]:
    told = []
    for table, column, sentence in GAPS:
        state = by_name.get(table)
        filled = state.filled.get(column) if state and state.rows else None
        if filled is not None and filled < 1:
            told.append(str(sentence).format(share=share(1 - filled)))
    return told


def _is_bare(by_name: dict[str, FactState], name: str) -> bool:
    return name in by_name and not by_name[name].rows


def _unit(unit: str) -> str:
    return gettext(unit) if unit else ""


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_value(item) for item in value) or "–"
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
