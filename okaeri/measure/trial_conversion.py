"""引き上げ: from a trial to the main product."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.cuts import by_cohort
from okaeri.schema.rules import Rules


def trial_conversion(
    purchase_lines: ir.Table, customer_history: ir.Table, products: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """Per cohort: trial buyers (``n_total``), those observed for the whole window (``n``), those converted (``hits``).

    A trial buyer's first order holds a trial product; it converts when a later order within the window holds a core or
    premium product or a subscription.
    """
    trials = products.filter(products.tier == "trial").select(trial_id="product_id")
    main = products.filter(products.tier.isin(("core", "premium")) | (products.kind == "subscription"))
    buyers = _buyers(purchase_lines, customer_history, trials)
    lines = purchase_lines.filter(purchase_lines.order_no > 1).semi_join(
        main.select(main_id="product_id"), [("product_id", "main_id")]
    )
    bought = lines.select("order_day", line_buyer="customer_id").inner_join(buyers, [("line_buyer", "customer_id")])
    bought = bought.filter(bought.order_day <= bought.first_day + rules.conversion_window)
    converted = bought.select(converted_id="customer_id").distinct()
    rows = buyers.left_join(converted, [("customer_id", "converted_id")])
    mature = rows.first_day < day_number(as_of) - rules.conversion_window
    counted = by_cohort(rows, rows.cohort_month, mature=mature, hit=mature & rows.converted_id.notnull())
    return counted.group_by("cohort").agg(
        hits=counted.hit.ifelse(1, 0).sum(), n=counted.mature.ifelse(1, 0).sum(), n_total=counted.count()
    )


def _buyers(purchase_lines: ir.Table, customer_history: ir.Table, trials: ir.Table) -> ir.Table:
    opened = purchase_lines.filter(purchase_lines.order_no == 1).semi_join(trials, [("product_id", "trial_id")])
    return customer_history.select("customer_id", "first_day", "cohort_month").semi_join(
        opened.select(opener="customer_id"), [("customer_id", "opener")]
    )
