"""A mapping: how a shop's own file becomes facts. Saved as TOML or JSON and used again for the next export.

.. code-block:: toml

    grain = "line"                 # one row is one: line, order, customer, product, event, voice, cost
    store = "own"                  # written before every id, and the store of orders without a store column
    currency = "JPY"
    tax = "included"               # amounts are with consumption tax, "excluded", or "none" is levied
    tax_rate = 0.1                 # the rate where the file has no column for the tax; left out: not worked out
    status = "paid"                # of orders without a status column or with an empty cell
    credit_note_prefix = "C"       # an order id that begins so is a credit note: status returned
    negative_quantity = "return"   # a line of fewer than 0 pieces outside credit notes: return, adjustment, problem
    date_format = "%d/%m/%Y"       # left out: ISO and the usual Japanese ways of writing are understood
    sheet = "注文"                  # of an Excel workbook; left out: the first

    [columns]                      # canonical column = column of the file, or several joined by a blank
    "orders.order_id" = "注文番号"
    "orders.ordered_at" = ["日付", "注文時間"]
    "orders.shipping" = "送料#2"    # the second column of that name
    "customers.attributes.rank" = "会員ランク"

    [status_words]                 # the file's words: placed, paid, shipped, cancelled, returned
    "発送済み" = "shipped"

    [not_goods]                    # product codes (or names, where a line has no code) that are no products;
    shipping = ["POST", "送料"]     # between slashes stands a regular expression
    adjustment = ["/^gift_/"]
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import NoReturn

from okaeri.ingest import reasons
from okaeri.ingest.targets import AMOUNT, GRAINS, is_target
from okaeri.schema.errors import DataRejected, Problem
from okaeri.schema.facts import LINE_KINDS, ORDER_STATUS

CHOICES = {
    "grain": tuple(GRAINS),
    "tax": ("included", "excluded", "none"),
    "status": ORDER_STATUS,
    "negative_quantity": ("return", "adjustment", "problem"),
}
#: Each grain needs one column of every group.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "line": (
        ("orders.order_id", "orders.customer_id"),
        ("orders.ordered_at",),
        ("order_lines.unit_price", AMOUNT, "orders.subtotal", "orders.total"),
    ),
    "order": (("orders.ordered_at",), (AMOUNT, "orders.subtotal", "orders.total", "order_lines.unit_price")),
    "customer": (("customers.customer_id", "persons.email", "persons.phone"),),
    "product": (("products.product_id",),),
    "event": (("events.at",), ("events.kind",)),
    "voice": (("voices.at",), ("voices.text", "voices.rating")),
    "cost": (("costs.spent_on",), ("costs.amount",)),
}


@dataclass(frozen=True)
class Mapping:
    """How one shop's file is read; every field is a key of the saved file (see the module).

    A mapping just proposed may still lack columns; :func:`mapping_from` gives only whole ones.
    """

    grain: str
    columns: dict[str, tuple[str, ...]]
    store: str = "own"
    currency: str = "JPY"
    tax: str = "included"
    tax_rate: float | None = None
    status: str = "paid"
    credit_note_prefix: str = ""
    negative_quantity: str = "return"
    date_format: str = ""
    sheet: str = ""
    status_words: dict[str, str] = field(default_factory=dict)
    not_goods: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = list(_wrong(self))
        if problems:
            raise DataRejected(problems)

    def lacks(self) -> list[tuple[str, ...]]:
        """The groups of columns of which a file of this grain needs one, and has none."""
        return [group for group in NEEDED[self.grain] if not self.has(*group)]

    def has(self, *names: str) -> bool:
        """Whether any of the canonical columns is mapped."""
        return any(name in self.columns for name in names)

    def of_table(self, table: str) -> dict[str, tuple[str, ...]]:
        """The mapped columns of one table, by their name in it."""
        start = f"{table}."
        return {name.removeprefix(start): source for name, source in self.columns.items() if name.startswith(start)}

    def as_dict(self) -> dict[str, object]:
        """Plain values, as saved; what has its default is left out."""
        plain = asdict(self)
        plain["columns"] = {
            name: source[0] if len(source) == 1 else list(source) for name, source in plain["columns"].items()
        }
        plain["not_goods"] = {kind: list(codes) for kind, codes in plain["not_goods"].items()}
        empty = {entry.name: entry.default for entry in fields(self)}
        return {key: value for key, value in plain.items() if value != empty[key] and value != {}}


def mapping_from(data: object) -> Mapping:
    """A mapping from what :meth:`Mapping.as_dict` or a saved file gives; every error names its key."""
    if isinstance(data, Mapping):
        return whole(data)
    if not isinstance(data, dict):
        _refuse("mapping", reasons.NOT_A_TABLE, type(data).__name__)
    _check_keys(data)
    columns = {name: _texts(f"columns.{name}", source) for name, source in data["columns"].items()}
    not_goods = {kind: _texts(f"not_goods.{kind}", codes) for kind, codes in data.get("not_goods", {}).items()}
    return whole(Mapping(**{**data, "columns": columns, "not_goods": not_goods}))


def whole(mapping: Mapping) -> Mapping:
    """The mapping itself, if it names all that its grain needs."""
    missing = [" / ".join(group) for group in mapping.lacks()]
    if missing:
        raise DataRejected(
            [Problem("mapping", reasons.COLUMN_NEEDED, column="columns", value=names) for names in missing]
        )
    return mapping


def _check_keys(data: dict[str, object]) -> None:
    known = [entry.name for entry in fields(Mapping)]
    for key, value in data.items():
        if key not in known:
            _refuse(key, reasons.NO_SUCH_KEY, ", ".join(known))
        if not isinstance(value, _TYPES[key]) or isinstance(value, bool):
            _refuse(key, reasons.WRONG_TYPE, str(value))
    for key in ("grain", "columns"):
        if key not in data:
            _refuse(key, reasons.KEY_MISSING)


_TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("grain", "store", "currency", "tax", "status", "credit_note_prefix"), str),
    **dict.fromkeys(("negative_quantity", "date_format", "sheet"), str),
    **dict.fromkeys(("columns", "status_words", "not_goods"), dict),
    "tax_rate": (int, float),
}


def _texts(key: str, value: object) -> tuple[str, ...]:
    items = (value,) if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not items or not all(isinstance(item, str) for item in items):
        _refuse(key, reasons.NOT_TEXTS, str(value))
    return tuple(items)


def _refuse(key: str, reason: str, value: str | None = None) -> NoReturn:
    raise DataRejected(Problem("mapping", reason, column=key, value=value))


def _wrong(mapping: Mapping) -> Iterator[Problem]:
    for key, allowed in CHOICES.items():
        if getattr(mapping, key) not in allowed:
            yield _not_a_word(key, getattr(mapping, key), allowed)
            if key == "grain":
                return
    yield from _wrong_columns(mapping)
    yield from _wrong_words(mapping)
    if mapping.tax_rate is not None and not 0 <= mapping.tax_rate < 1:
        yield Problem("mapping", reasons.NOT_A_TAX_RATE, column="tax_rate", value=str(mapping.tax_rate))
    if not mapping.store or ":" in mapping.store:
        yield Problem("mapping", reasons.NOT_A_STORE, column="store", value=mapping.store)


def _not_a_word(key: str, word: str, allowed: tuple[str, ...]) -> Problem:
    return Problem("mapping", reasons.NOT_A_WORD, column=key, value=f"{word}: {', '.join(allowed)}")


def _wrong_columns(mapping: Mapping) -> Iterator[Problem]:
    for name in mapping.columns:
        if not is_target(mapping.grain, name):
            yield Problem("mapping", reasons.NOT_OF_GRAIN, column=f"columns.{name}", value=mapping.grain)
    if mapping.tax == "excluded" and mapping.tax_rate is None:
        yield Problem("mapping", reasons.TAX_RATE_NEEDED, column="tax_rate")


def _wrong_words(mapping: Mapping) -> Iterator[Problem]:
    for word, status in mapping.status_words.items():
        if status not in ORDER_STATUS:
            yield _not_a_word(f"status_words.{word}", status, ORDER_STATUS)
    for kind, codes in mapping.not_goods.items():
        if kind not in LINE_KINDS or kind == "goods":
            yield _not_a_word(f"not_goods.{kind}", kind, LINE_KINDS[1:])
        for code in filter(is_pattern, codes):
            try:
                re.compile(code[1:-1])
            except re.error as error:
                told = f"{code}: {error}"
                yield Problem("mapping", reasons.NOT_A_PATTERN, column=f"not_goods.{kind}", value=told)


def is_pattern(code: str) -> bool:
    """Whether a code of ``not_goods`` is written as a regular expression between slashes."""
    return len(code) > 2 and code.startswith("/") and code.endswith("/")


def load_mapping(path: Path) -> Mapping:
    """A mapping saved as TOML or (by its name) JSON."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataRejected(Problem(path.name, reasons.NOT_A_MAPPING, value=str(error))) from error
    return mapping_from(data)


def save_mapping(mapping: Mapping, path: Path) -> None:
    """Write ``mapping`` to ``path`` as TOML or (by its name) JSON; the same mapping gives the same bytes."""
    data = mapping.as_dict()
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n" if path.suffix.lower() == ".json" else _toml(data)
    path.write_text(text, encoding="utf-8", newline="\n")


def _toml(data: dict[str, object]) -> str:
    plain = [f"{key} = {_toml_value(value)}" for key, value in data.items() if not isinstance(value, dict)]
    for key, table in data.items():
        if isinstance(table, dict):
            plain += ["", f"[{key}]", *(f"{_toml_value(name)} = {_toml_value(value)}" for name, value in table.items())]
    return "\n".join(plain) + "\n"


def _toml_value(value: object) -> str:
    """JSON's texts, numbers and lists are TOML's as well (DEL is the one character JSON leaves bare)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
