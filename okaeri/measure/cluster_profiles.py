"""What the clusters are like."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
from ibis import _

from okaeri.lib.periods import day_number
from okaeri.measure.clusters import FEATURES
from okaeri.measure.sums import group_sums
from okaeri.schema.measured.groups import cluster_profiles as TABLE


def cluster_profiles(customer_history: ir.Table, clusters: ir.Table, *, as_of: date) -> ir.Table:
    """Size, money and mean behaviour of each cluster."""
    more = {f"z_{name}": _[f"z_{name}"].mean() for name in FEATURES}
    more |= {
        "mean_recency_days": (-_.last_day + day_number(as_of)).mean(),
        "mean_order_count": _.order_count.mean(),
        "mean_tenure_days": (_.last_day - _.first_day).mean(),
    }
    by = ("cluster", "cluster_code", "cluster_label")
    return group_sums(customer_history, clusters, by, more).select(*TABLE.column_names)
