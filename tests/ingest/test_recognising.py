"""A header tells the source, and only one."""

from __future__ import annotations

import random

import pytest

from okaeri.ingest.sources import SOURCES, recognise, wanted_columns
from okaeri.schema.facts import FACTS
from tests.ingest import headers

KNOWN = {
    "amazon_all_orders": headers.AMAZON_ALL_ORDERS, "amazon_order_report": headers.AMAZON_ORDER_REPORT,
    "aupay_orders": headers.AUPAY_ORDERS, "base_orders": headers.BASE_ORDERS, "creema_orders": headers.CREEMA_ORDERS,
    "eccube4_members": headers.ECCUBE_MEMBERS, "eccube4_orders": headers.ECCUBE_ORDERS,
    "eccube4_products": headers.ECCUBE_PRODUCTS, "minne_orders": headers.MINNE_ORDERS,
    "next_engine": headers.NEXT_ENGINE, "rakuten_classic": headers.RAKUTEN_CLASSIC,
    "rakuten_rpay": headers.RAKUTEN_RPAY, "shopify_customers": headers.SHOPIFY_CUSTOMERS,
    "shopify_orders": headers.SHOPIFY_ORDERS, "yahoo_items": headers.YAHOO_ITEMS, "yahoo_orders": headers.YAHOO_ORDERS,
}  # fmt: skip


@pytest.mark.parametrize(("name", "header"), KNOWN.items(), ids=KNOWN)
def test_a_real_header_is_known_in_any_order_and_with_columns_added(name, header):
    shuffled = [*header, "a column of tomorrow"]
    random.Random(name).shuffle(shuffled)
    assert recognise(tuple(shuffled)).name == name


def test_another_header_is_nobodys():
    assert recognise(("Invoice", "StockCode", "Quantity", "Price")) is None
    assert wanted_columns(("Invoice", "StockCode")) == {"Invoice", "StockCode"}


@pytest.mark.parametrize(("name", "header"), KNOWN.items(), ids=KNOWN)
def test_a_source_reads_fewer_columns_than_the_file_has(name, header):
    source = SOURCES[name]
    assert any(wanted <= set(header) for wanted in source.recognised_by)
    assert set(source.brings) <= set(FACTS)
    assert len(wanted_columns(tuple(header))) < len(header)
