"""What the personas are like."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import silence
from okaeri.schema.measured.personas import persona_profiles as TABLE


def persona_profiles(
    personas: ir.Table,
    persona_centres: ir.Table,
    persona_traits: ir.Table,
    customer_history: ir.Table,
    customer_value: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """Sizes, money and mean behaviour, beside the strongest traits."""
    past = customer_history.select("order_count", past_id="customer_id", days=silence(customer_history, as_of))
    worth = customer_value.select("past_value", "residual_value", "p_alive", worth_id="customer_id")
    traits = persona_traits.select("bargain", "subscribing", "feeling", trait_id="customer_id")
    rows = personas
    for table, key in ((past, "past_id"), (worth, "worth_id"), (traits, "trait_id")):
        rows = rows.inner_join(table, [("customer_id", key)])
    sums = rows.group_by("persona").agg(
        customer_count=rows.count(), past_value=rows.past_value.sum(), residual_value=rows.residual_value.sum(),
        median_silence_days=rows.days.cast("float64").median(), mean_orders=rows.order_count.mean(),
        orders=rows.order_count.sum(), mean_presence=rows.p_alive.mean(), mean_bargain=rows.bargain.mean(),
        mean_subscribing=rows.subscribing.mean(), mean_feeling=rows.feeling.mean(),
    )  # fmt: skip
    told = persona_centres.select("trait_1", "trait_2", "trait_3", "trait_1_sd", "trait_2_sd", "trait_3_sd",
                                  told_id="persona")  # fmt: skip
    sums = sums.inner_join(told, [("persona", "told_id")])
    return sums.mutate(
        customer_share=sums.customer_count / sums.customer_count.sum().over(ibis.window()),
        mean_order_value=sums.past_value / sums.orders.nullif(0),
    ).select(*TABLE.column_names)
