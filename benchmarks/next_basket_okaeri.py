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
DUCKDB, SPARK = "1400MB", "1200m"


class Steps:
    """Tables saved one after the other, with the seconds each took."""

    def __init__(self, engine: str, folder: str):
        self.folder = Path(folder)
        self.engine: Engine = SparkEngine(SPARK) if engine == "spark" else DuckDBEngine(DUCKDB, 2, self.folder)
        self.seconds: dict[str, float] = {}

    def keep(self, name: str, rows: ir.Table) -> ir.Table:
        started = time.perf_counter()
        path = self.folder / f"{name}.parquet"
        self.engine.saving(rows, path)()
        self.seconds[name] = round(time.perf_counter() - started, 1)
        return self.read(name)

    def closed(self) -> dict[str, Any]:
        """What each step took; and of Spark, which works in a process of its own, that process's peak of memory."""
        told: dict[str, Any] = {"seconds_by_step": self.seconds}
        if isinstance(self.engine, SparkEngine):
            java = Path("/proc", str(self.engine.session.sparkContext._gateway.proc.pid), "status")
            peak = next(line for line in java.read_text().splitlines() if line.startswith("VmHWM"))
            told["java_peak_gb"] = round(int(peak.split()[1]) / 1e6, 2)
        self.engine.close()
        return told

    def read(self, name: str) -> ir.Table:
        path = self.folder / f"{name}.parquet"
        schema = ibis.schema(pq.read_schema(path if path.is_file() else next(path.glob("*.parquet"))))
        return self.engine.read([str(path)], schema)

    def given(self, name: str, rows: pa.Table) -> ir.Table:
        pq.write_table(rows, self.folder / f"{name}.parquet")
        return self.read(name)


def learnt(lines: pa.Table, coming: pa.Table, engine: str, scratch: str) -> dict[str, Any]:
    """Weights of the ranker from the visits before, and what each step took."""
    steps = Steps(engine, scratch)
    past = steps.keep("past", _past(steps, lines, coming, HIDDEN))
    choices = next_basket_choices(past, *_told(steps, past.filter(past.snapshot > 0)))
    steps.keep("choices", choices)
    started = time.perf_counter()
    weights = told_weights(pq.read_table(steps.folder / "choices.parquet"), FIRST)
    steps.seconds["fit"] = round(time.perf_counter() - started, 1)
    bonus = next(row["weight"] for row in weights.to_pylist() if row["part"] == "explore")
    return {"weights": weights, "explore_bonus": bonus} | steps.closed()


def lists(
    lines: pa.Table, coming: pa.Table, weights: pa.Table, engine: str, scratch: str, customers: int
) -> dict[str, Any]:
    """Lists (customers, 20) by weights learnt: without and with the bonus of new products, and of new ones alone.

    ``seconds_to_first_lists`` is from opening the engine to the lists of ten a shop would show.
    """
    started = time.perf_counter()
    steps = Steps(engine, scratch)
    past = steps.keep("past", _past(steps, lines, coming, 0))
    rows = scored(_told(steps, past), steps.given("weights", weights))
    kept = ("snapshot", "customer_no", "product_no", "score", "bonus", "is_own")
    found = steps.keep("scored", rows.select(*kept))
    plain = found.mutate(bonus=ibis.literal(0.0, "float64"))
    first = _lists(steps, "first", listed(found, FIRST), customers)
    seconds = round(time.perf_counter() - started, 1)
    told = {
        OKAERI: _lists(steps, "plain", listed(plain, MOST), customers),
        EXPLORE: _continued(first[:, :FIRST], _lists(steps, "explore", listed(found, MOST), customers)),
        NEW: _lists(steps, "new", listed(plain.filter(~plain.is_own), MOST), customers),
    }
    return told | {"seconds_to_first_lists": seconds} | steps.closed()


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
