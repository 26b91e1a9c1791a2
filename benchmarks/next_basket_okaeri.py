"""okaeri's lists for the next-basket benchmark: features, fit and scores, by the product's own functions."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from okaeri.loop.engine import DuckDBEngine, Engine, SparkEngine
from okaeri.loop.predictions.next_basket_weights import told_weights
from okaeri.measure.candidates import Past
from okaeri.measure.customer_habits import customer_habits
from okaeri.measure.next_basket_choices import next_basket_choices
from okaeri.measure.own_products import own_products
from okaeri.measure.past_lines import snapshots
from okaeri.measure.product_habits import product_habits
from okaeri.measure.product_links import product_links
from okaeri.measure.ranked_candidates import listed, scored

MOST = 20
#: The bonus of new products is learnt for lists so long, and wins them places in such a list.
FIRST = 10


class Steps:
    """Tables saved one after the other, with the CPU seconds each took."""

    def __init__(self, engine: Engine, folder: Path):
        self.engine, self.folder = engine, folder
        self.seconds: dict[str, float] = {}

    def keep(self, name: str, rows: ir.Table) -> ir.Table:
        started = time.process_time()
        path = self.folder / f"{name}.parquet"
        self.engine.saving(rows, path)()
        self.seconds[name] = round(time.process_time() - started, 1)
        return self.read(name)

    def read(self, name: str) -> ir.Table:
        path = self.folder / f"{name}.parquet"
        schema = ibis.schema(pq.read_schema(path if path.is_file() else next(path.glob("*.parquet"))))
        return self.engine.read([str(path)], schema)

    def given(self, name: str, rows: pa.Table) -> ir.Table:
        pq.write_table(rows, self.folder / f"{name}.parquet")
        return self.read(name)


def run(lines: pa.Table, coming: pa.Table, engine: str, scratch: str, customers: int) -> dict[str, Any]:
    """Lists (customers, 20) with and without the bonus of new products, and what each step took."""
    opened = SparkEngine("4g") if engine == "spark" else DuckDBEngine("1200MB", 2, Path(scratch))
    steps = Steps(opened, Path(scratch))
    has_days = lines["day"].null_count == 0
    past = steps.keep("past", _past(steps, lines, coming, has_days))
    own = steps.keep("own", own_products(past))
    products, people = steps.keep("products", product_habits(past)), steps.keep("people", customer_habits(own))
    links = steps.keep("links", product_links(past, own, products))
    steps.keep("choices", next_basket_choices(past, own, people, products, links))
    started = time.process_time()
    weights = told_weights(pq.read_table(steps.folder / "choices.parquet"), 10)
    steps.seconds["fit"] = round(time.process_time() - started, 1)
    rows = scored(Past(own, people, products, links).now(), steps.given("weights", weights))
    kept = ("customer_no", "product_no", "rank")
    found = steps.keep("scored", rows.select("snapshot", "customer_no", "product_no", "score", "bonus"))
    both = {
        "okaeri": listed(found.mutate(bonus=ibis.literal(0.0, "float64")), MOST),
        "okaeri explore": listed(found, MOST),
    }
    told: dict[str, Any] = {}
    for name, table in both.items():
        steps.keep(name.replace(" ", "_"), table.select(*kept))
        told[name] = _lists(pq.read_table(steps.folder / f"{name.replace(' ', '_')}.parquet"), customers)
    steps.keep("first", listed(found, FIRST).select(*kept))
    first = _lists(pq.read_table(steps.folder / "first.parquet"), customers)[:, :FIRST]
    told["okaeri explore"] = _continued(first, told["okaeri explore"])
    bonus = next(row["weight"] for row in weights.to_pylist() if row["part"] == "explore")
    opened.close()
    return told | {"explore_bonus": bonus, "cpu_seconds_by_step": steps.seconds}


def _past(steps: Steps, lines: pa.Table, coming: pa.Table, has_days: bool) -> ir.Table:
    """Snapshots; the present is the day of the next basket."""
    known = steps.given("lines", lines)
    if not has_days:
        return snapshots(known, ibis.null("int64"))
    following = steps.given("coming", coming)
    now = following.group_by(next_customer="customer_no").agg(next_day=following.day.max())
    joined = known.inner_join(now, [("customer_no", "next_customer")])
    return snapshots(joined, joined.next_day)


def _continued(first: NDArray[np.int64], longer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lists that start with ``first`` and go on with what else ``longer`` holds."""
    lists = np.full_like(longer, -1)
    for row, (start, more) in enumerate(zip(first, longer, strict=True)):
        whole = [*start, *more[~np.isin(more, start)]][: longer.shape[1]]
        lists[row, : len(whole)] = whole
    return lists


def _lists(rows: pa.Table, customers: int) -> NDArray[np.int64]:
    lists = np.full((customers, MOST), -1)
    customer, rank, product = (rows[name].to_numpy() for name in ("customer_no", "rank", "product_no"))
    lists[customer, rank - 1] = product
    return lists
