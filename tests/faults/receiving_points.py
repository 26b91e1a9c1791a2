"""Takes batches that programs sent, dies at another point each time, takes them again, and compares."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

from tests.faults.lives import Arm, digests, in_child, new_shop, preload, records_of, sweep

BATCHES = 6


def main(folder: Path, points: int, seed: int) -> None:
    preload("okaeri.loop.receiving")
    ready = new_shop(folder / "ready")
    in_child(lambda: _sent(ready))
    shutil.copytree(ready, folder / "clean")
    clean = in_child(lambda: _taken(folder / "clean"))
    chance = random.Random(seed)
    plans = (("event", chance.randrange(1, 60)) for _ in range(points))
    sweep(folder, ready, plans, _take, lambda path: {"whole": _taken(path) == clean})


def _sent(path: Path) -> int:
    """Orders, and customers with a name and a mail, as a program sends them."""
    from okaeri.records import keys, received

    _, records = records_of(path)
    with records:
        key, _ = keys.make("test", ["import"], actor="test")
        for number in range(BATCHES):
            line = {"line_no": 1, "product_id": "P", "quantity": 1, "unit_price": "10.00"}
            order = {"order_id": f"A{number}", "customer_id": f"c{number}", "ordered_at": "2026-03-02T00:30:00+09:00",
                     "lines": [line]}  # fmt: skip
            received.keep(key, f"o{number}", "orders", [order])
            person = {"customer_id": f"c{number}", "name": f"白樺 花{number}", "email": f"h{number}@shirakaba.jp"}
            received.keep(key, f"c{number}", "customers", [person])
    return BATCHES


def _take(path: Path, begin: Arm) -> None:
    from okaeri.loop.receiving import take_received

    shop, records = records_of(path)
    begin()
    with records:
        take_received(shop.workspace)


def _taken(path: Path) -> dict[str, str | int]:
    from okaeri.loop.receiving import take_received
    from okaeri.records.models import Received

    shop, records = records_of(path)
    with records:
        take_received(shop.workspace)
        assert take_received(shop.workspace) == 0
        left = Received.objects.exclude(body="").count() + Received.objects.filter(taken_at=None).count()
    told = digests(shop)
    return {name: told[name] for name in ("orders", "order_lines", "customers", "people", "links")} | {"left": left}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
