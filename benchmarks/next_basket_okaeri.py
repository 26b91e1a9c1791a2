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

from benchmarks.measure import peak_gb
from okaeri.loop.engine import DuckDBEngine, Engine, SparkEngine
from okaeri.loop.predictions.next_basket_weights import told_weights
from okaeri.measure.candidates import Past
from okaeri.measure.customer_habits import customer_habits
from okaeri.measure.next_basket_choices import next_basket_choices
from okaeri.measure.own_products import own_products
from okaeri.measure.past_lines import HIDDEN, snapshots
from okaeri.measure.product_habits import product_habits
from okaeri.measure.product_links import product_links
from okaeri.measure.ranked_candidates import listed, scored

MOST = 20
#: The bonus of new products is learnt for lists so long, and wins them places in such a list.
FIRST = 10
#: Lists as ranked, with the bonus of new products, and of new products alone: what all places could find of them.
OKAERI, EXPLORE, NEW = "okaeri", "okaeri explore", "okaeri new only"
#: Memory of the engine; the process around it takes some more.
DUCKDB, SPARK = "1400MB", "900m"


class Steps:
    """Tables saved one after the other, with the seconds each took."""

    def __init__(self, engine: Engine, folder: Path):
        self.engine, self.folder = engine, folder
        self.seconds: dict[str, float] = {}
        folder.mkdir()

    def keep(self, name: str, rows: ir.Table) -> ir.Table:
        started = time.perf_counter()
        path = self.folder / f"{name}.parquet"
        self.engine.saving(rows, path)()
        self.seconds[name] = round(time.perf_counter() - started, 1)
        return self.read(name)

    def read(self, name: str) -> ir.Table:
        path = self.folder / f"{name}.parquet"
        schema = ibis.schema(pq.read_schema(path if path.is_file() else next(path.glob("*.parquet"))))
        return self.engine.read([str(path)], schema)

    def given(self, name: str, rows: pa.Table) -> ir.Table:
        pq.write_table(rows, self.folder / f"{name}.parquet")
        return self.read(name)


def run(lines: pa.Table, coming: pa.Table, engine: str, scratch: str, customers: int) -> dict[str, Any]:
    """Lists (customers, 20), without and with the bonus of new products and of new ones alone, and what they took.

    Learning and scoring follow each other in one session, as in a refresh.
    """
    opened: Engine = SparkEngine(SPARK) if engine == "spark" else DuckDBEngine(DUCKDB, 2, Path(scratch))
    weights, learning = learnt(Steps(opened, Path(scratch, "learning")), lines, coming)
    told, scoring = lists(Steps(opened, Path(scratch, "scoring")), lines, coming, weights, customers)
    if isinstance(opened, SparkEngine):  # it works in a process of its own
        scoring["java_peak_gb"] = peak_gb(opened.session.sparkContext._gateway.proc.pid)
    opened.close()
    return told | {"learning": learning, "scoring": scoring}


def learnt(steps: Steps, lines: pa.Table, coming: pa.Table) -> tuple[pa.Table, dict[str, Any]]:
    """Weights of the ranker from the visits before, and what each step took."""
    started = time.perf_counter()
    past = steps.keep("past", _past(steps, lines, coming, HIDDEN))
    steps.keep("choices", next_basket_choices(past, *_told(steps, past.filter(past.snapshot > 0))))
    before = time.perf_counter()
    weights = told_weights(pq.read_table(steps.folder / "choices.parquet"), FIRST)
    pa.default_memory_pool().release_unused()
    now = time.perf_counter()
    bonus = next(row["weight"] for row in weights.to_pylist() if row["part"] == "explore")
    by_step = {**steps.seconds, "fit": round(now - before, 1)}
    return weights, {"seconds": round(now - started, 1), "seconds_by_step": by_step, "explore_bonus": bonus}


def lists(
    steps: Steps, lines: pa.Table, coming: pa.Table, weights: pa.Table, customers: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Lists by weights learnt; and what each step took, from the lines to the lists of ten a shop would show."""
    started = time.perf_counter()
    past = steps.keep("past", _past(steps, lines, coming, 0))
    rows = scored(_told(steps, past), steps.given("weights", weights))
    kept = ("snapshot", "customer_no", "product_no", "score", "bonus", "is_own")
    found = steps.keep("scored", rows.select(*kept))
    first = _lists(steps, "first", listed(found, FIRST), customers)
    took = {"seconds": round(time.perf_counter() - started, 1), "seconds_by_step": dict(steps.seconds)}
    plain = found.mutate(bonus=ibis.literal(0.0, "float64"))
    told = {
        OKAERI: _lists(steps, "plain", listed(plain, MOST), customers),
        EXPLORE: _continued(first[:, :FIRST], _lists(steps, "explore", listed(found, MOST), customers)),
        NEW: _lists(steps, "new", listed(plain.filter(~plain.is_own), MOST), customers),
    }
    return told, took


def _told(steps: Steps, past: ir.Table) -> Past:
    """Habits and links, of the snapshots in ``past``."""
    own = steps.keep("own", own_products(past))
    products, people = steps.keep("products", product_habits(past)), steps.keep("people", customer_habits(own))
    return Past(own, people, products, steps.keep("links", product_links(past, own, products)))


def _past(steps: Steps, lines: pa.Table, coming: pa.Table, hidden: int) -> ir.Table:
    """Snapshots; the present is the day of the next basket."""
    known = steps.given("lines", lines)
    if lines["day"].null_count:
        return snapshots(known, ibis.null("int64"), hidden)
    following = steps.given("coming", coming)
    now = following.group_by(next_customer="customer_no").agg(next_day=following.day.max())
    joined = known.inner_join(now, [("customer_no", "next_customer")])
    return snapshots(joined, joined.next_day, hidden)


def _continued(first: NDArray[np.int64], longer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lists that start with ``first`` and go on with what else ``longer`` holds."""
    lists = np.full_like(longer, -1)
    for row, (start, more) in enumerate(zip(first, longer, strict=True)):
        whole = [*start, *more[~np.isin(more, start)]][: longer.shape[1]]
        lists[row, : len(whole)] = whole
    return lists


def _lists(steps: Steps, name: str, rows: ir.Table, customers: int) -> NDArray[np.int64]:
    """Products by customer and rank; -1 where a list is shorter."""
    steps.keep(name, rows.select("customer_no", "product_no", "rank"))
    found = pq.read_table(steps.folder / f"{name}.parquet")
    lists = np.full((customers, MOST), -1)
    customer, rank, product = (found[column].to_numpy() for column in ("customer_no", "rank", "product_no"))
    lists[customer, rank - 1] = product
    return lists
