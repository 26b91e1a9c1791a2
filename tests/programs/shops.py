"""A small shop with orders, and a browser without a window for its pages."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import okaeri
from okaeri.shop import Shop

#: The pages read the clock, so the orders are told by their distance from it.
TODAY = datetime.now(ZoneInfo("Asia/Tokyo")).date()
#: A test may run past midnight: what must not begin in the past begins then.
TOMORROW = TODAY + timedelta(days=1)
_made: dict[tuple, Path] = {}


def shop_with_orders(
    folder: Path, orders: list[tuple[str, str, int]], *, settings: str = "", language: str = "ja"
) -> Shop:
    """A shop whose ``orders`` are (order, customer, days before TODAY); each is delivered two days later."""
    known = (tuple(orders), settings, language)
    if known not in _made:
        okaeri.init(folder / "made", name="試験の店", language=language)
        toml = folder / "made" / "okaeri.toml"
        toml.write_text(toml.read_text(encoding="utf-8") + settings, encoding="utf-8")
        okaeri.open(folder / "made").import_files(order_files(folder, orders))
        _made[known] = folder / "made"
    shutil.copytree(_made[known], folder / "shop")
    return okaeri.open(folder / "shop")


def order_files(folder: Path, orders: list[tuple[str, str, int]]) -> list[Path]:
    """The orders as files with okaeri's own column names."""
    head, lines = (
        ["order_id,customer_id,ordered_at,subtotal,total,delivered_at"],
        ["order_id,line_no,product_id,quantity,unit_price,ordered_at"],
    )
    for number, customer, ago in orders:
        day, arrived = TODAY - timedelta(days=ago), TODAY - timedelta(days=ago - 2)
        head.append(f"{number},{customer},{day} 10:00:00,3000,3000,{arrived} 10:00:00")
        lines.append(f"{number},1,P1,1,2000,{day} 10:00:00")
        lines.append(f"{number},2,P2,1,1000,{day} 10:00:00")
    files = {
        "orders.csv": head, "lines.csv": lines,
        "products.csv": ["product_id,name,category,price", "P1,化粧水 <しっとり>,スキンケア,2000", "P2,石けん,スキンケア,1000"],
    }  # fmt: skip
    for name, rows in files.items():
        (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return [folder / name for name in files]


def client_of(shop: Shop):
    """Asks the shop's pages as a browser would, in this process."""
    from django.test import Client

    from okaeri.web import serving

    serving.serve(shop.workspace)
    return Client(enforce_csrf_checks=True)


def path_of(link: str) -> str:
    """A link without the shop's address."""
    return "/" + link.split("/", 3)[3]


def voices_of(shop: Shop) -> list[dict]:
    """What was said so far, taken in as a refresh does it, by id."""
    from okaeri.loop.taking import take_voices

    with shop.workspace.records():
        take_voices(shop.workspace)
    return sorted(shop.show("voices").to_pylist(), key=lambda voice: voice["voice_id"])
