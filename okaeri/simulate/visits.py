"""What visitors did in the shop's pages and mails: one row per event."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from okaeri.schema.facts import EVENT_KINDS
from okaeri.simulate.block import Block
from okaeri.simulate.shelf import draw
from okaeri.simulate.traits import RAKUTEN
from okaeri.simulate.walk import DELIVERY

DAY = 86_400
CODE = {kind: place for place, kind in enumerate(EVENT_KINDS)}
DETAILS = ("", "mail-3weeks", "line-block", "友達に紹介", "まだ余っている", "必要なくなった", "満足できなかった",
           "乾燥", "化粧水", "青汁", "美容液", "お試し", "定期", "クーポン", "毛穴", "コラーゲン")  # fmt: skip
SEARCHES = range(7, len(DETAILS))
MAIL_AFTER = 21
NOBODY = -1


@dataclass
class Visits:
    """One entry per event. ``at`` is seconds of shop time from the plan's start; ``person`` is -1 for a stranger,
    whose number is in ``stranger``; ``store`` the store's index; ``detail`` an index into DETAILS."""

    at: np.ndarray
    person: np.ndarray
    stranger: np.ndarray
    store: np.ndarray
    kind: np.ndarray
    product: np.ndarray
    session: np.ndarray
    detail: np.ndarray

    def __len__(self) -> int:
        return len(self.at)


class Log:
    """Collects events by the armful."""

    def __init__(self) -> None:
        self.parts: list[Visits] = []

    def add(self, kind: str, at: np.ndarray, person: np.ndarray | int, **more: np.ndarray | int) -> None:
        """Events of one kind; whatever is left out of product, session, detail, store and stranger is nobody's."""
        columns: dict[str, Any] = {"person": person, "stranger": NOBODY, "store": 0, "kind": CODE[kind], "product": -1, "session": -1,
                   "detail": 0} | more  # fmt: skip
        at = np.asarray(at, dtype=np.int64)
        self.parts.append(Visits(at, **{name: np.broadcast_to(v, at.shape) for name, v in columns.items()}))

    def whole(self, end: int) -> Visits:
        """All events before ``end`` seconds, by time."""
        joined = {f.name: np.concatenate([getattr(p, f.name) for p in self.parts]) for f in fields(Visits)}
        keep = np.flatnonzero((joined["at"] >= 0) & (joined["at"] < end))
        keep = keep[np.argsort(joined["at"][keep], kind="stable")]
        return Visits(**{name: values[keep] for name, values in joined.items()})


def visits_of(block: Block) -> Visits:
    """Every event of a block; call once, its stream of chance is used up."""
    rng, log = block.streams["visits"], Log()
    _orders(block, log, rng)
    _abandoned(block, log, rng)
    _subscriptions(block, log, rng)
    _mails(block, log, rng)
    _recommendations(block, log, rng)
    _strangers(block, log, rng)
    return log.whole(block.plan.days * DAY)


def _orders(block: Block, log: Log, rng: np.random.Generator) -> None:
    """The visit before an order: look, perhaps search, put in the cart, check out. The mall shows none of it."""
    orders = block.orders
    rows = np.flatnonzero((orders.store != RAKUTEN) & (orders.reason != DELIVERY))
    at = orders.day[rows] * DAY + orders.second[rows]
    session = _sessions(block, len(rows))
    who = {"person": orders.person[rows], "store": orders.store[rows], "session": session}
    log.add("view", at - rng.integers(300, 900, len(rows)), product=orders.products[rows, 0], **who)
    _searches(log, at, who, rng)
    for slot in range(orders.products.shape[1]):
        there = np.flatnonzero(orders.products[rows, slot] >= 0)
        cart = at[there] - rng.integers(120, 280, len(there))
        log.add("cart_add", cart, product=orders.products[rows[there], slot], **{k: v[there] for k, v in who.items()})
    log.add("checkout", at - rng.integers(20, 100, len(rows)), **who)


def _searches(log: Log, at: np.ndarray, who: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    some = np.flatnonzero(rng.random(len(at)) < 0.15)
    words = rng.integers(SEARCHES.start, SEARCHES.stop, len(some))
    log.add(
        "search", at[some] - rng.integers(900, 1200, len(some)), detail=words, **{k: v[some] for k, v in who.items()}
    )


def _abandoned(block: Block, log: Log, rng: np.random.Generator) -> None:
    """Carts left standing some days after an order."""
    orders = block.orders
    tagged = np.flatnonzero(orders.store != RAKUTEN)
    rows = np.repeat(tagged, rng.poisson(block.plan.abandoned_carts, len(tagged)))
    at = (orders.day[rows] + rng.integers(3, 60, len(rows))) * DAY + rng.integers(8 * 3600, 23 * 3600, len(rows))
    taste = block.shelf.moves[orders.products[rows, 0]] * block.traits.taste[orders.person[rows]]
    who = {"person": orders.person[rows], "store": orders.store[rows], "session": _sessions(block, len(rows)),
           "product": draw(taste, rng)}  # fmt: skip
    log.add("view", at, **who)
    log.add("cart_add", at + 60, **who)
    removed = np.flatnonzero(rng.random(len(rows)) < 0.2)
    log.add("cart_remove", at[removed] + 150, **{k: v[removed] for k, v in who.items()})


def _subscriptions(block: Block, log: Log, rng: np.random.Generator) -> None:
    orders = block.orders
    at = orders.day * DAY + orders.second
    for kind, rows in (
        ("subscribe", np.flatnonzero(orders.delivery_no == 1)),
        ("skip", np.flatnonzero(orders.skips)),
        ("cancel", np.flatnonzero(orders.cancels)),
    ):
        later = 0 if kind == "subscribe" else rng.integers(2 * DAY, 25 * DAY, len(rows))
        reason = np.where(orders.satisfaction[rows] < -0.3, 6, rng.integers(4, 6, len(rows))) if kind == "cancel" else 0
        log.add(kind, at[rows] + later, orders.person[rows], store=orders.store[rows], detail=reason,
                product=orders.products[rows, 0])  # fmt: skip


def _mails(block: Block, log: Log, rng: np.random.Generator) -> None:
    """Those assigned to mails get one three weeks after an order; some open, some click, some block for good."""
    orders, traits = block.orders, block.traits
    rows = np.flatnonzero(traits.mail[orders.person])
    effect = np.array([k.mail for k in block.plan.kinds])[traits.kind[orders.person[rows]]]
    opened = rows[rng.random(len(rows)) < (0.35 + effect / 2).clip(0.05, 0.95)]
    at = (orders.day[opened] + MAIL_AFTER) * DAY + 10 * 3600 + rng.integers(0, 8 * 3600, len(opened))
    log.add("open", at, orders.person[opened], store=orders.store[opened], detail=1)
    clicks = np.flatnonzero(rng.random(len(opened)) < 0.22)
    log.add("click", at[clicks] + 40, orders.person[opened[clicks]], store=orders.store[opened[clicks]], detail=1)
    chance = np.where(orders.satisfaction[rows] < -0.5, 0.35, 0.08)
    blocks = rows[orders.leaves[rows] & (rng.random(len(rows)) < chance)]
    log.add("block", (orders.day[blocks] + MAIL_AFTER) * DAY + 20 * 3600, orders.person[blocks],
            store=orders.store[blocks], detail=2)  # fmt: skip


def _recommendations(block: Block, log: Log, rng: np.random.Generator) -> None:
    """A recommendation some days before the friend's first order."""
    referred = np.flatnonzero(block.referrer >= 0)
    referrer = block.referrer[referred]
    days = np.maximum(
        block.traits.arrival[referred] - rng.integers(1, 6, len(referred)), block.traits.arrival[referrer]
    )
    store = block.traits.stores[referrer].argmax(axis=1)
    log.add("refer", days * DAY + rng.integers(9 * 3600, 22 * 3600, len(referred)), referrer, store=store, detail=3)


def _strangers(block: Block, log: Log, rng: np.random.Generator) -> None:
    """Visitors who have not bought: they look, and one in five leaves a cart."""
    count = rng.poisson(block.plan.strangers * len(block.traits))
    at = rng.integers(0, block.plan.days * DAY, count)
    product = draw(np.broadcast_to(block.shelf.first, (count, len(block.shelf.first))), rng)
    number = np.array(block.numbering.next("stranger", count), dtype=np.int64)
    session = _sessions(block, count)
    log.add("view", at, NOBODY, stranger=number, session=session, product=product)
    carts = np.flatnonzero(rng.random(count) < 0.2)
    log.add("cart_add", at[carts] + 90, person=NOBODY, stranger=number[carts], session=session[carts],
            product=product[carts])  # fmt: skip


def _sessions(block: Block, count: int) -> np.ndarray:
    return np.array(block.numbering.next("session", count), dtype=np.int64)
