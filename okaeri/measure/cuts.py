"""The ways in which LTV is cut: every customer belongs to one segment of each dimension."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.rules import Rules

#: Customers from which a figure of a group that still grows is called mature.
ENOUGH = 30
ALL = "all"
UNKNOWN = "unknown"
_OF_EVERY_SHOP = (ALL, "cohort_month", "acquired_via", "campaign", "store", "first_product", "region", "age_band")


def month_text(month: ir.IntegerValue) -> ir.StringValue:
    """``YYYY-MM`` of a month number; as :func:`okaeri.lib.periods.month_label`, in a query."""
    year = (month / 12).floor().cast("int64")
    place = month - year * 12 + 1
    return year.cast("string") + (place < 10).ifelse("-0", "-") + place.cast("string")


def dimensions(rules: Rules) -> tuple[str, ...]:
    """Names of the dimensions; the shop's own attributes are named ``attributes.<name>``."""
    return (*_OF_EVERY_SHOP, *(f"attributes.{name}" for name in rules.attribute_dimensions))


def segments(customer_history: ir.Table, rules: Rules) -> dict[str, ir.StringValue]:
    """Dimension to the customer's segment in it."""
    own = {f"attributes.{name}": customer_history.attributes.get(name) for name in rules.attribute_dimensions}
    known = {
        ALL: ibis.literal(ALL),
        "cohort_month": month_text(customer_history.cohort_month),
        "acquired_via": customer_history.acquired_via,
        "campaign": campaign_of(customer_history),
        "store": customer_history.first_store,
        "first_product": customer_history.first_product,
        "region": customer_history.region,
        "age_band": customer_history.age_band,
    } | own
    return {dimension: known[dimension].cast("string").fill_null(UNKNOWN) for dimension in dimensions(rules)}


def campaign_of(customer_history: ir.Table) -> ir.StringValue:
    """``via/campaign`` of who was brought by one, as two sources may call theirs alike; else unknown."""
    named = customer_history.acquired_via + "/" + customer_history.acquired_campaign
    return named.fill_null(UNKNOWN)


def by_cohort(rows: ir.Table, month: ir.IntegerValue, **columns: ir.Value) -> ir.Table:
    """Each row twice: under the cohort of its ``month``, and under all."""
    return rows.select(cohort=ibis.array([month_text(month), ibis.literal(ALL)]).unnest(), **columns)


def old_enough(single: ir.BooleanValue, n: ir.IntegerValue, n_total: ir.IntegerValue) -> ir.BooleanValue:
    """Whether a figure of ``n`` customers is mature.

    ``single`` marks one cohort, which must have come of age as a whole; a group that new customers join all the time
    never does, so there enough of them must have.
    """
    return single.ifelse(n == n_total, n >= ENOUGH)
