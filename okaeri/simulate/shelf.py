"""The catalogue as arrays, and how one purchase leads to the next by taste."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okaeri.schema.facts import TIERS
from okaeri.simulate.catalogue import HEALTH, MAKEUP, SKIN, TOOLS
from okaeri.simulate.plan import ShopPlan

CATEGORIES = (SKIN, MAKEUP, HEALTH, TOOLS)
TRIAL, CORE, PREMIUM = range(len(TIERS))
SAME_CATEGORY = 3.0
CORE_AFTER_TRIAL = 6.0


@dataclass(frozen=True)
class Shelf:
    """One entry per product in every array; ``moves[a, b]`` weighs ``b`` as the next choice after ``a``."""

    codes: np.ndarray
    price: np.ndarray
    cost: np.ndarray
    supply: np.ndarray
    tax: np.ndarray
    tier: np.ndarray
    category: np.ndarray
    subscription: np.ndarray
    tool: np.ndarray
    first: np.ndarray
    moves: np.ndarray
    scent: np.ndarray
    features: tuple[frozenset[str], ...]
    scents: tuple[str, ...]

    def place(self, code: str) -> int:
        """Index of a product code."""
        return int(np.flatnonzero(self.codes == code)[0])

    def having(self, feature: str) -> np.ndarray:
        """Whether each product has ``feature``; every product has the empty feature."""
        return np.array([not feature or feature in names for names in self.features])


def shelf_of(plan: ShopPlan) -> Shelf:
    """The plan's catalogue as arrays."""
    goods = plan.products
    categories = list(CATEGORIES) + sorted({p.category for p in goods} - set(CATEGORIES))
    scents = ("", *sorted({p.features["scent"] for p in goods if "scent" in p.features}))
    tier = np.array([TIERS.index(p.tier) for p in goods])
    category = np.array([categories.index(p.category) for p in goods])
    supply = np.array([p.days_of_supply for p in goods], dtype=float)
    return Shelf(
        codes=np.array([p.product_id for p in goods]),
        price=np.array([p.price for p in goods]),
        cost=np.array([p.unit_cost for p in goods]),
        supply=supply,
        tax=np.array([p.tax_percent for p in goods]),
        tier=tier,
        category=category,
        subscription=np.array([p.kind == "subscription" for p in goods]),
        tool=(supply <= 0) & (tier != PREMIUM),
        first=np.array([p.first for p in goods], dtype=float),
        moves=_moves(np.array([p.repeat for p in goods], dtype=float), tier, category, plan),
        scent=np.array([scents.index(p.features.get("scent", "")) for p in goods]),
        features=tuple(frozenset(p.features) for p in goods),
        scents=scents,
    )


def _moves(repeat: np.ndarray, tier: np.ndarray, category: np.ndarray, plan: ShopPlan) -> np.ndarray:
    """Same category is likelier; trials lead to core goods, core goods to premium ones."""
    same = np.where(category[:, None] == category[None, :], SAME_CATEGORY, 1.0)
    to_core = (tier[:, None] == TRIAL) & (tier[None, :] == CORE)
    to_premium = (tier[:, None] != TRIAL) & (tier[None, :] == PREMIUM)
    weights = repeat[None, :] * same
    weights = weights * np.where(to_core, CORE_AFTER_TRIAL * plan.belt.core, 1.0)
    return weights * np.where(to_premium, plan.belt.premium, 1.0)


def draw(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One column per row of ``weights`` (rows x columns, not negative), with chance proportional to its weight."""
    heights = np.cumsum(weights, axis=1)
    marks = rng.random(len(weights)) * heights[:, -1]
    return np.minimum((heights < marks[:, None]).sum(axis=1), weights.shape[1] - 1)
