"""Each buyer's past in one row."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.acquisition import with_acquisition_cost
from okaeri.measure.bounds import sen
from okaeri.measure.persons import known_people
from okaeri.schema.measured.history import customer_history as TABLE


def customer_history(
    purchases: ir.Table, purchase_lines: ir.Table, customers: ir.Table, links: ir.Table, costs: ir.Table, *, as_of: date
) -> ir.Table:
    """Counts, sums and first order of every buyer, with what the shop knows of them."""
    past = _past(purchases, as_of)
    opened = past.left_join(_first_products(purchase_lines), [("customer_id", "opener_id")])
    rows = opened.left_join(known_people(customers, links, as_of), [("customer_id", "person_id")])
    rows = rows.mutate(acquired_via=rows.acquired_via.fill_null("unknown"))
    return with_acquisition_cost(rows, costs, links, as_of=as_of).select(*TABLE.column_names)


def _past(purchases: ir.Table, as_of: date) -> ir.Table:
    bought = purchases.is_purchase
    first = purchases.order_no == 1
    sums = purchases.group_by("customer_id").agg(
        first_day=purchases.order_day.min(where=bought),
        last_day=purchases.order_day.max(where=bought),
        cohort_month=purchases.order_month.min(where=bought),
        order_count=bought.ifelse(1, 0).sum(),
        # a first order, or one on a later day than the order before: much cheaper than counting distinct days
        order_days=(bought & (purchases.days_since_previous.fill_null(1) > 0)).ifelse(1, 0).sum(),
        revenue=purchases.revenue.sum(),
        profit=purchases.gross_profit.sum(),
        unknown=purchases.gross_profit.isnull().ifelse(1, 0).sum(),
        first_order_revenue=purchases.revenue.max(where=first),
        first_store=purchases.store.max(where=first),
    )
    tenure = (sums.last_day - sums.first_day).cast("float64")
    return sums.mutate(
        observed_days=ibis.literal(day_number(as_of), "int64") - sums.first_day,
        gross_profit=(sums.unknown == 0).ifelse(sums.profit, ibis.null("float64")),
        mean_interval=tenure / (sums.order_count - 1).nullif(0),
    )


def _first_products(purchase_lines: ir.Table) -> ir.Table:
    """The product with the most revenue in each customer's first order; ties by code."""
    first = purchase_lines.filter(purchase_lines.order_no == 1)
    best = ibis.window(group_by=first.customer_id, order_by=(sen(first.revenue).desc(), first.product_id))
    ranked = first.mutate(place=ibis.row_number().over(best))
    top = ranked.filter(ranked.place == 0)
    return top.select(opener_id="customer_id", first_product="product_id")
