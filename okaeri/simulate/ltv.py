"""What a customer of a plan is truly worth: the mean over many made-up customers who are not the shop's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from okaeri.simulate.block import BLOCK
from okaeri.simulate.money import CANCELLED, RETURNED, amounts_of, net_revenue
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.shelf import shelf_of
from okaeri.simulate.traits import Traits, traits_of
from okaeri.simulate.walk import orders_of

#: Mixed into the seed, so that the truth is never drawn from the shop's own customers.
APART = 0x7A11
#: Days a first order may be late because the one before it was cancelled.
PATIENCE = 60


@dataclass(frozen=True)
class Worth:
    """Each customer's net revenue in yen within the horizon, and the traits behind it; one entry per customer."""

    value: np.ndarray
    kind: np.ndarray
    coupon: np.ndarray
    mail: np.ndarray


def true_ltv(plan: ShopPlan, horizon_days: int, customers: int = 50_000) -> float:
    """Expected net revenue in yen per customer on days 0 to ``horizon_days`` after the first order.

    Net as ``measure.purchases.net_revenue`` has it: goods less discounts, refunds and own points, without contained
    tax; cancelled and returned orders do not count, nor does a first order of that kind begin the clock. All stores of
    a person count together. Customers arrive as the plan says and all are followed for the whole horizon, beyond the
    plan's end. The standard error falls with the root of ``customers``: about 0.5 % at 50,000 and a year.
    """
    return float(np.concatenate([worth.value for worth in _worths(plan, horizon_days, customers)]).mean())


def true_effects(plan: ShopPlan, horizon_days: int = 365, customers: int = 20_000) -> dict[str, dict[str, object]]:
    """Yen that being assigned to coupons, or to mails, adds per customer of each kind within the horizon.

    ``{"coupon": {kind: {"yen": mean difference, "error": its standard error}}, "mail": ...}``; nan where an arm is empty.
    """
    parts = list(_worths(plan, horizon_days, customers))
    value, kind = np.concatenate([p.value for p in parts]), np.concatenate([p.kind for p in parts])
    arms = {"coupon": np.concatenate([p.coupon for p in parts]), "mail": np.concatenate([p.mail for p in parts])}
    return {
        name: {k.name: _difference(value, kind == place, arm) for place, k in enumerate(plan.kinds)}
        for name, arm in arms.items()
    }


def _difference(value: np.ndarray, chosen: np.ndarray, arm: np.ndarray) -> dict[str, float]:
    treated, control = value[chosen & arm], value[chosen & ~arm]
    if min(len(treated), len(control)) < 2:
        return {"yen": float("nan"), "error": float("nan")}
    error = np.sqrt(treated.var(ddof=1) / len(treated) + control.var(ddof=1) / len(control))
    return {"yen": round(float(treated.mean() - control.mean()), 1), "error": round(float(error), 1)}


def _worths(plan: ShopPlan, horizon_days: int, customers: int) -> Iterator[Worth]:
    shelf = shelf_of(plan)
    last_day = plan.days + horizon_days + PATIENCE
    counts = [min(BLOCK, customers - start) for start in range(0, customers, BLOCK)]
    seeds = np.random.SeedSequence([plan.seed, APART]).spawn(len(counts))
    for count, seed in zip(counts, seeds, strict=True):
        rng = np.random.default_rng(seed)
        traits = traits_of(count, plan, shelf, rng)
        orders = orders_of(traits, shelf, plan, rng, last_day)
        amounts = amounts_of(orders, traits, shelf, plan, rng, last_day)
        counts_as_sale = (amounts.status != CANCELLED) & (amounts.status != RETURNED)
        revenue = np.where(counts_as_sale, net_revenue(amounts, orders.store), 0.0)
        yield _worth(traits, orders.person, orders.day, counts_as_sale, revenue, plan, horizon_days)


def _worth(
    traits: Traits, person: np.ndarray, day: np.ndarray, sale: np.ndarray, revenue: np.ndarray, plan: ShopPlan,
    horizon_days: int,
) -> Worth:  # fmt: skip
    never = np.iinfo(np.int64).max
    first = np.full(len(traits), never)
    np.minimum.at(first, person[sale], day[sale])
    within = sale & (day - first[person] <= horizon_days)
    value = np.bincount(person[within], weights=revenue[within], minlength=len(traits))
    bought = first < plan.days + PATIENCE
    return Worth(value[bought], traits.kind[bought], traits.coupon[bought], traits.mail[bought])
