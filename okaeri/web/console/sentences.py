"""Refusals in the reader's language, each naming its place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from okaeri.schema.errors import OkaeriError, told_of


def sentences(refused: OkaeriError) -> list[str]:
    """What was refused, a sentence each."""
    return all_said(told_of(refused))


def all_said(told: Iterable[dict[str, Any]]) -> list[str]:
    """What was kept of a refusal (see ``told_of``), a sentence each."""
    return [said(one) for one in told]


def said(told: dict[str, Any]) -> str:
    """One sentence with file, row and column before it and the value after it."""
    sentence = gettext(told["sentence"])
    words = sentence.format(**told["values"]) if told.get("values") else sentence
    place = ", ".join(_place(told))
    value = f" ({told['value']})" if told.get("value") is not None else ""
    return (f"{place}: " if place else "") + words + value


def _place(told: dict[str, Any]) -> list[str]:
    parts = [told["file"]] if told.get("file") else []
    if told.get("row") is not None:
        parts.append(gettext("row {row}").format(row=told["row"]))
    if told.get("column") is not None:
        parts.append(gettext("column {column}").format(column=told["column"]))
    return parts
