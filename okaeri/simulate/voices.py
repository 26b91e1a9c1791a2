"""Who says something, when, about what and in which mood; the words are :mod:`okaeri.simulate.words`'s."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okaeri.schema.facts import VOICE_SOURCES
from okaeri.simulate.block import Block
from okaeri.simulate.money import CANCELLED, RETURNED
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.traits import RAKUTEN
from okaeri.simulate.visits import DAY
from okaeri.simulate.words import DICE, say

TOUCHPOINTS = ("expectation", "order", "delivery", "unboxing", "use", "support", "price", "repeat")
EXPECTATION, ORDER, DELIVERY, UNBOXING, USE, SUPPORT, PRICE, REPEAT = range(len(TOUCHPOINTS))
BEFORE, AFTER, REVIEW, INQUIRY, RETURN, SOCIAL, REPLY = range(len(VOICE_SOURCES))
#: Touchpoint a planted happening is talked about at.
TOUCHED = {"late_delivery": DELIVERY, "leaking_bottle": UNBOXING, "wrong_shade": USE, "kind_reply": SUPPORT}
#: What people talk about when nothing happened.
USUAL = (USE, USE, USE, DELIVERY, PRICE, REPEAT, ORDER)
STARS = 4


@dataclass
class Voices:
    """One entry per voice. ``row`` is the order, ``at`` seconds of shop time, ``mood`` -1, 0, 1, ``rating`` 0..1 or -1
    where none was asked, ``happening`` an index into the plan's that the voice tells of, or -1, ``felt`` the hidden
    satisfaction at the step it speaks of."""

    row: np.ndarray
    at: np.ndarray
    source: np.ndarray
    touchpoint: np.ndarray
    mood: np.ndarray
    rating: np.ndarray
    happening: np.ndarray
    felt: np.ndarray
    text: list[str]

    def __len__(self) -> int:
        return len(self.row)

    def source_names(self) -> list[str]:
        return [VOICE_SOURCES[s] for s in self.source.tolist()]

    def touchpoint_names(self) -> list[str]:
        return [TOUCHPOINTS[t] for t in self.touchpoint.tolist()]


def voices_of(block: Block) -> Voices:
    """Every voice of a block, by time; call once, its stream of chance is used up."""
    rng = block.streams["voices"]
    row, source, at = _who_speaks(block, rng)
    happening = block.orders.happening[row]
    tells = (
        (source != BEFORE) & (rng.random(len(row)) < block.plan.voicing.tells) | (source == INQUIRY) | (source == REPLY)
    )
    happening = np.where(tells & (source != BEFORE), happening, -1)
    noise, hoped = rng.normal(0, 0.35, len(row)), rng.beta(6, 2, len(row))
    touchpoint = _touchpoint(block, row, source, happening, rng)
    felt = block.orders.satisfaction[row] + _step_moods(block.plan)[touchpoint]
    rating = _rating(felt + noise, hoped, source)
    mood = _mood(felt, rating, source)
    dice = rng.integers(0, 1 << 30, (len(row), DICE))
    text = say(block.plan, block.orders.products[row, 0], source, touchpoint, mood, happening, dice)
    return Voices(row, at, source, touchpoint, mood, rating, happening, felt, text)


def _who_speaks(block: Block, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Order rows, source and second of every voice before the end, by time."""
    chances = _chances(block)
    rows, sources = np.nonzero(rng.random(chances.shape) < chances)
    orders, amounts = block.orders, block.amounts
    count = len(rows)
    after = np.array([0, 7, 9, 1, 2, 3, 6])[sources] * DAY
    spread = np.array([1, 10 * DAY, 14 * DAY, 4 * DAY, 6 * DAY, 9 * DAY, 8 * DAY])[sources]
    clock = rng.integers(8 * 3600, 23 * 3600, count)
    day = (after + (rng.random(count) * spread)).astype(int) // DAY + amounts.delivered_day[rows]
    at = np.where(sources == BEFORE, orders.day[rows] * DAY + orders.second[rows] + 120, day * DAY + clock)
    keep = np.flatnonzero(at < block.plan.days * DAY)
    keep = keep[np.lexsort((sources[keep], rows[keep], at[keep]))]
    return rows[keep], sources[keep], at[keep]


def _chances(block: Block) -> np.ndarray:
    """Chance of each source for each order (orders x sources)."""
    orders, plan = block.orders, block.plan
    mall = orders.store == RAKUTEN
    strong = 1 + np.abs(orders.satisfaction)
    names = np.array([h.name for h in plan.happenings] + [""])[orders.happening]
    bad = np.array([h.satisfaction < 0 for h in plan.happenings] + [False])[orders.happening]
    own = np.where(mall, 0.0, 1.0)
    say = plan.voicing
    columns = [
        np.where(orders.order_no == 1, 2 * say.survey_before, say.survey_before / 2) * own,
        say.survey_after * own,
        say.review * strong,
        np.where(bad, 0.4, say.inquiry),
        np.where(block.amounts.status == RETURNED, 0.9, 0.0),
        say.social * strong,
        np.where(names == "kind_reply", 0.6, say.reply * own),
    ]
    cancelled = block.amounts.status == CANCELLED
    return np.where(cancelled[:, None], 0.0, np.stack(np.broadcast_arrays(*columns), axis=1))


def _step_moods(plan: ShopPlan) -> np.ndarray:
    """What is added to satisfaction at each touchpoint."""
    return np.array([dict(plan.step_moods).get(name, 0.0) for name in TOUCHPOINTS])


def _rating(heard: np.ndarray, hoped: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Stars as quarters from 0 to 1: what was expected before, what is felt after; none elsewhere."""
    judged = np.rint(STARS / (1 + np.exp(-1.3 * heard - 0.9))) / STARS
    asked = (source == AFTER) | (source == REVIEW)
    return np.where(source == BEFORE, np.rint(hoped * STARS) / STARS, np.where(asked, judged, -1.0))


def _touchpoint(
    block: Block, row: np.ndarray, source: np.ndarray, happening: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    usual = np.array(USUAL)[rng.integers(0, len(USUAL), len(row))]
    told = np.array([*(TOUCHED.get(h.name, USE) for h in block.plan.happenings), -1])[happening]
    found = np.where(told >= 0, told, usual)
    found = np.where((source == REPLY) & (told < 0), SUPPORT, found)
    return np.where(source == BEFORE, EXPECTATION, found)


def _mood(felt: np.ndarray, rating: np.ndarray, source: np.ndarray) -> np.ndarray:
    """The rating's mood where there is one, else the customer's."""
    by_rating = np.where(rating >= 0.75, 1, np.where(rating >= 0.5, 0, -1))
    by_feeling = np.where(felt > 0.3, 1, np.where(felt > -0.3, 0, -1))
    mood = np.where(rating >= 0, by_rating, by_feeling)
    return np.where(source == RETURN, -1, np.where(source == REPLY, np.maximum(mood, 0), mood))
