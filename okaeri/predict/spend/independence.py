"""Whether customers who order often spend as much per order as the others: what gamma-gamma takes for granted."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from okaeri.predict.ranks import rank_correlation
from okaeri.schema.errors import NotConverged

FEWEST = 4
#: Rank correlations nearer to zero than this change no forecast to speak of.
SLIGHT = 0.1


@dataclass(frozen=True)
class Independence:
    """Spearman's rank correlation of order count and mean order value, with its 95 % interval, over ``customers``."""

    correlation: float
    low: float
    high: float
    customers: float

    @property
    def holds(self) -> bool:
        """False where even the end of the interval nearest to zero is more than slight."""
        return self.low <= SLIGHT and self.high >= -SLIGHT

    @property
    def sentence(self) -> str:
        """One English sentence with ``{names}`` of the fields, to be translated before they are filled in."""
        figures = (
            "(rank correlation {correlation:.2f}, 95% interval {low:.2f} to {high:.2f}, {customers:.0f} customers)"
        )
        if self.holds:
            return f"How often a customer orders says little about how much an order is worth {figures}."
        if self.correlation > 0:
            return (
                f"Customers who order more often spend more per order {figures}: forecasts of value run low for them."
            )
        return f"Customers who order more often spend less per order {figures}: forecasts of value run high for them."

    def __str__(self) -> str:
        return self.sentence.format(**asdict(self))


def independence(orders: ArrayLike, spend: ArrayLike, weights: ArrayLike | None = None) -> Independence:
    """Rank correlation of ``orders`` (x) and ``spend / orders``; arrays of shape (n,), rows without spend are left out.

    The interval is Fisher's, with the standard error sqrt((1 + rho^2 / 2) / (n - 3)) of Bonett and Wright (2000).
    Raises NotConverged below four customers.
    """
    x, z = np.asarray(orders, float), np.asarray(spend, float)
    w = np.ones_like(x) if weights is None else np.asarray(weights, float)
    used = (x > 0) & (z > 0) & (w > 0)
    x, z, w = x[used], z[used], w[used]
    size = float(w.sum())
    if size < FEWEST:
        raise NotConverged(
            "Only {customers:.0f} customers have spent anything: too few to compare their orders.", customers=size
        )
    rho = rank_correlation(x, z / x, w)
    middle = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    reach = special.ndtri(0.975) * np.sqrt((1 + rho**2 / 2) / (size - 3))
    return Independence(rho, float(np.tanh(middle - reach)), float(np.tanh(middle + reach)), size)
