"""How quickly the console and the API answer over HTTP, and how soon charts are painted in Chromium, at a million customers.

    python benchmarks/console.py --shop FOLDER --json       a million customers; made once in FOLDER, then used again
    python benchmarks/console.py --database postgresql://user@host/name --shop FOLDER
                                                            the same with the records in PostgreSQL
    python benchmarks/console.py --data SHOP --times 3      another refreshed shop, its rows three times

``okaeri serve`` runs as it does for an owner, with its two processes and the worker. Each page is asked again and again
by one client, each time about another customer, voice, word or filter; then several clients ask for all pages at once.
The peer, in the same run: the same questions put to DuckDB over the plain measured files, and to the records by LIKE,
as a dashboard over a warehouse would, without what a refresh lays ready.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import okaeri
from benchmarks.console_clients import OWNER, PASSWORD, Server, Times, at_once, charts, one_page, part, signed_in
from benchmarks.console_shop import into, measured, repeat
from okaeri.shop import Shop
from tests.browser.served import served

MILLISECONDS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shop", type=Path, required=True, help="folder in which the large shop is made, once")
    parser.add_argument("--data", type=Path, help="a refreshed shop to be repeated, instead of a made-up one")
    parser.add_argument("--customers", type=int, default=10_000, help="of the made-up shop")
    parser.add_argument("--times", type=int, default=100, help="how often its rows are repeated")
    parser.add_argument("--requests", type=int, default=40, help="of each page by one client")
    parser.add_argument("--clients", type=int, default=4, help="at once, in the second part")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they ask")
    parser.add_argument("--only", default="", help="pages whose name begins so, several after commas")
    parser.add_argument("--without", default="", help="none whose name begins so")
    parser.add_argument("--database", default="", help="address of a PostgreSQL database, empty or of an earlier run")
    parser.add_argument("--browser", action="store_true", help="also time the charts in Chromium")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    shop = shop_of(told)
    result = {**about(shop, told), **asked(shop, told), "peer": peer(shop)}
    print(json.dumps(result, indent=1, ensure_ascii=False) if told.json else as_text(result))
    sys.exit(1 if result["over_300_ms"] or result["answers_other_than_200"] else 0)


def shop_of(told: argparse.Namespace) -> Shop:
    """The large shop, made where it is not there yet, with an owner to sign in."""
    large = told.shop / "large"
    if not (large / "okaeri.toml").exists():
        made = told.data or measured(told.shop / "base", told.customers).workspace.path
        partial = told.shop / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(made, partial)
        repeat(okaeri.open(partial), told.times)
        partial.replace(large)
    _leave_alone(large / "okaeri.toml")
    shop = okaeri.open(large)
    if told.database:
        shop = into(told.database, shop, told.shop / "postgresql")
    from okaeri.records.models import Staff
    from okaeri.records.staff import take_on

    with shop.workspace.records():
        if not Staff.objects.filter(name=OWNER).exists():
            take_on(OWNER, "owner", PASSWORD, actor="benchmark")
    return shop


def _leave_alone(settings: Path) -> None:
    """Let nothing be measured by itself while pages are timed."""
    text = settings.read_text(encoding="utf-8")
    if "[schedule]" not in text:
        settings.write_text(text + '\n[schedule]\nrefresh_at = "off"\n', encoding="utf-8")


def about(shop: Shop, told: argparse.Namespace) -> dict[str, Any]:
    """The shop, the machine and how busy it is."""
    from okaeri.loop.published import published

    with shop.workspace.records():
        laid = published(shop.workspace)
        assert laid is not None
        with duckdb.connect() as connection:
            rows = {name: connection.execute(f"SELECT count(*) FROM '{laid.path(name)}'").fetchone()[0]
                    for name in ("customers_now", "customer_orders", "voices")}  # fmt: skip
    return {
        "customers": rows["customers_now"], "orders": rows["customer_orders"], "voices": rows["voices"],
        "database": "postgresql" if told.database else "sqlite", "cores": os.cpu_count(),
        "load_average_before": round(os.getloadavg()[0], 1), "requests_of_each_page": told.requests,
    }  # fmt: skip


def asked(shop: Shop, told: argparse.Namespace) -> dict[str, Any]:
    """Every page by one client, then by several at once; charts in a browser where wanted."""
    from benchmarks.console_pages import addresses

    pages = {name: paths for name, paths in addresses(shop, random.Random(1)).items() if is_wanted(name, told)}
    started = time.perf_counter()
    with served(shop.workspace.path, workers=2, worker=True) as address:
        server = Server(time.perf_counter() - started, bool(told.database))
        cookies = signed_in(address)
        alone = {}
        for name, paths in pages.items():
            alone[name] = one_page(address, cookies, paths, told.requests, server)
            print(name, alone[name].told()["p50_ms"], alone[name].told()["p95_ms"], file=sys.stderr, flush=True)
        together = at_once(address, cookies, pages, told.clients, told.seconds)
        painted = charts(address, cookies) if told.browser else {}
    statuses = Counter()
    for times in [*alone.values(), *together.values()]:
        statuses += times.statuses
    rows = {name: times.told() for name, times in alone.items()}
    return {
        "seconds_to_start": round(server.seconds, 2), "load_average_after": round(os.getloadavg()[0], 1),
        "slowest_p95_ms": max(row["p95_ms"] for row in rows.values()),
        "over_300_ms": {name: row["p95_ms"] for name, row in rows.items() if row["p95_ms"] > MILLISECONDS},
        "cpu_over_300_ms": {name: row["cpu_p95_ms"] for name, row in rows.items() if row["cpu_p95_ms"] > MILLISECONDS},
        "answers": {str(status): count for status, count in statuses.items()},
        "answers_other_than_200": sum(count for status, count in statuses.items() if status != 200),
        "pages": rows, "at_once": crowd(together, told), "charts_painted_ms": painted,
    }  # fmt: skip


def is_wanted(name: str, told: argparse.Namespace) -> bool:
    return name.startswith(tuple(told.only.split(","))) and not (told.without and name.startswith(told.without))


def crowd(together: dict[str, Times], told: argparse.Namespace) -> dict[str, Any]:
    walls = [wall for times in together.values() for wall in times.wall]
    if not walls:
        return {}
    slowest = sorted((times.slowest for times in together.values()), reverse=True)[:5]
    return {
        "clients": told.clients, "seconds_between": "0.5 to 1.5", "n": len(walls),
        "p50_ms": round(statistics.median(walls), 1), "p95_ms": round(part(walls, 0.95), 1),
        "slowest": [{"ms": round(wall, 1), "path": path} for wall, path in slowest],
    }  # fmt: skip


def peer(shop: Shop) -> dict[str, float]:
    """Median milliseconds of a dashboard's questions without what a refresh lays ready."""
    from okaeri.loop import snapshots
    from okaeri.records.models import Person

    with shop.workspace.records(), _plain(shop) as connection:
        some = [row[0] for row in connection.execute("SELECT customer_id FROM customers_now LIMIT 200000").fetchall()][
            ::29_989
        ]
        names = [name[:2] for name in Person.objects.values_list("name", flat=True)[:400_000:57_143]]
        snapshot = snapshots.current()
        assert snapshot is not None
        files = [str(file) for file in snapshots.store_of(shop.workspace).files("voices", snapshot.versions)]
        told: dict[str, Callable[[str], Any]] = {
            "customers sorted by value": lambda one: connection.execute(
                "SELECT * FROM customers_now JOIN customer_value USING (customer_id)"
                " ORDER BY lifetime_value DESC LIMIT 50").fetchall(),
            "orders of a customer": lambda one: connection.execute(
                "SELECT * FROM purchases WHERE customer_id = ?", [one]).fetchall(),
            "voices that hold a word": lambda one: connection.execute(
                "SELECT count(*) FROM read_parquet(?, hive_partitioning=false) WHERE contains(text, ?)", [files, "香り"]).fetchall(),
            "persons by a piece of their name": lambda one: Person.objects.filter(name__contains=one)[:1000].count(),
        }  # fmt: skip
        inputs = dict.fromkeys(told, some) | {"persons by a piece of their name": names}
        return {name: _median(ask, inputs[name]) for name, ask in told.items()}


@contextmanager
def _plain(shop: Shop) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB over the measured files as they were measured."""
    from okaeri.loop.published import published

    laid = published(shop.workspace)
    assert laid is not None
    with duckdb.connect() as connection:
        for name in ("customers_now", "customer_value", "purchases"):
            connection.read_parquet(str(laid.folder / f"{name}.parquet")).create_view(name)
        yield connection


def _median(ask: Callable[[str], Any], inputs: list[str]) -> float:
    took = []
    for one in inputs:
        started = time.perf_counter()
        ask(one)
        took.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(took), 1)


def as_text(result: dict[str, Any]) -> str:
    lines = [f"{key:<24} {value}" for key, value in result.items() if key not in ("pages", "peer")]
    rows = [
        f"{name:<36} p50 {row['p50_ms']:>8} p95 {row['p95_ms']:>8} cpu {row['cpu_p50_ms']:>8} {row['cpu_p95_ms']:>8}  {row['slowest']}"
        for name, row in result["pages"].items()
    ]
    return "\n".join([*lines, *rows, *(f"peer: {name:<34} {took}" for name, took in result["peer"].items())])


if __name__ == "__main__":
    main()
