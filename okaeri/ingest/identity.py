"""Who of several stores' customers are one person.

Evidence, strongest first: the same mail; the same phone and kana; the same phone and name (kanji forms made equal).
What does *not* join: a phone alone, a key shared by more than 20 ids, a dummy, a mail a mall has masked, the same mail
under two different names (a family's mailbox), or phone evidence between two members of one store: a store's own ids
tell its members apart, and only a mail says otherwise. Guests, whose ids okaeri derives, may join anybody. Two
customers somebody has taken apart never come together again, not even through others.

Evidence is weighed in a fixed order, so the order of the input does not matter; joins made earlier come first, so a
person keeps the ``person_id`` they have when new files arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from okaeri.ingest.ids import is_derived
from okaeri.ingest.namesakes import one_persons
from okaeri.ingest.person_keys import Keys, normalised

#: A key that more ids than this share is a shop's own number or a dummy.
TOO_COMMON = 20
#: Kinds of evidence, strongest first.
REASONS = ("mail", "phone_kana", "phone_name")

#: A person as files give them; columns as in :data:`okaeri.ingest.parsed.PERSON_COLUMNS`, missing ones allowed.
Person = Mapping[str, str | None]


class Link(NamedTuple):
    """``customer_id`` counts as ``person_id``; ``evidence_key`` is what they, or others of that person, share."""

    customer_id: str
    person_id: str
    reason: str
    evidence_key: str


class Edge(NamedTuple):
    """Evidence that two ids are one person; sorts by strength (place in REASONS), then key, then ids."""

    strength: int
    key: str
    one: str
    other: str


def link(
    persons: Iterable[Person], existing: Mapping[str, str] | None = None, undone: Iterable[tuple[str, str]] = ()
) -> list[Link]:
    """The links that are new, or lead elsewhere than in ``existing``, sorted by customer.

    ``existing`` maps customer to person; ``undone`` are pairs of ids that must stay apart. A person may come in several
    rows. The person_id is one already in use, else the id of a member rather than of a guest, else the shortest, then
    the smallest.
    """
    evidence = Evidence()
    for person in persons:
        evidence.add(person)
    groups = _Groups(existing or {}, undone)
    for edge in sorted(evidence.edges()):
        groups.weigh(edge)
    return sorted(groups.links())


class Evidence:
    """Rows of persons by what they share."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._written: list[tuple[str | None, str | None]] = []
        self._rows: tuple[dict[str, int | list[int]], ...] = ({}, {}, {})

    def add(self, person: Person) -> None:
        """Take one row in; one without an id is of nobody."""
        customer = person.get("customer_id")
        if not customer:
            return
        row = len(self._ids)
        self._ids.append(customer)
        self._written.append((person.get("name"), person.get("kana")))
        for rows, key in zip(self._rows, _evidence_keys(normalised(person)), strict=True):
            if key is not None:
                _gather(rows, key, row)

    def edges(self) -> Iterator[Edge]:
        """What speaks for two ids being one person."""
        for strength, shared in enumerate(self._rows):
            for key, rows in shared.items():
                if isinstance(rows, list):
                    for one, other in self._pairs(strength, rows):
                        yield Edge(strength, key, one, other)

    def _pairs(self, strength: int, rows: list[int]) -> Iterable[tuple[str, str]]:
        ids = {self._ids[row] for row in rows}
        if not 1 < len(ids) <= TOO_COMMON:
            return ()
        return combinations(sorted(ids), 2) if REASONS[strength] != "mail" else one_persons(self._names(rows))

    def _names(self, rows: list[int]) -> dict[str, set[Keys]]:
        """Each id's names among ``rows``, as keys without mail and phone."""
        names: dict[str, set[Keys]] = {}
        for row in rows:
            name, kana = self._written[row]
            names.setdefault(self._ids[row], set()).add(normalised({"name": name, "kana": kana}))
        return names


def _evidence_keys(keys: Keys) -> tuple[str | None, str | None, str | None]:
    """In the order of :data:`REASONS`."""
    if keys.phone is None:
        return keys.mail, None, None
    kana = f"{keys.phone} {keys.kana}" if keys.kana else None
    return keys.mail, kana, f"{keys.phone} {keys.name}" if keys.name else None


def _gather(rows: dict[str, int | list[int]], key: str, row: int) -> None:
    """A list only for keys that are shared: nearly all belong to one row."""
    seen = rows.setdefault(key, row)
    if isinstance(seen, list):
        seen.append(row)
    elif seen != row:
        rows[key] = [seen, row]


class _Groups:
    """Ids joined into persons."""

    def __init__(self, existing: Mapping[str, str], undone: Iterable[tuple[str, str]]):
        self._leader: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._best: dict[str, Edge] = {}
        self._apart: dict[str, set[str]] = {}
        self._existing = existing
        self._in_use = set(existing.values())
        for one, other in undone:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)
        for customer, person in existing.items():
            self._join(self._find(customer), self._find(person))

    def weigh(self, edge: Edge) -> None:
        """Join the two ids unless something speaks against it."""
        one, other = self._find(edge.one), self._find(edge.other)
        if one != other:
            if self._kept_apart(one, other) or (edge.strength and self._two_members(one, other)):
                return
            self._join(one, other)
        for customer in (edge.one, edge.other):
            self._best.setdefault(customer, edge)

    def _find(self, customer: str) -> str:
        leader = self._leader.setdefault(customer, customer)
        while leader != self._leader[leader]:
            leader = self._leader[leader]
        self._leader[customer] = leader
        return leader

    def _of(self, leader: str) -> list[str]:
        return self._members.get(leader) or [leader]

    def _join(self, one: str, other: str) -> None:
        if one == other:
            return
        large, small = sorted((one, other), key=lambda leader: len(self._of(leader)), reverse=True)
        self._members[large] = self._of(large) + self._of(small)
        self._members.pop(small, None)
        self._leader[small] = large

    def _kept_apart(self, one: str, other: str) -> bool:
        if not self._apart:
            return False
        barred = {barred for member in self._of(one) for barred in self._apart.get(member, ())}
        return not barred.isdisjoint(self._of(other))

    def _two_members(self, one: str, other: str) -> bool:
        """Whether one store would then have two members who are one person."""
        return not self._stores(one).isdisjoint(self._stores(other))

    def _stores(self, leader: str) -> set[str]:
        return {member.partition(":")[0] for member in self._of(leader) if not is_derived(member)}

    def links(self) -> Iterator[Link]:
        """What is new or changed."""
        for members in self._members.values():
            changed = [member for member in members if member in self._best]
            if changed:
                yield from self._links_of(members, min(self._best[member] for member in changed))

    def _links_of(self, members: list[str], strongest: Edge) -> Iterator[Link]:
        person = leader(self._in_use.intersection(members) or members)
        for member in members:
            if self._existing.get(member, member) != person:
                edge = self._best.get(member, strongest)
                yield Link(member, person, REASONS[edge.strength], edge.key)


def leader(customers: Iterable[str]) -> str:
    """Under whose id these are counted, where none is in use yet."""
    return min(customers, key=_rank)


def _rank(customer: str) -> tuple[bool, int, str]:
    return is_derived(customer), len(customer), customer
