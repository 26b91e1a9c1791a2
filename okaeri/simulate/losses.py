"""What a happening truly costs: the revenue that those it struck would have brought had it not been."""

from __future__ import annotations

import numpy as np

from okaeri.simulate.block import BLOCK
from okaeri.simulate.ltv import APART
from okaeri.simulate.money import CANCELLED, RETURNED, amounts_of, net_revenue
from okaeri.simulate.parcels import within_reach
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.shelf import Shelf, shelf_of
from okaeri.simulate.traits import traits_of
from okaeri.simulate.walk import Orders, orders_of


def true_losses(plan: ShopPlan, horizon_days: int = 365, customers: int = 50_000) -> dict[str, dict[str, float]]:
    """Per happening: ``yen`` of net revenue lost within the horizon after an order it struck (negative where it brings
    more), with its standard ``error``, and the ``share`` of all orders it strikes.

    A happening strikes by chance among the orders it can befall, so the orders it spared are the same shop without it:
    the difference of means is the loss. Customers are made up apart from the shop's own, and followed beyond its end.
    """
    shelf = shelf_of(plan)
    counts = [min(BLOCK, customers - start) for start in range(0, customers, BLOCK)]
    seeds = np.random.SeedSequence([plan.seed, APART, 1]).spawn(len(counts))
    parts = [_block(plan, shelf, count, seed, horizon_days) for count, seed in zip(counts, seeds, strict=True)]
    later, happening, day, able = (np.concatenate(each) for each in zip(*parts, strict=True))
    seen = day < plan.days
    found = {}
    for place, one in enumerate(plan.happenings):
        struck = seen & (happening == place)
        # those a happening listed before it has struck were out of its reach
        spared = seen & able[:, place] & ((happening < 0) | (happening > place))
        found[one.name] = _loss(later[struck], later[spared]) | {"share": float(struck.sum() / max(seen.sum(), 1))}
    return found


def _loss(struck: np.ndarray, spared: np.ndarray) -> dict[str, float]:
    if min(len(struck), len(spared)) < 2:
        return {"yen": float("nan"), "error": float("nan")}
    error = np.sqrt(struck.var(ddof=1) / len(struck) + spared.var(ddof=1) / len(spared))
    return {"yen": float(spared.mean() - struck.mean()), "error": float(error)}


def _block(
    plan: ShopPlan, shelf: Shelf, count: int, seed: np.random.SeedSequence, horizon_days: int
) -> tuple[np.ndarray, ...]:
    """Of every order: revenue of the horizon after it, what befell it, its day, and what could have."""
    rng, last_day = np.random.default_rng(seed), plan.days + horizon_days + 1
    traits = traits_of(count, plan, shelf, rng)
    orders = orders_of(traits, shelf, plan, rng, last_day)
    amounts = amounts_of(orders, traits, shelf, plan, rng, last_day)
    sale = (amounts.status != CANCELLED) & (amounts.status != RETURNED)
    revenue = np.where(sale, net_revenue(amounts, orders.store), 0.0)
    able = np.stack([
        within_reach(one, plan, shelf, orders.person, orders.order_no, orders.day, orders.products)
        for one in plan.happenings
    ], axis=1) if plan.happenings else np.zeros((len(orders), 0), dtype=bool)  # fmt: skip
    return _revenue_after(orders, revenue, horizon_days), orders.happening, orders.day, able


def _revenue_after(orders: Orders, revenue: np.ndarray, horizon_days: int) -> np.ndarray:
    """Revenue of the same person's orders on the days after an order, up to the horizon."""
    span = int(orders.day.max(initial=0)) + horizon_days + 2
    order = np.lexsort((orders.day, orders.person))
    key = orders.person[order] * span + orders.day[order]
    until = np.r_[0.0, np.cumsum(revenue[order])]
    first = np.searchsorted(key, key, side="right")
    last = np.searchsorted(key, key + horizon_days, side="right")
    found = np.empty(len(key))
    found[order] = until[last] - until[first]
    return found
