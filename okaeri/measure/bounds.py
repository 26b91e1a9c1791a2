"""Amounts made comparable, and the steps between bounds."""

from __future__ import annotations

import ibis.expr.types as ir


def sen(amount: ir.FloatingColumn) -> ir.FloatingColumn:
    """``amount`` to a hundredth of a yen.

    Engines add floats in any order, so two equal sums may differ in the last bit; compare and sort them only so.
    """
    return (amount * 100 + 0.5).floor().cast("float64") / 100


def in_bounds(value: ir.NumericColumn, bounds: tuple[int, ...]) -> ir.IntegerColumn:
    """How many of ``bounds`` the value has reached: 0 below the first."""
    reached = [(value >= bound).ifelse(1, 0) for bound in bounds]
    return sum(reached[1:], reached[0]).cast("int64")
