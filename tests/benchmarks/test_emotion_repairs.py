"""A repair planted in a made-up shop is found, dated and measured; where none was planted none is claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from benchmarks.emotion_shops import CALM, PLAN, Study, made
from okaeri.loop.predictions.friction_repairs import friction_repairs
from okaeri.schema.rules import DEFAULT_RULES
from okaeri.simulate.block import blocks_of
from okaeri.simulate.plan import Happening, ShopPlan

BEGINS, ENDS = 200, 600
LATE = Happening("late_delivery", 0.4, -1.2, stay=-0.8, begins=BEGINS, ends=ENDS)
REPAIRED = replace(PLAN, customers=2500, happenings=(LATE,), step_moods=())


@cache
def study() -> Study:
    return Study(PLAN.end, ("friction_repairs",))


KNOWN: dict[str, dict[str, Any]] = {}


def repairs(plan: ShopPlan, *entered: str) -> list[dict]:
    """By ``friction_repairs`` with repairs ``entered`` in the settings."""
    if repr(plan) not in KNOWN:
        KNOWN[repr(plan)] = study().run(made(plan, words=False).facts)
    tables = KNOWN[repr(plan)]
    rules = replace(DEFAULT_RULES, repairs=entered)
    return friction_repairs(tables["emotion_signals"], tables["emotion_orders"], rules=rules).to_pylist()


def test_a_happening_that_ends_strikes_nobody_afterwards():
    orders = next(blocks_of(replace(REPAIRED, customers=1500))).orders
    struck = orders.happening == 0
    within = (orders.day >= BEGINS) & (orders.day < ENDS)
    assert not struck[~within].any()
    assert struck[within].mean() == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_planted_repair_is_found_at_its_step_and_day(seed):
    (row,) = repairs(replace(REPAIRED, seed=seed))
    assert (row["step"], row["origin"], row["is_better"]) == ("delivery", "found", True)
    planted = PLAN.start + timedelta(ENDS)
    assert abs(row["repaired_on"] - planted) <= timedelta(28)
    assert abs(row["began_on"] - (PLAN.start + timedelta(BEGINS))) <= timedelta(42)
    assert row["score_low_90"] > 0
    assert row["p_found"] <= 0.05


def test_what_a_repair_changed_lies_in_the_interval():
    """True change of the 90-day repeat: by very many customers, those who came in the year before and after."""
    plan = replace(REPAIRED, happenings=(replace(LATE, begins=0),))
    day = str(PLAN.start + timedelta(ENDS))
    (block,) = blocks_of(replace(plan, customers=30_000, seed=9), size=30_000)
    orders = block.orders
    order = np.lexsort((orders.day, orders.person))
    who, at = orders.person[order], orders.day[order]
    repeated = np.r_[(who[1:] == who[:-1]) & (at[1:] - at[:-1] <= 90), False]
    length = min(365, PLAN.days - 90 - ENDS)
    came = at[np.maximum.accumulate(np.where(np.r_[True, who[1:] != who[:-1]], np.arange(len(who)), 0))]
    sides = [(came >= low) & (at >= low) & (at < low + length) for low in (ENDS - length, ENDS)]
    # the same mix of order numbers as after
    number = orders.order_no[order].clip(max=4)
    share = np.bincount(number[sides[1]], minlength=5) / sides[1].sum()
    rates = [np.bincount(number[side], repeated[side], 5) / np.maximum(np.bincount(number[side], minlength=5), 1)
             for side in sides]  # fmt: skip
    true = float(share @ (rates[1] - rates[0]))
    assert true > 0.02
    rows = [repairs(replace(plan, seed=seed), f"{day} delivery")[0] for seed in (3, 4, 5)]
    assert [(row["origin"], row["is_better"]) for row in rows] == [("entered", True)] * 3
    assert all(row["score_change"] > 0.2 for row in rows)
    off = [(row["repeat_change"] - true) / ((row["repeat_high_90"] - row["repeat_low_90"]) / 3.3) for row in rows]
    assert abs(np.mean(off)) < 3 / np.sqrt(3)
    assert all(row["repeat_low_90"] > 0 for row in rows)
    assert np.mean([row["revenue_change"] for row in rows]) > 0


def test_where_nothing_was_repaired_none_is_claimed():
    for plan in (replace(CALM, customers=2500, seed=5), replace(PLAN, customers=2500, seed=6)):
        assert repairs(plan) == []
        rows = repairs(plan, f"{PLAN.start + timedelta(600)} delivery", f"{date(2025, 6, 1)} price")
        assert [(row["origin"], row["is_better"]) for row in rows] == [("entered", False)] * 2
        assert all(row["score_p"] > 0.05 for row in rows)


def test_a_repair_of_a_step_nobody_speaks_of_is_told_to_be_unknown():
    (row,) = repairs(replace(CALM, customers=2500, seed=5), "2025-01-01 scent")
    assert (row["reason"], row["is_better"], row["score_change"]) == ("too_few", False, None)
    assert row["repeat_change"] is not None
