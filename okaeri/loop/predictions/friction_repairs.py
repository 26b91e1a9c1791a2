"""Before against after the repair of a step: what was felt of it, and what the customers of each time did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.lib.periods import day_number, day_of, month_number
from okaeri.loop.predictions.emotion_histories import OrderRows
from okaeri.loop.predictions.emotion_rows import Floats, Places, texts
from okaeri.loop.predictions.friction_looks import STEP_NAMES, Looked, looks
from okaeri.loop.predictions.friction_points import MONDAY
from okaeri.loop.predictions.models import chance
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion import dips
from okaeri.predict.emotion.alike import traits_of
from okaeri.predict.emotion.repairs import Compared, compared
from okaeri.predict.emotion.stages import FEWEST
from okaeri.schema.measured.emotion import REPEAT_DAYS
from okaeri.schema.predicted.emotion import TOO_FEW
from okaeri.schema.rules import Rules, repair_of

Row = dict[str, Any]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
#: Days before and after a repair that are compared, at most: a year each has all seasons.
SPAN = 365
#: Orders from which customers are alike.
ALIKE = 4
#: Chance, over all that is looked at together, of calling better what is not.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Repair:
    """A ``step`` repaired on a ``day``, since ``began`` (minus infinity where nothing tells); entered by the shop, or found
    with the chance ``p`` to see as clear a rise where there is none."""

    step: str
    day: int
    began: float
    p: float | None = None


def friction_repairs(emotion_signals: pa.Table, emotion_orders: pa.Table, *, rules: Rules) -> pa.Table:
    """One row per repair the shop entered or that shows in what is said."""
    taken = looks(emotion_signals)
    if taken is None:
        return from_rows("friction_repairs", [])
    rows = OrderRows.of(emotion_orders)
    entered = [Repair(step, day_number(day), -np.inf) for day, step in map(repair_of, rules.repairs)]
    found = [one for one in _found(taken) if not any(_same(one, other) for other in entered)]
    told = [_row(one, taken, rows) for one in (*entered, *found)]
    _correct(told)
    return from_rows("friction_repairs", [row for row in told if row["origin"] == "entered" or row["is_better"]])


def _found(taken: Looked) -> list[Repair]:
    """Steps whose dip has ended beyond chance, over all steps looked at (Holm)."""
    week = (_bought(taken) + MONDAY) // 7
    looked = []
    for at in np.flatnonzero(np.bincount(taken.signals.step, minlength=len(STEP_NAMES)) >= FEWEST).tolist():
        own = taken.signals.step == at
        looked.append((at, *dips.until_when(_above_others(taken, own, week), week[own], chance())))
    corrected = dips.holm([np.nan if rise is None else rise.p for _, _, rise in looked])
    return [
        Repair(STEP_NAMES[at], rise.week * 7 - MONDAY, -np.inf if began is None else began * 7 - MONDAY, p)
        for (at, began, rise), p in zip(looked, corrected.tolist(), strict=True) if rise and p <= SIGNIFICANT
    ]  # fmt: skip


def _bought(taken: Looked) -> Places:
    """The day of the order each signal is about: a repair changes orders, and people speak of them weeks later."""
    return taken.signals.number("order_day").astype(np.intp)


def _others(taken: Looked, own: Flags) -> Flags:
    """What is said elsewhere where nothing is wrong; all elsewhere where something is everywhere."""
    calm = taken.calm & ~own
    return calm if calm.any() else ~own


def _above_others(taken: Looked, own: Flags, week: Places) -> Floats:
    """Scores at a step less the mean of the others' of the same week: one bad step spoils the mood at the next ones, too."""
    others = _others(taken, own)
    if not others.any():
        return taken.scores[own]
    place = week - week.min()
    n, total = np.bincount(place[others], minlength=place.max() + 1), taken.scores[others].mean()
    # a week of few others leans on all weeks
    usual = (np.bincount(place[others], taken.scores[others], len(n)) + total) / (n + 1)
    return taken.scores[own] - usual[place[own]]


def _same(one: Repair, other: Repair) -> bool:
    return one.step == other.step and abs(one.day - other.day) <= 2 * REPEAT_DAYS


def _row(repair: Repair, taken: Looked, rows: OrderRows) -> Row:
    row: Row = {"step": repair.step, "repaired_on": day_of(repair.day), "origin": "entered" if repair.p is None else "found",
                "p_found": repair.p, "is_better": False, "reason": ""}  # fmt: skip
    if repair.began > -np.inf:
        row["began_on"] = day_of(int(repair.began))
    mood = _mood(repair, taken)
    if mood is None:
        row["reason"] = TOO_FEW
    row |= _told("score", mood)
    for name, found in _behaviour(repair, rows):
        row |= _told(name, found)
    return row


def _told(name: str, found: Compared | None) -> Row:
    if found is None:
        return {}
    count = "voices" if name == "score" else "orders"
    return {
        f"{count}_before": found.n_before, f"{count}_after": found.n_after, f"{name}_before": found.before,
        f"{name}_after": found.after, f"{name}_change": found.change, f"{name}_low_90": found.low,
        f"{name}_high_90": found.high, f"{name}_p": found.p,
    }  # fmt: skip


def _times(repair: Repair, day: Places) -> tuple[Flags, Flags]:
    """Which days count before, and which after, for what is said."""
    before = (day >= max(repair.began, repair.day - SPAN)) & (day < repair.day)
    return before, (day >= repair.day) & (day < repair.day + SPAN)


def _mood(repair: Repair, taken: Looked) -> Compared | None:
    """What was said of the step, less what changed at the steps where nothing is wrong."""
    signals = taken.signals
    own = signals.step == STEP_NAMES.index(repair.step)
    before, after = _times(repair, _bought(taken))
    group = np.minimum(np.nan_to_num(signals.number("order_no")), ALIKE).astype(int).astype(str)
    labels = np.stack([group, signals.channel.astype(str), texts(signals.table["category"])], axis=1)
    traits = traits_of(np.zeros((len(signals), 0)), labels)
    others = _others(taken, own)
    return compared(
        taken.scores, own & before, own & after, traits, signals.customer, (others & before, others & after)
    )


def _behaviour(repair: Repair, rows: OrderRows) -> Iterator[tuple[str, Compared | None]]:
    """Whether another order came within 90 days, and revenue of these days, of all orders: who speaks changes with a repair.

    Only of customers who came in each time, and as long after they came: in a young shop only the quick have many orders.
    """
    orders = rows.orders
    first = _first_days(rows)
    before, after = _alike_long(repair, rows)
    month = np.array([month_number(day_of(int(day))) % 12 for day in rows.day], dtype=int)
    group = np.minimum(orders.number, ALIKE).astype(int)
    numbers = np.column_stack([np.log(orders.number), np.log(np.maximum(orders.gap, 1.0)), orders.delivery])
    traits = traits_of(numbers, np.stack([group.astype(str), month.astype(str)], axis=1))
    repeated = (rows.days_to_next <= REPEAT_DAYS).astype(float)
    sides = [(first >= low) & (rows.day >= low) & (rows.day < high) for low, high in (before, after)]
    for name, value in (("repeat", repeated), ("revenue", rows.revenue_after(REPEAT_DAYS))):
        yield name, compared(value, sides[0], sides[1], traits, orders.customer)


def _alike_long(repair: Repair, rows: OrderRows) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two times of one length, up to the repair and from it on, that end 90 days before today at the latest."""
    start = max(float(rows.day.min(initial=repair.day)), repair.began)
    last = float((rows.day + rows.days_seen).max(initial=repair.day)) - REPEAT_DAYS
    length = max(0.0, min(SPAN, repair.day - start, last - repair.day))
    return (repair.day - length, repair.day), (repair.day, repair.day + length)


def _first_days(rows: OrderRows) -> Floats:
    """The day of the customer's first order, of each order."""
    who = rows.orders.customer
    starts = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
    return np.repeat(rows.day[starts], np.diff(np.r_[starts, len(who)]))


def _correct(told: list[Row]) -> None:
    """Holm's correction over all figures of all repairs. Of one that was found its own chance must be small too: the day was
    chosen as the one that shows the clearest rise."""
    names = ("score_p", "repeat_p", "revenue_p")
    chances = [(row, name) for row in told for name in names if row.get(name) is not None]
    for (row, name), p in zip(chances, dips.holm([row[name] for row, name in chances]).tolist(), strict=True):
        row[name] = p
    for row in told:
        clear = row.get("score_p") is not None and max(row["score_p"], row["p_found"] or 0.0) <= SIGNIFICANT
        row["is_better"] = clear and row["score_change"] > 0
