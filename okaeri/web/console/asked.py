"""What a list of customers is asked for, read from its address and written into others."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from okaeri.loop import customers, segments
from okaeri.loop.customers import Choice
from okaeri.schema.errors import RuleRefused
from okaeri.schema.people import people
from okaeri.schema.segments import EVERYBODY, Any, Rule, both, parse, read, written
from okaeri.web.console.naming import sentence_of

SORT = "-lifetime_value"
LONGEST_SEARCH = 100
TRUE = ("true", "1", "yes")


@dataclass(frozen=True)
class Asked:
    """A list as asked for: ``problem`` is the sentence about a rule that cannot be read, which then chooses nobody."""

    query: str = ""
    rule: Rule = EVERYBODY
    segment: segments.Saved | None = None
    sort: str = SORT
    page: int = 1
    problem: str = ""

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_falling(self) -> bool:
        return self.sort.startswith("-")

    def address(self, **changed: object) -> str:
        """The part of the address after the question mark, with something else asked."""
        told = {
            "q": self.query, "segment": self.segment.number if self.segment else "",
            "rule": "" if self.segment or self.rule == EVERYBODY else written(self.rule),
            "sort": self.sort if self.sort != SORT else "", "page": self.page if self.page > 1 else "", **changed,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in told.items() if value not in ("", None)})

    def choice(self, *, may_see_people: bool) -> Choice:
        """Who is meant; those who may not see people cannot look for one."""
        if not self.query or not may_see_people:
            return Choice(self.rule)
        return Choice(self.rule, customers.search(self.query))


def asked_for(given: QueryDict) -> Asked:
    """What the address asks for; columns of people may stand in it by name, as ``?status=dormant&r=5``."""
    query = given.get("q", "").strip()[:LONGEST_SEARCH].replace("\x00", "")
    sort = given.get("sort", SORT)
    sort = sort if sort.removeprefix("-") in people.column_names else SORT
    number = given.get("page", "1")
    page = min(int(number), customers.MOST_PAGES) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    saved = _segment(given.get("segment", ""))
    try:
        rule, problem = _rule(given, saved), ""
    except RuleRefused as refused:
        rule, problem = Any(()), sentence_of(refused)
    is_plain = saved is not None and rule == saved.rule
    return Asked(query, rule, saved if is_plain else None, sort, max(page, 1), problem)


def _segment(number: str) -> segments.Saved | None:
    return segments.segment(int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None


def _rule(given: QueryDict, saved: segments.Saved | None) -> Rule:
    rules = [saved.rule] if saved else []
    if given.get("rule"):
        rules.append(read(str(given["rule"])))
    for name in people.column_names:
        if name in given:
            rules.append(parse(_equal(name, str(given[name]))))
    return both(*rules) if rules else EVERYBODY


def _equal(name: str, text: str) -> dict[str, object]:
    """``column=a,b`` as a rule."""
    kind = people[name].type
    values: list[object] = [_typed(kind, part) for part in text.split(",") if part]
    return {"column": name, "op": "is", "value": values}


def _typed(kind: str, text: str) -> object:
    if kind == "boolean":
        return text in TRUE
    if kind == "int64" and text.isascii() and text.removeprefix("-").isdecimal() and len(text) < 16:
        return int(text)
    return text
