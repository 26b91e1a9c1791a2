"""The demo: a made-up shop whose files are imported as a real shop's would be, measured, and shown to its owner."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import okaeri
from okaeri.loop.demo import simulate_files
from okaeri.schema.errors import RuleRefused
from okaeri.shop import Shop

#: In the order in which a shop would: the catalogue and members first, then orders, then what people did and said.
FILES = (
    "products.csv", "eccube_products.csv", "eccube_members.csv", "customers.csv", "eccube_orders.csv",
    "shopify_orders.csv", "rakuten_orders.csv", "events.csv", "voices.csv", "costs.csv",
)  # fmt: skip

NAME = "白樺ボタニカル"
OWNER = "owner"
PROCESS = "console.pid"

KPIS = (
    ("step_up_rate", "Step-up rate, trial to main", ".1%"),
    ("repeat_rate_cohort", "Repeat rate, of the cohort", ".1%"),
    ("order_value", "Order value, yen", ",.0f"),
)


def run(directory: Path, *, customers: int, port: int, browser: bool, say: Callable[[str], None]) -> Path:
    """Make, import, measure and report the demo shop; a second run finds everything done. Returns the report's path.

    The console is started at ``port`` and goes on running (0: it is not started).
    """
    files = directory / "files"
    plan = simulate_files(files, customers=customers, truth=directory / "truth.json", progress=say)
    shop_folder = directory / "shop"
    known = (shop_folder / "okaeri.toml").exists()
    shop = okaeri.open(shop_folder) if known else okaeri.init(shop_folder, name=NAME)
    shop.import_files([files / name for name in FILES], progress=say)
    shop.refresh(as_of=plan.end, progress=lambda name, seconds: say(f"{name:<24} {seconds:6.2f} s"))
    report = shop.report(directory / "report.html")
    for row in summary(shop):
        say(row)
    say(f"\n{report}")
    if port:
        address = _start(directory, shop, port, say)
        if browser and _has_screen():
            webbrowser.open(address)
    return report


def stop(directory: Path) -> None:
    """Stop the console an earlier run started, where it still runs."""
    noted = directory / PROCESS
    if not noted.exists():
        return
    # Its process group: the server and those it forked. Somebody else's process may have got the number since.
    number, _, started = noted.read_text(encoding="ascii").partition(" ")
    if started and _started_at(int(number)) == started:
        os.killpg(int(number), signal.SIGTERM)
    noted.unlink()


def _start(directory: Path, shop: Shop, port: int, say: Callable[[str], None]) -> str:
    """Start the console in the background; gives its address and tells the login."""
    stop(directory)
    password = _login(directory, shop)
    port = _free(port)
    command = [
        sys.executable,
        "-c",
        "from okaeri.cli import main; main()",
        "serve",
        "--shop",
        str(shop.workspace.path),
        "--port",
        str(port),
    ]
    with (directory / "console.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    (directory / PROCESS).write_text(f"{process.pid} {_started_at(process.pid)}", encoding="ascii")
    address = f"http://localhost:{port}/"
    if not _answers(address, process):
        say((directory / "console.log").read_text(encoding="utf-8", errors="replace")[-2000:])
        raise RuleRefused("The console did not start at port {port}; choose another one with --port", port=port)
    say(
        f"\n{address}\n  name      {OWNER}\n  password  {password}\n  stop it   {Path(sys.executable).with_name('okaeri')} demo --stop --dir {directory}"
    )
    return address


def _login(directory: Path, shop: Shop) -> str:
    """The demo owner's password: made once, and kept beside the demo, which holds nobody's data."""
    from okaeri.records import staff
    from okaeri.records.models import Staff

    kept = directory / "login.txt"
    with shop.workspace.records():
        known = Staff.objects.filter(name=OWNER).exists()
        if known and kept.exists():
            return kept.read_text(encoding="ascii").strip()
        password = staff.made_password()
        if known:
            staff.change(OWNER, actor="demo", password=password)
        else:
            staff.take_on(OWNER, "owner", password, actor="demo")
    kept.write_text(password + "\n", encoding="ascii")
    return password


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    for _ in range(300):
        if process.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(f"{address}alive/", timeout=2) as answer:
                return bool(answer.read() == b"ok")
        except OSError:
            time.sleep(0.1)
    return False


def _free(port: int) -> int:
    """``port``, or where somebody listens there already, one that is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _started_at(process: int) -> str:
    """When a process began, as ``ps`` tells; empty where there is none of that number."""
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(process)], capture_output=True, text=True, check=False)
    return told.stdout.strip()


def summary(shop: Shop) -> list[str]:
    """The shop in a few lines: LTV, the three KPIs, and the bottleneck."""
    curve = [row for row in _rows(shop, "ltv_curve") if row["dimension"] == "all" and row["age_days"] in (90, 365)]
    kpis = {row["kpi"]: row for row in _rows(shop, "kpis") if row["cohort"] == "all"}
    lines = [
        f"LTV at {row['age_days']} days, {row['value_kind'].replace('_', ' ')}, yen".ljust(36)
        + _interval(row, "ltv", ",.0f")
        for row in curve
    ]
    lines += [label.ljust(36) + _interval(kpis[name], "value", form) for name, label, form in KPIS]
    return lines + [_bottleneck(row) for row in _rows(shop, "belt") if row["is_bottleneck"]]


def _bottleneck(row: dict[str, Any]) -> str:
    profit = row["gross_profit_per_percent"]
    gain = row["revenue_per_percent"] if profit is None else profit
    return f"Bottleneck: station {row['station']}, {row['label']}: {gain:,.0f} yen per percent more moved on"


def _interval(row: dict[str, Any], figure: str, form: str) -> str:
    if row[figure] is None:
        return "not known yet"
    ends = "" if row["low"] is None else f"  [{row['low']:{form}} to {row['high']:{form}}]"
    return f"{row[figure]:>7{form}}{ends}  n={row['n']:,}"


def _rows(shop: Shop, name: str) -> list[dict[str, Any]]:
    return shop.show(name).to_pylist()


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
