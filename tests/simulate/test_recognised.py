import csv

import pytest

from okaeri.ingest.sources import recognise
from okaeri.simulate import ShopPlan, simulate

SOURCES = {
    "eccube_orders": "eccube4_orders", "eccube_members": "eccube4_members", "eccube_products": "eccube4_products",
    "customers": "plain_customers", "products": "plain_products", "events": "plain_events", "voices": "plain_voices",
    "costs": "plain_costs",
}  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("recognised")
    simulate(path, ShopPlan(customers=40))
    return path


@pytest.mark.parametrize("name", SOURCES)
def test_each_file_is_taken_for_what_it_is(directory, name):
    encoding = "cp932" if name.startswith("eccube") else "utf-8"
    with (directory / f"{name}.csv").open(encoding=encoding, newline="") as file:
        source = recognise(tuple(next(csv.reader(file))))
    assert source is not None
    assert source.name == SOURCES[name]
