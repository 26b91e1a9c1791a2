"""Made-up shops whose feelings are known: measured quickly, with what is true of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.loop.engine import as_typed
from okaeri.loop.measuring import build, inputs_of
from okaeri.loop.predictions import PREDICTIONS
from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.measured import MEASURED
from okaeri.schema.predicted import PREDICTED
from okaeri.schema.rules import DEFAULT_RULES
from okaeri.schema.types import ibis_schema
from okaeri.simulate.block import blocks_of
from okaeri.simulate.plan import Happening, ShopPlan
from okaeri.simulate.tables import block_tables, product_columns

FACT_TABLES = {**FACTS, **EXPORTED}
#: What is planted: each befalls at least 3 % of customers, at a step of the journey of its own.
PLANTED = (
    Happening("late_delivery", 0.08, -0.9, stay=-0.3),
    Happening("leaking_bottle", 0.08, -1.2, stay=-0.5, needs="liquid"),
    Happening("wrong_shade", 0.30, -0.8, stay=-0.3, needs="shade"),
    Happening("kind_reply", 0.03, +1.0, stay=+0.3),
)
STEP_OF = {"late_delivery": "delivery", "leaking_bottle": "unboxing", "wrong_shade": "use"}
#: What is felt of steps nothing befalls, so that the true curve has a shape.
MOODS = (("order", 0.3), ("price", -0.6), ("repeat", 0.7))
PLAN = ShopPlan(customers=4000, years=3, happenings=PLANTED, step_moods=MOODS, strangers=0.0, abandoned_carts=0.0)
#: The same without anything planted: nothing is to be found.
CALM = replace(PLAN, happenings=(), step_moods=())
#: Feelings that move nobody.
INDIFFERENT = replace(
    PLAN, satisfaction_stay=0.0, satisfaction_pace=0.0, happenings=tuple(replace(h, stay=0.0) for h in PLANTED)
)
#: The tables a study of feelings needs; personas are taken as given, as their models cost more than all the rest.
GIVEN = "personas"
#: What is judged, and what the last steps are made from: kept, these steps cost seconds.
KEPT = ("emotion_signals", "emotion_scale", "emotion_orders", "emotion_reach", "emotion_curve", "friction_points", "friction_texts",
        "friction_causes", "friction_facts", "emotion_ltv")  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """Facts as Arrow tables; ``felt`` is the true mean satisfaction of those who spoke of each step."""

    facts: dict[str, pa.Table]
    felt: dict[str, float]
    texts: list[str]


def made(plan: ShopPlan, words: bool = True) -> Shop:
    """The shop of a plan (one block), and what its voices truly felt; without ``words`` they only gave scores."""
    (block,) = blocks_of(plan, size=plan.customers)
    tables: dict[str, Any] = {**block_tables(block), "products": product_columns(plan)}
    texts = list(tables["voices"]["text"])
    if not words:
        tables["voices"]["text"] = [None] * len(texts)
    facts = {name: _arrow(name, columns) for name, columns in tables.items()}
    felt = dict(zip((block.order_id(row) for row in range(len(block.orders))), block.orders.satisfaction.tolist(),
                    strict=True))  # fmt: skip
    moods, found = dict(plan.step_moods), {}
    step = np.array(tables["voices"]["touchpoint"])
    score = np.array([felt[order] for order in tables["voices"]["order_id"]])
    for name in sorted(set(step.tolist())):
        found[name] = float(score[step == name].mean() + moods.get(name, 0.0))
    return Shop(facts, found, texts)


def _arrow(name: str, columns: Mapping[str, Any]) -> pa.Table:
    schema = ibis.schema(ibis_schema(FACT_TABLES[name])).to_pyarrow()
    arrays = []
    for field in schema:
        values = columns[field.name]
        if pa.types.is_map(field.type):
            values = [list(value.items()) for value in values]
        arrays.append(
            pa.array(values).cast(field.type) if isinstance(values, np.ndarray) else pa.array(values, field.type)
        )
    return pa.Table.from_arrays(arrays, schema=schema)


class Study:
    """The ``wanted`` tables of shop after shop, their queries compiled once for one ``as_of``.

    With ``keep`` the last tables of each named shop stay in a folder and are read from there the next time, but for those
    of ``anew``, which are made once more from the others.
    """

    def __init__(self, as_of: date, wanted: Iterable[str], keep: Path | None = None, anew: Iterable[str] = ()):
        self.keep, self.anew = keep, frozenset(anew)
        self.connection = ibis.duckdb.connect(threads=1)
        self.settings: dict[str, Any] = {"as_of": as_of, "rules": DEFAULT_RULES}
        tables = {name: self._empty(name, FACT_TABLES[name]) for name in FACT_TABLES}
        self.order: list[str] = []
        for name in wanted:
            self._plan(name)
        self.queries: dict[str, str] = {}
        for name in self.order:
            if name == GIVEN or name in PREDICTIONS:
                tables[name] = self._empty(name, {**MEASURED, **PREDICTED}[name])
                continue
            rows = build(name, tables, **self.settings)
            self.queries[name] = as_typed(str(self.connection.compile(rows)), rows.schema())
            tables[name] = self._empty(name, MEASURED[name])

    def _plan(self, name: str) -> None:
        if name in self.order or name in FACT_TABLES:
            return
        for parent in ("customer_history",) if name == GIVEN else inputs_of(name):
            self._plan(parent)
        self.order.append(name)

    def _empty(self, name: str, table: Any) -> Any:
        return self.connection.create_table(name, schema=ibis.schema(ibis_schema(table)), overwrite=True)

    def run(self, facts: Mapping[str, pa.Table], name: str = "") -> dict[str, pa.Table]:
        """Every table of one shop; a table of facts that ``facts`` lacks has no rows. A shop with a ``name`` is kept."""
        if self.keep is None or not name:
            return self._made(facts)
        folder, names = self.keep / name, [one for one in self.order if one in KEPT]
        if not (folder / "whole").exists():
            tables = self._made(facts)
            folder.mkdir(parents=True, exist_ok=True)
            for one in names:
                pq.write_table(tables[one], folder / f"{one}.parquet")
            (folder / "whole").touch()
            return tables
        done = {one: pq.read_table(folder / f"{one}.parquet") for one in names if one not in self.anew}
        for one in (one for one in names if one in self.anew):
            done[one] = build(one, done, **self.settings)
        return done

    def _made(self, facts: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        done: dict[str, pa.Table] = {}
        for name, rows in facts.items():
            self.connection.create_table(name, rows, overwrite=True)
        for name in self.order:
            if name in PREDICTIONS:
                done[name] = build(name, done, **self.settings)
                self.connection.create_table(name, done[name], overwrite=True)
                continue
            query = "select customer_id, 'regular' as persona, 0.0::double as distance from customer_history"
            self.connection.raw_sql(f'create or replace table "{name}" as {self.queries.get(name, query)}')
            done[name] = self.connection.table(name).to_pyarrow()
        return done
