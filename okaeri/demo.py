"""The demo: a made-up shop whose files are imported as a real shop's would be, measured, and shown to its owner."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import okaeri
from okaeri.loop.demo import simulate_files
from okaeri.shop import Shop

#: In the order in which a shop would: the catalogue and members first, then orders, then what people did and said.
FILES = (
    "products.csv", "eccube_products.csv", "eccube_members.csv", "customers.csv", "eccube_orders.csv",
    "shopify_orders.csv", "rakuten_orders.csv", "events.csv", "voices.csv", "costs.csv",
)  # fmt: skip

NAME = "白樺ボタニカル"

KPIS = (
    ("step_up_rate", "Step-up rate, trial to main", ".1%"),
    ("repeat_rate_cohort", "Repeat rate, of the cohort", ".1%"),
    ("order_value", "Order value, yen", ",.0f"),
)


def run(directory: Path, *, customers: int, browser: bool, say: Callable[[str], None]) -> Path:
    """Make, import, measure and report the demo shop; a second run finds everything done. Returns the report's path."""
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
    if browser and _has_screen():
        webbrowser.open(report.as_uri())
    return report


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
