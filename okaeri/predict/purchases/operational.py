"""Season and promotions as operational time: weeks that count more or less than one.

A shop in December sells as in two ordinary weeks; then a week of December is two *operational* weeks, and in operational
time every model here holds unchanged: only t_x, T and the horizon t are read off another clock. The histories stay
distinct rows, and a fit costs what it costs without a season. The log-likelihood of a fit in operational time is that of
the ages so stretched; of the orders themselves it is larger by the sum of log(pace) over all repeat orders, which
:meth:`OperationalTime.log_density` gives, and which makes it comparable with a fit in plain weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predict.purchases.forecast import PurchaseModel
from okaeri.predict.purchases.histories import Histories

Floats = NDArray[np.float64]
Model = TypeVar("Model", bound=PurchaseModel)

ROUNDS = 20
#: The paces are learned when none changes by more than this share.
SETTLED = 1e-3
#: Orders as expected that each season is credited with, so that one nobody ordered in keeps a pace above 0.
CREDIT = 1.0


@dataclass(frozen=True)
class OperationalTime:
    """The pace of consecutive calendar weeks from ``first_week`` on (any zero); 1 before and after them.

    Calendar weeks are numbers on one axis, fractions included: a day is a seventh.
    """

    first_week: float
    pace: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.pace or not all(np.isfinite(pace) and pace > 0 for pace in self.pace):
            raise ValueError("operational time needs a pace above 0 for at least one week")

    @cached_property
    def _clock(self) -> tuple[Floats, Floats]:
        """Ends of the weeks on both clocks."""
        return self.first_week + np.arange(len(self.pace) + 1.0), np.concatenate([[0.0], np.cumsum(self.pace)])

    def at(self, week: ArrayLike) -> Floats:
        """Operational weeks from ``first_week`` to a calendar ``week``; any shape, negative before the first."""
        calendar, operational = self._clock
        weeks = np.asarray(week, float)
        outside = np.minimum(weeks - calendar[0], 0.0) + np.maximum(weeks - calendar[-1], 0.0)
        return np.interp(weeks, calendar, operational) + outside

    def week_at(self, operational: ArrayLike) -> Floats:
        """The calendar week at which so many operational weeks have passed; inverse of :meth:`at`."""
        calendar, known = self._clock
        passed = np.asarray(operational, float)
        outside = np.minimum(passed, 0.0) + np.maximum(passed - known[-1], 0.0)
        return np.interp(passed, known, calendar) + outside

    def horizon(self, now: float, weeks: ArrayLike) -> Floats:
        """Operational weeks in the ``weeks`` after calendar week ``now``: the horizon a model is asked for."""
        return self.at(now + np.asarray(weeks, float)) - self.at(now)

    def calendar_weeks(self, now: float, operational: ArrayLike) -> Floats:
        """Calendar weeks from ``now`` until so many operational weeks have passed; inverse of :meth:`horizon`."""
        return self.week_at(self.at(now) + np.asarray(operational, float)) - now

    def histories(self, plain: Histories, now: float) -> Histories:
        """The same histories, observed until calendar week ``now``, with their ages in operational weeks.

        ``log_gaps`` are of plain weeks and dropped: regular timing would need them reduced on this clock.
        """
        first = now - plain.age
        begun, end = self.at(first), self.at(now)
        age = np.maximum(end - begun, 0.0)
        # on another clock the last order can seem a rounding error later than the end
        last = np.where(plain.repeat_orders > 0, np.clip(self.at(first + plain.last_order_age) - begun, 0.0, age), 0.0)
        return replace(plain, last_order_age=last, age=age, log_gaps=None)

    def log_density(self, orders: ArrayLike) -> float:
        """Sum of log(pace) over repeat ``orders``, counted per week from ``first_week`` on, shape (weeks observed,)."""
        counted = np.asarray(orders, float)
        return float(counted @ np.log(self.pace[: len(counted)]))


@dataclass(frozen=True)
class Seasonal(Generic[Model]):
    """A clock learned with the model that runs on it.

    ``season_pace`` is the pace of each season, in the order of their numbers; ``log_likelihood`` is that of the orders
    in plain weeks.
    """

    clock: OperationalTime
    model: Model
    season_pace: tuple[float, ...]
    log_likelihood: float


def learn_seasons(
    plain: Histories,
    now: float,
    first_week: float,
    orders: ArrayLike,
    seasons: ArrayLike,
    fit: Callable[[Histories], Model],
) -> Seasonal[Model]:
    """Learn the pace of each season together with a model, by turns: ``fit``, then orders against expected orders.

    ``orders`` are all customers' repeat orders per calendar week from ``first_week`` until ``now``; ``seasons`` is the
    season of each of these weeks *and of the weeks to be predicted*, whole numbers from 0 (a month, or a month with and
    without promotion). The mean pace over the observed weeks is 1. Raises NotConverged as ``fit`` does.
    """
    counted, season = np.asarray(orders, float), np.asarray(seasons, int)
    if len(season) < len(counted):
        raise ValueError(f"seasons must be told for all {len(counted)} weeks with orders, not {len(season)}")
    observed = season[: len(counted)]
    sums = np.bincount(observed, counted, minlength=season.max() + 1)
    pace, moved = np.ones(len(sums)), np.inf
    for _ in range(ROUNDS):
        clock = OperationalTime(first_week, tuple(pace[season].tolist()))
        model = fit(clock.histories(plain, now))
        if moved < SETTLED:
            break
        expected = _expected_by_week(model, plain, now, clock, len(counted))
        better = pace * (sums + CREDIT) / (np.bincount(observed, expected, minlength=len(pace)) + CREDIT)
        better /= better[observed].mean()
        pace, moved = better, np.abs(np.log(better / pace)).max()
    season_pace = tuple(clock.pace[week] for week in np.unique(season, return_index=True)[1])
    return Seasonal(clock, model, season_pace, model.log_likelihood + clock.log_density(counted))


def _expected_by_week(model: PurchaseModel, plain: Histories, now: float, clock: OperationalTime, weeks: int) -> Floats:
    """Repeat orders the model expects of these customers, from their first order on, per calendar week: (weeks,)."""
    ages, place = plain.ages
    customers = np.bincount(place, plain.weight)
    first = (now - ages)[:, None]
    edges = np.minimum(clock.first_week + np.arange(weeks + 1.0), now)[None, :]
    since = np.maximum(clock.at(edges) - clock.at(first), 0.0).ravel()
    newcomers = Histories.of(*np.zeros((3, len(since))))
    orders = model.expected_orders(newcomers, since).reshape(len(ages), weeks + 1)
    return customers @ np.diff(orders, axis=1)
