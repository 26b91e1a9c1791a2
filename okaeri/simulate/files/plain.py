"""Events, voices, costs, customers and products as plain UTF-8 CSV with the fact tables' own column names.

Days are left out (they are worked out from instants, which are local with +09:00). ``customer_id`` stands where a store
has ids of its own, which is members of the own store; a voice of anybody else is known by its ``order_id``. The
customers file is the shop's own register, one row per mail: members by id, guests and Shopify customers by ``email`` with
an empty ``customer_id``; those who bought at the mall only are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from okaeri.schema.facts import FACTS
from okaeri.simulate.block import Block
from okaeri.simulate.files.sheet import Sheet, cell
from okaeri.simulate.people import Person
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.tables import Column, Columns, daily_costs, memberships, product_columns
from okaeri.simulate.traits import RAKUTEN

DERIVED = ("event_date", "voice_date", "first_seen_date")
TABLES = ("customers", "events", "voices")
SHOP_OFFSET = np.timedelta64(9, "h")
#: One inquiry in so many gives a phone number, to be scrubbed before it becomes a fact.
TELLS_PHONE_EVERY = 25


def columns_of(table: str) -> list[str]:
    """The columns a table's plain file has."""
    return [name for name in FACTS[table].column_names if name not in DERIVED]


class PlainFiles:
    """``customers.csv``, ``events.csv`` and ``voices.csv``, block by block; costs are added up until the end."""

    def __init__(self, directory: Path, plan: ShopPlan):
        self.directory, self.plan = directory, plan
        more = {"customers": ["email"]}
        self.sheets = {
            name: Sheet(directory / f"{name}.csv", ",".join(columns_of(name) + more.get(name, [])), newline="\n")
            for name in TABLES
        }
        self.spent = np.zeros(len(plan.sources) * plan.days, dtype=np.int64)

    def add(self, block: Block, people: list[Person], tables: dict[str, Columns]) -> None:
        """Append a block."""
        self.sheets["customers"].add(_customers(block, people, tables["customers"]))
        events = tables["events"] | {"customer_id": [_own_id(c) for c in tables["events"]["customer_id"]]}
        self.sheets["events"].add(_lines("events", events))
        voices = tables["voices"] | {"customer_id": [_own_id(c) for c in tables["voices"]["customer_id"]]}
        self.sheets["voices"].add(_lines("voices", voices | {"text": _texts(voices, people)}))
        place, amount = daily_costs(block)
        self.spent[place] += amount

    def close(self) -> list[Sheet]:
        """Write costs and products; gives back every sheet, closed."""
        costs = Sheet(self.directory / "costs.csv", ",".join(columns_of("costs")), newline="\n")
        costs.add(_costs(self.plan, self.spent))
        products = Sheet(self.directory / "products.csv", ",".join(columns_of("products")), newline="\n")
        products.add(_lines("products", product_columns(self.plan)))
        sheets = [*self.sheets.values(), costs, products]
        for sheet in sheets:
            sheet.close()
        return sheets


def _own_id(customer_id: str | None) -> str | None:
    """The id where the own store gave one."""
    return customer_id if customer_id and customer_id.startswith("own:") and customer_id[4] != "g" else None


def _lines(table: str, columns: Columns) -> Iterable[str]:
    texts = [_texts_of(columns[name]) for name in columns_of(table)]
    return map(",".join, zip(*texts, strict=True))


def _texts_of(values: Column) -> list[str]:
    """A column as cells."""
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "M":
            local = values.astype("datetime64[s]") + SHOP_OFFSET
            return [f"{text}+09:00" for text in local.astype(str).tolist()]
        return [str(value).lower() for value in values.tolist()]
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return cell(json.dumps(value, ensure_ascii=False))
    return cell(str(value))


@dataclass
class Entry:
    """One row of the register: the row of the customers table it tells of, and what stands otherwise there."""

    place: int
    customer_id: str | None
    cost: int


def register(block: Block, people: list[Person], columns: Columns) -> dict[str, Entry]:
    """The shop's register by mail, in order of time; a person's cost stands on the first entry of the person."""
    rows = memberships(block)
    entries: dict[str, Entry] = {}
    seen: set[int] = set()
    for place, row in enumerate(rows.tolist()):
        person, store = int(block.orders.person[row]), int(block.orders.store[row])
        if store == RAKUTEN:
            continue
        cost = 0 if person in seen else int(block.traits.cost[person])
        entry = entries.setdefault(people[person].mail_for(store), Entry(place, None, cost))
        entry.customer_id = entry.customer_id or _own_id(columns["customer_id"][place])
        seen.add(person)
    return entries


def _customers(block: Block, people: list[Person], columns: Columns) -> Iterable[str]:
    entries = register(block, people, columns)
    places = [entry.place for entry in entries.values()]
    shown: Columns = {
        name: values[places] if isinstance(values, np.ndarray) else [values[place] for place in places]
        for name, values in columns.items()
    }
    shown["customer_id"] = [entry.customer_id for entry in entries.values()]
    shown["acquisition_cost"] = [entry.cost for entry in entries.values()]
    return [f"{line},{mail}" for line, mail in zip(_lines("customers", shown), entries, strict=True)]


def _texts(voices: Columns, people: list[Person]) -> list[str]:
    """The words; now and then an inquiry ends with a number to call."""
    asked = (f" 電話は{people[place % len(people)].phone}です" for place in range(len(voices["text"])))
    return [
        text + phone if source == "inquiry" and place % TELLS_PHONE_EVERY == 0 else text
        for place, (text, source, phone) in enumerate(zip(voices["text"], voices["source"], asked, strict=True))
    ]


def _costs(plan: ShopPlan, spent: np.ndarray) -> list[str]:
    places = np.flatnonzero(spent)
    days = (np.datetime64(plan.start) + places % plan.days).astype(str).tolist()
    rows = zip(days, (places // plan.days).tolist(), spent[places].tolist(), strict=True)
    return [
        f"c{number},{day},{plan.sources[source].via},{cell(plan.sources[source].campaign)},,{amount}"
        for number, (day, source, amount) in enumerate(rows, 1)
    ]
