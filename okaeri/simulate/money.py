"""What each order costs: goods, discount, postage, points, tax, refund, in whole yen, tax included.

Consumption tax is what is contained: a discount lowers the 8 % goods in proportion and the 10 % goods by the rest;
postage and fees are taxed at 10 %; tax is rounded down once per rate and order. Points do not lower tax.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okaeri.schema.facts import ORDER_STATUS
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.shelf import Shelf
from okaeri.simulate.traits import OWN, RAKUTEN, SHOPIFY, Traits
from okaeri.simulate.walk import Orders

PLACED, PAID, SHIPPED, CANCELLED, RETURNED = range(len(ORDER_STATUS))
DAYS_TO_SHIP = 2
COD_DEAREST = 30000


@dataclass(frozen=True)
class Amounts:
    """One entry per order, int32 yen except ``status`` (index into ORDER_STATUS), ``cod`` and ``refunds_item``.

    ``subtotal`` is goods before discounts, ``total`` what the customer is charged: subtotal - discount + shipping + fee
    - points. ``postage`` and ``fee`` together are the fact's ``shipping``. ``reduced`` is the part of ``subtotal`` taxed
    at 8 %. ``refunds_item`` marks a refund of the last goods line.
    """

    subtotal: np.ndarray
    reduced: np.ndarray
    discount: np.ndarray
    coupon_discount: np.ndarray
    postage: np.ndarray
    fee: np.ndarray
    tax: np.ndarray
    points: np.ndarray
    refunded: np.ndarray
    total: np.ndarray
    status: np.ndarray
    delivered_day: np.ndarray

    @property
    def shipping(self) -> np.ndarray:
        return self.postage + self.fee


def amounts_of(
    orders: Orders, traits: Traits, shelf: Shelf, plan: ShopPlan, rng: np.random.Generator, last_day: int
) -> Amounts:
    """The amounts of every order; an order in the last days before ``last_day`` is not yet shipped."""
    lines = shelf.price[orders.products] * orders.pieces
    subtotal = lines.sum(axis=1)
    reduced = np.where(shelf.tax[orders.products] == 8, lines, 0).sum(axis=1)
    coupon, discount = _discounts(orders, subtotal, lines, plan)
    postage, fee = _shipping(orders, subtotal, shelf, plan, rng)
    points = _points(orders, traits, subtotal - discount, plan, rng)
    status = _status(orders, plan, rng, last_day)
    refunded = _refunds(orders, lines, subtotal, discount, status, plan, rng)
    total = subtotal - discount + postage + fee - points
    refunded = np.where((status == RETURNED) & (orders.store == SHOPIFY), total, refunded)
    late = np.array([h.name == "late_delivery" for h in plan.happenings] + [False])[orders.happening]
    whole = {
        "subtotal": subtotal, "reduced": reduced, "discount": discount, "coupon_discount": coupon, "postage": postage,
        "fee": fee, "tax": _tax(subtotal, reduced, discount, postage + fee), "points": points, "refunded": refunded,
        "total": total,
    }  # fmt: skip
    delivered = orders.day + rng.integers(2, 5, len(orders)) + np.where(late, rng.integers(5, 12, len(orders)), 0)
    return Amounts(**{name: value.astype(np.int32) for name, value in whole.items()}, status=status,
                   delivered_day=delivered)  # fmt: skip


def _discounts(
    orders: Orders, subtotal: np.ndarray, lines: np.ndarray, plan: ShopPlan
) -> tuple[np.ndarray, np.ndarray]:
    """The coupon's part and the whole discount: the first delivery of a subscription is cheaper."""
    coupon = np.where(orders.coupon, (subtotal * plan.coupon_off).astype(int), 0)
    first = orders.delivery_no == 1
    return coupon, coupon + np.where(first, (lines[:, 0] * plan.first_delivery_discount).astype(int), 0)


def _shipping(
    orders: Orders, subtotal: np.ndarray, shelf: Shelf, plan: ShopPlan, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Postage (none on subscriptions, trials and large orders) and the fee of cash on delivery."""
    free = (subtotal >= plan.free_shipping_from) | (orders.delivery_no > 0) | (shelf.tier[orders.products[:, 0]] == 0)
    cod = (rng.random(len(orders)) < plan.cod_share) & (orders.store != SHOPIFY) & (subtotal < COD_DEAREST)
    return np.where(free, 0, plan.postage), np.where(cod, plan.cod_fee, 0)


def _points(orders: Orders, traits: Traits, goods: np.ndarray, plan: ShopPlan, rng: np.random.Generator) -> np.ndarray:
    """Points redeemed: the own store's by members on repeat orders, the mall's by anybody; a tenth at most."""
    own = (orders.store == OWN) & traits.member[orders.person] & (orders.order_no > 1)
    uses = (own | (orders.store == RAKUTEN)) & (rng.random(len(orders)) < plan.points_share)
    wished = rng.integers(1, 11, len(orders)) * 50
    return np.where(uses, np.minimum(wished, goods // 10), 0)


def _status(orders: Orders, plan: ShopPlan, rng: np.random.Generator, last_day: int) -> np.ndarray:
    mark = rng.random(len(orders))
    age = last_day - orders.day
    status = np.where(age > DAYS_TO_SHIP, SHIPPED, np.where(age > 1, PAID, PLACED))
    returned = (mark < plan.cancelled + plan.returned) & (age > 14) & (orders.store != RAKUTEN)
    status = np.where(returned, RETURNED, status)
    return np.where(mark < plan.cancelled, CANCELLED, status)


def _refunds(
    orders: Orders, lines: np.ndarray, subtotal: np.ndarray, discount: np.ndarray, status: np.ndarray,
    plan: ShopPlan, rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Some Shopify orders get half of their first line back, discount counted."""
    chosen = (orders.store == SHOPIFY) & (status == SHIPPED) & (rng.random(len(orders)) < plan.refunded)
    return np.where(chosen, lines[:, 0] * (subtotal - discount) // subtotal // 2, 0)


def _tax(subtotal: np.ndarray, reduced: np.ndarray, discount: np.ndarray, shipping: np.ndarray) -> np.ndarray:
    at_8 = reduced - discount * reduced // subtotal
    at_10 = subtotal - discount - at_8 + shipping
    return at_8 * 8 // 108 + at_10 * 10 // 110


def net_revenue(amounts: Amounts, store: np.ndarray) -> np.ndarray:
    """Goods less discount, refund and own points, without the tax they contain, in yen (float)."""
    taxed = amounts.subtotal - amounts.discount + amounts.shipping
    own_points = np.where(store == RAKUTEN, 0, amounts.points)
    left = amounts.subtotal - amounts.discount - amounts.refunded - own_points
    return left * np.where(taxed == 0, 1.0, 1.0 - amounts.tax / np.where(taxed == 0, 1, taxed))
