"""In a made-up shop in which one carrier is late and one lot leaks, that carrier and that lot are named first."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from benchmarks.emotion_shops import PLAN, Study, made
from okaeri.simulate.plan import Happening

LATE = Happening("late_delivery", 0.15, -0.9, stay=-0.3, carrier="西便")
LEAK = Happening("leaking_bottle", 0.6, -1.2, stay=-0.5, lot="SB-02/10")


@cache
def found() -> dict[str, list[tuple[str, str]]]:
    """Kinds and names by step; carriers and lots beside the bad ones do no harm."""
    plan = replace(PLAN, seed=7, carriers=("東便", "西便", "南便"), happenings=(LATE, LEAK))
    rows = Study(plan.end, ("friction_facts",)).run(made(plan, words=False).facts)["friction_facts"].to_pylist()
    return {step: [(r["kind"], r["name"]) for r in rows if r["step"] == step] for step in {r["step"] for r in rows}}


def test_the_late_carrier_is_named_first_at_the_delivery_and_no_other_one():
    assert found()["delivery"][0] == ("carrier", "西便")
    assert [name for kind, name in found()["delivery"] if kind == "carrier"] == ["西便"]


def test_the_leaking_lot_is_named_first_at_the_unboxing_and_neither_its_goods_nor_another_lot():
    assert found()["unboxing"] == [("lot", "SB-02/10")]
