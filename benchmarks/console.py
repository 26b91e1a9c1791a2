"""How quickly the console's pages answer over HTTP, and how soon their charts are painted in Chromium.

    python benchmarks/console.py --json                    10,000 customers, SQLite
    python benchmarks/console.py --tile 100 --json         the same measured rows a hundred times: a million customers
    python benchmarks/console.py --data SHOP --json        a shop of one's own, already refreshed
    python benchmarks/console.py --database postgresql://user@host/name

With ``--tile`` the tables about customers, orders and voices are repeated with new ids, and so are the persons of the
records; tables that do not grow with customers stay as they are. The peer is the same shop's own figure computed from the
facts by DuckDB at each request, as a dashboard over a warehouse would: revenue and customers by month.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import okaeri
from okaeri.demo import FILES
from okaeri.loop.demo import simulate_files
from okaeri.shop import Shop
from tests.browser.served import served

OWNER, PASSWORD = "benchmark", "kumo-no-ito-2026"
CHARTS = ("/console/", "/console/value/", "/console/belt/", "/console/emotion/", "/console/products/")
#: Ids that grow with the customers; a tiled row gets new ones.
IDS = ("customer_id", "order_id", "subscription_id", "voice_id", "signal_id")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a refreshed shop; it is copied")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--tile", type=int, default=1)
    parser.add_argument("--requests", type=int, default=40, help="of each page")
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    parser.add_argument("--browser", action="store_true", help="also time the charts in Chromium")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shop = made(Path(folder), told)
        result = {"customers": told.customers * told.tile, "tiled": told.tile, **measured(shop, told)}
    print(json.dumps(result, indent=1, ensure_ascii=False) if told.json else as_text(result))
    sys.exit(0 if result["slowest_p95_ms"] <= 300 else 1)


def made(folder: Path, told: argparse.Namespace) -> Shop:
    """The shop to be served, with an owner to sign in."""
    from okaeri.records.staff import take_on

    if told.data:
        shutil.copytree(told.data, folder / "shop")
    else:
        plan = simulate_files(folder / "files", customers=told.customers)
        okaeri.init(folder / "shop", name="benchmark")
        toml = folder / "shop" / "okaeri.toml"
        if told.database:
            toml.write_text(
                toml.read_text(encoding="utf-8") + f'[database]\nurl = "{told.database}"\n', encoding="utf-8"
            )
        shop = okaeri.open(folder / "shop")
        shop.import_files([folder / "files" / name for name in FILES])
        shop.refresh(as_of=plan.end)
    shop = okaeri.open(folder / "shop")
    if told.tile > 1:
        tile(shop, told.tile)
    with shop.workspace.records():
        take_on(OWNER, "owner", PASSWORD, actor="benchmark")
    return shop


def tile(shop: Shop, times: int) -> None:
    """Repeat the rows of every table about customers, and the persons, with new ids."""
    from okaeri.loop.published import FOLDER, published
    from okaeri.records.models import Person

    with shop.workspace.records():
        folder = published(shop.workspace).folder  # type: ignore[union-attr]
        for path in [*folder.glob("*.parquet"), *(folder / FOLDER).glob("*.parquet")]:
            _tile_file(path, times)
        people = list(Person.objects.all())
        for number in range(1, times):
            for person in people:
                person.pk, person._state.adding = None, True
                person.customer_id = f"{person.customer_id.partition('~')[0]}~{number}"
            Person.objects.bulk_create(people, batch_size=500)


def _tile_file(path: Path, times: int) -> None:
    with duckdb.connect() as connection:
        columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
        changed = [name for name in IDS if name in columns]
        if not changed:
            return
        told = ", ".join(f"CASE WHEN n = 0 THEN {name} ELSE {name} || '~' || n END AS {name}" for name in changed)
        first = "customer_id" if "customer_id" in columns else changed[0]
        query = (
            f"SELECT r.* REPLACE ({told}) FROM '{path}' r, range({times}) t(n) ORDER BY {first}"
        )  # fmt: skip
        partial = path.with_suffix(".tiled")
        connection.execute(f"COPY ({query}) TO '{partial}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)")
        partial.replace(path)


def measured(shop: Shop, told: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds of each page, cold once and then warm."""
    with served(shop.workspace.path, workers=2) as address:
        cookies = signed_in(address)
        rows = {path: timed(address, cookies, path, told.requests, shop) for path in addresses()}
        painted = charts(address, cookies) if told.browser else {}
    server = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "database": "postgresql" if told.database else "sqlite", "cores": os.cpu_count(), "workers": 2,
        "requests_of_each_page": told.requests, "slowest_p95_ms": max(row["p95_ms"] for row in rows.values()),
        "pages": rows, "charts_painted_ms": painted, "peer_scan_of_facts_ms": scanned(shop),
        "server_cpu_seconds": round(server.ru_utime + server.ru_stime, 1), "load_average": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def addresses() -> list[str]:
    """Every address that is looked at, as the urls declare them."""
    from okaeri.web.console.urls import ROUTES

    return [f"/console/{route.path}" for route in ROUTES if route.method != "POST" and route.permission]


def timed(address: str, cookies: str, pattern: str, requests: int, shop: Shop) -> dict[str, Any]:
    """The same page again and again, with another customer, station or voice each time."""
    dice, waits, statuses = random.Random(1), [], []
    ids = _ids(shop)
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    for _ in range(requests + 1):
        started = time.perf_counter()
        connection.request("GET", filled(pattern, ids, dice), headers={"Cookie": cookies})
        answer = connection.getresponse()
        answer.read()
        waits.append((time.perf_counter() - started) * 1000)
        statuses.append(answer.status)
    warm = sorted(waits[1:])
    return {
        "first_ms": round(waits[0], 1), "median_ms": round(statistics.median(warm), 1),
        "p95_ms": round(warm[min(len(warm) - 1, int(0.95 * len(warm)))], 1),
        "statuses": {str(status): statuses.count(status) for status in sorted(set(statuses))},
    }  # fmt: skip


def _ids(shop: Shop) -> dict[str, list[str]]:
    """Some customers and voices to ask for."""
    with duckdb.connect() as connection, shop.workspace.records():
        from okaeri.loop.published import published

        laid = published(shop.workspace)
        assert laid is not None
        names = {"customers_now": "customer_id", "feelings": "voice_id"}
        return {
            column: [row[0] for row in connection.execute(
                f"SELECT {column} FROM '{laid.path(table)}' USING SAMPLE 200").fetchall()]
            for table, column in names.items()
        }  # fmt: skip


def filled(pattern: str, ids: dict[str, list[str]], dice: random.Random) -> str:
    """An address with its variable parts chosen at random."""
    parts = []
    for part in pattern.split("/"):
        if part.startswith("<int"):
            parts.append(str(dice.randint(1, 7)))
        elif part.startswith("<"):
            known = ids["voice_id" if "voice" in part else "customer_id"]
            parts.append(quote(dice.choice(known), safe=""))
        else:
            parts.append(part)
    return "/".join(parts)


def signed_in(address: str) -> str:
    """The cookies of the owner."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    connection.request("GET", "/console/sign-in/")
    first = connection.getresponse()
    text = first.read().decode()
    token = text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    cookie = "; ".join(value.split(";")[0] for name, value in first.getheaders() if name.lower() == "set-cookie")
    body = urlencode({"username": OWNER, "password": PASSWORD, "csrfmiddlewaretoken": token})
    head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/console/sign-in/", body, head)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise SystemExit(f"sign-in failed: {answer.status}")
    return "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")


def charts(address: str, cookies: str) -> dict[str, float]:
    """Milliseconds from the click to the last chart on the page, by Chromium's own clock."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM_ARGS, chromium

    painted = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        name_values = [cookie.split("=", 1) for cookie in cookies.split("; ")]
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in name_values])
        page = context.new_page()
        for path in CHARTS:
            took = []
            for _ in range(5):
                page.goto(address + path)
                page.wait_for_function(
                    "Array.from(document.querySelectorAll('.chart')).every((one) => one.querySelector('svg path'))"
                )
                took.append(page.evaluate("performance.now()"))
            painted[path] = round(statistics.median(took), 1)
        browser.close()
    return painted


def scanned(shop: Shop) -> float:
    """The peer: revenue and customers by month, from the facts at each request."""
    files = sorted(str(path) for path in (shop.workspace.facts / "orders").rglob("*.parquet"))
    query = (
        "SELECT date_trunc('month', ordered_at) AS month, count(DISTINCT customer_id), sum(total) "
        f"FROM read_parquet({files}) GROUP BY month ORDER BY month"
    )
    took = []
    with duckdb.connect() as connection:
        for _ in range(5):
            started = time.perf_counter()
            connection.execute(query).fetchall()
            took.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(took), 1)


def as_text(result: dict[str, Any]) -> str:
    lines = [f"{key:<24} {value}" for key, value in result.items() if key != "pages"]
    return "\n".join(lines + [f"{path:<36} {row}" for path, row in result["pages"].items()])


if __name__ == "__main__":
    main()
