"""A made-up shop, measured once per process, for the tests of the report."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import pyarrow as pa

from okaeri.simulate import ShopPlan, shop_tables
from okaeri.web.report.sections import SECTIONS
from okaeri.web.report.tables import About, FactState, Tables
from tests.measure.shops import fact_table, measured
from tests.simulate.arrow import as_arrow

NEEDED = sorted({name for section in SECTIONS.values() for name in section.TABLES})
FACTS = ("customers", "products", "orders", "order_lines", "events", "voices", "costs")
AS_OF = date(2026, 4, 1)
NAME = "はだ暮らし研究所"


@cache
def shop() -> dict[str, pa.Table]:
    """Every table the report asks for, of 900 customers over three years."""
    facts = as_arrow(shop_tables(ShopPlan(customers=900, seed=5)))
    wanted = [name for name in NEEDED if name not in FACTS]
    return {**facts, **measured(facts, AS_OF, wanted=wanted)}


@cache
def nothing() -> dict[str, pa.Table]:
    """The same tables of a shop without a single fact."""
    facts = {name: fact_table(name, []) for name in FACTS}
    return {**facts, **measured({}, AS_OF, wanted=[name for name in NEEDED if name not in FACTS])}


def about(tables: dict[str, pa.Table]) -> About:
    """What a page says of that shop."""
    return About(NAME, AS_OF, facts=tuple(_state(name, tables[name]) for name in FACTS))


def _state(name: str, table: pa.Table) -> FactState:
    filled = {column: 1 - table[column].null_count / max(1, table.num_rows) for column in table.column_names}
    newest = datetime(2026, 3, 31, 5, tzinfo=UTC) if name == "orders" and table.num_rows else None
    return FactState(name, table.num_rows, newest, filled)


def readable(tables: dict[str, pa.Table]) -> Tables:
    """The tables as sections read them."""
    return Tables({name: tables[name] for name in NEEDED})
