"""What a friction point costs, by what was said and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.emotion_rows import Floats, texts
from okaeri.loop.predictions.friction_looks import STEP_NAMES, Looked
from okaeri.predict.emotion.alike import traits_of
from okaeri.predict.emotion.price import Price, Spoken, price, worth_of

Flags = np.ndarray[Any, np.dtype[np.bool_]]
#: Signals by which a price is worked out, at most: more only narrow an interval that is narrow.
MOST_SIGNALS = 40_000
#: Products told apart, the most frequent ones; the others are known by their category.
MOST_PRODUCTS = 60
#: Orders from which customers are alike.
ALIKE = 4
#: Steps met only where something happened, good or bad: who speaks of them is not one to compare an order like any with.
EVENTFUL = tuple(STEP_NAMES.index(step) for step in ("support", "return"))
#: Answers elsewhere from which on they alone are compared with.
ENOUGH = 100


@dataclass(frozen=True)
class Known:
    """Of each signal looked at (n,): what was known of its order before anything could befall it, and what came after.

    ``numbers`` (n, 4) are logs of the order's number, of the days since the one before and of the revenue per order so
    far, and whether it was delivered by subscription; ``labels`` (n, 5) number of orders up to ALIKE, category, product,
    store and channel; ``worth`` is nan where not enough days are on record.
    """

    numbers: Floats
    labels: np.ndarray[Any, np.dtype[np.str_]]
    worth: Floats

    @classmethod
    def of(cls, taken: Looked, emotion_orders: pa.Table) -> Self:
        """Of the signals of ``taken``; orders beyond the sample are known by their signals alone."""
        signals = taken.signals
        number = signals.number("order_no")
        group = np.minimum(np.nan_to_num(number), ALIKE).astype(int)
        worth = worth_of(
            signals.number("orders_after"), signals.number("revenue_after"), signals.flag("is_valued"), group
        )
        worth = np.where(signals.flag("is_counted"), worth, np.nan)
        before = _before(emotion_orders, signals.table["order_id"].to_pylist())
        product = texts(signals.table["product_id"])
        names, place, count = np.unique(product, return_inverse=True, return_counts=True)
        often = np.isin(np.arange(len(names)), np.argsort(-count, kind="stable")[:MOST_PRODUCTS])
        labels = np.stack([
            group.astype(str), texts(signals.table["category"]), np.where(often[place.reshape(-1)], product, ""),
            texts(signals.table["store"]), signals.channel.astype(str),
        ], axis=1)  # fmt: skip
        return cls(np.column_stack([np.log(np.maximum(number, 1.0)), before]), labels, worth)


def friction_price(taken: Looked, known: Known, own: Flags, start: float, orders: float) -> Price | None:
    """The price over ``orders`` of the dip of the ``own`` signals, by what was said since day ``start``."""
    rest = _ordinary(taken, own)
    use = np.flatnonzero(taken.day >= start)[-MOST_SIGNALS:]
    if not len(use):
        return None
    spoken = Spoken(
        at_dip=own[use], rest=rest[use], below=taken.below[use], asked=taken.asked[use], worth=known.worth[use],
        traits=traits_of(known.numbers[use], known.labels[use]), customer=taken.signals.customer[use],
    )  # fmt: skip
    return price(spoken, orders)


def _ordinary(taken: Looked, own: Flags) -> Flags:
    """Of other steps than those where anything is wrong.

    Of a step where one product fails, the others' voices are left out as well: which goods pass is decided by the very
    scores that are compared, which no interval counts, and who was struck by a second thing in the parcel speaks there of
    the first. Where too few are left, all that was said where nothing is wrong, and then all other voices.
    """
    others = ~own & ~np.isin(taken.signals.step, EVENTFUL)
    wrong = [STEP_NAMES.index(look["step"]) for look in taken.rows if look["is_friction"]]
    for rest in (others & ~np.isin(taken.signals.step, wrong), others & taken.calm):
        if (rest & taken.asked).sum() >= ENOUGH:
            return rest
    calm = others & taken.calm
    return calm if calm.any() else others


def _before(emotion_orders: pa.Table, wanted: list[str]) -> Floats:
    """Of the ``wanted`` orders: log days since the one before, whether delivered, log of the revenue per order so far."""
    rows = emotion_orders.sort_by([("customer_id", "ascending"), ("order_no", "ascending")])
    gap, delivered, number, revenue = (
        rows[name].to_numpy(zero_copy_only=False).astype(float)
        for name in ("days_since_previous", "is_delivery", "order_no", "revenue")
    )
    who = texts(rows["customer_id"])
    until = np.cumsum(np.nan_to_num(revenue))
    first = np.flatnonzero(np.r_[True, who[1:] != who[:-1]]) if len(who) else np.zeros(0, dtype=np.intp)
    ahead = np.repeat(np.r_[0.0, until][first], np.diff(np.r_[first, len(who)]))
    so_far = np.maximum(until - ahead, 0.0) / np.maximum(number, 1.0)
    found = np.column_stack([np.log(np.maximum(gap, 1.0)), delivered, np.log1p(so_far)])
    place = {order: at for at, order in enumerate(rows["order_id"].to_pylist())}
    at = np.array([place.get(order, len(found)) for order in wanted], dtype=np.intp)
    return np.concatenate([found, np.full((1, found.shape[1]), np.nan)])[at]
