"""Purchase histories as the models see them: distinct rows of (x, t_x, T) with weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


class Distinct(NamedTuple):
    """The distinct ``values`` of a column, ascending, and for each row the ``place`` of its own among them."""

    values: Floats
    place: Places


@dataclass(frozen=True, eq=False)
class Histories:
    """Distinct purchase histories, one per row; build them with :meth:`of`, which checks them.

    ========================  =======================================================================================
    ``repeat_orders``         x: days with an order after the first one
    ``last_order_age``        t_x: weeks from the first order to the last; 0 where x = 0
    ``age``                   T: weeks from the first order to the end of the observation, at least t_x
    ``weight``                how many customers have this history; any number >= 0, so that resamples are rows too
    ``log_gaps``              sum over these customers and their gaps of log(gap in weeks); None where not reduced
    ========================  =======================================================================================

    All arrays have shape (n,). ``log_gaps`` enters the likelihood of regular timing only, as a constant, and is needed
    only to compare one regularity with another. A customer just won, of whom nothing more is known, is (0, 0, 0).
    The gamma and logarithm functions of the models are computed once per distinct x, t_x and T, not per row.
    """

    repeat_orders: Floats
    last_order_age: Floats
    age: Floats
    weight: Floats
    log_gaps: Floats | None = None

    @classmethod
    def of(
        cls,
        repeat_orders: ArrayLike,
        last_order_age: ArrayLike,
        age: ArrayLike,
        weight: ArrayLike | None = None,
        log_gaps: ArrayLike | None = None,
    ) -> Self:
        """Histories of arrays or numbers of one shape; ValueError names what cannot be a purchase history."""
        x, recency, ages = (np.atleast_1d(np.asarray(v, float)) for v in (repeat_orders, last_order_age, age))
        weights = np.ones_like(x) if weight is None else np.atleast_1d(np.asarray(weight, float))
        gaps = None if log_gaps is None else np.atleast_1d(np.asarray(log_gaps, float))
        _check_shapes(x, recency, ages, weights, *(() if gaps is None else (gaps,)))
        _check_rows(x, recency, ages, weights)
        return cls(x, recency, ages, weights, gaps)

    def __len__(self) -> int:
        """The number of distinct rows."""
        return len(self.repeat_orders)

    @property
    def customers(self) -> float:
        """The sum of the weights."""
        return float(self.weight.sum())

    @cached_property
    def orders_total(self) -> float:
        """Repeat orders of all customers."""
        return float((self.weight * self.repeat_orders).sum())

    @property
    def weeks_total(self) -> float:
        """Weeks observed of all customers."""
        return float((self.weight * self.age).sum())

    @property
    def log_gaps_total(self) -> float:
        """Sum of the logarithms of all gaps in weeks; ValueError where the histories were reduced without it."""
        if self.log_gaps is None:
            raise ValueError("these histories were reduced without log_gaps, which regular timing needs")
        return float(self.log_gaps.sum())

    @cached_property
    def counts(self) -> Distinct:
        """Distinct x."""
        return Distinct(*np.unique(self.repeat_orders, return_inverse=True))

    @cached_property
    def recencies(self) -> Distinct:
        """Distinct t_x."""
        return Distinct(*np.unique(self.last_order_age, return_inverse=True))

    @cached_property
    def ages(self) -> Distinct:
        """Distinct T."""
        return Distinct(*np.unique(self.age, return_inverse=True))

    @cached_property
    def pairs(self) -> tuple[Places, Places, Places]:
        """The distinct pairs of places in ``counts`` and in ``ages``, and for each row the place of its own."""
        code = self.counts.place * len(self.ages.values) + self.ages.place
        codes, place = np.unique(code, return_inverse=True)
        count, age = np.divmod(codes, len(self.ages.values))
        return count, age, place

    @cached_property
    def customers_by_count(self) -> Floats:
        """Customers of each distinct x."""
        return self.by_count(self.weight)

    def by_count(self, values: Floats) -> Floats:
        """Sums of a value per row over the rows of each distinct x."""
        return np.bincount(self.counts.place, values, minlength=len(self.counts.values)).astype(float)

    def only(self, kept: NDArray[np.bool_]) -> Self:
        """Some of the rows, told by a mask of shape (n,)."""
        gaps = None if self.log_gaps is None else self.log_gaps[kept]
        return type(self)(
            self.repeat_orders[kept], self.last_order_age[kept], self.age[kept], self.weight[kept], gaps
        )  # fmt: skip

    def weighted(self, weight: ArrayLike) -> Self:
        """The same rows with other weights (a resample); the logarithms of the gaps go along in proportion.

        What is distinct among the rows is not looked for again.
        """
        weights = np.asarray(weight, float)
        share = weights / np.where(self.weight > 0, self.weight, 1.0)
        again = type(self)(
            self.repeat_orders, self.last_order_age, self.age, weights,
            None if self.log_gaps is None else self.log_gaps * share,
        )  # fmt: skip
        known: dict[str, Any] = {
            name: self.__dict__[name] for name in ("counts", "recencies", "ages", "pairs") if name in self.__dict__
        }
        again.__dict__.update(known)
        return again


def _check_shapes(first: Floats, *others: Floats) -> None:
    if first.ndim != 1 or any(column.shape != first.shape for column in others):
        shapes = ", ".join(str(column.shape) for column in (first, *others))
        raise ValueError(f"the columns of purchase histories must be of one length, not {shapes}")
    if not all(np.isfinite(column).all() for column in (first, *others)):
        raise ValueError("purchase histories must be finite numbers: some are missing or infinite")


def _check_rows(x: Floats, recency: Floats, age: Floats, weight: Floats) -> None:
    rules = [
        ("repeat_orders must be whole numbers from 0 on", (x < 0) | (x != np.floor(x))),
        ("last_order_age must not be negative", recency < 0),
        ("the last order (last_order_age) must not lie after the end of the observation (age)", recency > age),
        ("without repeat orders, last_order_age must be 0", (x == 0) & (recency > 0)),
        ("repeat orders need a last_order_age above 0: orders of one day count as one", (x > 0) & (recency == 0)),
        ("weight must not be negative", weight < 0),
    ]
    for rule, broken in rules:
        if broken.any():
            row = int(np.argmax(broken))
            what = f"x={x[row]:g}, t_x={recency[row]:g}, T={age[row]:g}, weight={weight[row]:g}"
            raise ValueError(f"{rule}; {int(broken.sum())} rows break this, first row {row} ({what})")
