"""Each buyer's orders as purchase models want them."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.schema.measured.value import purchase_summary as TABLE


def purchase_summary(purchases: ir.Table, customer_history: ir.Table) -> ir.Table:
    """Repeat days, latest order, time observed and mean repeat spend, as Fader and Hardie's CDNOW summary has them.

    T ends with the last day before ``as_of``: a customer who first bought yesterday has T = 0.
    """
    bought = purchases.filter(purchases.is_purchase, purchases.age > 0)
    later = bought.group_by(buyer=bought.customer_id).agg(repeat_spend=bought.revenue.sum())
    rows = customer_history.left_join(later, [("customer_id", "buyer")])
    repeats = rows.order_days - 1
    return rows.mutate(
        repeat_orders=repeats,
        # as floats: Spark divides whole numbers by 7.0 as decimals
        last_order_age=(rows.last_day - rows.first_day).cast("float64") / 7.0,
        age=(rows.observed_days - 1).cast("float64") / 7.0,
        mean_repeat_spend=(rows.repeat_spend / repeats.nullif(0)).fill_null(0.0),
    ).select(*TABLE.column_names)
