"""What planted happenings cost, begin and are told as."""

from dataclasses import replace

import numpy as np
import pytest

from okaeri.simulate import ShopPlan, true_losses, true_ltv
from okaeri.simulate.block import blocks_of
from okaeri.simulate.plan import Belt, Happening, Kind, Source, Voicing
from okaeri.simulate.voices import TOUCHPOINTS, voices_of
from tests.simulate.test_truth import simple

LATE = Happening("late_delivery", 0.3, 0.0, stay=-1.2)
#: Everybody leaves after an order with a chance of 0.4 at most times, of more after a delay; orders come every five days.
ONE_GOOD = simple(0.4, happenings=(LATE,))


def leaving_chance(stay: float) -> float:
    return 1 / (1 + np.exp(np.log(1 / 0.4 - 1) + stay))


def test_the_loss_is_the_orders_that_those_who_leave_would_still_have_made():
    """Revenue after an order is (1 - leave) x 1,000 yen x orders of one who stays; each of these may be late too."""
    mean_leave = 0.3 * leaving_chance(-1.2) + 0.7 * 0.4
    to_come = 1000 / mean_leave
    expected = (leaving_chance(-1.2) - 0.4) * to_come
    found = true_losses(ONE_GOOD, customers=30_000)["late_delivery"]
    assert found["yen"] == pytest.approx(expected, abs=4 * found["error"])
    assert found["error"] < 0.05 * expected
    assert found["share"] == pytest.approx(0.3, abs=0.01)


def test_all_losses_together_are_what_the_shop_without_the_happening_earns_more():
    """To first order: with a rare happening, share of orders x orders per customer x loss is the fall of LTV."""
    rare = replace(ONE_GOOD, happenings=(replace(LATE, chance=0.02, stay=-2.5),))
    found = true_losses(rare, customers=60_000)["late_delivery"]
    without = true_ltv(replace(rare, happenings=()), 365, 60_000)
    orders = without / 1000
    fall = without - true_ltv(rare, 365, 60_000)
    assert found["share"] * orders * found["yen"] == pytest.approx(fall, abs=4 * 1000 * np.sqrt(2 * 4 / 60_000))


def test_what_does_nothing_costs_nothing_and_kindness_brings_money():
    plan = ShopPlan(seed=2, years=2, happenings=(
        Happening("late_delivery", 0.2, 0.0), Happening("kind_reply", 0.2, 1.0, stay=0.5),
    ))  # fmt: skip
    found = true_losses(plan, customers=20_000)
    assert abs(found["late_delivery"]["yen"]) < 4 * found["late_delivery"]["error"]
    assert found["kind_reply"]["yen"] < -4 * found["kind_reply"]["error"]


def test_a_happening_that_begins_later_strikes_nobody_before():
    plan = ShopPlan(customers=1500, seed=4, years=2, happenings=(Happening("late_delivery", 0.2, -0.9, begins=500),))
    orders = next(blocks_of(plan)).orders
    assert (orders.happening[orders.day < 500] < 0).all()
    assert np.mean(orders.happening[orders.day >= 500] == 0) == pytest.approx(0.2, abs=0.03)


def test_moods_of_steps_move_what_is_said_of_them_and_nothing_else():
    plan = ShopPlan(customers=2500, seed=5, years=2, happenings=())
    moody = replace(plan, step_moods=(("price", -1.0), ("repeat", 0.5)))
    before, after = next(blocks_of(plan)), next(blocks_of(moody))
    assert np.array_equal(before.orders.day, after.orders.day)
    said, now = voices_of(before), voices_of(after)
    moved = {name: (now.felt - said.felt)[now.touchpoint == at].sum() for at, name in enumerate(TOUCHPOINTS[:7])}
    assert moved.pop("price") == pytest.approx(-(now.touchpoint == TOUCHPOINTS.index("price")).sum())
    assert list(moved.values()) == pytest.approx([0.0] * len(moved))
    rated = (now.rating >= 0) & (now.touchpoint == TOUCHPOINTS.index("price"))
    assert now.rating[rated].mean() < said.rating[rated].mean() - 0.1


def test_who_always_tells_tells_of_every_happening():
    plan = ShopPlan(customers=800, seed=6, years=2, voicing=Voicing(survey_before=0.0, tells=1.0))
    block = next(blocks_of(plan))
    voices = voices_of(block)
    assert np.array_equal(voices.happening, block.orders.happening[voices.row])


def test_a_shop_without_happenings_has_no_losses():
    assert true_losses(ShopPlan(customers=10, happenings=(), kinds=(Kind("one", 1.0),), belt=Belt(),
                                sources=(Source("x", "organic", 1.0),)), customers=100) == {}  # fmt: skip
