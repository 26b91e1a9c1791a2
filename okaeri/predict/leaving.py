"""Who leaves after which order or delivery, and why: a hazard of the situation, judged on outcomes it has not seen.

A *situation* is what is known when a customer goes on or leaves (see ``schema.measured.leaving``); customers alike share
a row with counts. The model is :mod:`okaeri.predict.hazard` over these covariates:

    number      log of the order's or delivery's number      first       1 for the first one
    gap         step of the days since the one before        skips       deliveries skipped since
    price_rise  it cost more than the one before             discounted  a coupon was used
    amount      step of its revenue                          rating      latest rating, 0 to 1
    complained  inquiry or return after it                   blocked     messages blocked after it
    product:X   it was product X, for the most frequent ones

A fit on the earlier outcomes must tell the latest ones better than the numbers alone do, by their log-likelihood;
otherwise the numbers alone are used, and the note says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict import hazard
from okaeri.predict.discount import discount_factor
from okaeri.predict.hazard import Hazard, left_within
from okaeri.predict.ranks import ranks
from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]

NUMBERS = ("number", "first")
SITUATION = ("gap", "skips", "price_rise", "discounted", "amount", "rating", "complained", "blocked")
PRODUCT = "product:"
#: What a reason to leave may be, and the least it adds to the log-odds to be told.
LEAST = 0.1
REASONS = ("number", *SITUATION, "product")
#: So many products have a covariate of their own; the others are what they are compared with.
MOST_PRODUCTS = 12

NOT_BETTER = (
    "What is known of customers does not tell who leaves better than the number of orders does; that alone is used."
)
TOO_FEW = "Too few outcomes to judge by; the number of orders alone is used."
#: Leavings and stayings among the latest outcomes below which nothing can be judged.
FEWEST = 10


@dataclass(frozen=True)
class Situations:
    """Distinct situations: columns of shape (n,), ``products`` as text, all others whole numbers."""

    products: NDArray[np.str_]
    number: Floats
    gap_step: Floats
    skips: Floats
    price_rise: Floats
    discounted: Floats
    amount_step: Floats
    rating_step: Floats
    complained: Floats
    blocked: Floats

    def __len__(self) -> int:
        return len(self.number)

    def covariates(self, names: Sequence[str]) -> Floats:
        """Shape (n, len(names)); what is not known (no rating, no gap before the first order) is NaN."""
        first = self.number <= 1
        known = {
            "number": np.log(np.maximum(self.number, 1.0)), "first": first.astype(float),
            "gap": np.where(self.gap_step > 0, self.gap_step, np.nan), "skips": self.skips,
            "price_rise": self.price_rise, "discounted": self.discounted, "amount": self.amount_step,
            "rating": np.where(self.rating_step < 0, np.nan, self.rating_step / 4),
            "complained": self.complained, "blocked": self.blocked,
        }  # fmt: skip
        columns = [self._is(name) if name.startswith(PRODUCT) else known[name] for name in names]
        return np.stack(columns, axis=1) if columns else np.zeros((len(self), 0))

    def _is(self, name: str) -> Floats:
        return (self.products == name.removeprefix(PRODUCT)).astype(float)


@dataclass(frozen=True)
class Judged:
    """A fit, and how one on the earlier outcomes told the latest: area under the curve (0.5 is chance), and the gain in
    log-likelihood per outcome over the numbers alone; None where there were too few."""

    model: Hazard
    auc: float | None
    gain: float | None
    note: str = ""


def fit(situations: Situations, exposures: ArrayLike, leavings: ArrayLike, recent: ArrayLike) -> Judged:
    """Fit on all outcomes the covariates that proved themselves on ``recent`` ones (n,). Raises NotConverged."""
    n, y, late = np.asarray(exposures, float), np.asarray(leavings, float), np.asarray(recent, bool)
    names = (*NUMBERS, *SITUATION, *_products(situations, n))
    auc, gain = _judge(situations, n, y, late, names)
    if gain is None or gain <= 0:
        plain = hazard.fit(NUMBERS, situations.covariates(NUMBERS), n, y)
        return Judged(plain, auc, gain, TOO_FEW if gain is None else NOT_BETTER)
    return Judged(hazard.fit(names, situations.covariates(names), n, y), auc, gain)


def unknowing(exposures: float, leavings: float) -> Hazard:
    """The same chance for everybody, where no model can be fitted: Jeffreys' (leavings + 1/2) / (exposures + 1)."""
    chance = (leavings + 0.5) / (exposures + 1.0)
    return Hazard((), float(special.logit(chance)), (), (), (), ((float("inf"),),), 0.0, exposures, leavings, 0.0)


def _products(situations: Situations, exposures: Floats) -> list[str]:
    names, place = np.unique(situations.products, return_inverse=True)
    sizes = np.bincount(place, exposures, len(names))
    best = np.argsort(-sizes, kind="stable")[:MOST_PRODUCTS]
    return [f"{PRODUCT}{names[one]}" for one in sorted(best)] if len(names) > 1 else []


def _judge(
    situations: Situations, n: Floats, y: Floats, late: NDArray[np.bool_], names: tuple[str, ...]
) -> tuple[float | None, float | None]:
    lost = y[late].sum()
    if min(lost, n[late].sum() - lost) < FEWEST:
        return None, None
    try:
        fits = [hazard.fit(of, situations.covariates(of)[~late], n[~late], y[~late]) for of in (names, NUMBERS)]
    except NotConverged:
        return None, None
    full, plain = (
        model.chance(situations.covariates(of)[late]) for model, of in zip(fits, (names, NUMBERS), strict=True)
    )
    gain = (_score(full, n[late], y[late]) - _score(plain, n[late], y[late])) / n[late].sum()
    return auc(full, y[late], n[late] - y[late]), float(gain)


def _score(chance: Floats, n: Floats, y: Floats) -> float:
    return float((special.xlogy(y, chance) + special.xlog1py(n - y, -chance)).sum())


def auc(scores: ArrayLike, hits: ArrayLike, misses: ArrayLike) -> float:
    """Chance that a random hit scores above a random miss, ties half (Mann and Whitney 1947); rows with counts."""
    score, up, down = np.asarray(scores, float), np.asarray(hits, float), np.asarray(misses, float)
    rank = ranks(score, up + down)
    return float((up @ rank - up.sum() * (up.sum() + 1) / 2) / (up.sum() * down.sum()))


@dataclass(frozen=True)
class Ahead:
    """What subscribers do from now on, shape (n,) each but ``staying`` (n, K): chance to take the k-th delivery, due
    ``due`` (n, K) days from now."""

    staying: Floats
    due: Floats
    due_before: Floats

    def leaving_within(self, days: float) -> Floats:
        """Chance to have left ``days`` from now, (n,): within each interval all days are alike."""
        length = np.maximum(self.due - self.due_before, 1e-9)
        share = np.clip((days - self.due_before) / length, 0.0, 1.0)
        before = np.concatenate([np.ones((len(self.staying), 1)), self.staying[:, :-1]], axis=1)
        step = np.log(np.maximum(self.staying, 1e-300)) - np.log(np.maximum(before, 1e-300))
        return -np.expm1((share * step).sum(axis=1))

    def delivery_within(self, days: float) -> Floats:
        """Chance of a delivery within ``days``, (n,)."""
        return np.where(self.due[:, 0] <= days, self.staying[:, 0], 0.0)

    def deliveries(self, horizon: float, yearly: float = 0.0, since: float = 0.0) -> Floats:
        """Expected deliveries after ``since`` and within ``horizon`` days, discounted by the year, (n,)."""
        counted = self._between(since, horizon)
        return np.where(counted, self.staying * discount_factor(self.due / 7, yearly), 0.0).sum(axis=1)

    def spread(self, horizon: float, since: float = 0.0) -> Floats:
        """Standard deviation of these deliveries, (n,): those taken are the first K of them."""
        counted = self._between(since, horizon)
        taken = np.where(counted, self.staying, 0.0)
        mean = taken.sum(axis=1)
        # E[K^2] = sum over k of (2k - 1) P(K >= k)
        odd = 2 * np.cumsum(counted, axis=1) - 1
        return np.sqrt(np.maximum((odd * taken).sum(axis=1) - mean**2, 0.0))

    def _between(self, since: float, horizon: float) -> NDArray[np.bool_]:
        """Which deliveries are due then; one overdue counts to the first days."""
        return (self.due <= horizon) & ((self.due > since) | (since == 0))

    def quantile(self, horizon: float, share: float) -> Floats:
        """The least number of deliveries within ``horizon`` days that is not exceeded with chance ``share``, (n,)."""
        taken = np.where(self.due <= horizon, self.staying, 0.0)
        return (taken > 1 - share + 1e-12).sum(axis=1).astype(float)


def ahead(
    model: Hazard,
    situations: Situations,
    usual_days: ArrayLike,
    days_since: ArrayLike,
    later: ArrayLike,
    horizon: float,
) -> Ahead:
    """Deliveries of running subscriptions up to ``horizon`` days from now.

    ``usual_days``, ``days_since`` the latest, and ``later``, the share of deliveries that come later than that, have
    shape (n,). A delivery overdue is expected now, if at all: by Bayes' rule the chance h to have left is then
    h / (h + (1 - h) later).
    """
    usual, since = np.asarray(usual_days, float), np.asarray(days_since, float)
    first = np.maximum(usual * (1 + situations.skips) - since, 0.0)
    count = int(np.ceil((horizon - first) / usual).max(initial=0)) + 1
    due = first[:, None] + usual[:, None] * np.arange(count)
    before = np.concatenate([np.zeros((len(usual), 1)), due[:, :-1]], axis=1)
    chances = _chances(model, situations, count)
    left = chances[:, 0]
    chances[:, 0] = left / (left + (1 - left) * np.maximum(np.asarray(later, float), 1e-9))
    return Ahead(1 - left_within(chances), due, before)


def _chances(model: Hazard, situations: Situations, count: int) -> Floats:
    """Chance to leave before each of the next ``count`` deliveries, (n, count): what befell the latest counts once."""
    now = situations.covariates(model.names)
    later = now.copy()
    for place, name in enumerate(model.names):
        if name in ("skips", "price_rise", "discounted", "complained", "blocked", "rating", "gap"):
            later[:, place] = np.nan
        if name == "first":
            later[:, place] = 0.0
    chances = np.empty((len(now), count))
    for step in range(count):
        rows = now if step == 0 else later
        if "number" in model.names and step:
            rows[:, model.names.index("number")] = np.log(situations.number + step)
        chances[:, step] = model.chance(rows)
    return chances


def reasons(model: Hazard, situations: Situations, most: int = 3) -> tuple[NDArray[np.str_], Floats]:
    """The ``most`` weighty reasons to leave, (n, most) each: names, and by how much they multiply the odds of leaving.

    Only what speaks for leaving is a reason; "" and NaN where there are fewer. All products count as one, ``product``,
    and being the first as part of the ``number``.
    """
    values = model.contributions(situations.covariates(model.names))
    told: dict[str, Floats] = {name: np.zeros(len(situations)) for name in REASONS}
    for place, name in enumerate(model.names):
        told["product" if name.startswith(PRODUCT) else name.replace("first", "number")] += values[:, place]
    places, weights = hazard.main_reasons(np.maximum(np.stack(list(told.values()), axis=1), 0.0), most)
    labels = np.array(REASONS)[places]
    real = weights > LEAST
    return np.where(real, labels, ""), np.where(real, np.exp(weights), np.nan)
