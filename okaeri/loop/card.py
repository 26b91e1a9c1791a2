"""What the shop knows of one customer, gathered for somebody who is about to speak or write to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from okaeri.lib.periods import day_of
from okaeri.loop.choosing import place_of
from okaeri.loop.columns import column
from okaeri.loop.customers import ids_of, row_of
from okaeri.loop.published import Published
from okaeri.loop.workspace import Workspace
from okaeri.records.models import Note, Person

Row = dict[str, Any]
#: Tables read for a card, each for this one customer.
TABLES = (
    "customer_orders", "customer_voices", "emotion_signals", "purchase_lines", "recommendations", "stock_at_home",
    "next_order", "churn_risk", "survey_pairs", "subscriber_value",
)  # fmt: skip
#: A feeling from which something said is a complaint, and one from which it is praise.
UNHAPPY, HAPPY = -0.3, 0.3
#: Ratings, from 0 to 1, that say the same where nobody read the words.
LOW_RATING, HIGH_RATING = 0.25, 0.75
#: Orders that came to nothing.
UNDONE = ("cancelled", "returned")
#: Days after which a complaint nobody answered counts as past.
TROUBLE_DAYS = 180
#: Parts of the day by their first hour, and orders needed before one is named.
PARTS = ((6, "morning"), (11, "noon"), (14, "afternoon"), (18, "evening"), (22, "night"))
FEWEST_ORDERS = 3
#: Days back in which opened messages tell that mail is read.
READING_DAYS = 365
#: What they did that a talk may turn to: with messages, subscriptions, and friends; what they only looked at is left out.
WORTH_TELLING = ("open", "click", "block", "subscribe", "skip", "cancel", "refer")


@dataclass(frozen=True)
class Card:
    """One customer: ``row`` of people, ``rows`` by table of TABLES, persons by store, notes newest first."""

    row: Row
    rows: Mapping[str, list[Row]]
    persons: tuple[Person, ...]
    notes: tuple[Note, ...]
    deeds: Mapping[str, tuple[date, ...]]
    as_of: date
    zone: str

    @cached_property
    def person(self) -> Person | None:
        """The person as the store tells that tells most."""
        told = sorted(self.persons, key=lambda one: (not one.name, not one.phone, not one.address, one.customer_id))
        return told[0] if told else None

    @cached_property
    def voices(self) -> list[Row]:
        """What they said, newest first."""
        return sorted(self.rows["customer_voices"], key=lambda row: (row["at"], row["voice_id"]), reverse=True)

    @cached_property
    def orders(self) -> list[Row]:
        """Their orders, newest first, each with the goods in it."""
        goods: dict[str, list[str]] = {}
        for line in self.rows["purchase_lines"]:
            goods.setdefault(line["order_id"], []).append(line["product_id"])
        orders = sorted(
            self.rows["customer_orders"], key=lambda row: (row["ordered_at"], row["order_id"]), reverse=True
        )
        return [order | {"goods": goods.get(order["order_id"], [])} for order in orders]

    @cached_property
    def expected(self) -> Row | None:
        """The latest answer before a purchase that says in words what they expected."""
        return next((voice for voice in self.voices if voice["source"] == "survey_before" and voice["text"]), None)

    @cached_property
    def acts(self) -> list[Row]:
        """What of WORTH_TELLING they did, by day, and how often on it; newest first, at the end of its day."""
        zone = ZoneInfo(self.zone)
        counted = Counter((day, did) for did in WORTH_TELLING for day in self.deeds.get(did, ()))
        return [
            {"did": did, "on": day, "times": times, "at": datetime.combine(day, time.max, zone)}
            for (day, did), times in sorted(counted.items(), reverse=True)
        ]

    @cached_property
    def last_goods(self) -> list[str]:
        """The products of the latest order that counted."""
        lines = self.rows["purchase_lines"]
        newest = max((line["order_no"] for line in lines), default=0)
        return sorted(line["product_id"] for line in lines if line["order_no"] == newest)

    @cached_property
    def trouble(self) -> Row | None:
        """The latest complaint of the last half year after which they neither ordered nor spoke well."""
        for voice in self.voices:
            if voice["source"] == "survey_before":
                continue
            if mood(voice) == "happy" or voice["voice_date"] < self.as_of - timedelta(days=TROUBLE_DAYS):
                return None
            if voice["source"] == "return" or mood(voice) == "unhappy":
                is_over = any(
                    order["ordered_at"] > voice["at"] for order in self.orders if order["status"] not in UNDONE
                )
                return None if is_over else voice
        return None

    @cached_property
    def stock(self) -> list[Row]:
        """What they probably still have, soonest used up first."""
        return sorted(self.rows["stock_at_home"], key=lambda row: (row["runs_out_on"], row["product_id"]))

    @cached_property
    def next(self) -> Row | None:
        """The product to offer next."""
        offered = [row for row in self.rows["recommendations"] if row["placement"] == "for_you"]
        return min(offered, key=lambda row: row["rank"], default=None)

    @cached_property
    def hours(self) -> tuple[str, int, int] | None:
        """The part of the day most orders came in, how many did, of how many; None where too few tell a time."""
        at = [order["ordered_at"].astimezone(ZoneInfo(self.zone)) for order in self.orders]
        # Files that give only the day of an order put it at midnight.
        timed = [part_of_day(instant) for instant in at if (instant.hour, instant.minute, instant.second) != (0, 0, 0)]
        if len(timed) < FEWEST_ORDERS:
            return None
        (part, most), *others = Counter(timed).most_common()
        return (part, most, len(timed)) if not others or others[0][1] < most else None

    @cached_property
    def channel(self) -> tuple[str, int]:
        """By what to reach them, and how often they opened or clicked in the last year; unknown where nothing tells."""
        since = self.as_of - timedelta(days=READING_DAYS)
        read = sum(day >= since for did in ("open", "click") for day in self.deeds.get(did, ()))
        last_read = max((*self.deeds.get("open", ()), *self.deeds.get("click", ())), default=date.min)
        person = self.person
        if max(self.deeds.get("block", ()), default=date.min) > last_read:
            return ("phone" if person and person.phone else "letter" if person and person.address else "blocked", read)
        if read:
            return "mail", read
        return ("phone", 0) if self.row["first_store"] == "phone" and person and person.phone else ("unknown", 0)


def card_of(workspace: Workspace, laid: Published, customer_id: str) -> Card | None:
    """Everything for the card of one customer; None where nobody is called so. Call it with the records in use."""
    row = row_of(laid, customer_id)
    if row is None:
        return None
    ids = ids_of(customer_id)
    return Card(
        row, {name: laid.of_customer(name, customer_id) for name in TABLES},
        tuple(Person.objects.filter(customer_id__in=ids).order_by("customer_id")),
        tuple(Note.objects.filter(customer_id__in=ids)), _deeds(laid, customer_id), laid.as_of,
        workspace.settings.shop.timezone,
    )  # fmt: skip


def mood(voice: Row) -> str:
    """Whether something said was happy or unhappy, by its words, else its rating; neutral where neither tells."""
    if voice["score"] is not None:
        return "unhappy" if voice["score"] <= UNHAPPY else "happy" if voice["score"] >= HAPPY else "neutral"
    if voice["rating"] is not None and voice["source"] != "survey_before":
        return "unhappy" if voice["rating"] <= LOW_RATING else "happy" if voice["rating"] >= HIGH_RATING else "neutral"
    return "neutral"


def part_of_day(at: datetime) -> str:
    """The part of the day an instant falls into."""
    return next((name for hour, name in reversed(PARTS) if at.hour >= hour), PARTS[-1][1])


def _deeds(laid: Published, customer_id: str) -> dict[str, tuple[date, ...]]:
    """The days of what they did, by kind."""
    place, number = laid.place("acted"), place_of(laid, customer_id) or 0
    first, end = np.searchsorted(column(place, "person_no").to_numpy(), [number, number + 1])
    days = column(place, "day").slice(first, end - first).to_pylist()
    kinds = column(place, "did").slice(first, end - first).to_pylist()
    found: dict[str, list[date]] = {}
    for kind, day in zip(kinds, days, strict=True):
        found.setdefault(kind, []).append(day_of(day))
    return {kind: tuple(sorted(days)) for kind, days in found.items()}
