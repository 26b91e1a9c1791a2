"""Exact quantiles of values given with how often each occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir


def quantiles(counts: ir.Table, keys: Sequence[str], value: str, shares: Mapping[str, float]) -> ir.Table:
    """Per ``keys``, the smallest ``value`` up to which at least each share of the ``count`` lies.

    ``counts`` has one row per keys and value, with a column ``count``; ``shares`` maps result column to share. The
    result carries the keys as ``<key>_of``.
    """
    line = ibis.cumulative_window(group_by=list(keys), order_by=value)
    everything = ibis.window(group_by=list(keys))
    running = counts.mutate(reached=counts["count"].sum().over(line), total=counts["count"].sum().over(everything))
    found = {
        name: running[value].min(where=running.reached.cast("float64") >= running.total * share)
        for name, share in shares.items()
    }
    return running.group_by(**{f"{key}_of": running[key] for key in keys}).agg(**found)
