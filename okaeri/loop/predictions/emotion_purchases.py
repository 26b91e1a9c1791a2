"""What the purchase model in which a bad order raises the chance to leave makes of the orders of ``emotion_orders``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from okaeri.loop.predictions.emotion_histories import Flags, Floats, OrderRows
from okaeri.loop.predictions.friction_looks import BELOW
from okaeri.predict.discount import discount_factor
from okaeri.predict.emotion.bad_events import BadEvents, Experiences, fit_bad_events
from okaeri.schema.rules import Rules

WEEK = 7
#: Weeks of one period of discounting.
PERIOD = 4


@dataclass(frozen=True)
class Purchases:
    """Of each order (n,): repeat orders so far, weeks since the first one, bad ones so far, whether it was bad itself (what
    was said of it lies BELOW its channel's mean), and the age of the customer today in weeks."""

    rows: OrderRows
    repeats: Floats
    age: Floats
    bad: Floats
    is_bad: Floats
    today: Floats

    @classmethod
    def of(cls, rows: OrderRows) -> Self:
        """Of orders customer by customer."""
        who = rows.orders.customer
        starts = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
        first = np.repeat(starts, np.diff(np.r_[starts, len(who)]))
        is_bad = ((rows.orders.heard > 0) & (rows.orders.felt < BELOW)).astype(float)
        until = np.cumsum(is_bad)
        age = (rows.day - rows.day[first]) / WEEK
        bad = until - (until - is_bad)[first]
        return cls(rows, np.arange(len(who)) - first.astype(float), age, bad, is_bad, age + rows.days_seen / WEEK)

    def fit(self, chosen: Flags) -> BadEvents:
        """Learned from the customers of the chosen orders. Raises NotConverged."""
        return fit_bad_events(self._at(chosen & self.rows.latest, self.today), float(self.is_bad[chosen].mean()))

    def leaving(self, model: BadEvents, chosen: Flags, rules: Rules) -> Floats:
        """The chance that none follows each chosen order within the shop's window."""
        return model.silent_for(self._at(chosen, self.age), rules.conversion_window / WEEK)

    def discounted(self, model: BadEvents, rules: Rules) -> Floats:
        """Orders still expected of each customer within the forecast horizon, discounted; in order of customers."""
        ends = np.append(np.arange(PERIOD, rules.forecast_weeks, PERIOD), rules.forecast_weeks)
        until = np.array(list(model.orders_until(self._at(self.rows.latest, self.today), ends.tolist())))
        return discount_factor(ends, rules.discount_rate) @ np.diff(until, axis=0, prepend=0.0)

    def _at(self, chosen: Flags, end: Floats) -> Experiences:
        return Experiences.of(
            self.repeats[chosen], self.age[chosen], end[chosen], self.bad[chosen], self.is_bad[chosen]
        )
