"""Which step up to offer each customer."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.bounds import sen
from okaeri.schema.measured.stepping_up import step_up as TABLE

#: Steps kept per customer, and the least yen a step is worth telling for.
MOST = 3
LEAST = 1.0


def step_up(
    step_pairs: ir.Table,
    purchase_lines: ir.Table,
    customer_history: ir.Table,
    customer_value: ir.Table,
    leaving_fits: ir.Table,
    products: ir.Table,
) -> ir.Table:
    """Steps from what was bought on the latest day to products the customer never bought."""
    rows = _offers(step_pairs, purchase_lines, customer_history)
    worth = customer_value.select("p_alive", "expected_orders", "expected_order_value", worth_id="customer_id")
    rows = rows.inner_join(worth, [("customer_id", "worth_id")])
    rows = _with_extra(_with_costs(rows, products), leaving_fits)
    rows = rows.mutate(take_chance=rows.shrunk_rate * rows.p_alive)
    rows = rows.mutate(expected_extra_value=rows.take_chance * rows.extra_value)
    rows = rows.filter(rows.expected_extra_value >= LEAST)
    once = ibis.window(group_by=(rows.customer_id, rows.next_product_id), order_by=(
        sen(rows.expected_extra_value).desc(), rows.product_id))  # fmt: skip
    rows = rows.mutate(again=ibis.row_number().over(once))
    rows = rows.filter(rows.again == 0)
    best = ibis.window(
        group_by=rows.customer_id, order_by=(sen(rows.expected_extra_value).desc(), rows.next_product_id)
    )
    rows = rows.mutate(rank=ibis.row_number().over(best) + 1)
    return rows.filter(rows["rank"] <= MOST).select(*TABLE.column_names)


def _offers(step_pairs: ir.Table, purchase_lines: ir.Table, customer_history: ir.Table) -> ir.Table:
    """Steps from the products of each customer's latest day, not bought before."""
    last = customer_history.select("last_day", last_id="customer_id")
    lines = purchase_lines.inner_join(last, [("customer_id", "last_id")])
    lines = lines.filter(lines.order_day == lines.last_day).select("customer_id", "product_id").distinct()
    rows = lines.inner_join(step_pairs, "product_id")
    had = purchase_lines.semi_join(step_pairs, [("product_id", "next_product_id")])
    had = had.select("customer_id", "product_id").distinct()
    return rows.anti_join(had, [("customer_id", "customer_id"), ("next_product_id", "product_id")])


def _with_costs(rows: ir.Table, products: ir.Table) -> ir.Table:
    """Add price and unit cost of both products."""
    for side in ("product_id", "next_product_id"):
        known = products.select(
            **{f"{side}_price": products.price.cast("float64"), f"{side}_cost": products.unit_cost.cast("float64"),
               f"{side}_of": products.product_id},
        )  # fmt: skip
        rows = rows.left_join(known, [(side, f"{side}_of")])
    return rows


def _with_extra(rows: ir.Table, leaving_fits: ir.Table) -> ir.Table:
    """Add extra_value and value_kind."""
    courses = leaving_fits.filter(leaving_fits.expected_deliveries.notnull())
    own = courses.select("expected_deliveries", course_id="segment")
    usual = courses.filter(courses.segment == "all").agg(usual_deliveries=courses.expected_deliveries.max())
    rows = rows.left_join(own, [("next_product_id", "course_id")]).cross_join(usual)
    deliveries = ibis.coalesce(rows.expected_deliveries, rows.usual_deliveries, ibis.literal(1.0))
    known = rows.product_id_cost.notnull() & rows.next_product_id_cost.notnull()
    cost, next_cost = (known.ifelse(rows[f"{side}_cost"], 0.0) for side in ("product_id", "next_product_id"))
    margin = known.ifelse((rows.product_id_price - rows.product_id_cost) / rows.product_id_price.nullif(0.0), 1.0)
    spends = rows.expected_orders * rows.expected_order_value * margin.fill_null(0.0)
    course = deliveries * (rows.next_product_id_price - next_cost) - spends
    once = rows.price_gain - (next_cost - cost)
    return rows.mutate(
        extra_value=(rows.step == "course").ifelse(course, once),
        value_kind=known.ifelse("gross_profit", "revenue"),
    )
