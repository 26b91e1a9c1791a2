"""Re-orders once more, in plain Python: what the queries have to equal."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

EPOCH = date(1970, 1, 1)
HISTORY, LAST_WEEK, PRIOR = 730, 26, 10.0

#: How far back anything is looked at: the oldest training cut and two years before it.
REACH = HISTORY + 86


@dataclass(frozen=True)
class Day:
    """A day of a customer's purchases of a product; ``lasted`` is the days per piece since the one before."""

    day: int
    pieces: int
    is_repeat: bool
    next_day: int | None
    lasted: float | None


#: Per customer and product: days in order.
Bought = dict[tuple[str, str], list[Day]]


def bought(orders: list[dict], lines: list[dict], today: int) -> Bought:
    """What was bought before ``today``, by day."""
    when = {
        row["order_id"]: (row["customer_id"], (row["order_date"] - EPOCH).days)
        for row in orders if row["status"] == "paid" and row["subtotal"] >= 0
    }  # fmt: skip
    pieces: dict = defaultdict(lambda: defaultdict(int))
    for row in lines:
        if row["order_id"] in when and today - REACH <= when[row["order_id"]][1] < today:
            customer, day = when[row["order_id"]]
            pieces[customer, row["product_id"]][day] += row["quantity"]
    return {pair: _days(sorted(own.items())) for pair, own in pieces.items()}


def _days(own: list[tuple[int, int]]) -> list[Day]:
    before = [None, *own[:-1]]
    after = [*(day for day, _ in own[1:]), None]
    return [
        Day(day, count, last is not None, then, last and (day - last[0]) / last[1])
        for (day, count), last, then in zip(own, before, after, strict=True)
    ]


def known_at(pairs: Bought, cut: int) -> Bought:
    """The days within two years before a cut."""
    seen = {pair: [day for day in days if cut - HISTORY <= day.day < cut] for pair, days in pairs.items()}
    return {pair: days for pair, days in seen.items() if days}


def weekly_hazards(pairs: Bought, cut: int) -> dict[tuple[str, bool], list[float]]:
    """Per product ("" for all) and whether it was a repeat: the chance in each week to be bought again."""
    ended: dict = defaultdict(lambda: [0.0] * (LAST_WEEK + 1))
    risk: dict = defaultdict(lambda: [0.0] * (LAST_WEEK + 1))
    for (_, product), days in known_at(pairs, cut).items():
        for own in days:
            came = own.next_day is not None and own.next_day < cut
            weeks = ((own.next_day if came else cut) - own.day) // 7
            for key in ((product, own.is_repeat), ("", own.is_repeat)):
                for week in range(min(weeks, LAST_WEEK) + 1):
                    whole = week < min(weeks, LAST_WEEK)
                    beyond = max(weeks - LAST_WEEK, 0) if week == LAST_WEEK else 0
                    risk[key][week] += 1.0 if whole or came else 0.5
                    risk[key][week] += beyond
                if came:
                    ended[key][min(weeks, LAST_WEEK)] += 1
    return {
        key: [
            min(max((ended[key][w] + PRIOR * _usual(ended, risk, key, w)) / (risk[key][w] + PRIOR), 1e-6), 1 - 1e-6)
            for w in range(LAST_WEEK + 1)
        ]
        for key in risk
    }  # fmt: skip


def _usual(ended: dict, risk: dict, key: tuple[str, bool], week: int) -> float:
    waited = risk["", key[1]][week]
    return ended["", key[1]][week] / waited if waited else 0.0


def within(hazards: list[float], week: int, weeks: float) -> float:
    """Chance within so many weeks from ``week`` on; the last week's goes on."""
    stays = 1.0
    for ahead in range(math.ceil(weeks)):
        stays *= (1 - hazards[min(week + ahead, LAST_WEEK)]) ** min(weeks - ahead, 1.0)
    return 1 - stays
