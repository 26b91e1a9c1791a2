"""What every store's file needs to know of an order besides its amounts: who ordered, who receives, what is on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okaeri.simulate.block import Block
from okaeri.simulate.files.clock import Clock
from okaeri.simulate.people import Person
from okaeri.simulate.tables import goods_lines

DAY = 86_400
TIMES = ("", "", "午前中", "14時～16時", "18時～20時", "19時～21時")


@dataclass(frozen=True)
class Order:
    """One order as plain values; ``goods`` are (product index, pieces)."""

    row: int
    number: int
    person: int
    orderer: Person
    receiver: Person
    seconds: int
    delivered: int
    status: int
    member: bool
    order_no: int
    subscription: str
    delivery_no: int
    coupon: bool
    subtotal: int
    discount: int
    coupon_discount: int
    postage: int
    fee: int
    tax: int
    points: int
    refunded: int
    total: int
    reduced: int
    carrier: str | None
    goods: list[tuple[int, int]]

    @property
    def sent(self) -> bool:
        return self.status in (2, 4)

    @property
    def style(self) -> int:
        """A number that is the order's own, for what does not matter (hour of delivery)."""
        return self.orderer.style + 7 * self.order_no


def orders_by_store(block: Block, people: list[Person]) -> list[list[Order]]:
    """The block's orders as plain values, a list per store, by time. Uses up the stream of gifts."""
    gifts = block.streams["gifts"].random(len(block.orders)) < block.plan.gift_share
    receiver = np.where(gifts, (block.orders.person + 1) % len(people), block.orders.person).tolist()
    found: list[list[Order]] = [[], [], []]
    store = block.orders.store.tolist()
    for row, values in enumerate(zip(*_columns(block), strict=True)):
        person, *rest = values
        found[store[row]].append(Order(row, block.numbers[row], person, people[person], people[receiver[row]], *rest))
    return found


def _goods(block: Block) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = [[] for _ in range(len(block.orders))]
    rows, _, product, pieces = goods_lines(block)
    for row, p, n in zip(rows.tolist(), product.tolist(), pieces.tolist(), strict=True):
        found[row].append((p, n))
    return found


def _columns(block: Block) -> list[list]:
    """Person, then the fields of Order from ``seconds`` on."""
    orders, amounts, number = block.orders, block.amounts, block.first_number
    member = block.traits.member[orders.person].tolist()
    subscription = [
        f"T{p + number}-{n + 1}" if n >= 0 else ""
        for p, n in zip(orders.person.tolist(), orders.subscription.tolist(), strict=True)
    ]
    money = (
        "subtotal",
        "discount",
        "coupon_discount",
        "postage",
        "fee",
        "tax",
        "points",
        "refunded",
        "total",
        "reduced",
    )
    return [
        orders.person.tolist(), (orders.day * DAY + orders.second).tolist(),
        (amounts.delivered_day * DAY + 14 * 3600).tolist(), amounts.status.tolist(), member, orders.order_no.tolist(),
        subscription, orders.delivery_no.tolist(), orders.coupon.tolist(),
        *(getattr(amounts, name).tolist() for name in money), block.carriers(), _goods(block),
    ]  # fmt: skip


def clock_of(block: Block) -> Clock:
    return Clock(block.plan.start)
