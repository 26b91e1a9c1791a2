"""The persona of each customer."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.personas import TRAITS
from okaeri.schema.measured.personas import personas as TABLE


def personas(persona_traits: ir.Table, persona_centres: ir.Table) -> ir.Table:
    """The nearest centre, ties by the persona's place."""
    rows = persona_traits.cross_join(persona_centres.rename({f"c_{name}": name for name in persona_centres.columns}))
    off = [_off(rows, name) for name in TRAITS]
    rows = rows.mutate(square=sum(off[1:], off[0]))
    # engines may differ in the last bit of a sum
    rows = rows.mutate(distance=((rows.square + 1e-12).sqrt() * 1e9).round() / 1e9)
    nearest = ibis.window(group_by=rows.customer_id, order_by=(rows.distance, rows.c_place))
    rows = rows.mutate(order=ibis.row_number().over(nearest))
    return rows.filter(rows.order == 0).rename(persona="c_persona").select(*TABLE.column_names)


def _off(rows: ir.Table, name: str) -> ir.FloatingValue:
    """Squared distance in one trait, as ``predict.personas.standard`` counts it."""
    score = (rows[name] - rows[f"c_mean_{name}"]) / rows[f"c_scale_{name}"]
    reach = rows.c_reach
    score = ibis.greatest(ibis.least(score, reach), -reach).fill_null(0.0)
    score = rows[name].isnull().ifelse(ibis.literal(0.0), score)
    gap = score - rows[f"c_z_{name}"]
    return gap * gap
