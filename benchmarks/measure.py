"""Seconds, peak memory and lines a second of import, every measured table and the whole refresh, at growing size.

    python benchmarks/measure.py --lines 1000000 10000000 100000000 [--out FILE]

The shop is simulated once (10,000 busy customers with about 100 order lines each over six years) and copied with new
ids until it has the lines asked for: 100,000,000 lines are about 1,000,000 customers. Files are Parquet exports of
orders and of order lines, as a shop's warehouse gives them (one of each at the smallest size, quarterly above), with
the events, voices and costs that go with them; the vendor's own format (EC-CUBE, cp932, 70 columns) is imported beside
them at the smallest size. A table's seconds are those it took beside the others: two are computed at a time.

Beside every table stand two peers measured in the same run: one plain DuckDB scan of the columns of orders and order
lines that the measures need, and, at the smallest size, the same figures worked out with pandas.
Each step runs in a process of its own; memory is that process's peak. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

CUSTOMERS = 10_000
BUSY = {
    "customers": CUSTOMERS, "years": 6, "growth": -0.9, "mean_gap": 3.0, "leave_a": 0.01, "leave_b": 60.0,
    "extra_item": 0.8, "refill_mean": 0.05, "follow_ons": (),
}  # fmt: skip
SMALLEST = 1_000_000


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        folder = Path(scratch)
        source = alone(simulate_source, folder / "source")
        told: dict[str, Any] = {"machine": machine(), "simulate": source["told"], "sizes": []}
        for lines in sorted(arguments.lines):
            told["sizes"].append(size(folder / str(lines), source["folder"], lines, arguments.memory))
            _say(json.dumps(told["sizes"][-1], indent=1))
            shutil.rmtree(folder / str(lines))
    text = json.dumps(told, indent=1) + "\n"
    sys.stdout.write(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="+", default=[SMALLEST], help="order lines of each shop")
    parser.add_argument("--memory", default="6GB", help="memory the engine may use before it spills")
    parser.add_argument("--folder", type=Path, help="where to make the shops (100,000,000 lines take about 20 GB)")
    parser.add_argument("--json", action="store_true", help="print JSON, as always")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    return parser.parse_args()


def machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "duckdb": duckdb.__version__}


def size(folder: Path, source: str, lines: int, memory: str) -> dict[str, Any]:
    """Everything at one size."""
    told: dict[str, Any] = {"asked": lines}
    made = alone(make_files, folder / "files", source, lines)
    told |= {name: made[name] for name in ("customers", "orders", "order_lines")}
    told["import"] = alone(import_files, folder, memory)
    told["import"]["lines_per_second"] = round(made["order_lines"] / told["import"]["seconds"])
    scan = alone(plain_scan, folder, memory)
    told["plain_scan"] = scan
    told["refresh"] = alone(refresh, folder, memory)
    told["refresh"]["lines_per_second"] = round(made["order_lines"] / told["refresh"]["seconds"])
    told["refresh"]["times_plain_scan"] = round(told["refresh"]["seconds"] / scan["seconds"], 1)
    for table in told["refresh"]["tables"].values():
        table["times_plain_scan"] = round(table["seconds"] / scan["seconds"], 2)
    if lines <= SMALLEST:
        told["import_eccube"] = alone(import_eccube, folder / "eccube")
        told["pandas"] = alone(pandas_way, folder)
        for name, other in told["pandas"]["tables"].items():
            mine = told["refresh"]["tables"][name]["seconds"]
            told["pandas"]["tables"][name] = {"seconds": other, "times_okaeri": round(other / mine, 1)}
    return told


def alone(work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """``work`` in a fresh process, with its wall and CPU seconds and peak memory."""
    spawn = multiprocessing.get_context("spawn")
    reader, writer = spawn.Pipe(duplex=False)
    child = spawn.Process(target=_measured, args=(writer, work, arguments))
    child.start()
    writer.close()
    try:
        told = reader.recv()
    except EOFError:
        child.join()
        raise SystemExit(f"{work.__name__} ended with {child.exitcode}") from None
    child.join()
    return told


def _measured(writer: Any, work: Callable[..., dict[str, Any]], arguments: tuple[Any, ...]) -> None:
    started = time.perf_counter()
    told = work(*arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_gb": peak_gb(os.getpid()),
    }
    writer.send({**figures, **told})


def peak_gb(process: int) -> float:
    """Peak memory of a process by its number (Linux; what getrusage tells starts from the peak of the parent)."""
    lines = Path("/proc", str(process), "status").read_text(encoding="ascii").splitlines()
    return round(int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1e6, 2)


def simulate_source(folder: Path) -> dict[str, Any]:
    """The shop that is copied, as one Parquet file per fact table."""
    import dataclasses

    import pyarrow.parquet as pq

    from okaeri.simulate import ShopPlan, shop_tables
    from okaeri.simulate.plan import Belt
    from tests.simulate.arrow import as_arrow

    plan = dataclasses.replace(ShopPlan(), belt=Belt(second=9, third=9, later=9), **BUSY)
    folder.mkdir(parents=True)
    tables = as_arrow(shop_tables(plan))
    for name, rows in tables.items():
        pq.write_table(rows, folder / f"{name}.parquet")
    (folder / "as_of").write_text(plan.end.isoformat())
    return {"folder": str(folder), "told": {name: rows.num_rows for name, rows in tables.items()}}


#: Which columns get the copy's number, so that every copy is a shop of its own people.
OWN = {
    "orders": ("order_id", "customer_id", "subscription_id"), "order_lines": ("order_id",), "customers": ("customer_id",),
    "events": ("event_id", "visitor_id", "customer_id", "session_id"), "voices": ("voice_id", "customer_id", "order_id"),
    "costs": ("cost_id", "customer_id"),
}  # fmt: skip
MONTH = {"orders": "order_month", "order_lines": "order_month"}


def make_files(folder: Path, source: str, lines: int) -> dict[str, Any]:
    """The export files of a shop of so many order lines."""
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '4GB'; SET temp_directory = '{folder}'")
        base = connection.execute(f"SELECT count(*) FROM '{source}/order_lines.parquet'").fetchone()
        copies = max(1, round(lines / base[0]))
        for name in (*OWN, "products"):
            for part in _parts(connection, source, name, lines):
                _export(connection, source, name, part, copies, folder)
        counts = {
            name: connection.execute(f"SELECT count(*) FROM '{folder}/{name}-*.parquet'").fetchone()[0]
            for name in ("customers", "orders", "order_lines")
        }
    shutil.copy(Path(source) / "as_of", folder / "as_of")
    return counts


def _parts(connection: duckdb.DuckDBPyConnection, source: str, name: str, lines: int) -> list[tuple[str, str]]:
    """First and last month of each file: quarters, or all in one where the shop is small or the rows have no month."""
    if name not in MONTH or lines <= SMALLEST:
        return [("", "")]
    rows = connection.execute(f"SELECT DISTINCT order_month FROM '{source}/{name}.parquet' ORDER BY 1").fetchall()
    months = [row[0] for row in rows]
    return [(months[start], months[min(start + 2, len(months) - 1)]) for start in range(0, len(months), 3)]


def _export(
    connection: duckdb.DuckDBPyConnection, source: str, name: str, part: tuple[str, str], copies: int, folder: Path
) -> None:
    copied = ", ".join(f"{column} || '-' || copy AS {column}" for column in OWN.get(name, ()))
    replaced = f"* EXCLUDE copy REPLACE ({copied})" if copied else "* EXCLUDE copy"
    times = copies if name in OWN else 1
    where = f"WHERE order_month BETWEEN '{part[0]}' AND '{part[1]}'" if part[0] else ""
    connection.execute(
        f"COPY (SELECT {replaced} FROM '{source}/{name}.parquet', range({times}) t(copy) {where}) "
        f"TO '{folder}/{name}-{part[0] or 'all'}.parquet' (COMPRESSION zstd)"
    )


def import_files(folder: Path, memory: str) -> dict[str, Any]:
    """Every file through ``okaeri import``; the seconds are those of orders and lines, the rest stands beside."""
    import okaeri

    shop = okaeri.init(folder / "shop", name="benchmark")
    with (folder / "shop" / "okaeri.toml").open("a") as settings:
        settings.write(f'[engine]\nmemory = "{memory}"\n')
    shop = okaeri.open(folder / "shop")
    seconds = {}
    for path in sorted((folder / "files").glob("*.parquet"), key=lambda path: path.name.split("-")[0] in MONTH):
        started = time.perf_counter()
        shop.import_files([path])
        seconds[path.name] = round(time.perf_counter() - started, 2)
        _say(f"  import {path.name} {seconds[path.name]}")
    sales = sum(spent for name, spent in seconds.items() if name.split("-")[0] in MONTH)
    return {"seconds": round(sales, 2), "other_files_seconds": round(sum(seconds.values()) - sales, 2)}


def import_eccube(folder: Path) -> dict[str, Any]:
    """EC-CUBE's own format: cp932, 70 columns, lines of postage and discounts among them."""
    import okaeri
    from okaeri.simulate import ShopPlan, simulate

    simulate(folder / "files", ShopPlan(customers=60_000))
    shop = okaeri.init(folder / "shop", name="benchmark")
    started = time.perf_counter()
    (done,) = shop.import_files([folder / "files" / "eccube_orders.csv"])
    spent = time.perf_counter() - started
    return {"seconds": round(spent, 2), "lines": done.read_count, "lines_per_second": round(done.read_count / spent)}


def plain_scan(folder: Path, memory: str) -> dict[str, Any]:
    """DuckDB reading, once, the columns of orders and lines that the measures need."""
    needed = {
        "orders": (
            "customer_id",
            "order_id",
            "ordered_at",
            "order_date",
            "status",
            "store",
            "subtotal",
            "discount",
            "tax",
        ),
        "order_lines": ("order_id", "product_id", "kind", "quantity", "unit_price", "discount", "unit_cost"),
    }
    started = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{memory}'")
        for name, columns in needed.items():
            hashed = ", ".join(f"max(hash({column}))" for column in columns)
            connection.execute(f"SELECT {hashed} FROM '{folder}/files/{name}-*.parquet'").fetchall()
    return {"seconds": round(time.perf_counter() - started, 2)}


def refresh(folder: Path, memory: str) -> dict[str, Any]:
    """``okaeri refresh``: every measured table, each with the memory's peak so far."""
    import okaeri

    shop = okaeri.open(folder / "shop")
    peaks = {}

    def note(name: str, seconds: float) -> None:
        peaks[name] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
        _say(f"  {name} {seconds:.2f} s, peak {peaks[name]} GB")

    as_of = date.fromisoformat((folder / "files" / "as_of").read_text())
    done = shop.refresh(as_of=as_of, progress=note)
    return {"tables": {name: {**figures, "peak_gb": peaks[name]} for name, figures in done.tables.items()}}


def pandas_way(folder: Path) -> dict[str, Any]:
    """The same figures as an analyst would work them out with pandas, from the same files."""
    from benchmarks.pandas_way import TABLES, load

    spent = {}
    started = time.perf_counter()
    shop = load(folder / "files")
    spent["purchases"] = round(time.perf_counter() - started, 3)
    for name, work in TABLES.items():
        started = time.perf_counter()
        work(shop)
        spent[name] = round(time.perf_counter() - started, 3)
    return {"tables": spent}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
