"""What a customer is before the first order: hidden traits, and what a shop may know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okaeri.simulate.people import PREFECTURE_WEIGHTS
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.shelf import Shelf

STORES = ("own", "shopify", "rakuten")
OWN, SHOPIFY, RAKUTEN = range(len(STORES))
GENDERS = ("female", "male", "other")
SKINS = ("乾燥肌", "混合肌", "脂性肌", "敏感肌", "普通肌")
FAVOURITE_CATEGORY = 3.0
FAVOURITE_SCENT = 1.8


@dataclass(frozen=True)
class Traits:
    """One entry per customer in every array. ``taste`` (customers x products) multiplies the weight of a product;
    ``stores`` (customers x stores) holds the chance of each store for an order; ``arrival`` is a day of the plan."""

    kind: np.ndarray
    source: np.ndarray
    arrival: np.ndarray
    rate: np.ndarray
    leave: np.ndarray
    refill: np.ndarray
    pace: np.ndarray
    satisfaction: np.ndarray
    category: np.ndarray
    scent: np.ndarray
    taste: np.ndarray
    coupon: np.ndarray
    mail: np.ndarray
    stores: np.ndarray
    member: np.ndarray
    gender: np.ndarray
    age: np.ndarray
    region: np.ndarray
    skin: np.ndarray
    cost: np.ndarray

    def __len__(self) -> int:
        return len(self.kind)


def traits_of(count: int, plan: ShopPlan, shelf: Shelf, rng: np.random.Generator) -> Traits:
    """Draw ``count`` customers."""
    source = _one_of([s.share for s in plan.sources], count, rng)
    kind = _one_of([k.share for k in plan.kinds], count, rng)
    category = rng.integers(0, 3, count)
    scent = rng.integers(0, len(shelf.scents), count)
    return Traits(
        kind=kind,
        source=source,
        arrival=_arrivals(count, plan, rng),
        rate=_rates(kind, source, plan, rng),
        leave=rng.beta(plan.leave_a, plan.leave_b, count).clip(1e-4, 1 - 1e-4),
        refill=rng.beta(4 * plan.refill_mean, 4 * (1 - plan.refill_mean), count),
        pace=rng.lognormal(0.0, 0.2, count),
        satisfaction=rng.normal(0.0, plan.satisfaction_spread, count),
        category=category,
        scent=scent,
        taste=_tastes(category, scent, shelf),
        coupon=rng.random(count) < plan.coupon_share,
        mail=rng.random(count) < plan.mail_share,
        stores=_stores(source, plan, rng),
        member=rng.random(count) < plan.member_share,
        gender=_one_of([0.74, 0.24, 0.02], count, rng),
        age=rng.normal(46, 13, count).clip(18, 88).astype(int),
        region=_one_of(PREFECTURE_WEIGHTS, count, rng),
        skin=rng.integers(0, len(SKINS), count),
        cost=_costs(source, plan, rng),
    )


def _one_of(shares: object, count: int, rng: np.random.Generator) -> np.ndarray:
    heights = np.cumsum(np.asarray(shares, dtype=float))
    return np.searchsorted(heights, rng.random(count) * heights[-1], side="right").clip(0, len(heights) - 1)


def season_by_day(plan: ShopPlan, days: int) -> np.ndarray:
    """The season's factor on each of ``days`` days from the start."""
    dates = np.datetime64(plan.start) + np.arange(days)
    return np.asarray(plan.season)[dates.astype("datetime64[M]").astype(int) % 12]


def _arrivals(count: int, plan: ShopPlan, rng: np.random.Generator) -> np.ndarray:
    years = np.arange(plan.days) / 365.25
    return _one_of(season_by_day(plan, plan.days) * (1 + plan.growth) ** years, count, rng)


def _rates(kind: np.ndarray, source: np.ndarray, plan: ShopPlan, rng: np.random.Generator) -> np.ndarray:
    """Orders a day: Gamma with mean ``1 / mean_gap``, then kind and source."""
    own = rng.gamma(plan.rate_shape, 1 / (plan.rate_shape * plan.mean_gap), len(kind)).clip(1 / 2000)
    return own * np.array([k.rate for k in plan.kinds])[kind] * np.array([s.rate for s in plan.sources])[source]


def _tastes(category: np.ndarray, scent: np.ndarray, shelf: Shelf) -> np.ndarray:
    liked = np.where(category[:, None] == shelf.category[None, :], FAVOURITE_CATEGORY, 1.0)
    smells = (scent[:, None] == shelf.scent[None, :]) & (shelf.scent[None, :] > 0)
    return liked * np.where(smells, FAVOURITE_SCENT, 1.0)


def _stores(source: np.ndarray, plan: ShopPlan, rng: np.random.Generator) -> np.ndarray:
    """Chances of the stores: one main store each; a few customers also buy in the other two."""
    count = len(source)
    main = _one_of(plan.store_shares, count, rng)
    main[np.array([s.via == "marketplace" for s in plan.sources])[source]] = RAKUTEN
    several = rng.random(count) < plan.several_stores
    chances = np.zeros((count, len(STORES)))
    chances[several] = 0.2
    chances[np.arange(count), main] = np.where(several, 0.6, 1.0)
    return chances


def _costs(source: np.ndarray, plan: ShopPlan, rng: np.random.Generator) -> np.ndarray:
    """Whole yen spent to win each customer, spread by half around the source's mean."""
    mean = np.array([s.cost for s in plan.sources])[source]
    return np.rint(mean * rng.gamma(4.0, 0.25, len(source))).astype(np.int32)
