"""Orders with what was felt, as the hazard of LTV wants them, fitted for today and on those not held back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.loop.predictions.emotion_rows import texts
from okaeri.predict.emotion.lifetime import Lifetime, Orders, fit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: Customers are foretold in so many parts, each by what the others teach.
PARTS = 3
#: One in so many customers is learned from where there are more orders than MOST_ORDERS.
MOST_ORDERS = 20_000


@dataclass(frozen=True)
class OrderRows:
    """Orders (n,), customer by customer in order: what the hazard knows, and what came of them."""

    orders: Orders
    persona: NDArray[np.str_]
    order_id: NDArray[np.str_]
    day: Floats
    days_to_next: Floats
    days_seen: Floats
    revenue: Floats
    followed: Flags
    is_open: Flags

    @classmethod
    def of(cls, emotion_orders: pa.Table) -> OrderRows:
        """The rows of ``emotion_orders``."""
        table = emotion_orders.sort_by([("customer_id", "ascending"), ("order_no", "ascending")])
        who = np.unique(texts(table["customer_id"]), return_inverse=True)[1].reshape(-1)
        every = -(-len(who) // MOST_ORDERS)
        rows = np.flatnonzero(who % max(every, 1) == 0)

        def number(name: str) -> Floats:
            return table[name].to_numpy(zero_copy_only=False).astype(float)[rows]

        orders = Orders(who[rows], number("order_no"), number("days_since_previous"), number("is_delivery"),
                        np.nan_to_num(number("feeling")), number("feeling_count"))  # fmt: skip
        return cls(orders, texts(table["persona"])[rows], texts(table["order_id"])[rows], number("order_day"),
                   number("days_to_next"), number("days_seen"), np.nan_to_num(number("revenue")),
                   number("is_followed") > 0, number("is_open") > 0)  # fmt: skip

    def __len__(self) -> int:
        return len(self.day)

    @property
    def closed(self) -> Flags:
        """Whether it is known that another order followed, or none did."""
        return ~self.is_open

    @property
    def latest(self) -> Flags:
        """Whether it is the customer's latest order."""
        return np.r_[self.orders.customer[1:] != self.orders.customer[:-1], True] if len(self) else self.is_open

    @property
    def parts(self) -> list[Flags]:
        """Orders of the customers of each part, to be foretold by what those of the others teach."""
        return [self.orders.customer % PARTS == part for part in range(PARTS)]

    def lifetime(self, emotional: bool, chosen: Flags) -> Lifetime:
        """The hazard learned from the chosen orders. Raises NotConverged."""
        use = self.closed & chosen
        return fit(self.orders, ~self.followed, use, self.days_to_next, emotional)

    def revenue_after(self, days: int) -> Floats:
        """Revenue of the same customer's orders in the days after each order."""
        span = int(self.day.max(initial=0)) + days + 2
        key = self.orders.customer * span + self.day
        until = np.r_[0.0, np.cumsum(self.revenue)]
        first = np.searchsorted(key, key, side="right")
        return until[np.searchsorted(key, key + days, side="right")] - until[first]
