"""How much each factor of a product moved it, exactly."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

#: A factor before and now.
Move = tuple[ir.NumericValue, ir.NumericValue]


def effects(*moves: Move) -> tuple[ir.FloatingValue, ...]:
    """What each factor's move did to the product of two or three: they sum to product now - product before.

    The mean, over every order in which the factors could have moved one by one, of what each did when its turn came:
    Shapley (1953), for products Albrecht, Francois and Schoors (2002), "A Shapley decomposition of carbon emissions
    without residuals", Energy Policy 30:727. Unlike log-mean weights it is defined where a factor is nought.
    """
    if len(moves) == 2:
        moves = (*moves, (ibis.literal(1.0), ibis.literal(1.0)))
        return effects(*moves)[:2]
    first, second, third = moves
    return (_effect(first, second, third), _effect(second, first, third), _effect(third, first, second))


def _effect(own: Move, other: Move, third: Move) -> ir.FloatingValue:
    together = (other[0] * third[0] + other[1] * third[1]) / 3.0
    apart = (other[0] * third[1] + other[1] * third[0]) / 6.0
    return (own[1] - own[0]) * (together + apart)


def known(before: ir.NumericValue, now: ir.NumericValue) -> Move:
    """A factor where one side may be empty: it is taken not to have moved. Nought where both are."""
    return before.fill_null(now).fill_null(0.0), now.fill_null(before).fill_null(0.0)
