"""What is planted can be found again by counting."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from okaeri.schema.rules import DEFAULT_RULES
from okaeri.simulate import ShopPlan, shop_tables
from okaeri.simulate.block import blocks_of
from okaeri.simulate.money import CANCELLED
from okaeri.simulate.plan import Belt, FollowOn, Happening, Kind, Product, Together

PLAN = ShopPlan(customers=4000, seed=3, years=3)


@pytest.fixture(scope="module")
def shop():
    return shop_tables(PLAN)


@pytest.fixture(scope="module")
def block():
    return next(blocks_of(PLAN))


def histories(shop) -> dict[str, list[tuple[np.datetime64, str]]]:
    """Each person's orders that were not cancelled, by time: day and order id."""
    person = dict(zip(shop["links"]["customer_id"], shop["links"]["person_id"], strict=True))
    orders = shop["orders"]
    found: dict[str, list] = {}
    columns = ("ordered_at", "customer_id", "order_date", "order_id", "status")
    for _, customer, day, order, status in sorted(zip(*(orders[c] for c in columns), strict=True), key=lambda r: r[0]):
        if status != "cancelled":
            found.setdefault(person.get(customer, customer), []).append((day, order))
    return found


def baskets(shop) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for order, product in zip(shop["order_lines"]["order_id"], shop["order_lines"]["product_id"], strict=True):
        found.setdefault(order, set()).add(product)
    return found


def bucket(days: int) -> int:
    return int(np.searchsorted(DEFAULT_RULES.elapsed_buckets, days, side="right"))


def test_each_planted_follow_on_is_among_its_products_top_three_in_its_days(shop):
    goods = baskets(shop)
    after: dict[str, Counter] = {pair.first: Counter() for pair in PLAN.follow_ons}
    for orders in histories(shop).values():
        for (day, order), (later, following) in pairwise(orders):
            step = bucket((later - day).astype(int))
            for first in goods[order] & set(after):
                after[first].update((step, product) for product in goods[following])
    for pair in PLAN.follow_ons:
        step = bucket(pair.days)
        ranking = [product for (s, product), _ in after[pair.first].most_common() if s == step]
        assert pair.then in ranking[:3], pair


def test_no_follow_on_leaves_its_bucket_of_days(shop):
    """Three days either way of day 3 would reach day 6; the bucket ends after day 3."""
    plan = replace(
        PLAN, customers=800, follow_ons=(FollowOn("SK-C03", "AC-04", 3, 0.9, spread=3),), extra_item=0.0,
        products=tuple(replace(p, first=50.0) if p.product_id == "SK-C03" else p for p in PLAN.products),
    )  # fmt: skip
    block = next(blocks_of(plan))
    orders = block.orders
    gaps = []
    for person in range(800):
        rows = np.flatnonzero(orders.person == person)
        follows = [(b, a) for a, b in pairwise(rows) if orders.reason[b] == 3]
        gaps += [int(orders.day[b] - orders.day[a]) for b, a in follows]
    assert len(gaps) > 100
    assert set(gaps) == {1, 2, 3}


def test_goods_planted_together_are_bought_together(shop):
    goods = baskets(shop)
    plan = replace(PLAN, customers=2000, together=(Together("SK-C03", "SK-C05", 0.6),))
    planted = baskets(shop_tables(plan))

    def share(found) -> float:
        with_first = [basket for basket in found.values() if "SK-C03" in basket]
        return sum("SK-C05" in basket for basket in with_first) / len(with_first)

    assert 0.15 < share(goods) < 0.35
    assert 0.45 < share(planted) < 0.68


@pytest.mark.parametrize("name", ["late_delivery", "leaking_bottle", "wrong_shade"])
def test_more_leave_after_something_bad_and_fewer_after_kindness(block, name):
    orders, names = block.orders, [h.name for h in PLAN.happenings]
    needs = PLAN.happenings[names.index(name)].needs
    possible = (block.shelf.having(needs)[orders.products] & (orders.products >= 0)).any(axis=1)
    usual = orders.leaves[possible & (orders.happening == -1)].mean()
    assert orders.leaves[orders.happening == names.index(name)].mean() > usual + 0.08
    assert orders.leaves[orders.happening == names.index("kind_reply")].mean() < usual - 0.03


def test_the_harm_of_a_happening_is_seen_in_the_raw_orders():
    """Those whose first order leaked come back less, by nothing but counting customers with a second order."""
    leak = Happening("leaking_bottle", 0.4, -1.5, stay=-1.0, needs="liquid")
    block = next(blocks_of(replace(PLAN, happenings=(leak,))))
    orders = block.orders
    first = (orders.order_no == 1) & (orders.day < PLAN.days - 365)
    again = np.bincount(orders.person, minlength=4000)[orders.person] > 1
    struck = orders.happening == 0
    assert again[first & struck].mean() < again[first & ~struck].mean() - 0.15


def test_only_liquids_leak_and_only_shades_are_wrong(block):
    orders, shelf = block.orders, block.shelf
    for place, happening in enumerate(PLAN.happenings):
        if happening.needs:
            struck = orders.products[orders.happening == place]
            holds = (shelf.having(happening.needs)[struck] & (struck >= 0)).any(axis=1)
            assert len(holds) > 20
            assert holds.all()


def test_a_narrow_station_lets_fewer_through():
    def second(belt: Belt) -> float:
        orders = next(blocks_of(replace(PLAN, belt=belt))).orders
        return float((np.bincount(orders.person) > 1).mean())

    assert second(replace(PLAN.belt, second=0.1)) < 0.75 * second(PLAN.belt) < second(replace(PLAN.belt, second=1.5))


def test_premium_goods_sell_as_their_station_is_wide():
    def share(belt: Belt) -> float:
        block = next(blocks_of(replace(PLAN, belt=belt)))
        return float((block.shelf.tier[block.orders.products[:, 0]] == 2).mean())

    assert share(replace(PLAN.belt, premium=0.05)) < 0.5 * share(PLAN.belt)


def test_coupons_keep_deal_seekers_and_not_the_quiet_ones():
    kinds = (Kind("deal", 0.5, coupon=1.2), Kind("quiet", 0.5, coupon=-0.8))
    block = next(blocks_of(replace(PLAN, kinds=kinds)))
    orders, traits = block.orders, block.traits
    first = orders.order_no == 1

    def stays(kind: int, coupon: bool) -> float:
        chosen = first & (traits.kind == kind)[orders.person] & (traits.coupon == coupon)[orders.person]
        return float(1 - orders.leaves[chosen].mean())

    assert stays(0, True) > stays(0, False) + 0.12
    assert stays(1, True) < stays(1, False) - 0.08


def test_mails_quicken_those_who_like_them():
    kinds = (Kind("curious", 1.0, mail=0.8),)
    block = next(blocks_of(replace(PLAN, kinds=kinds, follow_ons=())))
    orders, traits = block.orders, block.traits
    by_time = np.lexsort((orders.day, orders.person))
    gap = np.diff(orders.day[by_time])
    own_pace = (np.diff(orders.person[by_time]) == 0) & (orders.reason[by_time][1:] == 1)
    mailed = traits.mail[orders.person[by_time][1:]]
    assert gap[own_pace & mailed].mean() < 0.65 * gap[own_pace & ~mailed].mean()


def test_a_refill_comes_when_the_goods_are_used_up(block):
    orders, shelf = block.orders, block.shelf
    by_time = np.lexsort((orders.day, orders.person))
    refill = np.flatnonzero(orders.reason[by_time] == 2)
    row, before = by_time[refill], by_time[refill - 1]
    assert (orders.person[row] == orders.person[before]).all()
    assert (orders.products[row, 0] == orders.products[before, 0]).all()
    ratio = (orders.day[row] - orders.day[before]) / (shelf.supply[orders.products[row, 0]] * orders.pieces[before, 0])
    assert 0.75 < np.median(ratio) < 1.1


def test_deliveries_of_a_subscription_come_at_its_interval_but_for_skips(block):
    orders, shelf = block.orders, block.shelf
    on_plan = np.flatnonzero(orders.subscription >= 0)
    rows = on_plan[np.lexsort((orders.delivery_no[on_plan], orders.subscription[on_plan], orders.person[on_plan]))]
    same = (np.diff(orders.person[rows]) == 0) & (np.diff(orders.subscription[rows]) == 0)
    assert (np.diff(orders.delivery_no[rows])[same] == 1).all()
    interval = np.diff(orders.day[rows])[same] / shelf.supply[orders.products[rows[1:], 0]][same]
    assert set(np.round(interval, 6)) <= {1.0, 2.0, 3.0}
    assert (interval == 1.0).mean() > 0.9


def test_the_first_delivery_is_half_price(shop):
    orders = shop["orders"]
    for no, goods, off, coupon in zip(
        orders["delivery_no"], orders["subtotal"], orders["discount"], orders["coupon_code"], strict=True
    ):
        if no == 1 and coupon is None:
            assert 0 < off <= goods / 2
        if coupon is None and no != 1:
            assert off == 0


def test_customers_come_with_the_season_and_more_each_year(block):
    day = np.datetime64(PLAN.start) + block.traits.arrival
    month = day.astype("datetime64[M]").astype(int) % 12
    count = np.bincount(month, minlength=12)
    assert count[11] > count[1]
    third = PLAN.days // 3
    assert (block.traits.arrival >= 2 * third).sum() > 1.2 * (block.traits.arrival < third).sum()


def test_order_rates_differ_as_their_gamma_distribution_says():
    plan = replace(PLAN, kinds=(Kind("one", 1.0),), sources=PLAN.sources[:1], rate_shape=3.0, mean_gap=50.0)
    rate = next(blocks_of(plan)).traits.rate
    assert rate.mean() == pytest.approx(1 / 50, rel=0.05)
    assert rate.var() == pytest.approx((1 / 50) ** 2 / 3, rel=0.15)


def test_who_is_recommended_comes_after_the_recommender(block):
    referred = np.flatnonzero(block.referrer >= 0)
    assert len(referred) > 50
    assert (block.traits.arrival[referred] > block.traits.arrival[block.referrer[referred]]).all()


def test_states_of_orders_come_as_often_as_planned(block):
    assert (block.amounts.status == CANCELLED).mean() == pytest.approx(PLAN.cancelled, abs=0.005)


def test_a_shop_may_sell_other_things():
    goods = (
        Product("A", "石けん", "雑貨", 700, 200, 30, first=5.0),
        Product("B", "タオル", "雑貨", 1234, 500, 0, "premium"),
    )
    tables = shop_tables(
        replace(PLAN, customers=200, products=goods, follow_ons=(FollowOn("A", "B", 3, 0.9),), together=())
    )
    assert set(tables["order_lines"]["product_id"]) == {"A", "B"}
