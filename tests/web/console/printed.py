"""What a page prints: its tables, heading by heading and cell by cell, and the figures that stand outside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.test.html import Element, parse_html

#: A number as pages write it: 1,234 or −12.5%. Codes such as R5, A12 or 2026-04 hold none.
_NUMBER = re.compile(r"(?<![\w.,−-])−?[¥×+]?\d[\d,]*(?:\.\d+)?%?(?![\w-])")


#: What is a line: of a list, below a quotation, of facts, and over a voice.
LINES = ("li", "footer", "dt")
#: Where figures are compared cell by cell or line by line, or are not the shop's but somebody's own words.
ELSEWHERE = ("tbody", "thead", "select", "textarea")


@dataclass(frozen=True)
class Sheet:
    """A table: its headings, and below them the text of each row's cells."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Part:
    """A page or a part of it."""

    def __init__(self, root: Element):
        self._root = root

    @classmethod
    def of(cls, html: str) -> Part:
        """The part of a page between its menu and its foot."""
        return next(part for part in cls(parse_html(html))._all("main"))

    def sections(self) -> dict[str, Part]:
        """The page's sections by what they are called."""
        names = ("id", "aria-labelledby", "aria-label")
        return {next(filter(None, map(part.attribute, names)), ""): part for part in self._all("section")}

    def attribute(self, name: str) -> str:
        return str(dict(self._root.attributes).get(name) or "")

    def sheets(self) -> list[Sheet]:
        """Its tables in their order."""
        return [_sheet(part) for part in self._all("table")]

    def loose(self, *, with_lists: bool) -> set[str]:
        """The figures outside of tables and, unless one asks for them, outside of lists."""
        return set(figures_in(_text(self._root, leave_out=ELSEWHERE if with_lists else (*ELSEWHERE, *LINES))))

    def beside(self) -> set[str]:
        """The figures that stand in none of its sections."""
        return set(figures_in(_text(self._root, leave_out=("section",))))

    def lines(self) -> list[str]:
        """What stands in its lists, and below what people wrote."""
        return [_text(line) for line in _found(self._root, *LINES)]

    def text(self) -> str:
        """All its words."""
        return _text(self._root)

    def all(self, name: str) -> list[Part]:
        """Its elements called ``name``."""
        return list(self._all(name))

    def _all(self, name: str) -> Iterator[Part]:
        return map(Part, _found(self._root, name))


def figures_in(text: str) -> list[str]:
    """The numbers in a text, in their order."""
    return _NUMBER.findall(text)


def _found(element: Element, *names: str) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, str):
            continue
        if child.name in names or _is_fact(child, names):
            yield child
        else:
            yield from _found(child, *names)


def _is_fact(element: Element, names: tuple[str, ...]) -> bool:
    """Whether a division holds a word and what it says: one line of a list of facts."""
    inner = [child.name for child in element.children if not isinstance(child, str)]
    return "dt" in names and element.name == "div" and "dt" in inner


def _text(element: Element, leave_out: tuple[str, ...] = ()) -> str:
    """The words of an element that people see or hear, with one space where there is room."""
    told = []
    for child in element.children:
        if isinstance(child, str):
            told.append(child)
        elif not (child.name in ("script", "style", *leave_out) or _is_fact(child, leave_out) or _is_hidden(child)):
            told.append(_text(child, leave_out))
    return " ".join(" ".join(told).split())


def _sheet(table: Part) -> Sheet:
    headings = [cell for head in table.all("thead") for cell in _cells(head.all("tr")[-1])]
    spans = [int(dict(cell.attributes).get("colspan", "1")) for cell in headings]
    rows = [_cells(row) for body in table.all("tbody") for row in body.all("tr")]
    return Sheet(
        tuple(_text(cell) for cell in headings if not _is_hidden(cell)),
        tuple(_together(row, spans, [not _is_hidden(cell) for cell in headings]) for row in rows),
    )


def _cells(row: Part) -> list[Element]:
    return [child for child in row._root.children if not isinstance(child, str)]


def _together(row: list[Element], spans: list[int], shown: list[bool]) -> tuple[str, ...]:
    """The texts of a row, those under one heading as one; under a heading nobody hears they are left out."""
    texts = [_text(cell) for cell in row]
    if not spans:
        return tuple(texts)
    left = iter(texts)
    found = [" ".join(" ".join(islice(left, span)).split()) for span in spans]
    return (*(text for text, is_shown in zip(found, shown, strict=True) if is_shown), *left)


def _is_hidden(cell: Element) -> bool:
    return ("aria-hidden", "true") in cell.attributes
