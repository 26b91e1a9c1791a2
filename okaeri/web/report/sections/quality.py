"""What the figures stand on: the facts, what they lack, and the bounds in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.web.report.figures import share
from okaeri.web.report.labels import Word
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


@dataclass(frozen=True)
class Gap:
    """What the facts may lack: a column, or without one the whole table.

    ``said`` what is so, ``loses`` the figures it costs (empty where nothing is lost), ``way`` where it is mended (a name
    of :data:`okaeri.web.templatetags.console.WAYS`), ``enough`` the filled share from which it is no loss.
    """

    table: str
    column: str
    said: Word
    loses: Word = ""
    way: str = ""
    enough: float = 0.9

    def share(self, by_name: Mapping[str, FactState]) -> float | None:
        """The share that is missing; None where nothing is, or the table itself is."""
        state = by_name.get(self.table)
        if state is None:
            return None
        if not self.column:
            return None if state.rows else 1.0
        filled = state.filled.get(self.column) if state.rows else None
        return 1 - filled if filled is not None and filled < 1 else None

    def told(self, missing: float) -> dict[str, Any]:
        """The gap in words."""
        return {"said": str(self.said).format(share=share(missing)), "loses": str(self.loses), "way": self.way}


GAPS = (
    Gap("orders", "customer_id", _("{share} of orders name no customer: they are sales, but of nobody."),
        _("LTV, F2 and repeat rate leave them out."), "orders"),
    Gap("order_lines", "unit_cost", _("{share} of order lines have no unit cost of their own; the catalogue's is used.")),
    Gap("products", "unit_cost", _("{share} of products have no unit cost: gross profit is empty where they are sold."),
        _("Gross profit, limit CPA and payback are missing."), "unit_costs", enough=1.0),
    Gap("products", "days_of_supply",
        _("{share} of products do not say how long they last; buyers' own rhythm is used.")),
    Gap("customers", "acquired_via", _("{share} of customers have no source: they stand under Unknown."),
        _("LTV and cost by source leave them out."), "customers"),
    Gap("events", "customer_id", _("{share} of visits belong to people who were not signed in.")),
)  # fmt: skip
#: What is missing where a whole fact table is empty.
MISSING = (
    Gap("costs", "", _("No costs yet, so acquisition cost is known only where customers carry it."),
        _("Cost against limit CPA, and payback by source, are missing."), "costs"),
    Gap("events", "", _("No visits and clicks yet, so carts cannot be followed."),
        _("What is left in carts is missing."), "events"),
    Gap("voices", "", _("No customers' words yet, so word of mouth on the belt stays empty."),
        _("The emotion curve and its friction points are missing."), "voices"),
    Gap("products", "", _("No catalogue yet, so names, costs and tiers are unknown."),
        _("Gross profit, step-ups and use-up times are missing."), "products"),
)  # fmt: skip


def gaps_of(about: About) -> list[dict[str, Any]]:
    """Everything the facts lack, in words."""
    by_name = {state.name: state for state in about.facts}
    return [gap.told(missing) for gap in (*GAPS, *MISSING) if (missing := gap.share(by_name)) is not None]


def losses_of(about: About) -> list[dict[str, Any]]:
    """The gaps that cost figures: wide ones, of columns nothing else stands in for; the widest first."""
    by_name = {state.name: state for state in about.facts}
    found = [
        (missing, gap) for gap in (*GAPS, *MISSING)
        if gap.loses and (missing := gap.share(by_name)) is not None and 1 - missing < gap.enough
        and not _is_stood_in(gap, by_name, about)
    ]  # fmt: skip
    return [gap.told(missing) for missing, gap in sorted(found, key=lambda one: -one[0])]


def _is_stood_in(gap: Gap, by_name: Mapping[str, FactState], about: About) -> bool:
    """Whether something else tells what the gap leaves open."""
    if gap.way == "unit_costs":
        lines = by_name.get("order_lines")
        is_on_lines = lines is not None and bool(lines.rows) and lines.filled.get("unit_cost") == 1
        return about.rules.default_margin is not None or is_on_lines
    if gap.way == "costs":
        customers = by_name.get("customers")
        return customers is not None and customers.filled.get("acquisition_cost", 0.0) > 0
    return False


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Facts in numbers, gaps in sentences, and every rule with its meaning."""
    by_name = {state.name: state for state in about.facts}
    return {
        "is_empty": not about.facts,
        "facts": [{"label": label, "state": by_name[name]} for name, label in FACTS.items() if name in by_name],
        "gaps": gaps_of(about),
        "rules": [
            {"name": item.name, "meaning": gettext(item.metadata["meaning"]), "unit": _unit(item.metadata["unit"]),
             "value": _value(getattr(about.rules, item.name))}
            for item in fields(about.rules)
        ],
    }  # fmt: skip


def _unit(unit: str) -> str:
    return gettext(unit) if unit else ""


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_value(item) for item in value) or "–"
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
