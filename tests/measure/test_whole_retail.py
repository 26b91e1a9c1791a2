"""Next products and basket pairs of the whole retail data, counted once more with pandas joins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pandas as pd
import pyarrow as pa
import pytest

from okaeri.schema.rules import DEFAULT_RULES
from tests.measure.plain_products import EPOCH, bounds_of, label_of
from tests.measure.retail import online_retail
from tests.measure.shops import measured

pytestmark = [pytest.mark.reference, pytest.mark.slow]
AS_OF = date(2011, 12, 10)
TODAY = (AS_OF - EPOCH).days


@cache
def both_ways() -> tuple[dict[str, pa.Table], pd.DataFrame, pd.DataFrame]:
    """The measured tables; the orders that count, with their day and the next; their goods."""
    facts = online_retail()
    tables = measured(facts, AS_OF, wanted=["next_product", "basket_pairs"])
    orders = facts["orders"].select(["order_id", "customer_id", "ordered_at", "order_date", "status", "subtotal"])
    orders = orders.to_pandas().query("status == 'paid' and subtotal >= 0")
    orders = orders.sort_values(["customer_id", "ordered_at", "order_id"])
    orders["day"] = [(day - EPOCH).days for day in orders.order_date]
    later = orders.groupby("customer_id")[["order_id", "day"]].shift(-1)
    orders["next_order_id"], orders["gap"] = later.order_id, later.day - orders.day
    lines = facts["order_lines"].select(["order_id", "product_id", "quantity"]).to_pandas()
    goods = lines[lines.quantity > 0][["order_id", "product_id"]].drop_duplicates()
    sizes = goods.groupby("order_id").product_id.transform("size")
    return tables, orders, goods[(sizes <= 100) & goods.order_id.isin(orders.order_id)]


def follow_ons() -> Iterator[tuple[str, pd.DataFrame]]:
    """By bucket: product, next product, pair_count, customer_count, n."""
    _, orders, goods = both_ways()
    for first, end in bounds_of(DEFAULT_RULES.elapsed_buckets):
        seen = goods.merge(orders[orders.day + end <= TODAY], on="order_id")
        came = seen[(seen.gap >= first) & (seen.gap < end)]
        pairs = came.merge(goods, left_on="next_order_id", right_on="order_id", suffixes=("", "_next"))
        keys = ["product_id", "product_id_next"]
        counts = pairs.groupby(keys).customer_id.agg(pair_count="size", customer_count="nunique").reset_index()
        counts["n"] = counts.product_id.map(seen.groupby("product_id").size())
        yield label_of(first, end), counts[counts.customer_count >= DEFAULT_RULES.min_support]


def test_next_products_of_the_whole_retail_data_are_as_pandas_counts_them():
    rows = both_ways()[0]["next_product"].to_pandas()
    compared = 0
    for label, wanted in follow_ons():
        own = rows[rows.bucket == label].rename(columns={"next_product_id": "product_id_next"})[wanted.columns]
        order = ["product_id", "product_id_next"]
        pd.testing.assert_frame_equal(
            own.sort_values(order).reset_index(drop=True), wanted.sort_values(order).reset_index(drop=True)
        )
        compared += len(wanted)
    assert compared == (rows.bucket != "all").sum() > 10_000


def test_basket_pairs_of_the_whole_retail_data_are_as_pandas_counts_them():
    tables, orders, goods = both_ways()
    goods = goods.merge(orders[["order_id", "customer_id"]], on="order_id")
    pairs = goods.merge(goods, on=["order_id", "customer_id"], suffixes=("", "_other"))
    pairs = pairs[pairs.product_id != pairs.product_id_other]
    keys = ["product_id", "product_id_other"]
    wanted = pairs.groupby(keys).customer_id.agg(pair_count="size", customer_count="nunique").reset_index()
    wanted = wanted[wanted.customer_count >= DEFAULT_RULES.min_support]
    wanted["product_count"] = wanted.product_id.map(goods.groupby("product_id").size())
    own = tables["basket_pairs"].to_pandas().rename(columns={"other_product_id": "product_id_other"})
    assert set(own.n) == {goods.order_id.nunique()}
    pd.testing.assert_frame_equal(
        own[wanted.columns].sort_values(keys).reset_index(drop=True), wanted.sort_values(keys).reset_index(drop=True)
    )
    assert len(wanted) > 10_000
