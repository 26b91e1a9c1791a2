"""LTV taken apart by order number."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.schema.measured.value import VALUE_KINDS
from okaeri.schema.measured.value import ltv_parts as TABLE
from okaeri.schema.rules import Rules

KEYS = ("horizon_days", "value_kind")


def ltv_parts(purchases: ir.Table, customer_history: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """P(k-th order within h) and its mean value, for customers observed through h: their products sum to LTV(h).

    A credit note's value belongs to the order it follows, if it is itself dated within the horizon.
    """
    sums = _sums(purchases, day_number(as_of), rules)
    rows = sums.inner_join(_observed(customer_history, rules), "horizon_days")
    line = ibis.window(group_by=[rows[key] for key in KEYS], order_by=rows.order_no)
    reach = rows.n_orders / rows.n
    return rows.mutate(
        reach_rate=reach,
        step_rate=(rows.order_no == 1).ifelse(reach, rows.n_orders / rows.n_orders.lag().over(line)),
        order_value=rows.total / rows.n_orders,
        contribution=rows.total / rows.n,
    ).select(*TABLE.column_names)


def _observed(customer_history: ir.Table, rules: Rules) -> ir.Table:
    """Customers observed through each horizon, where there are any."""
    counts = [
        ibis.struct(
            {
                "horizon_days": ibis.literal(days, "int64"),
                "n": (customer_history.observed_days > days).ifelse(1, 0).sum(),
            }
        )
        for days in rules.horizons
    ]
    wide = customer_history.agg(at=ibis.array(counts))
    long = wide.select(at=wide.at.unnest())
    rows = long.select(horizon_days=long.at.horizon_days, n=long.at.n)
    return rows.filter(rows.n > 0)


def _sums(purchases: ir.Table, today: int, rules: Rules) -> ir.Table:
    """Orders and value per horizon, value kind and order number; value empty where a cost of goods is unknown."""
    columns = ("order_no", "order_day", "age", "is_purchase", *VALUE_KINDS)
    bought = purchases.filter(purchases.is_purchase).select(*columns)
    rows = ibis.union(bought, credit_notes(purchases).select(*columns))
    sums = {}
    for days in rules.horizons:
        inside = (rows.age <= days) & (rows.order_day - rows.age < today - days)
        sums[f"n_{days}"] = (inside & rows.is_purchase).ifelse(1, 0).sum()
        sums[f"unknown_{days}"] = (inside & rows.gross_profit.isnull()).ifelse(1, 0).sum()
        sums |= {f"{kind}_{days}": inside.ifelse(rows[kind].fill_null(0.0), 0.0).sum() for kind in VALUE_KINDS}
    wide = rows.group_by("order_no").agg(**sums)
    parts = [_part(wide, days, kind) for days in rules.horizons for kind in VALUE_KINDS]
    long = wide.select("order_no", at=ibis.array(parts).unnest())
    named = long.select(
        "order_no", **{name: long.at[name] for name in ("horizon_days", "value_kind", "n_orders", "total")}
    )
    return named.filter(named.n_orders > 0)


def _part(wide: ir.Table, days: int, kind: str) -> ir.StructValue:
    total = wide[f"{kind}_{days}"]
    known = (wide[f"unknown_{days}"] == 0).ifelse(total, ibis.null("float64")) if kind == "gross_profit" else total
    return ibis.struct(
        {
            "horizon_days": ibis.literal(days, "int64"),
            "value_kind": ibis.literal(kind),
            "n_orders": wide[f"n_{days}"],
            "total": known,
        }
    )


def credit_notes(purchases: ir.Table) -> ir.Table:
    """Credit notes with the number of the order they follow: the customer's last one up to that day."""
    notes = purchases.filter(~purchases.is_purchase).drop("order_no", "days_to_next")
    bought = purchases.filter(purchases.is_purchase)
    bought = bought.select(
        "order_no", buyer="customer_id", from_day="order_day", until_day=bought.order_day + bought.days_to_next
    )
    pairs = notes.inner_join(bought, [("customer_id", "buyer")])
    follows = (pairs.from_day <= pairs.order_day) & (pairs.until_day.isnull() | (pairs.order_day < pairs.until_day))
    return pairs.filter(follows)
