"""Writes a made-up shop to files, block by block, so that memory does not grow with the shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from okaeri.simulate.block import BLOCK, Block, blocks_of
from okaeri.simulate.files import eccube, rakuten, shopify
from okaeri.simulate.files.parcel import orders_by_store
from okaeri.simulate.files.plain import PlainFiles
from okaeri.simulate.files.sheet import Sheet
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.tables import block_tables
from okaeri.simulate.truth import TruthFile


@dataclass(frozen=True)
class Written:
    """What was written: rows by file, and how many customers and orders they are of."""

    rows: dict[Path, int]
    customers: int
    orders: int
    truth: Path | None

    def __str__(self) -> str:
        files = ", ".join(f"{path.name} ({rows:,} rows)" for path, rows in self.rows.items())
        return f"{self.customers:,} customers, {self.orders:,} orders: {files}"


def simulate(
    directory: Path,
    plan: ShopPlan,
    *,
    truth: Path | None = None,
    progress: Callable[[str], None] | None = None,
    block_size: int = BLOCK,
) -> Written:
    """Write the shop's export files to ``directory`` (made if need be), and every hidden parameter to ``truth``.

    The same plan and block size give the same bytes. Time grows with the number of customers, memory with
    ``block_size``. ``progress`` is told a line per block.
    """
    directory.mkdir(parents=True, exist_ok=True)
    files = ShopFiles(directory, plan)
    secret = TruthFile(truth, plan) if truth else None
    done = orders = 0
    for block in blocks_of(plan, size=block_size):
        files.add(block)
        if secret:
            secret.add(block)
        done, orders = done + len(block.traits), orders + len(block.orders)
        if progress:
            progress(f"{done:,} of {plan.customers:,} customers, {orders:,} orders")
    if secret:
        secret.close()
    return Written({sheet.path: sheet.rows for sheet in files.close()}, done, orders, truth)


class ShopFiles:
    """All files of a shop, open together."""

    def __init__(self, directory: Path, plan: ShopPlan):
        self.directory, self.plan = directory, plan
        self.eccube = eccube.OrderFile(directory, plan.products)
        self.members = eccube.MemberFile(directory)
        self.shopify = shopify.OrderFile(directory, plan.products)
        self.rakuten = rakuten.OrderFile(directory, plan.products)
        self.plain = PlainFiles(directory, plan)

    def add(self, block: Block) -> None:
        """Append a block to every file."""
        people = block.people()
        own, shopify_orders, rakuten_orders = orders_by_store(block, people)
        self.eccube.add(block, own)
        self.members.add(block, people, own)
        self.shopify.add(block, shopify_orders)
        self.rakuten.add(block, rakuten_orders)
        self.plain.add(block, people, block_tables(block))

    def close(self) -> list[Sheet]:
        """Finish every file; gives back their sheets."""
        sheets = [self.eccube.sheet, self.members.sheet, self.shopify.sheet, self.rakuten.sheet]
        for sheet in sheets:
            sheet.close()
        products = eccube.write_products(self.directory, self.plan.products)
        return [*sheets, products, *self.plain.close()]
