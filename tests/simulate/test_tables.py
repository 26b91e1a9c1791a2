from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from okaeri.schema.facts import FACTS, ORDER_STATUS, VOICE_SOURCES, links
from okaeri.simulate import ShopPlan, shop_tables
from tests.measure.shops import measured
from tests.simulate.arrow import as_arrow

PLAN = ShopPlan(customers=1500, seed=11, years=2)


@pytest.fixture(scope="module")
def shop():
    return shop_tables(PLAN)


def test_every_table_has_exactly_its_columns_and_they_are_equally_long(shop):
    assert set(shop) == set(FACTS) | {"links"}
    for name, table in {**FACTS, "links": links}.items():
        assert set(shop[name]) == set(table.column_names)
        assert len({len(column) for column in shop[name].values()}) == 1


def test_keys_are_unique_and_choices_are_kept(shop):
    for name, table in {**FACTS, "links": links}.items():
        keys = list(zip(*(list(shop[name][column]) for column in table.key), strict=True))
        assert len(set(keys)) == len(keys), name
        for column in table.columns:
            if column.choices:
                assert set(shop[name][column.name]) <= {*column.choices, None}, column.name
            if not column.nullable:
                assert None not in list(shop[name][column.name])


def test_columns_become_arrow_tables_of_the_fact_types(shop):
    tables = as_arrow(shop)
    assert tables["orders"].num_rows == len(shop["orders"]["order_id"])
    assert tables["customers"]["attributes"][0].as_py()


def test_an_orders_money_adds_up_and_its_subtotal_is_its_lines(shop):
    orders, lines = shop["orders"], shop["order_lines"]
    charged = orders["subtotal"] - orders["discount"] + orders["shipping"] - orders["points_used"]
    assert (orders["total"] == charged).all()
    goods = dict.fromkeys(orders["order_id"], 0)
    for order, pieces, price in zip(lines["order_id"], lines["quantity"], lines["unit_price"], strict=True):
        goods[order] += int(pieces) * int(price)
    assert list(goods.values()) == orders["subtotal"].tolist()


def test_tax_is_what_the_rates_say_is_contained(shop):
    orders = shop["orders"]
    taxed = orders["subtotal"] - orders["discount"] + orders["shipping"]
    assert (orders["tax"] <= taxed * 10 / 110).all()
    assert (orders["tax"] > taxed * 8 / 108 - 2).all()


def test_all_lies_within_the_plans_time(shop):
    start, end = np.datetime64(PLAN.start), np.datetime64(PLAN.end)
    for table, column in (("orders", "order_date"), ("events", "event_date"), ("voices", "voice_date")):
        assert shop[table][column].min() >= start
        assert shop[table][column].max() < end
    assert (shop["orders"]["order_month"] == shop["orders"]["order_date"].astype("datetime64[M]").astype(str)).all()


def test_an_instant_in_utc_falls_on_the_shops_day(shop):
    local = shop["orders"]["ordered_at"] + np.timedelta64(9, "h")
    assert (local.astype("datetime64[D]") == shop["orders"]["order_date"]).all()


def test_links_lead_every_store_of_a_person_to_the_first(shop):
    first = dict(zip(shop["links"]["customer_id"], shop["links"]["person_id"], strict=True))
    assert len(first) > 50
    assert set(first.values()) <= set(first)
    assert len({key.split(":")[0] for key in first}) == 3
    when = dict(zip(shop["customers"]["customer_id"], shop["customers"]["first_seen_at"], strict=True))
    assert all(when[person] <= when[key] for key, person in first.items())


def test_every_kind_of_thing_a_shop_sees_is_there(shop):
    assert set(shop["orders"]["status"]) == set(ORDER_STATUS)
    assert set(shop["voices"]["source"]) == set(VOICE_SOURCES)
    assert any(key.startswith("own:g") for key in shop["customers"]["customer_id"])
    assert max(no or 0 for no in shop["orders"]["delivery_no"]) > 3
    assert sum(code is not None for code in shop["orders"]["coupon_code"]) > 20
    kinds = set(shop["events"]["kind"])
    assert kinds >= {"view", "cart_add", "checkout", "search", "subscribe", "cancel", "block", "refer", "open", "click"}


def test_spending_is_what_the_customers_cost(shop):
    assert shop["costs"]["amount"].sum() == shop["customers"]["acquisition_cost"].sum()


def test_the_shop_is_measured_as_it_was_made(shop):
    """Revenue by the measure and by plain arithmetic over the same columns, person by person."""
    as_of = date(2025, 1, 1)
    rows = measured(as_arrow(shop), as_of, wanted=["purchases"])["purchases"].to_pylist()
    person = dict(zip(shop["links"]["customer_id"], shop["links"]["person_id"], strict=True))
    orders = [dict(zip(shop["orders"], row, strict=True)) for row in zip(*shop["orders"].values(), strict=True)]
    counted = [
        o for o in orders if o["status"] in ("placed", "paid", "shipped") and o["order_date"] < np.datetime64(as_of)
    ]
    assert len(rows) == len(counted)
    expected: dict[str, float] = {}
    for o in counted:
        goods = int(o["subtotal"]) - int(o["discount"])
        points = 0 if o["store"] == "rakuten" else int(o["points_used"])
        net = (goods - int(o["refunded"]) - points) * (1 - int(o["tax"]) / (goods + int(o["shipping"])))
        key = person.get(o["customer_id"], o["customer_id"])
        expected[key] = expected.get(key, 0.0) + net
    found: dict[str, float] = {}
    for r in rows:
        found[r["customer_id"]] = found.get(r["customer_id"], 0.0) + r["revenue"]
    assert found == pytest.approx(expected)


def test_more_words_change_no_order(shop):
    quiet = shop_tables(replace(PLAN, voicing=replace(PLAN.voicing, review=0.0), strangers=0.0))
    assert quiet["orders"]["order_id"] == shop["orders"]["order_id"]
    assert (quiet["orders"]["total"] == shop["orders"]["total"]).all()
    assert len(quiet["voices"]["text"]) < len(shop["voices"]["text"])


def test_another_seed_is_another_shop_and_the_same_seed_the_same(shop):
    again, other = shop_tables(PLAN), shop_tables(replace(PLAN, seed=12))
    assert again["voices"]["text"] == shop["voices"]["text"]
    assert other["orders"]["total"].sum() != shop["orders"]["total"].sum()


def test_a_plan_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="not in the catalogue"):
        replace(PLAN, products=PLAN.products[:5])
    with pytest.raises(ValueError, match="needs a customer"):
        replace(PLAN, customers=0)
