"""Carriers and lots of the made-up shop: the same in facts and files, and what is planted in them strikes them alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from okaeri.simulate import ShopPlan, shop_tables
from okaeri.simulate.block import blocks_of
from okaeri.simulate.parcels import LOT_DAYS
from okaeri.simulate.plan import CARRIERS, Happening

PLAN = ShopPlan(customers=800, seed=4, years=2)


def test_every_carrier_brings_as_much_and_the_malls_file_does_not_tell():
    orders = shop_tables(PLAN)["orders"]
    by_store = {store: Counter() for store in ("own", "shopify", "rakuten")}
    for store, carrier in zip(orders["store"], orders["carrier"], strict=True):
        by_store[store][carrier] += 1
    assert set(by_store["rakuten"]) == {None}
    assert set(by_store["own"]) == set(CARRIERS)
    count = by_store["own"] + by_store["shopify"]
    assert max(count.values()) < 1.2 * min(count.values())


def test_a_lot_is_of_one_product_and_sold_over_its_days():
    tables = shop_tables(PLAN)
    day = dict(zip(tables["orders"]["order_id"], tables["orders"]["order_date"].tolist(), strict=True))
    lines = tables["order_lines"]
    days: dict[str, list] = {}
    for order, product, lot in zip(lines["order_id"], lines["product_id"], lines["lot"], strict=True):
        assert lot.startswith(f"{product}/")
        days.setdefault(lot, []).append(day[order])
    assert max((max(found) - min(found)).days for found in days.values()) < LOT_DAYS


def struck(*happenings: Happening) -> tuple[set, set, int]:
    plan = replace(PLAN, carriers=("東便", "西便"), happenings=happenings)
    (block,) = blocks_of(plan)
    rows = np.flatnonzero(block.orders.happening == 0)
    carriers = block.carriers()
    lots = {f"{block.shelf.codes[p]}/{block.orders.day[row] // LOT_DAYS + 1:02d}"
            for row in rows.tolist() for p in block.orders.products[row, :1].tolist()}  # fmt: skip
    return {carriers[row] for row in rows.tolist()}, lots, len(rows)


def test_what_is_planted_in_a_carrier_or_a_lot_strikes_it_alone():
    carriers, _, count = struck(Happening("late_delivery", 0.5, -0.9, carrier="西便"))
    assert carriers <= {"西便", None}
    assert count > 200
    _, lots, count = struck(Happening("leaking_bottle", 1.0, -1.2, lot="SB-02/03"))
    assert "SB-02/03" in lots
    assert count > 10
    with pytest.raises(ValueError, match="carrier"):
        replace(PLAN, happenings=(Happening("late_delivery", 0.5, -0.9, carrier="北便"),))


def test_carriers_move_no_draw_of_chance():
    one, other = shop_tables(PLAN)["orders"], shop_tables(replace(PLAN, carriers=()))["orders"]
    assert set(other["carrier"]) == {None}
    for name in one:
        if name != "carrier":
            assert list(map(str, one[name])) == list(map(str, other[name]))
