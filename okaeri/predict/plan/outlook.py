"""Twelve months ahead: newcomers by what newcomers brought month by month, the customers there by their forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okaeri.lib.normal import Z80, Z95
from okaeri.predict.plan.factors import AS_NOW, Factors, ltv_of, reach_ratios

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Basis:
    """What a shop's months are made of. M months are planned, K orders followed, A months since the first order.

    ``reach`` and ``values`` (K,): P(k) and the k-th order's value within a year. ``ltv_error`` and ``ltv_n``: standard
    error and customers of that LTV. ``orders`` and ``revenue`` (A, K): what a newcomer brings so many months after the
    first order; ``notes`` (A,): credit notes. ``newcomers`` (M,): expected first orders; ``newcomers_before``: those of
    the days between today and the first month; ``newcomers_cv``: how much a month's number varies, relative.
    ``existing_orders`` and ``existing_revenue`` (M,): forecast of the customers there, ``existing_sd`` (M,) the chance in
    it, ``level_error`` what moves all of it. ``seconds`` (M,): how many of those orders are second ones, ``from_once``
    how many in all months come from customers with one order so far. ``second_candidates`` and ``later_candidates``:
    customers with one order, and with more, today.
    """

    reach: Floats
    values: Floats
    ltv_error: float
    ltv_n: int
    orders: Floats
    revenue: Floats
    notes: Floats
    newcomers: Floats
    newcomers_before: float
    newcomers_cv: float
    existing_orders: Floats
    existing_revenue: Floats
    existing_sd: Floats
    level_error: float
    seconds: Floats
    from_once: float
    second_candidates: float
    later_candidates: float


@dataclass(frozen=True)
class Months:
    """Planned months, each (M,); revenue = first + second + later revenue + credit notes."""

    newcomers: Floats
    first_revenue: Floats
    second_candidates: Floats
    second_orders: Floats
    second_revenue: Floats
    later_candidates: Floats
    later_orders: Floats
    later_revenue: Floats
    credit_notes: Floats

    @property
    def revenue(self) -> Floats:
        return self.first_revenue + self.second_revenue + self.later_revenue + self.credit_notes


@dataclass(frozen=True)
class Outlook:
    """LTV with its 95% interval; sales by month and in sum with their 80% intervals."""

    ltv: float
    ltv_low: float
    ltv_high: float
    months: Months
    low: Floats
    high: Floats
    total: float
    total_low: float
    total_high: float


def outlook(basis: Basis, factors: Factors = AS_NOW) -> Outlook:
    """What the months bring if the KPIs are ``factors`` times the present from the first month on."""
    new, won = _of_newcomers(basis, factors)
    months = _with_existing(basis, factors, new)
    per_month = _sd(basis, factors, won.T, months.revenue - won.sum(0))
    whole = _sd(basis, factors, won.sum(1, keepdims=True).T, np.atleast_1d((months.revenue - won.sum(0)).sum()))
    ltv = ltv_of(basis.reach, basis.values, factors)
    now = ltv_of(basis.reach, basis.values)
    reach = Z95 * basis.ltv_error * (ltv / now if now else 1.0)
    total = float(months.revenue.sum())
    return Outlook(
        ltv, ltv - reach, ltv + reach, months,
        np.maximum(months.revenue - Z80 * per_month, 0.0), months.revenue + Z80 * per_month,
        total, max(total - Z80 * float(whole[0]), 0.0), total + Z80 * float(whole[0]),
    )  # fmt: skip


def _of_newcomers(basis: Basis, factors: Factors) -> tuple[dict[str, Floats], Floats]:
    """Orders and revenue of those won from today on, by kind and month; and revenue by month of winning and month."""
    counts = np.r_[basis.newcomers_before, basis.newcomers] * factors.newcomers
    ratio = reach_ratios(basis.reach, factors)
    ratio = np.r_[ratio, np.full(max(basis.orders.shape[1] - len(ratio), 0), ratio[-1])][: basis.orders.shape[1]]
    orders, revenue = basis.orders * ratio, basis.revenue * ratio * factors.order_value
    plain = basis.revenue.sum()
    notes = basis.notes * (revenue.sum() / plain if plain else 1.0)
    kinds = {"first": slice(0, 1), "second": slice(1, 2), "later": slice(2, None)}
    told = {f"{kind}_orders": _spread(counts, orders[:, part].sum(1)).sum(0) for kind, part in kinds.items()}
    won = {kind: _spread(counts, revenue[:, part].sum(1)) for kind, part in kinds.items()} | {
        "notes": _spread(counts, notes)
    }
    told |= {f"{kind}_revenue": rows.sum(0) for kind, rows in won.items()}
    return told, np.sum(list(won.values()), axis=0)


def _spread(counts: Floats, each: Floats) -> Floats:
    """What cohorts of ``counts`` (1 + M,) bring by calendar month (1 + M, M), ``each`` (A,) by month since winning."""
    months = len(counts) - 1
    rows = np.zeros((months + 1, months))
    for won in range(months + 1):
        for month in range(max(won, 1), months + 1):
            if month - won < len(each):
                rows[won, month - 1] = counts[won] * each[month - won]
    return rows


def _with_existing(basis: Basis, factors: Factors, new: dict[str, Floats]) -> Months:
    """The customers there added: second orders by the F2 rate, later ones by the repeat rate, all by order value."""
    ratio = reach_ratios(basis.reach, factors)
    f2 = ratio[1] if len(ratio) > 1 else factors.f2_rate
    repeat = ratio[2] / f2 if len(ratio) > 2 and f2 else factors.repeat_rate
    seconds = np.minimum(basis.seconds, basis.existing_orders)
    later = basis.existing_orders - seconds
    of_once = max(basis.from_once - seconds.sum(), 0.0)
    share = min(of_once / later.sum(), 1.0) if later.sum() else 0.0
    seconds, later = seconds * f2, later * (share * f2 + 1.0 - share) * repeat
    value = np.divide(
        basis.existing_revenue, basis.existing_orders, out=np.zeros_like(later), where=basis.existing_orders > 0
    )
    value = value * factors.order_value
    newcomers, second_orders = new["first_orders"], new["second_orders"] + seconds
    once, again = _candidates(basis, factors, newcomers, second_orders)
    return Months(
        newcomers, new["first_revenue"], once, second_orders, new["second_revenue"] + seconds * value,
        again, new["later_orders"] + later, new["later_revenue"] + later * value, new["notes_revenue"],
    )  # fmt: skip


def _candidates(basis: Basis, factors: Factors, newcomers: Floats, seconds: Floats) -> tuple[Floats, Floats]:
    """Customers who could order a second time in each month, and those who could order again: stocks and flows."""
    won = basis.second_candidates + basis.newcomers_before * factors.newcomers + np.cumsum(newcomers)
    return won - np.r_[0.0, np.cumsum(seconds)[:-1]], basis.later_candidates + np.cumsum(seconds)


def _sd(basis: Basis, factors: Factors, won: Floats, existing: Floats) -> Floats:
    """Standard deviation (T,) of sums over months: ``won`` (T, 1 + M) revenue by month of winning, ``existing`` (T,).

    Delta method over independent causes: how many come each month and on the whole, what newcomers are worth (known from
    ``ltv_n`` customers, and met by as many as come), chance among the customers there, and what moves all of them.
    """
    cohorts = max(basis.newcomers.shape[0], 1)
    of_new = won.sum(1)
    counts = basis.newcomers_cv**2 * ((won**2).sum(1) + of_new**2 / cohorts)
    now = ltv_of(basis.reach, basis.values)
    people = max(basis.newcomers.sum() * factors.newcomers, 1.0)
    worth = (basis.ltv_error / now) ** 2 * (1.0 + basis.ltv_n / people) * of_new**2 if now else 0.0
    planned = basis.existing_revenue.sum()
    chance = basis.existing_sd**2 if len(existing) > 1 else np.atleast_1d((basis.existing_sd**2).sum())
    chance = chance * ((existing.sum() / planned) ** 2 if planned else 1.0)
    return np.asarray(np.sqrt(counts + worth + chance + (basis.level_error * existing) ** 2))
