"""Feelings as signals: small shops by hand, and the made-up shop by plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import pandas as pd
import pytest

from tests.measure.random_shops import as_tables, simulated_shop
from tests.measure.shops import line, measured, order

AS_OF = date(2025, 1, 1)
WANTED = ("emotion_signals", "emotion_reach", "emotion_orders", "friction_texts", "social_signal", "word_of_mouth")


def voice(number: int, customer: str | None, day: str, source: str, **more: object) -> dict[str, object]:
    at = datetime.fromisoformat(day).replace(hour=3, tzinfo=UTC)
    return {"voice_id": f"w{number}", "at": at, "voice_date": date.fromisoformat(day), "customer_id": customer,
            "source": source, "language": "ja", **more}  # fmt: skip


def event(number: int, customer: str, day: str, kind: str, **more: object) -> dict[str, object]:
    at = datetime.fromisoformat(day).replace(hour=3, tzinfo=UTC)
    return {"event_id": f"e{number}", "at": at, "event_date": date.fromisoformat(day), "customer_id": customer,
            "kind": kind, **more}  # fmt: skip


@cache
def small() -> dict[str, pd.DataFrame]:
    facts = {
        "orders": [
            order("own:1", "2024-01-10", 1000, "a1"), order("own:1", "2024-02-09", 2000, "a2"),
            order("own:1", "2024-11-20", 4000, "a3"), order("own:2", "2024-03-01", 1000, "b1", coupon_code="FRIEND5"),
            order("own:3", "2024-03-05", 1000, "c1"), order("own:3", "2024-12-20", 500, "c2", status="returned"),
            order("own:4", "2024-03-07", 1000, "d1"),
        ],
        "voices": [
            voice(1, "own:1", "2024-01-20", "review", rating=0.75, touchpoint="配送", order_id="a1"),
            # said of the first order after the second one came
            voice(2, "own:1", "2024-02-15", "survey_after", rating=0.0, touchpoint="price", order_id="a1"),
            voice(3, "own:1", "2024-12-01", "inquiry", text="とても残念です。がっかりしました。"),
            voice(4, "own:2", "2024-03-02", "survey_before", rating=1.0, text="友達の紹介で。楽しみ。"),
            voice(5, None, "2024-03-05", "social", text="最高です。大好き。"),
            voice(6, "own:3", "2024-03-13", "social", text="最悪。二度と買わない。"),
            voice(7, "own:3", "2024-03-14", "return", text="返品します。", order_id="c1"),
            voice(8, "own:9", "2024-03-14", "review", rating=1.0),
            voice(9, "own:2", "2024-03-20", "survey_after", rating=0.9, touchpoint="NPS"),
            voice(10, "own:3", "2024-02-01", "review", rating=0.1),
        ],
        "events": [
            event(1, "own:2", "2024-04-01", "block"), event(2, "own:4", "2024-03-06", "click", detail="?ref=abc"),
            event(3, "own:3", "2024-03-06", "click", detail="?ref=late"),
        ],
    }  # fmt: skip
    found = measured(facts, AS_OF, wanted=WANTED)
    return {name: found[name].to_pandas() for name in WANTED}


def signal(key: str) -> pd.Series:
    rows = small()["emotion_signals"].set_index("signal_id")
    return rows.loc[key]


def test_each_sign_is_a_signal_once_of_customers_who_bought():
    """The social post of nobody known, the review of one who never bought and the one before the first order are none."""
    assert sorted(small()["emotion_signals"].signal_id) == [
        "event:e1", "order:c2", "reorder:a2", "voice:w1", "voice:w2", "voice:w3", "voice:w4", "voice:w6", "voice:w7", "voice:w9",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "channel", "value", "step"),
    [
        ("voice:w1", "stars", 0.5, "delivery"), ("voice:w2", "survey", -1.0, "price"), ("voice:w4", "hope", 1.0, "expectation"),
        ("voice:w7", "return", -1.0, "return"), ("voice:w9", "nps", 0.8, "use"), ("event:e1", "block", -1.0, None),
        ("order:c2", "return", -1.0, "return"),
    ],
)  # fmt: skip
def test_a_signal_has_the_channel_value_and_step_that_was_said(key, channel, value, step):
    row = signal(key)
    assert (row.channel, row.value, row.step) == (channel, pytest.approx(value), step)


def test_words_without_a_score_are_known_by_their_feeling():
    row = signal("voice:w3")
    assert row.channel == "words_inquiry"
    assert row.value < 0


def test_what_came_after_is_counted_from_the_order_it_is_about():
    late = signal("voice:w2")
    assert (late.order_id, late.order_no, late.days_to_next) == ("a1", 1, 30)
    assert late.is_followed
    assert (late.orders_after, late.revenue_after) == (1, 6000.0)
    assert late.days_since_first == 36


def test_without_an_order_named_it_is_the_latest_by_then():
    row = signal("voice:w3")
    assert (row.order_id, row.order_no) == ("a3", 3)
    assert not row.is_mature
    assert not row.is_followed


def test_an_order_much_sooner_than_usual_is_a_sign_too():
    orders = [order("own:1", day, 1000, f"q{n}") for n, day in enumerate(
        ("2024-01-01", "2024-02-10", "2024-03-21", "2024-04-30", "2024-05-10"))]  # fmt: skip
    rows = measured({"orders": orders}, AS_OF, wanted=("emotion_signals",))["emotion_signals"].to_pylist()
    assert [(row["signal_id"], row["channel"], row["step"]) for row in rows] == [
        ("reorder:q4", "quick_reorder", "repeat")
    ]


def test_who_spoke_of_the_first_order_is_told_from_who_did_not():
    everybody = small()["emotion_reach"].set_index("persona").loc["all"]
    assert (everybody.customer_count, everybody.spoke_count, everybody.order_count) == (4, 3, 6)
    # the first customer ordered again on day 30 and is no longer waiting
    assert (everybody.speakers_n, everybody.silent_n) == (2, 1)
    assert everybody.speakers_repeat_rate == 0.0


def test_orders_hold_what_was_felt_before_the_next_one_and_no_hopes():
    orders = small()["emotion_orders"].set_index("order_id")
    # the survey came after the second order
    assert orders.feeling_count.to_dict() == {"a1": 1, "a2": 0, "a3": 1, "b1": 1, "c1": 1, "d1": 0}
    assert orders.is_open.to_dict() == {"a1": False, "a2": False, "a3": True, "b1": False, "c1": False, "d1": False}
    assert orders.is_followed["a1"]
    # 284 days later is beyond the window of 180
    assert not orders.is_followed["a2"]


def test_posts_are_counted_by_the_shops_week_with_their_mood():
    weeks = small()["social_signal"].set_index("week_on")
    weeks.index = weeks.index.astype(str)
    assert weeks.post_count["2024-03-04"] == 1
    assert weeks.mood["2024-03-04"] > 0.2
    assert weeks.mood["2024-03-11"] < -0.2
    assert weeks.bad_rate["2024-03-11"] == 1.0
    assert weeks.post_count.sum() == 2
    assert weeks.voice_count.sum() == 10
    # nobody said anything in the two weeks between: of eight weeks two had a post
    assert weeks.usual_posts["2024-03-18"] == pytest.approx(2 / 8)


def test_word_of_mouth_is_traced_by_code_then_link_then_answer():
    rows = small()["word_of_mouth"]
    traces = rows.groupby("trace").customer_count.sum().to_dict()
    # a code before the answer; a click on the day before; one after the first order counts for nothing
    assert traces == {"code": 1, "link": 1, "none": 2}
    assert rows.groupby("cohort_month").customer_share.sum().to_numpy() == pytest.approx([1.0, 1.0])


@cache
def shop() -> tuple[dict, dict[str, pd.DataFrame]]:
    facts = simulated_shop(customers=200)
    found = measured(as_tables(facts), date(2025, 9, 10), wanted=("emotion_signals", "emotion_orders"))
    return facts, {name: table.to_pandas() for name, table in found.items()}


def test_in_the_made_up_shop_what_came_after_is_what_plain_python_counts():
    facts, tables = shop()
    person = {row["customer_id"]: row["person_id"] for row in facts["links"]}
    bought: dict[str, list[tuple[date, float]]] = {}
    paid = tables["emotion_orders"].set_index("order_id").revenue.to_dict()
    for row in facts["orders"]:
        if row["order_id"] in paid:
            who = person.get(row["customer_id"], row["customer_id"])
            bought.setdefault(who, []).append((row["order_date"], paid[row["order_id"]]))
    day_of = {row["order_id"]: row["order_date"] for row in facts["orders"]}
    signals = tables["emotion_signals"]
    assert len(signals) > 300
    for row in signals.itertuples():
        gaps = [((day - day_of[row.order_id]).days, yen) for day, yen in bought[row.customer_id]]
        assert row.orders_after == sum(0 < gap <= 270 for gap, _ in gaps)
        assert row.revenue_after == pytest.approx(sum(yen for gap, yen in gaps if 0 < gap <= 365))
        if sum(gap == 0 for gap, _ in gaps) == 1:
            assert row.is_followed == any(0 < gap <= 90 for gap, _ in gaps)


def test_every_scored_voice_of_a_buyer_is_a_signal_with_its_step():
    facts, tables = shop()
    signals = tables["emotion_signals"].set_index("voice_id")
    for row in facts["voices"]:
        if row["rating"] is not None and row["voice_date"] < date(2025, 9, 10) and row["voice_id"] in signals.index:
            assert signals.value[row["voice_id"]] == pytest.approx(row["rating"] * 2 - 1)
            assert signals.step[row["voice_id"]] == row["touchpoint"]


def test_a_signal_knows_who_brought_its_order_and_the_lot_it_speaks_of():
    """Of two lots of one product in an order nobody can tell which is meant; without a product named it is the only lot."""
    orders = [order("own:1", "2024-01-10", 1000, "a", carrier="east"), order("own:2", "2024-01-10", 1000, "b"),
              order("own:3", "2024-01-10", 1000, "c", carrier="west")]  # fmt: skip
    lines = [line("a", 1, "P", 1, 500, "2024-01-10", lot="L1"), line("a", 2, "Q", 1, 500, "2024-01-10", lot="L2"),
             line("b", 1, "P", 1, 500, "2024-01-10", lot="L1"), line("b", 2, "P", 1, 500, "2024-01-10", lot="L3"),
             line("c", 1, "P", 1, 500, "2024-01-10", lot="L3"), line("c", 2, "Q", 1, 500, "2024-01-10")]  # fmt: skip
    said = [("a", "own:1", "Q"), ("a", "own:1", None), ("b", "own:2", "P"), ("c", "own:3", None), ("c", "own:3", "Q")]
    voices = [
        voice(n, who, "2024-02-01", "review", rating=0.5, order_id=about, product_id=product)
        for n, (about, who, product) in enumerate(said)
    ]
    facts = {"orders": orders, "order_lines": lines, "voices": voices}
    rows = measured(facts, AS_OF, wanted=("emotion_signals",))["emotion_signals"].to_pylist()
    found = {row["signal_id"]: (row["carrier"], row["lot"]) for row in rows}
    assert [found[f"voice:w{n}"] for n in range(len(said))] == [
        ("east", "L2"), ("east", None), (None, None), ("west", "L3"), ("west", None)]  # fmt: skip
