"""How well lists of products foretell the next basket: Recall, NDCG and hit rate, repeats and new products apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CUTS = (10, 20)
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Truth:
    """What each of n customers bought next, as sorted keys customer * products + product, and had bought before."""

    customers: int
    products: int
    bought: Numbers
    before: Numbers

    @classmethod
    def of(
        cls, customers: int, products: int, bought: tuple[Numbers, Numbers], before: tuple[Numbers, Numbers]
    ) -> Truth:
        """From pairs (customer 0 .. n - 1, product)."""
        keys = [np.unique(customer * products + product) for customer, product in (bought, before)]
        return cls(customers, products, *keys)

    def sizes(self, keys: Numbers) -> Numbers:
        return np.bincount(keys // self.products, minlength=self.customers)


def judged(lists: Numbers, truth: Truth) -> dict[str, NDArray[np.float64]]:
    """Per customer, of lists (n, at least 20) best first (-1 = nothing): each measure at each cut, NaN where it has no
    meaning.

    Recall is hits over what was bought; NDCG's ideal holds all of it; repeat and explore are the recall of what had been
    bought before and had not.
    """
    keys = np.arange(truth.customers)[:, None] * truth.products + lists
    hit = np.isin(keys, truth.bought) & (lists >= 0)
    known = np.isin(keys, truth.before)
    again = truth.sizes(np.intersect1d(truth.bought, truth.before))
    size = truth.sizes(truth.bought)
    gain = 1 / np.log2(np.arange(2, max(lists.shape[1], int(size.max())) + 2))
    ideal = np.concatenate([[np.nan], np.cumsum(gain)])[size]
    told: dict[str, NDArray[np.float64]] = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for cut in CUTS:
            part = hit[:, :cut]
            told[f"recall_{cut}"] = part.sum(axis=1) / size
            told[f"ndcg_{cut}"] = (part * gain[:cut]).sum(axis=1) / ideal
            told[f"phr_{cut}"] = np.where(size > 0, part.any(axis=1), np.nan)
            told[f"repeat_recall_{cut}"] = (part & known[:, :cut]).sum(axis=1) / np.where(again > 0, again, np.nan)
            new = size - again
            told[f"explore_recall_{cut}"] = (part & ~known[:, :cut]).sum(axis=1) / np.where(new > 0, new, np.nan)
    return told


def folds(values: NDArray[np.float64], count: int = 5, seed: int = 0) -> float:
    """Mean over random folds of customers of the fold's mean."""
    parts = np.array_split(np.random.default_rng(seed).permutation(len(values)), count)
    return float(np.mean([np.nanmean(values[part]) for part in parts]))


def difference(
    one: NDArray[np.float64], other: NDArray[np.float64], draws: int = 1000, seed: int = 0
) -> dict[str, float]:
    """Relative gain of ``one`` over ``other`` with a 95% interval: customers drawn anew, the same for both."""
    kept = ~np.isnan(one) & ~np.isnan(other)
    pairs = np.stack([one[kept], other[kept]])
    chance = np.random.default_rng(seed)
    ratios = []
    for _ in range(draws):
        weight = chance.poisson(1.0, pairs.shape[1]).astype(float)
        first, second = pairs @ weight
        ratios.append(first / second - 1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return {"gain": float(pairs[0].sum() / pairs[1].sum() - 1), "low": float(low), "high": float(high)}
