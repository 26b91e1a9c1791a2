"""CPM 顧客ポートフォリオ: ten classes by orders, tenure, past revenue and silence."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.bounds import sen
from okaeri.measure.days import silence
from okaeri.schema.measured.groups import cpm as TABLE
from okaeri.schema.rules import Rules

NAMES = {"first": "初回", "young": "よちよち", "steady": "コツコツ", "trending": "流行", "excellent": "優良"}
LABELS = {code + gone: name + said for code, name in NAMES.items() for gone, said in (("", "現役"), ("_gone", "離脱"))}


def cpm(customer_history: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Exactly one class per buyer (domain C8, LTV-Lab's numbers; a revenue of exactly the bound is large)."""
    rows = customer_history.mutate(
        cpm=cpm_class(customer_history, as_of, rules),
        tenure_days=customer_history.last_day - customer_history.first_day,
        is_gone=silence(customer_history, as_of) >= rules.dormant_after,
    )
    return rows.mutate(cpm_label=cpm_label(rows.cpm)).select(*TABLE.column_names)


def cpm_class(history: ir.Table, as_of: date, rules: Rules) -> ir.StringColumn:
    """The class as of ``as_of`` of any table with first_day, last_day, order_count and revenue of orders before it."""
    tenure = history.last_day - history.first_day
    kind = ibis.cases(
        (history.order_count == 1, "first"),
        (tenure < rules.cpm_young_tenure, "young"),
        (sen(history.revenue) < rules.cpm_large_value, "steady"),
        (tenure < rules.cpm_long_tenure, "trending"),
        else_="excellent",
    )
    return (silence(history, as_of) >= rules.dormant_after).ifelse(kind + "_gone", kind)


def cpm_label(cpm: ir.StringColumn) -> ir.StringColumn:
    """The class in Japanese."""
    return ibis.cases(*((cpm == code, label) for code, label in LABELS.items()))
