"""What each customer is like, seen and foretold."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import silence
from okaeri.measure.persons import as_person
from okaeri.measure.sample import sampled
from okaeri.schema.measured.personas import persona_traits as TABLE


def persona_traits(
    customer_history: ir.Table,
    customer_value: ir.Table,
    purchases: ir.Table,
    purchase_lines: ir.Table,
    voices: ir.Table,
    links: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """Traits as personas want them: logarithms of amounts, shares of counts."""
    bought = purchases.filter(purchases.is_purchase)
    habits = bought.group_by(habit_id=bought.customer_id).agg(
        bargain=bought.coupon_code.notnull().ifelse(1, 0).cast("float64").mean(),
        subscribing=bought.subscription_id.notnull().ifelse(1, 0).cast("float64").mean(),
    )
    goods = purchase_lines.group_by(goods_id=purchase_lines.customer_id).agg(
        variety=purchase_lines.product_id.nunique() / purchase_lines.count()
    )
    said = as_person(voices.filter(voices.rating.notnull(), voices.voice_date < as_of), links)
    feeling = said.group_by(said_id=said.customer_id).agg(feeling=said.rating.mean())
    worth = customer_value.select("p_alive", "residual_value", worth_id="customer_id")
    rows = customer_history
    for table, key in ((habits, "habit_id"), (goods, "goods_id"), (feeling, "said_id"), (worth, "worth_id"),
                       (sampled(customer_history), "sample_id")):  # fmt: skip
        rows = rows.left_join(table, [("customer_id", key)])
    order_value = rows.revenue / rows.order_count
    return rows.mutate(
        silence=(silence(rows, as_of) + 1).log(),
        orders=rows.order_count.log(),
        order_value=ibis.greatest(order_value, 1.0).log(),
        tenure=(rows.last_day - rows.first_day + 1).log(),
        presence="p_alive",
        prospect=(rows.residual_value + 1.0).log(),
    ).select(*TABLE.column_names)
