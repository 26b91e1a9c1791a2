"""Each known customer in one row: everything measured and expected of them that people can be chosen by."""

from __future__ import annotations

from dataclasses import replace

from okaeri.schema.measured.belt import customers_now
from okaeri.schema.measured.groups import earlier_classes
from okaeri.schema.measured.prospects import customer_value
from okaeri.schema.table import Column, Table

#: Columns that come from ``customer_value``; what it repeats of ``customers_now`` is left out.
VALUE_COLUMNS = (
    "residual_value", "low_80", "high_80", "residual_gross_profit", "lifetime_value", "p_alive", "expected_orders",
    "expected_order_value", "next_order_on",
)  # fmt: skip

people = Table(
    "people",
    "Everything measured and expected of each known customer, laid out for the lists of the console.",
    "one known customer",
    ("customer_id",),
    (
        *customers_now.columns,
        *(customer_value[name] for name in VALUE_COLUMNS),
        Column("leaving_chance_90", "float64", "Highest chance among what the customer buys to leave within 90 days; "
               "see churn_risk", "share"),
        Column("yen_at_stake", "float64", "Revenue at stake with it; see churn_risk", "yen"),
        Column("persona", "string", "The persona most alike; empty for leads"),
        *(replace(earlier_classes[name], nullable=True) for name in ("cpm_before", "rank_before")),
        Column("leaving_reason", "string", "What speaks most for leaving, of who buys one by one; see churn_risk"),
        Column("cancelling_reason", "string", "The same of the subscription most likely to be cancelled"),
        Column("next_product", "string", "The product first in the list of what to show; see recommendations"),
        Column("step_up_from", "string", "The product the best step up leads from; see step_up"),
        Column("step_up_to", "string", "The product it leads to"),
        Column("step_up", "string", "What kind of step it is"),
    ),
)  # fmt: skip
