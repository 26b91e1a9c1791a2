"""How customers buy: all customers of a block walk from order to order together, one order each per round."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from okaeri.schema.rules import DEFAULT_RULES
from okaeri.simulate.parcels import within_reach
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.shelf import CORE, TRIAL, Shelf, draw
from okaeri.simulate.traits import Traits, season_by_day

REASONS = ("first", "own_pace", "refill", "follow_on", "delivery")
FIRST, OWN_PACE, REFILL, FOLLOW_ON, DELIVERY = range(len(REASONS))
SLOTS = 4
NEVER = 1 << 30
#: Chance that somebody who ends a subscription by leaving stays on as a buyer of single goods.
STAYS_AFTER_CANCEL = 0.25
#: How orders spread over the hours of a day, midnight first.
HOURS = np.array([3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 6, 5, 5, 5, 5, 6, 7, 9, 11, 10, 6], dtype=float)


@dataclass
class Orders:
    """One entry per order. ``products`` and ``pieces`` are orders x slots (-1 and 0 where a slot is empty), ``day``
    and ``second`` count from the plan's start in shop time, ``satisfaction`` is the customer's after the order,
    ``subscription`` is the customer's own number of it or -1, ``happening`` an index into the plan's or -1."""

    person: np.ndarray
    order_no: np.ndarray
    day: np.ndarray
    second: np.ndarray
    store: np.ndarray
    reason: np.ndarray
    products: np.ndarray
    pieces: np.ndarray
    happening: np.ndarray
    satisfaction: np.ndarray
    coupon: np.ndarray
    subscription: np.ndarray
    delivery_no: np.ndarray
    leaves: np.ndarray
    cancels: np.ndarray
    skips: np.ndarray

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: np.ndarray) -> Orders:
        """The given rows, in that order."""
        return Orders(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass
class Live:
    """Those about to order: who, when, what, and the subscription they are on (``due`` is NEVER without one)."""

    person: np.ndarray
    order_no: np.ndarray
    day: np.ndarray
    product: np.ndarray
    reason: np.ndarray
    store: np.ndarray
    satisfaction: np.ndarray
    due: np.ndarray
    plan_product: np.ndarray
    plan_no: np.ndarray
    delivery_no: np.ndarray

    def take(self, rows: np.ndarray) -> Live:
        """The given rows, in that order."""
        return Live(*(getattr(self, field.name)[rows] for field in fields(self)))


def orders_of(traits: Traits, shelf: Shelf, plan: ShopPlan, rng: np.random.Generator, last_day: int) -> Orders:
    """Every order of ``traits`` before day ``last_day`` of the plan, by time."""
    walk = Walk(traits, shelf, plan, rng, last_day)
    live = walk.arrive()
    rounds = []
    while len(live.person):
        placed = walk.place(live)
        live = walk.go_on(live, placed)
        rounds.append(placed)
    every = Orders(*(np.concatenate([getattr(r, field.name) for r in rounds]) for field in fields(Orders)))
    return every.take(np.lexsort((every.order_no, every.person, every.second, every.day)))


class Walk:
    """The rules by which an order is placed and the next one follows."""

    def __init__(self, traits: Traits, shelf: Shelf, plan: ShopPlan, rng: np.random.Generator, last_day: int):
        self.traits, self.shelf, self.plan, self.rng, self.last_day = traits, shelf, plan, rng, last_day
        self.season = season_by_day(plan, last_day)
        self.follow_ons = [(shelf.place(f.first), shelf.place(f.then), f, _bucket(f.days)) for f in plan.follow_ons]
        self.together = [(shelf.place(t.first), shelf.place(t.second), t.chance) for t in plan.together]
        belt = plan.belt
        self.belt = np.log([belt.second, belt.third, belt.later])
        self.stay = (
            np.log(1 / traits.leave - 1)
            + np.array([k.stay for k in plan.kinds])[traits.kind]
            + np.array([k.coupon for k in plan.kinds])[traits.kind] * traits.coupon
            + np.array([s.stay for s in plan.sources])[traits.source]
            + plan.age_stay * (traits.age - 46) / 10
        )
        self.speed = np.exp(np.array([k.mail for k in plan.kinds])[traits.kind] * traits.mail)
        self.coupon_use = np.array([k.coupon_use for k in plan.kinds])[traits.kind] * traits.coupon
        self.extras = np.flatnonzero(shelf.tool | (shelf.tier == CORE) & ~shelf.subscription)

    def arrive(self) -> Live:
        """Everybody's first order."""
        traits, count = self.traits, len(self.traits)
        product = draw(traits.taste * self.shelf.first, self.rng)
        none = np.full(count, -1)
        return Live(
            person=np.arange(count), order_no=np.ones(count, dtype=int), day=traits.arrival, product=product,
            reason=np.full(count, FIRST), store=draw(traits.stores, self.rng), satisfaction=traits.satisfaction,
            due=np.full(count, NEVER), plan_product=none, plan_no=none, delivery_no=np.zeros(count, dtype=int),
        )  # fmt: skip

    def place(self, live: Live) -> Orders:
        """The orders of this round, with what befell them and what that did to satisfaction."""
        count = len(live.person)
        products, pieces = self._basket(live)
        happening = self._happening(live, products)
        self._subscribe(live)
        on_plan = self.shelf.subscription[live.product]
        satisfaction = self._satisfaction(live, happening)
        leaves, cancels = self._leaving(live, happening, satisfaction)
        return Orders(
            person=live.person, order_no=live.order_no, day=live.day, second=self._clock(count), store=live.store,
            reason=live.reason, products=products, pieces=pieces, happening=happening, satisfaction=satisfaction,
            coupon=self._uses_coupon(live), subscription=np.where(on_plan, live.plan_no, -1),
            delivery_no=np.where(on_plan, live.delivery_no, 0), leaves=leaves, cancels=cancels,
            skips=~cancels & ~leaves & (live.due < NEVER) & (self.rng.random(count) < self.plan.subscription_skip),
        )  # fmt: skip

    def go_on(self, live: Live, placed: Orders) -> Live:
        """Those who stay, with their next order, if it falls before the last day."""
        live.satisfaction = placed.satisfaction
        live.due = np.where(placed.cancels, NEVER, live.due)
        live.due = np.where(placed.skips, live.due + self._interval(live), live.due)
        stays = np.flatnonzero(~placed.leaves)
        live, basket, pieces = live.take(stays), placed.products[stays], placed.pieces[stays]
        bought = live.product
        self._own_pace(live, bought, pieces[:, 0])
        self._deliveries(live)
        self._follow_ons(live, placed.day[stays], basket)
        self._choose_store(live)
        live.order_no = live.order_no + 1
        return live.take(np.flatnonzero(live.day < self.last_day))

    def _basket(self, live: Live) -> tuple[np.ndarray, np.ndarray]:
        count = len(live.person)
        products = np.full((count, SLOTS), -1)
        products[:, 0] = live.product
        free = (live.reason != DELIVERY) & (self.shelf.tier[live.product] != TRIAL)
        for first, second, chance in self.together:
            hit = free & (live.product == first) & (self.rng.random(count) < chance)
            products[hit, 1] = second
        extra = free & (self.rng.random(count) < self.plan.extra_item)
        chosen = self.extras[self.rng.integers(0, len(self.extras), count)]
        fits = extra & (chosen != products[:, 0]) & (chosen != products[:, 1])
        products[fits, 2] = chosen[fits]
        pieces = (products >= 0).astype(int)
        pieces[:, 0] += self._more_pieces(live, free)
        return products, pieces

    def _more_pieces(self, live: Live, free: np.ndarray) -> np.ndarray:
        """Some take two or three of what is used up, more of them from order to order."""
        chance = (0.05 + 0.02 * np.minimum(live.order_no, 8)) * self.plan.belt.more_pieces
        single = free & (self.shelf.supply[live.product] > 0) & ~self.shelf.subscription[live.product]
        mark = self.rng.random(len(live.person))
        return np.where(single, (mark < chance).astype(int) + (mark < chance / 4), 0)

    def _happening(self, live: Live, products: np.ndarray) -> np.ndarray:
        """Index of what befell each order: the first of the plan's happenings that strikes."""
        found = np.full(len(products), -1)
        for place, happening in enumerate(self.plan.happenings):
            able = within_reach(happening, self.plan, self.shelf, live.person, live.order_no, live.day, products)
            found[able & (found < 0) & (self.rng.random(len(products)) < happening.chance)] = place
        return found

    def _subscribe(self, live: Live) -> None:
        """Number and schedule subscriptions: a delivery moves the schedule on, a new one starts it."""
        starts = self.shelf.subscription[live.product] & (live.reason != DELIVERY)
        delivered = live.reason == DELIVERY
        live.plan_no = live.plan_no + starts
        live.plan_product = np.where(starts, live.product, live.plan_product)
        live.delivery_no = np.where(starts, 1, live.delivery_no + delivered)
        live.due = np.where(starts | delivered, live.day + self._interval(live), live.due)

    def _interval(self, live: Live) -> np.ndarray:
        return np.maximum(self.shelf.supply[live.plan_product], 7).astype(int)

    def _satisfaction(self, live: Live, happening: np.ndarray) -> np.ndarray:
        plan, usual = self.plan, self.traits.satisfaction[live.person]
        effect = np.array([*(h.satisfaction for h in plan.happenings), 0.0])[happening]
        noise = self.rng.normal(0.0, plan.satisfaction_noise, len(usual))
        return (usual + plan.satisfaction_memory * (live.satisfaction - usual) + effect + noise).clip(-3, 3)

    def _leaving(self, live: Live, happening: np.ndarray, satisfaction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who leaves for good after this order, and who ends a subscription."""
        plan, subscribed = self.plan, live.due < NEVER
        odds = self.stay[live.person] + self.belt[np.minimum(live.order_no, 3) - 1]
        odds = odds + plan.satisfaction_stay * satisfaction + plan.subscription_stay * subscribed
        odds = odds + np.array([*(h.stay for h in plan.happenings), 0.0])[happening]
        ends = self.rng.random(len(odds)) * (1 + np.exp(odds)) < 1
        remains = self.rng.random(len(odds)) < STAYS_AFTER_CANCEL
        return ends & ~(subscribed & remains), ends & subscribed

    def _uses_coupon(self, live: Live) -> np.ndarray:
        able = (live.order_no > 1) & (live.reason != DELIVERY) & ~self.shelf.subscription[live.product]
        return able & (self.rng.random(len(able)) < self.coupon_use[live.person])

    def _clock(self, count: int) -> np.ndarray:
        hour = np.searchsorted(np.cumsum(HOURS) / HOURS.sum(), self.rng.random(count), side="right")
        return hour.clip(0, 23) * 3600 + self.rng.integers(0, 3600, count)

    def _own_pace(self, live: Live, bought: np.ndarray, pieces: np.ndarray) -> None:
        """A refill of what is used up, or something else by taste at the customer's own rate."""
        traits, plan, shelf, count = self.traits, self.plan, self.shelf, len(live.person)
        used_up = (shelf.supply[bought] > 0) & (shelf.tier[bought] != TRIAL) & ~shelf.subscription[bought]
        refills = used_up & (self.rng.random(count) < traits.refill[live.person])
        lasts = shelf.supply[bought] * pieces / traits.pace[live.person] * self._erlang(3 * plan.regularity, count)
        waits = self._erlang(plan.regularity, count) / traits.rate[live.person]
        speed = self.speed[live.person] * np.exp(plan.satisfaction_pace * live.satisfaction)
        gap = np.minimum(np.where(refills, lasts, waits) / speed, 3650)
        about = np.minimum(live.day + gap.astype(int), self.last_day - 1)
        live.day = live.day + np.maximum(1, np.rint(gap / self.season[about]).astype(int))
        chosen = draw(shelf.moves[bought] * traits.taste[live.person], self.rng)
        live.product = np.where(refills, bought, chosen)
        live.reason = np.where(refills, REFILL, OWN_PACE)

    def _erlang(self, stages: int, count: int) -> np.ndarray:
        """Waiting times of mean one."""
        return self.rng.gamma(stages, 1 / stages, count)

    def _deliveries(self, live: Live) -> None:
        """A subscription's next delivery comes instead of anything at one's own pace."""
        subscribed = live.due < NEVER
        live.day = np.where(subscribed, live.due, live.day)
        live.product = np.where(subscribed, live.plan_product, live.product)
        live.reason = np.where(subscribed, DELIVERY, live.reason)

    def _follow_ons(self, live: Live, day: np.ndarray, basket: np.ndarray) -> None:
        """A follow-on that fires is the next order, unless a delivery is due before it."""
        free = np.ones(len(day), dtype=bool)
        for first, then, pair, (low, high) in self.follow_ons:
            fires = free & (basket == first).any(axis=1) & (self.rng.random(len(day)) < pair.chance)
            jitter = self.rng.integers(-pair.spread, pair.spread + 1, len(day))
            when = day + np.clip(pair.days + jitter, low, high - 1)
            fires &= when < live.due
            live.day = np.where(fires, when, live.day)
            live.product = np.where(fires, then, live.product)
            live.reason = np.where(fires, FOLLOW_ON, live.reason)
            free &= ~fires

    def _choose_store(self, live: Live) -> None:
        """A delivery stays in its store; any other order may go to any of the customer's stores."""
        anew = draw(self.traits.stores[live.person], self.rng)
        live.store = np.where(live.due < NEVER, live.store, anew)


def _bucket(days: int) -> tuple[int, int]:
    """The elapsed-day bucket (first day, first day after) that holds ``days``; jitter never leaves it."""
    starts = (*DEFAULT_RULES.elapsed_buckets, NEVER)
    place = max(0, int(np.searchsorted(starts, days, side="right")) - 1)
    return starts[place], starts[place + 1]
