"""A block of customers with all they did: small enough to hold, independent of every other block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from okaeri.simulate.money import Amounts, amounts_of
from okaeri.simulate.parcels import carrier_of
from okaeri.simulate.people import Person, people_of
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.shelf import Shelf, shelf_of
from okaeri.simulate.traits import OWN, RAKUTEN, SHOPIFY, STORES, Traits, traits_of
from okaeri.simulate.walk import Orders, orders_of

BLOCK = 10_000
#: Separate streams of chance, so that more words never change an order.
STREAMS = ("traits", "orders", "money", "people", "visits", "voices", "referrals", "gifts")
RAKUTEN_SHOP = "412345"


@dataclass
class Numbering:
    """The last number given out so far, by name; carried from block to block."""

    given: dict[str, int] = field(default_factory=dict)

    def next(self, name: str, count: int) -> range:
        """``count`` fresh numbers."""
        start = self.given.get(name, 0) + 1
        self.given[name] = start + count - 1
        return range(start, start + count)


@dataclass(frozen=True)
class Block:
    """Customers ``first_number`` and on; ``numbers`` are the orders' numbers in their store."""

    plan: ShopPlan
    shelf: Shelf
    first_number: int
    traits: Traits
    orders: Orders
    amounts: Amounts
    numbers: list[int]
    referrer: np.ndarray
    streams: dict[str, np.random.Generator]
    numbering: Numbering

    def customer_id(self, person: int, store: int) -> str:
        """``store:id`` of a customer in a store; a guest of the own store has a ``g`` before the number."""
        number = person + self.first_number
        if store == OWN:
            return f"own:{number}" if self.traits.member[person] else f"own:g{number}"
        return f"{STORES[store]}:{number}"

    def order_id(self, row: int) -> str:
        """``store:number`` of an order, the number as the store writes it."""
        store, number = int(self.orders.store[row]), self.numbers[row]
        if store == RAKUTEN:
            return f"rakuten:{self.rakuten_number(row)}"
        return f"shopify:#{number}" if store == SHOPIFY else f"own:{number}"

    def rakuten_number(self, row: int) -> str:
        """The mall's form: shop, day, running number."""
        day = np.datetime64(self.plan.start) + int(self.orders.day[row])
        return f"{RAKUTEN_SHOP}-{str(day).replace('-', '')}-{self.numbers[row]:010d}"

    def carriers(self) -> list[str | None]:
        """Who brings each order; the mall's files do not tell."""
        names = [*self.plan.carriers, None]
        found = carrier_of(self.plan, self.orders.person, self.orders.order_no)
        return [names[place] for place in np.where(self.orders.store == RAKUTEN, -1, found).tolist()]

    @property
    def birth_year(self) -> np.ndarray:
        """Year of birth, the age being that in the plan's first year."""
        return self.plan.start.year - self.traits.age

    def people(self) -> list[Person]:
        """The persons behind the customers; call once."""
        return people_of(
            self.first_number, self.traits.gender, self.traits.region, self.birth_year, self.plan.other_mail,
            self.streams["people"],
        )  # fmt: skip


def blocks_of(plan: ShopPlan, *, size: int = BLOCK) -> Iterator[Block]:
    """The whole shop, block by block; the same plan gives the same blocks."""
    shelf = shelf_of(plan)
    numbering = Numbering({"own": 10_000, "shopify": 1_000})
    counts = [min(size, plan.customers - start) for start in range(0, plan.customers, size)]
    seeds = np.random.SeedSequence(plan.seed).spawn(len(counts))
    for place, (count, seed) in enumerate(zip(counts, seeds, strict=True)):
        yield _block(plan, shelf, place * size + 1, count, seed, numbering)


def _block(
    plan: ShopPlan, shelf: Shelf, first_number: int, count: int, seed: np.random.SeedSequence, numbering: Numbering
) -> Block:
    streams = {n: np.random.default_rng(s) for n, s in zip(STREAMS, seed.spawn(len(STREAMS)), strict=True)}
    traits = traits_of(count, plan, shelf, streams["traits"])
    orders = orders_of(traits, shelf, plan, streams["orders"], plan.days)
    amounts = amounts_of(orders, traits, shelf, plan, streams["money"], plan.days)
    referrer = _referrers(traits, orders, plan, streams["referrals"])
    return Block(plan, shelf, first_number, traits, orders, amounts, _numbers(orders, numbering), referrer, streams,
                 numbering)  # fmt: skip


def _numbers(orders: Orders, numbering: Numbering) -> list[int]:
    numbers = np.zeros(len(orders), dtype=int)
    for place, store in enumerate(STORES):
        rows = np.flatnonzero(orders.store == place)
        numbers[rows] = numbering.next(store, len(rows))
    return numbers.tolist()


def _referrers(traits: Traits, orders: Orders, plan: ShopPlan, rng: np.random.Generator) -> np.ndarray:
    """For each referred customer somebody content who came earlier, else -1."""
    referrer = np.full(len(traits), -1)
    contented = np.unique(orders.person[orders.satisfaction > 0.4])
    if not len(contented):
        return referrer
    contented = contented[np.argsort(traits.arrival[contented], kind="stable")]
    referred = np.flatnonzero(np.array([s.via == "referral" for s in plan.sources])[traits.source])
    earlier = np.searchsorted(traits.arrival[contented], traits.arrival[referred])
    found = (earlier > 0) & (rng.random(len(referred)) < min(1.0, 0.8 * plan.belt.refer))
    marks = (rng.random(len(referred)) * earlier).astype(int)
    referrer[referred[found]] = contented[marks[found]]
    return referrer
