"""What came against what was planned, taken apart exactly into newcomers, the KPIs and who could come again."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

PARTS = ("newcomers", "candidates", "f2_rate", "repeat_rate", "order_value")


def shortfall(planned: Mapping[str, float], came: Mapping[str, float]) -> dict[str, float]:
    """Part to its yen, negative where it fell short; they sum to revenue that came less revenue planned.

    Both name newcomers, second_candidates, second_orders, later_candidates, later_orders, first_revenue,
    second_revenue, later_revenue and credit_notes of a month. Its revenue is newcomers x value + candidates x F2 rate x
    value + later candidates x repeat rate x value + credit notes; each product's change is split among its factors by
    their mean effect over every order in which they could have moved (Shapley). Credit notes count to order value.
    """
    of = (planned, came)
    newcomers, first = _split([_of(of, "newcomers"), _ratio(of, "first_revenue", "newcomers")])
    second = _split(
        [_of(of, "second_candidates"), _ratio(of, "second_orders", "second_candidates"),
         _ratio(of, "second_revenue", "second_orders")]
    )  # fmt: skip
    later = _split(
        [_of(of, "later_candidates"), _ratio(of, "later_orders", "later_candidates"),
         _ratio(of, "later_revenue", "later_orders")]
    )  # fmt: skip
    notes = came["credit_notes"] - planned["credit_notes"]
    value = first + second[2] + later[2] + notes
    return dict(zip(PARTS, (newcomers, second[0] + later[0], second[1], later[1], value), strict=True))


def _of(sides: tuple[Mapping[str, float], ...], name: str) -> tuple[float, float]:
    return float(sides[0][name]), float(sides[1][name])


def _ratio(sides: tuple[Mapping[str, float], ...], above: str, below: str) -> tuple[float, float]:
    """A rate on both sides; one that nobody tells has not moved."""
    known = [side[above] / side[below] if side[below] else None for side in sides]
    one, other = (value if value is not None else known[1 - place] for place, value in enumerate(known))
    return one or 0.0, other or 0.0


def _split(moves: list[tuple[float, float]]) -> list[float]:
    """The mean, over all orders of moving, of what each factor does to the product when its turn comes."""
    orders = list(permutations(range(len(moves))))
    effects = [0.0] * len(moves)
    for order in orders:
        state = [before for before, _ in moves]
        for place in order:
            earlier = _product(state)
            state[place] = moves[place][1]
            effects[place] += (_product(state) - earlier) / len(orders)
    return effects


def _product(values: list[float]) -> float:
    product = 1.0
    for value in values:
        product *= value
    return product
