"""Scores candidates by the weights of the ranker, as one expression, and cuts each customer's list."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.candidates import coarse
from okaeri.measure.days import whole
from okaeri.schema.measured.recommending import PERSON


def scored(rows: ir.Table, told: dict[str, ir.FloatingColumn], weights: ir.Table) -> ir.Table:
    """``rows`` of :func:`okaeri.measure.candidates.candidates` with ``score``, ``chance`` and the ``bonus`` of new ones.

    ``told`` are their covariates by name, ``weights`` the table next_basket_weights. The weights become one row beside
    which every candidate is scored, so that the query is the same whatever they are.
    """
    ready = rows.mutate(**told).cross_join(_one_row(weights, tuple(told)))
    mine = sum((ready[name] * ready[f"own_{name}"] for name in told), ready.own_intercept)
    new = sum((ready[name] * ready[f"new_{name}"] for name in told), ibis.literal(0.0, "float64"))
    ready = ready.mutate(score=ready.is_own.ifelse(mine, new))
    odds = ready.chance_intercept + ready.score * ready.chance_score + ready.is_own.ifelse(ready.chance_own, 0.0)
    odds = sum((ready[name] * ready[f"chance_{name}"] for name in PERSON), odds)
    # beyond 30 the logistic function is 0 or 1 to the last digit shown; without weights the odds stay empty
    odds = (odds > 30.0).ifelse(30.0, (odds < -30.0).ifelse(-30.0, odds))
    bonus = ready.is_own.ifelse(0.0, ready.explore_bonus)
    return ready.mutate(chance=1.0 / (1.0 + (-odds).exp()), bonus=bonus).select(
        *rows.columns, "score", "chance", "bonus"
    )


def _one_row(weights: ir.Table, names: tuple[str, ...]) -> ir.Table:
    """Every weight as a column ``part_covariate``; empty where there is none."""
    wanted = [("own", name) for name in (*names, "intercept")] + [("new", name) for name in names]
    wanted += [("chance", name) for name in ("intercept", "score", "own", *PERSON)] + [("explore", "bonus")]
    return weights.agg(**{
        f"{part}_{name}": weights.weight.sum(where=(weights.part == part) & (weights.covariate == name))
        for part, name in wanted
    })  # fmt: skip


def listed(rows: ir.Table, most: int) -> ir.Table:
    """The ``most`` best of each customer by score and bonus, ``rank`` from 1 by the score alone.

    So new products take as many places as their bonus wins them, and stand where their own score puts them: behind.
    """
    chosen = ibis.window(
        group_by=(rows.snapshot, rows.customer_no), order_by=(coarse(rows.score + rows.bonus).desc(), rows.product_no)
    )
    kept = rows.mutate(place=ibis.row_number().over(chosen))
    kept = kept.filter(kept.place < most).drop("place")
    order = ibis.window(
        group_by=(kept.snapshot, kept.customer_no), order_by=(coarse(kept.score).desc(), kept.product_no)
    )
    return kept.mutate(rank=ibis.row_number().over(order) + whole(1))
