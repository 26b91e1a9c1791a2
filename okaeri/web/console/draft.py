"""A rule while it is edited: what a form says, whole or not, turned into plain JSON and back.

Every part has its place, as 0.2.1, and each of its fields a name with that place: ``kind-0.2.1``, ``value-0.2.1``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any as Whatever

from django.http import QueryDict

from okaeri.schema.people import people
from okaeri.schema.segments import All, Any, Compare, Did, Not, Rule, told

Draft = dict[str, Whatever]
GROUPS = ("all", "any", "none")
MOST_PARTS = 60
NEW: Mapping[str, Draft] = {
    "group": {"kind": "any", "parts": []},
    "compare": {"kind": "compare", "column": "status", "op": "is", "values": []},
    "did": {"kind": "did", "did": "bought", "op": "at_least", "times": "1", "window": "ever", "days": "", "since": "",
            "last": "", "goods": ""},
}  # fmt: skip
#: The fields of a count, as a form sends them; ``last`` is the last day counted, as people say it.
COUNTED = ("did", "op", "times", "window", "days", "since", "last", "goods")


def drafted(rule: Rule) -> Draft:
    """The rule as a form shows it: a group around whatever it is."""
    draft = _part(rule)
    return draft if draft["kind"] in GROUPS else {"kind": "all", "parts": [draft]}


def _part(rule: Rule) -> Draft:
    match rule:
        case All(parts):
            return {"kind": "all", "parts": [_part(part) for part in parts]}
        case Any(parts):
            return {"kind": "any", "parts": [_part(part) for part in parts]}
        case Not(Any(parts)):
            return {"kind": "none", "parts": [_part(part) for part in parts]}
        case Not(part):
            return {"kind": "none", "parts": [_part(part)]}
        case Compare(column, op):
            value = told(rule)["value"]
            values = value if isinstance(value, list) else [value]
            return {"kind": "compare", "column": column, "op": op, "values": [_shown(one) for one in values]}
        case Did():
            goods = f"product:{rule.product}" if rule.product else f"category:{rule.category}" if rule.category else ""
            count = {"did": rule.did, "op": rule.op, "times": str(rule.times), "goods": goods}
            return {"kind": "did", **count, **_window_of(rule)}


def _window_of(rule: Did) -> Draft:
    dates = {"since": str(rule.since or ""), "last": str(rule.before - timedelta(days=1)) if rule.before else ""}
    days = rule.days or rule.first_days
    kinds = {"last": rule.days, "first": rule.first_days, "between": rule.since or rule.before}
    window = next((kind for kind, value in kinds.items() if value is not None), "ever")
    return {"window": window, "days": str(days or ""), **dates}


def _shown(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def sent(form: QueryDict) -> Draft:
    """The draft a form holds, with the change its button asks for: ``act`` as remove:0.1 or add-compare:0."""
    act, _, place = form.get("act", "").partition(":")
    left = [MOST_PARTS]

    def read(at: str) -> Draft | None:
        kind = form.get(f"kind-{at}")
        if kind is None or (act == "remove" and at == place) or left[0] <= 0:
            return None
        left[0] -= 1
        if kind in GROUPS:
            told = form.get(f"count-{at}", "")
            count = min(int(told), MOST_PARTS) if told.isascii() and told.isdecimal() and len(told) < 4 else 0
            parts = [part for number in range(count) if (part := read(f"{at}.{number}"))]
            if at == place and act.startswith("add-") and act.removeprefix("add-") in NEW:
                parts.append(dict(NEW[act.removeprefix("add-")], **({"parts": []} if act == "add-group" else {})))
            return {"kind": kind, "parts": parts}
        return _fields(form, kind, at)

    return read("0") or {"kind": "all", "parts": []}


def _fields(form: QueryDict, kind: str, at: str) -> Draft:
    if kind == "did":
        return {"kind": "did", **{name: form.get(f"{name}-{at}", "") for name in COUNTED}}
    values = [value for value in form.getlist(f"value-{at}") if value != ""]
    return {
        "kind": "compare", "column": form.get(f"column-{at}", ""), "op": form.get(f"op-{at}", ""), "values": values,
    }  # fmt: skip


def plain(draft: Draft) -> dict[str, object]:
    """The draft as the JSON of a rule; what is wrong in it is left to the reader of rules to say."""
    kind = draft["kind"]
    if kind in GROUPS:
        parts = [plain(part) for part in draft["parts"]]
        if not parts:
            return {"all": []}
        return {"not": {"any": parts}} if kind == "none" else {kind: parts}
    return _counted(draft) if kind == "did" else _compared(draft)


def _compared(draft: Draft) -> dict[str, object]:
    column, op, values = draft["column"], draft["op"], draft["values"]
    kind = people[column].type if column in people.column_names else "string"
    if op in ("last_days", "next_days"):
        kind = "int64"
    if op == "empty":
        kind = "boolean"
    typed = [_typed(kind, value) for value in values]
    return {"column": column, "op": op, "value": typed if op == "is" else typed[0] if typed else None}


def _counted(draft: Draft) -> dict[str, object]:
    about, _, code = draft["goods"].partition(":")
    told = {"did": draft["did"], "op": draft["op"], "times": _typed("int64", draft["times"])}
    told |= _window(draft)
    return told | ({about: code} if about in ("product", "category") and code else {})


def _window(draft: Draft) -> dict[str, object]:
    """The days of a count, of the kind of window chosen; a field left empty says nothing."""
    if draft["window"] in ("last", "first") and draft["days"]:
        return {"days" if draft["window"] == "last" else "first_days": _typed("int64", draft["days"])}
    if draft["window"] != "between":
        return {}
    return {name: value for name, value in (("since", draft["since"]), ("before", _day_after(draft["last"]))) if value}


def _day_after(text: str) -> str:
    """The day after a last day; as it is where it is no day."""
    try:
        return (date.fromisoformat(text) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return text


def _typed(kind: str, text: str) -> object:
    """The text as a value of ``kind``; as it is where it is none."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    try:
        if kind == "int64":
            return int(text)
        return float(text) if kind == "float64" else text
    except ValueError:
        return text
