"""Lists of customers: found by a rule and by what was typed, how many and what worth, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db.models import Q, QuerySet

from okaeri.lib.search_text import terms
from okaeri.loop.choosing import Fits, count, fits, place_of
from okaeri.loop.columns import Numbers, column, sort_key
from okaeri.loop.published import Published
from okaeri.records.models import Link, Person, PersonText
from okaeri.schema.people import people
from okaeri.schema.segments import EVERYBODY, Rule

PAGE_ROWS = 50
#: Pages one can turn to; further on, a narrower choice is quicker for people too.
MOST_PAGES = 200
#: People a search finds at most.
MOST_FOUND = 1_000
BATCH_ROWS = 5_000
#: Digits of the shortest whole phone number.
WHOLE_PHONE = 10
#: Values of a column offered to choose from.
MOST_CHOICES = 200
#: Of fewer people sums are as good as told of one.
FEWEST = 5
#: Columns summed up over the people chosen.
SUMMED = ("revenue", "residual_value", "lifetime_value")


@dataclass(frozen=True)
class Choice:
    """Who is asked for: those who fit ``rule`` and, where ``found`` is given, are among these ids."""

    rule: Rule = EVERYBODY
    found: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Size:
    """How many people, and past, expected and lifetime value of all of them; those without a forecast count as 0."""

    people: int
    revenue: float
    residual_value: float
    lifetime_value: float
    fewest: ClassVar[int] = FEWEST

    @property
    def is_of_few(self) -> bool:
        """Whether so few are meant that figures of them are for those only who may see single people."""
        return self.people < FEWEST

    @property
    def revenue_each(self) -> float | None:
        return self._each(self.revenue)

    @property
    def residual_value_each(self) -> float | None:
        return self._each(self.residual_value)

    @property
    def lifetime_value_each(self) -> float | None:
        return self._each(self.lifetime_value)

    def _each(self, total: float) -> float | None:
        return total / self.people if self.people else None


def search(query: str) -> tuple[str, ...]:
    """Ids of the persons in whose name, kana, mail, phone or id every word of ``query`` stands, as measured tables name
    them; the first MOST_FOUND. A whole mail, phone number or id finds whose it is alone. Call it with the records in use.
    """
    if exact := list(_whose(query).values_list("customer_id", flat=True)[:MOST_FOUND]):
        return tuple(dict.fromkeys(persons_of(exact)))
    return tuple(dict.fromkeys(persons_of(PersonText.objects.all().found(query, MOST_FOUND))))


def _whose(query: str) -> QuerySet[Person]:
    """Persons known by just this mail, phone number or id; found by an index, however many there are."""
    words = terms(query)
    if len(words) != 1:
        return Person.objects.none()
    is_whole_phone = words[0].isdecimal() and len(words[0]) >= WHOLE_PHONE
    keys = Q(customer_id=query.strip()) | Q(mail_key=words[0])
    return Person.objects.filter(keys | Q(phone_key=words[0]) if is_whole_phone else keys)


def persons_of(customer_ids: list[str]) -> list[str]:
    """The persons these customers of stores are counted under."""
    linked = dict(
        Link.objects.filter(undone_at=None, customer_id__in=customer_ids).values_list("customer_id", "person_id")
    )
    return [linked.get(customer_id, customer_id) for customer_id in customer_ids]


def person_id_of(customer_id: str) -> str:
    """The id under which this customer's rows are counted."""
    link = Link.objects.filter(customer_id=customer_id, undone_at=None).first()
    return link.person_id if link else customer_id


def ids_of(person_id: str) -> list[str]:
    """Every id counted under ``person_id``, itself first."""
    linked = Link.objects.filter(person_id=person_id, undone_at=None).order_by("customer_id")
    return [person_id, *(made for made in linked.values_list("customer_id", flat=True) if made != person_id)]


def names_of(customer_ids: Sequence[str]) -> dict[str, Person]:
    """What the records hold of these persons, by id."""
    return {person.customer_id: person for person in Person.objects.filter(customer_id__in=customer_ids)}


@lru_cache(maxsize=64)
def chosen(laid: Published, choice: Choice) -> Fits:
    """Who is meant, one truth per person."""
    fit = fits(laid, choice.rule)
    if choice.found is None:
        return fit
    places = [place for name in choice.found if (place := place_of(laid, name)) is not None]
    found = np.zeros(count(laid), bool)
    found[places] = True
    return found & fit


def size_of(laid: Published, choice: Choice) -> Size:
    """How many fit, and what they are worth."""
    fit = chosen(laid, choice)
    return Size(int(fit.sum()), *(float(_amounts(laid, name)[fit].sum()) for name in SUMMED))


@lru_cache(maxsize=8)
def _amounts(laid: Published, name: str) -> Numbers:
    return np.nan_to_num(sort_key(column(laid.place("people"), name)))


def page_of(laid: Published, choice: Choice, sort: str, *, is_falling: bool, page: int) -> list[dict[str, Any]]:
    """One page of those who fit, by column ``sort``; empty cells last, ties by id."""
    order = _order(laid, people[sort].name, is_falling)
    start = (min(max(page, 1), MOST_PAGES) - 1) * PAGE_ROWS
    places = order[chosen(laid, choice)[order]][start : start + PAGE_ROWS]
    return rows_of(laid, places)


@lru_cache(maxsize=8)
def _order(laid: Published, sort: str, is_falling: bool) -> npt.NDArray[np.int64]:
    """Everybody's places in order; those with an empty cell come last either way."""
    key = sort_key(column(laid.place("people"), sort))
    return np.argsort(-key if is_falling else key, kind="stable")


def rows_of(laid: Published, places: Sequence[int] | npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Everything about the people at these places."""
    wanted = pa.array(places, type=pa.int64())
    cells = {name: column(laid.place("people"), name).take(wanted).to_pylist() for name in people.column_names}
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def row_of(laid: Published, customer_id: str) -> dict[str, Any] | None:
    """Everything about one person; None where nobody is called so."""
    place = place_of(laid, customer_id)
    return None if place is None else rows_of(laid, [place])[0]


def batches_of(laid: Published, choice: Choice) -> Iterator[list[dict[str, Any]]]:
    """All who fit in the order of their ids, some thousands at a time."""
    places = np.flatnonzero(chosen(laid, choice))
    for start in range(0, len(places), BATCH_ROWS):
        yield rows_of(laid, places[start : start + BATCH_ROWS])


@lru_cache(maxsize=256)
def values_of(laid: Published, name: str) -> tuple[object, ...]:
    """The values of a column of people in their order; none where there are more than can be chosen from."""
    values = column(laid.place("people"), people[name].name)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary
    if pa.types.is_floating(values.type) or (pa.types.is_string(values.type) and len(values) == count(laid)):
        return ()
    found = values.unique().drop_null().sort()
    return tuple(found.to_pylist()) if len(found) <= MOST_CHOICES else ()
