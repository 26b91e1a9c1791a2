"""Who brings an order and from which lots its goods are: worked out from the order itself, so that no draw of chance moves."""

from __future__ import annotations

import numpy as np

from okaeri.simulate.plan import Happening, ShopPlan
from okaeri.simulate.shelf import Shelf

#: Days over which a lot is sold.
LOT_DAYS = 90
#: Odd numbers that spread persons and orders over carriers like chance.
SPREAD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def carrier_of(plan: ShopPlan, person: np.ndarray, order_no: np.ndarray) -> np.ndarray:
    """Index of each order's carrier among the plan's, each as likely; -1 where the plan has none."""
    if not plan.carriers:
        return np.full(len(person), -1)
    mixed = (person.astype(np.uint64) + np.uint64(1)) * SPREAD[0] ^ order_no.astype(np.uint64) * SPREAD[1]
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * SPREAD[0] >> np.uint64(33)) % np.uint64(len(plan.carriers))).astype(int)


def lot_of(day: np.ndarray) -> np.ndarray:
    """Number of the lot, from 1, from which any goods are on a day of the plan."""
    return day // LOT_DAYS + 1


def lot_names(shelf: Shelf, product: np.ndarray, day: np.ndarray) -> list[str]:
    """The lots of goods (by index) ordered on these days."""
    codes, numbers = shelf.codes[product].tolist(), lot_of(day).tolist()
    return [f"{code}/{number:02d}" for code, number in zip(codes, numbers, strict=True)]


def within_reach(
    one: Happening, plan: ShopPlan, shelf: Shelf, person: np.ndarray, order_no: np.ndarray, day: np.ndarray,
    products: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Whether a happening can befall orders of these persons, numbers, days and products (orders x slots, -1 empty)."""
    able = shelf.having(one.needs)[products] & (products >= 0)
    if one.lot:
        code, _, number = one.lot.rpartition("/")
        able &= (shelf.codes[products] == code) & (lot_of(day) == int(number))[:, None]
    found: np.ndarray = able.any(axis=1) & one.befalls(day)
    return found & (carrier_of(plan, person, order_no) == plan.carriers.index(one.carrier)) if one.carrier else found
