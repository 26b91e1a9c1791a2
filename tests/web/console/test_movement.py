"""Who moved between two days a user chose: as plain Python classes them by the orders before each."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from okaeri.lib.periods import day_number
from tests.web.console.shops import AS_OF, client_of, measured_shop

SINCE, UNTIL = date(2025, 3, 1), date(2025, 10, 15)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("movement"))


def classes(purchases: dict[str, list[dict]], day: date, rules) -> dict[str, str]:
    """The class of each customer with an order before ``day``, as the definition of CPM says."""
    found = {}
    for customer, rows in purchases.items():
        before = [row for row in rows if row["order_day"] < day_number(day)]
        days = sorted(row["order_day"] for row in before if row["is_purchase"])
        if not days:
            continue
        revenue, tenure = round(sum(row["revenue"] for row in before), 2), days[-1] - days[0]
        kind = (
            "first" if len(days) == 1
            else "young" if tenure < rules.cpm_young_tenure
            else "steady" if revenue < rules.cpm_large_value
            else "trending" if tenure < rules.cpm_long_tenure
            else "excellent"
        )  # fmt: skip
        gone = day_number(day) - 1 - days[-1] >= rules.dormant_after
        found[customer] = f"{kind}_gone" if gone else kind
    return found


def test_movement_between_any_two_days_is_that_of_plain_python(shop):
    from okaeri.loop.moving import moved
    from okaeri.loop.published import published

    purchases: dict[str, list[dict]] = {}
    for row in shop.show("purchases").to_pylist():
        purchases.setdefault(row["customer_id"], []).append(row)
    rules = shop.workspace.settings.rules
    then, now = (classes(purchases, day, rules) for day in (SINCE, UNTIL))
    wanted = Counter((then.get(customer, "not_yet"), kind) for customer, kind in now.items())
    assert len(wanted) > 8
    with shop.workspace.records():
        rows = moved(shop.workspace, published(shop.workspace), SINCE, UNTIL)
    assert {(row["from_class"], row["to_class"]): row["customers"] for row in rows} == dict(wanted)


def test_the_usual_two_days_give_the_table_of_the_refresh(shop):
    from okaeri.loop.moving import moved
    from okaeri.loop.published import published

    days = shop.workspace.settings.rules.compare_days
    with shop.workspace.records():
        rows = moved(shop.workspace, published(shop.workspace), AS_OF - timedelta(days=days), AS_OF)
    key = lambda row: (row["from_class"], row["to_class"])  # noqa: E731
    table = sorted(shop.show("cpm_movement").to_pylist(), key=key)
    assert [key(row) for row in sorted(rows, key=key)] == [key(row) for row in table]
    for row, told in zip(sorted(rows, key=key), table, strict=True):
        figures = ("customers", "revenue_between", "from_customers", "move_rate", "move_rate_low", "move_rate_high")
        assert [row[name] for name in figures] == pytest.approx([told[name] for name in figures])


def test_the_page_brings_its_cells_and_refuses_days_the_wrong_way_round(shop):
    client = client_of(shop, "read_only")
    page = client.get("/console/segments/movement/", {"since": SINCE, "until": UNTIL}).content.decode()
    (part,) = re.findall(r'hx-get="([^"]*movement/cells[^"]*)"', page)
    cells = client.get(part.replace("&amp;", "&")).content.decode()
    assert "2025年3月1日から2025年10月15日への移動" in cells
    assert client.get("/console/segments/movement/").status_code == 200
    for since, until in ((UNTIL, SINCE), (SINCE, SINCE), (SINCE, AS_OF + timedelta(days=1)), ("soon", UNTIL)):
        for name in ("", "cells/"):
            asked = {"since": str(since), "until": str(until)}
            assert client.get(f"/console/segments/movement/{name}", asked).status_code == 422
