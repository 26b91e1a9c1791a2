"""What each section of a page has to print, worked out in plain Python from the tables ``okaeri show`` gives.

A module of this folder holds the sections of some pages; :data:`TOLD` finds them by address and section.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from okaeri.shop import Shop
from tests.web.console.printed import Sheet, figures_in

if TYPE_CHECKING:
    from okaeri.records.models import Plan

Row = dict[str, Any]


class Ending(str):
    """Equals every text that ends so: names stand before an id, and are no figures."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.endswith(str(self))

    def __ne__(self, other: object) -> bool:
        return not self == other


class Beginning(str):
    """Equals every text that begins so: words people wrote follow, and are no figures."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.startswith(str(self))

    def __ne__(self, other: object) -> bool:
        return not self == other


@dataclass
class Told:
    """Tables in their order, every figure outside of tables, and what stands in lists, line by line."""

    sheets: list[Sheet] = field(default_factory=list)
    figures: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)

    def sheet(self, headings: str, rows: Iterable[Sequence[str]]) -> None:
        self.sheets.append(Sheet(tuple(headings.split(" | ") if headings else ()), tuple(map(tuple, rows))))

    def line(self, text: str) -> None:
        """The next line of a list."""
        self.lines.append(text)

    def say(self, *told: str) -> None:
        """Figures, or words with figures in them, that stand outside of tables."""
        self.figures |= {figure for one in told for figure in figures_in(one)}


class Truth:
    """The tables of a shop as ``okaeri show`` gives them."""

    def __init__(self, shop: Shop):
        self.shop = shop
        self.rules = shop.workspace.settings.rules
        self._shown: dict[str, list[Row]] = {}
        self._grouped: dict[object, dict[Any, list[Row]]] = {}

    def rows(self, table: str, **equal: object) -> list[Row]:
        """The rows whose columns hold these values."""
        if table not in self._shown:
            self._shown[table] = self.shop.show(table).to_pylist()
        return [row for row in self._shown[table] if all(row[name] == value for name, value in equal.items())]

    def row(self, table: str, **equal: object) -> Row:
        """The one such row."""
        (found,) = self.rows(table, **equal)
        return found

    def grouped(self, table: str, *names: str, **equal: object) -> dict[Any, list[Row]]:
        """Rows by the values of columns, or by the one value where only one column is named."""
        key = (table, names, tuple(equal.items()))
        if key not in self._grouped:
            found: dict[Any, list[Row]] = defaultdict(list)
            for row in self.rows(table, **equal):
                found[row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)].append(row)
            self._grouped[key] = dict(found)
        return self._grouped[key]

    @cached_property
    def as_of(self) -> date:
        from okaeri.loop import snapshots

        with self.shop.workspace.records():
            return snapshots.latest_refresh().as_of

    @cached_property
    def plan(self) -> Plan:
        """The plan in force."""
        from okaeri.loop import planning

        with self.shop.workspace.records():
            return planning.in_force()

    @cached_property
    def products(self) -> Mapping[str, str]:
        return {row["product_id"]: row["name"] or row["product_id"] for row in self.rows("products")}


Teller = Callable[[Truth, Told], None]
TOLD: dict[tuple[str, str], Teller] = {}


def tells(path: str, section: str) -> Callable[[Teller], Teller]:
    """Marks what tells a section of the page at ``path``."""

    def mark(teller: Teller) -> Teller:
        TOLD[path, section] = teller
        return teller

    return mark


def told(truth: Truth, path: str, section: str) -> Told:
    """What the section has to print."""
    whole = Told()
    TOLD[path, section](truth, whole)
    return whole


for _page in ("customers", "emotion", "plan", "products", "segments", "today", "value"):
    import_module(f"{__name__}.{_page}")
