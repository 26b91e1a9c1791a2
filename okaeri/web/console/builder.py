"""What the form that edits a rule shows: its parts with their choices, the rule in words, how many fit and their LTV."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext, pgettext_lazy

from okaeri.loop.customers import Choice, size_of, values_of
from okaeri.loop.published import Published
from okaeri.schema.errors import RuleRefused
from okaeri.schema.people import people
from okaeri.schema.segment_words import COLUMNS, DEEDS, OPERATORS, Naming, describe, word
from okaeri.schema.segments import EVERYBODY, Rule, parse, written
from okaeri.schema.segments import OPERATORS as ALLOWED
from okaeri.web.console.draft import GROUPS, Draft, plain
from okaeri.web.console.naming import namer, products_of, sentence_of

#: Which days a count may be of.
WINDOWS = {
    "ever": pgettext_lazy("days counted", "Ever"), "last": pgettext_lazy("days counted", "In the last"),
    "between": pgettext_lazy("days counted", "Between two days"),
    "first": pgettext_lazy("days counted", "From the first order on, for"),
}  # fmt: skip
#: Groups deeper than this are not offered, as nobody can read them; a rule from elsewhere may have them.
DEEPEST_OFFERED = 3


def builder(laid: Published, draft: Draft) -> dict[str, Any]:
    """Everything the form's template asks for."""
    name, language = namer(laid), get_language() or "en"
    rule, problem = _read(draft)
    return {
        "tree": _shown(draft, "0", 1, laid, name, language),
        "rule": written(rule) if rule is not None else "",
        "words": describe(rule, language, name) if rule is not None else "",
        "problem": problem,
        "size": size_of(laid, Choice(rule)) if rule is not None else None,
        "columns": [(column, word(COLUMNS[column], language)) for column in people.column_names],
        "deeds": [(did, word(pair, language)) for did, pair in DEEDS.items()],
        "goods": _goods(laid),
        "windows": WINDOWS.items(),
        "counting": [(op, word(OPERATORS[op], language)) for op in ("at_least", "below")],
        "is_everybody": rule == EVERYBODY,
    }


def _read(draft: Draft) -> tuple[Rule | None, str]:
    try:
        return parse(plain(draft)), ""
    except RuleRefused as refused:
        return None, sentence_of(refused)


def _goods(laid: Published) -> list[dict[str, Any]]:
    products = sorted(products_of(laid).items(), key=lambda item: item[1])
    categories = sorted({row["category"] for row in laid.table("products").to_pylist() if row["category"]})
    return [
        {"title": gettext("Category"), "choices": [(f"category:{category}", category) for category in categories]},
        {"title": gettext("Product"), "choices": [(f"product:{code}", name) for code, name in products]},
    ]


def _shown(draft: Draft, at: str, depth: int, laid: Published, name: Naming, language: str) -> dict[str, Any]:
    """A part with its place and the choices of its fields."""
    if draft["kind"] in GROUPS:
        parts = [
            _shown(part, f"{at}.{number}", depth + 1, laid, name, language)
            for number, part in enumerate(draft["parts"])
        ]
        return {
            "at": at, "kind": draft["kind"], "parts": parts, "count": len(parts), "is_outermost": at == "0",
            "may_hold_groups": depth < DEEPEST_OFFERED,
        }  # fmt: skip
    part = {**draft, "at": at, "number": ".".join(str(int(place) + 1) for place in at.split(".")[1:])}
    return part | (_comparison(draft, laid, name, language) if draft["kind"] == "compare" else {})


def _comparison(draft: Draft, laid: Published, name: Naming, language: str) -> dict[str, Any]:
    column = people[draft["column"]] if draft["column"] in people.column_names else people["status"]
    operators = (*ALLOWED[column.type], *(("empty",) if column.nullable else ()))
    op = draft["op"] if draft["op"] in operators else operators[0]
    field, choices = _field(column.type, op), []
    if op == "is" and column.type != "boolean":
        choices = [(str(value), name(column.name, value)) for value in values_of(laid, column.name)]
        field = "several" if choices else "text"
    values = draft["values"]
    return {
        "op": op, "operators": [(one, word(OPERATORS[one], language)) for one in operators], "field": field,
        "choices": choices, "value": values[0] if values else "", "unit": column.unit,
    }  # fmt: skip


def _field(kind: str, op: str) -> str:
    """The kind of field a value is written in."""
    if op == "empty" or kind == "boolean":
        return "truth"
    if op in ("last_days", "next_days"):
        return "days"
    return {"date": "date", "int64": "number", "float64": "number"}.get(kind, "text")
