"""What programs may send, as Pydantic reads it: made from the fact tables, so that both always say the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
    create_model,
)

from okaeri.schema import posted
from okaeri.schema.facts import FACTS
from okaeri.schema.table import Column

MOST_LETTERS, MOST_ID_LETTERS, MOST_MAP_NAMES = 10_000, 180, 50
LARGEST, MOST = 10**12, 10**9
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _sound(text: str) -> str:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("holds a letter that is none")
    return text


def _on_one_line(text: str) -> str:
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        raise ValueError("an id holds no line break and no other control character")
    return text


def _instant(told: Any) -> datetime:
    if not isinstance(told, str) or not _INSTANT.fullmatch(told):
        raise ValueError("an instant with its offset is needed: 2026-04-01T09:30:00+09:00")
    at = datetime.fromisoformat(told.upper())
    if not posted.FIRST_YEAR < at.year < posted.LAST_YEAR:
        raise ValueError(f"the year must lie between {posted.FIRST_YEAR} and {posted.LAST_YEAR}")
    return at


def _day(told: Any) -> date:
    if not isinstance(told, str) or not _DAY.fullmatch(told):
        raise ValueError("a day is needed: 2026-04-01")
    return date.fromisoformat(told)


def _amount(told: Any) -> Decimal:
    amount = _exact(told)
    if abs(amount) > LARGEST or round(amount, 2) != amount:
        raise ValueError(f"at most two decimals and {LARGEST} are allowed")
    return amount.quantize(Decimal("0.01"))


def _number(told: Any) -> float:
    number = _exact(told)
    if abs(number) > LARGEST:
        raise ValueError(f"at most {LARGEST} is allowed")
    return float(number)


def _exact(told: Any) -> Decimal:
    if isinstance(told, bool) or not isinstance(told, int | Decimal):
        raise ValueError("a number is needed")
    return Decimal(told)


def _text(most: int, least: int = 0) -> Any:
    return Annotated[str, Field(min_length=least, max_length=most), AfterValidator(_sound)]


_NAME, _SAID = _text(200, 1), _text(1_000)
_AMOUNT = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST, "multipleOf": 0.01}
TYPES: dict[str, Any] = {
    "string": _text(MOST_LETTERS),
    "int64": Annotated[StrictInt, Field(ge=-MOST, le=MOST)],
    "float64": Annotated[float, BeforeValidator(_number), Field(ge=-LARGEST, le=LARGEST)],
    "boolean": StrictBool,
    "date": Annotated[date, BeforeValidator(_day)],
    "timestamp": Annotated[
        datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
    ],
    "decimal": Annotated[Decimal, BeforeValidator(_amount), WithJsonSchema(_AMOUNT)],
    "map": Annotated[dict[_NAME, _SAID], Field(max_length=MOST_MAP_NAMES)],  # type: ignore[valid-type]
}
#: Bounds narrower than those of the type.
NARROWER: dict[str, Any] = {
    "rating": Annotated[float, BeforeValidator(_number), Field(ge=0, le=1)],
    "line_no": Annotated[StrictInt, Field(ge=1, le=posted.MOST_LINES)],
    "birth_year": Annotated[StrictInt, Field(ge=1900, le=posted.LAST_YEAR)],
}


class Sent(Schema):
    """Something sent, without anything unknown in it."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def _field(column: Column, key: Iterable[str]) -> tuple[Any, Any]:
    told = f"{column.meaning} ({column.unit})" if column.unit else column.meaning
    kind = _kind(column)
    if column.name in key or (not column.nullable and column.name not in DEFAULTS):
        return kind, Field(description=told)
    return kind | None, Field(default=None, description=told)


#: Columns a row may leave out although no fact is without: what they are then.
DEFAULTS = {"status": "paid", "store": posted.OWN, "kind": "goods", "line_no": "its place"}


def _kind(column: Column) -> Any:
    if column.choices:
        return Literal[column.choices]
    if column.name in NARROWER:
        return NARROWER[column.name]
    if column.is_id:
        return Annotated[_text(MOST_ID_LETTERS, 1), AfterValidator(_on_one_line)]
    return TYPES[column.type]


def _row(name: str, columns: Iterable[Column], key: Iterable[str], **more: Any) -> type[Sent]:
    fields = {column.name: _field(column, key) for column in columns}
    return cast("type[Sent]", create_model(name, __base__=Sent, **{**fields, **more}))


def _batch(name: str, row: type[Sent]) -> type[Sent]:
    rows = (list[row], Field(min_length=1, max_length=posted.MOST_ROWS))  # type: ignore[valid-type]
    return cast("type[Sent]", create_model(name, __base__=Sent, __doc__="Rows that are taken together.", rows=rows))


_LINE = _row("Line", posted.line_columns(), ())
_LINES = (Annotated[list[_LINE], Field(max_length=posted.MOST_LINES)] | None, Field(default=None, description="Lines"))  # type: ignore[valid-type]


def _of(kind: str, name: str) -> type[Sent]:
    more = {posted.LINES: _LINES} if kind == "orders" else {}
    return _batch(f"{name}Batch", _row(name, posted.columns_of(kind), FACTS[posted.KINDS[kind]].key, **more))


Orders, Customers = _of("orders", "Order"), _of("customers", "Customer")
Events, Voices = _of("events", "Event"), _of("voices", "Voice")
