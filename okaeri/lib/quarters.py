"""The best quarter so far: what a shop's own months show to be possible."""

from __future__ import annotations

from collections.abc import Sequence

#: Months, in a row, a figure is the mean of.
QUARTER = 3


def best_mean(
    periods: Sequence[tuple[float, float]], at_least: float, *, in_a_row: int = QUARTER, least: bool = False
) -> float | None:
    """The highest (or ``least``) mean of so many periods in a row, each a value and how many stand behind it.

    Periods weigh by how many; runs with fewer than ``at_least`` behind them tell nothing. None where no run is left.
    """
    found = []
    for start in range(len(periods) - in_a_row + 1):
        run = periods[start : start + in_a_row]
        weight = sum(n for _, n in run)
        if weight >= at_least and weight > 0:
            found.append(sum(value * n for value, n in run) / weight)
    return (min if least else max)(found, default=None)
