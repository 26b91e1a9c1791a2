"""What the sections show is what the tables say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from okaeri.loop.workspace import start_django
from okaeri.schema.facts import FACTS
from okaeri.schema.measured.recommending import REASONS
from okaeri.schema.rules import Rules
from okaeri.web.report.figures import money
from okaeri.web.report.reasons import reason
from okaeri.web.report.sections import (
    SECTIONS,
    baskets,
    belt,
    carts,
    cohorts,
    cpm,
    emotion,
    entry,
    first,
    heading,
    kpis,
    ladder,
    leaving,
    ltv,
    next_product,
    offers,
    payback,
    personas,
    prospects,
    quality,
    rfm,
    status,
    steps,
    stock,
)
from okaeri.web.report.tables import About, FactState
from tests.web.report_shop import about, readable, shop

start_django()


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def built(section):
    return section.build(readable(shop()), about(shop()))


def frame(name: str, **equal: object) -> pd.DataFrame:
    rows = shop()[name].to_pandas()
    for column, value in equal.items():
        rows = rows[rows[column] == value]
    return rows


def test_the_heading_counts_every_buyer_and_order_once():
    told = built(heading)
    history = shop()["customer_status_summary"].to_pandas()
    assert told["customers"] == history["customers"].sum() == frame("rfm_grid")["customers"].sum()
    assert told["orders"] == history["orders"].sum()
    assert told["revenue"] == pytest.approx(frame("rfm_grid")["revenue"].sum())


def test_new_customers_are_those_first_seen_within_a_year():
    cohort = frame("cohort_retention", month_offset=0).set_index("cohort")["n"]
    assert built(heading)["new_customers"] == cohort[cohort.index >= "2025-04"].sum()


def test_the_ltv_table_shows_the_curve_at_the_horizons():
    everybody = next(told for told in built(ltv)["dimensions"] if told["name"] == "all")
    revenue = frame("ltv_curve", dimension="all", value_kind="revenue").set_index("age_days")
    shown = {row["value"]: row["cells"] for row in everybody["horizon_rows"]}
    for cell, horizon in zip(shown["revenue"], (30, 90, 180, 365, 730), strict=True):
        assert (cell["y"], cell["low"], cell["high"], cell["n"]) == tuple(
            revenue.loc[horizon, ["ltv", "low", "high", "n"]]
        )
    profit = frame("ltv_curve", dimension="all", value_kind="gross_profit").set_index("age_days")
    after = [cell["y"] for cell in shown["after_cost"]]
    assert after == pytest.approx((profit["ltv"] - profit["acquisition_cost"]).loc[[30, 90, 180, 365, 730]].tolist())


def test_no_dimension_draws_more_lines_than_one_can_tell_apart():
    for told in built(ltv)["dimensions"]:
        assert 1 <= len(told["segments"]) <= ltv.MOST_SEGMENTS
        sizes = frame("ltv_curve", dimension=told["name"])["segment"].nunique()
        assert told["left_out"] == sizes - len(told["segments"])


def test_payback_says_what_is_left_of_the_limit():
    rows = {row["segment"]: row for row in built(payback)["rows"]}
    table = frame("payback", horizon_days=365, dimension="acquired_via").set_index("segment")
    assert set(rows) == {"all", *table.index}
    for segment, row in table.iterrows():
        assert rows[segment]["room"] == pytest.approx(row["limit_cpa"] - row["acquisition_cost"])
        assert rows[segment]["is_over"] == (row["acquisition_cost"] > row["limit_cpa"])


def test_payback_of_a_campaign_is_that_of_the_table_dearest_first_and_says_what_it_leaves_out(monkeypatch):
    table = (
        frame("payback", horizon_days=365, dimension="campaign")
        .set_index("segment")
        .drop(index="unknown", errors="ignore")
    )
    rows = built(payback)["campaigns"]
    assert len(rows) == len(table) > 2
    for row in rows:
        assert row["acquisition_cost"] == pytest.approx(table.acquisition_cost[f"{row['via']}/{row['campaign']}"])
    assert [row["acquisition_cost"] for row in rows] == sorted(table.acquisition_cost, reverse=True)
    monkeypatch.setattr(payback, "MOST_CAMPAIGNS", 2)
    fewer = payback.build(readable(shop()), about(shop()))
    assert (fewer["campaigns"], fewer["left_out"]) == (rows[:2], len(table) - 2)


def test_a_source_that_costs_more_than_its_customers_bring_is_marked_and_priced():
    tables = shop()
    rows = tables["payback"].to_pandas()
    dear = (rows["dimension"] == "acquired_via") & (rows["segment"] == "ad") & (rows["horizon_days"] == 365)
    rows.loc[dear, "acquisition_cost"] = rows.loc[dear, "limit_cpa"] + 1000
    changed = {**tables, "payback": type(tables["payback"]).from_pandas(rows, preserve_index=False)}
    told = payback.build(readable(changed), about(tables))
    assert [row["segment"] for row in told["rows"] if row["is_over"]] == ["ad"]
    found = list(first.dear_source(readable(changed), about(tables)))
    people = heading.new_customers(readable(changed), "acquired_via", "ad")
    assert [(finding.yen, finding.who) for finding in found] == [(pytest.approx(1000 * people), f"{people} people")]


def test_the_cards_show_the_three_kpis_of_all_months():
    cards = built(kpis)["cards"]
    assert [card["kpi"]["name"] for card in cards] == ["step_up_rate", "repeat_rate_cohort", "order_value"]
    everything = frame("kpis", cohort="all").set_index("kpi")
    for card in cards:
        row = everything.loc[card["kpi"]["name"]]
        assert (card["kpi"]["all"]["value"], card["kpi"]["all"]["n"]) == (row["value"], row["n"])


def test_a_sparkline_keeps_the_order_of_its_values_and_greys_young_months():
    months = [
        {"cohort": f"2026-0{place}", "value": value, "is_mature": place < 4}
        for place, value in enumerate((1.0, 3.0, 2.0, 5.0, 4.0), 1)
    ]
    spark = kpis.sparkline(months)
    heights = [float(point.split(",")[1]) for point in spark["mature"].split()]
    assert len(heights) == 3
    assert heights[1] < heights[2] < heights[0]
    assert len(spark["young"].split()) == 3
    assert spark["young"].split()[0] == spark["mature"].split()[-1]


def test_the_ladder_shows_every_rung_in_order():
    told = built(ladder)
    table = frame("f_ladder", cohort="all").sort_values("order_no")
    assert [row["rate"] for row in told["rungs"]] == table["rate"].tolist()
    assert [row["name"] for row in told["rungs"]] == [f"F{number}" for number in table["order_no"]]


def test_cohort_cells_stand_in_their_month():
    told = built(cohorts)
    table = frame("cohort_retention").set_index(["cohort", "month_offset"])
    for row in told["rows"]:
        for offset, cell in enumerate(row["cells"]):
            if cell is None:
                assert (row["cohort"], offset) not in table.index
            else:
                assert cell["retention_rate"] == table.loc[(row["cohort"], offset), "retention_rate"]
                assert 0 <= cell["rate_heat"] <= 1


def test_the_belt_draws_people_in_proportion():
    told = built(belt)
    assert [station["station"] for station in told["stations"]] == [1, 2, 3, 4, 5, 6, 7]
    for station in told["stations"]:
        assert len(station["people"]) == -(-station["still_count"] // told["unit"])
        assert len(station["people"]) <= belt.MOST_DRAWN
    assert told["bottleneck"]["per_percent"] == max(station["per_percent"] or 0 for station in told["stations"])


@pytest.mark.parametrize("most", [0, 1, 40, 41, 80, 81, 200, 999, 12_345, 1_000_000])
def test_a_figure_stands_for_a_round_number_of_people_that_fits(most):
    unit = belt.people_per_figure(most)
    assert str(unit).rstrip("0") in ("1", "2", "5")
    assert -(-most // unit) <= belt.MOST_DRAWN
    assert unit == 1 or most / unit > belt.MOST_DRAWN / 3


def test_rfm_cells_add_up_to_all_buyers_and_all_revenue():
    cells = [cell for row in built(rfm)["rows"] for cell in row["cells"]]
    assert sum(cell["customers"] for cell in cells) == frame("rfm_grid")["customers"].sum()
    assert sum(cell["revenue"] for cell in cells) == pytest.approx(frame("rfm_grid")["revenue"].sum())


def test_a_movement_row_goes_somewhere_with_everybody():
    for told in (built(rfm)["movement"], built(cpm)["movement"]):
        for row in told["rows"]:
            assert sum(cell["customers"] for cell in row["cells"]) == row["total"]
            assert sum(cell["rate"] for cell in row["cells"]) == pytest.approx(1)


def test_every_customer_is_in_one_status_and_one_class():
    people = sum(row["customers"] for row in built(status)["statuses"])
    kinds = built(cpm)["kinds"]
    assert people == sum(kind["active"]["customers"] + kind["gone"]["customers"] for kind in kinds)
    assert sum(row["revenue_share"] for row in built(status)["statuses"]) == pytest.approx(1)


def test_first_products_come_by_rank_with_small_ones_last():
    rows = built(entry)["rows"]
    assert [row["is_enough"] for row in rows] == sorted((row["is_enough"] for row in rows), reverse=True)
    ranks = [row["rank"] for row in rows if row["is_enough"]]
    assert ranks == sorted(ranks)


def test_the_best_next_product_is_the_one_with_the_best_rank():
    told = built(next_product)
    names = dict(zip(shop()["products"]["product_id"].to_pylist(), shop()["products"]["name"].to_pylist(), strict=True))
    table = frame("next_product")
    checked = 0
    for product in told["products"]:
        own = table[table["product_id"].map(names) == product["name"]]
        views = {view["name"]: view["cells"] for view in product["views"]}
        for place, bucket in enumerate(told["buckets"]):
            rows = own[own["first_day"].eq(bucket["first"]) & own["bucket"].ne("all")]
            others = rows[rows["next_product_id"] != rows["product_id"]]
            for view, chosen in (("any", rows), ("other", others)):
                if chosen.empty:
                    assert views[view][place] is None
                else:
                    best = chosen.sort_values("share_rank").iloc[0]
                    assert views[view][place]["name"] == names[best["next_product_id"]]
                    assert views[view][place]["share"] == best["share"]
                    checked += 1
    assert checked > 20


def test_the_findings_are_ordered_by_yen_and_lead_to_a_section():
    told = built(first)
    for part in (told["top"], told["rest"]):
        assert [finding.yen for finding in part] == sorted((finding.yen for finding in part), reverse=True)
    for finding in (*told["top"], *told["rest"]):
        assert finding.section in SECTIONS
        assert money(finding.yen) in finding.sentence
        assert finding.basis == "of gross profit a year"


def test_the_station_the_step_and_the_class_that_cost_most_stand_on_top_however_dear_the_rest(monkeypatch):
    def finds(kind, *yens):
        return lambda tables, about: (first.Finding(kind, kind, "", yen, "", "", "belt") for yen in yens)

    kinds = {"bottleneck": (3.0,), "friction": (5.0, 4.0), "slipping": (1.0,), "lever": (9.0,), "source": (8.0, 7.0)}
    monkeypatch.setattr(first, "FINDERS", [finds(kind, *yens) for kind, yens in kinds.items()])
    told = built(first)
    assert [finding.yen for finding in told["top"]] == [5.0, 3.0, 1.0]
    assert [finding.yen for finding in told["rest"]] == [9.0, 8.0, 7.0, 4.0]
    monkeypatch.setattr(first, "FINDERS", [finds(kind, *yens) for kind, yens in kinds.items() if kind != "slipping"])
    assert [finding.yen for finding in built(first)["top"]] == [9.0, 5.0, 3.0]


def margin() -> float:
    year = frame("ltv_curve", dimension="all", age_days=365).set_index("value_kind")["ltv"]
    return year["gross_profit"] / year["revenue"]


def test_the_bottleneck_is_priced_by_those_a_neighbour_would_have_kept():
    table = frame("belt").set_index("station")
    ((place, row),) = table[table["is_bottleneck"]].iterrows()
    beside = table.reindex([place - 1, place + 1])["leak_rate"]
    step = row["leak_rate"] - beside[beside < row["leak_rate"]].max()
    each = row["gross_profit_per_percent"] / row["still_count"] * 100
    (finding,) = first.bottleneck(readable(shop()), about(shop()))
    assert step > 0
    assert finding.yen == pytest.approx(row["recent_in_count"] / 90 * 365 * step * each)


def test_a_bottleneck_that_leaks_least_is_priced_by_a_point():
    table = shop()["belt"].to_pandas()
    table.loc[table["is_bottleneck"], "leak_rate"] = 0.0
    changed = {**shop(), "belt": pa.Table.from_pandas(table, preserve_index=False)}
    (row,) = table[table["is_bottleneck"]].to_dict("records")
    (finding,) = first.bottleneck(readable(changed), about(shop()))
    each = row["gross_profit_per_percent"] / row["still_count"] * 100
    assert finding.yen == pytest.approx(row["recent_in_count"] / 90 * 365 * 0.01 * each)


def test_the_lever_is_priced_up_to_its_own_best_quarter():
    tables = readable(shop())
    effects = frame("kpi_effect", horizon_days=365, value_kind="gross_profit").set_index("kpi")["effect"]
    gains = {}
    for kpi in effects.index:
        rows = (
            frame("f_ladder", order_no=3).rename(columns={"rate": "value"})
            if kpi == "repeat_rate"
            else frame("kpis", kpi=kpi)
        )
        now = rows.loc[rows["cohort"] == "all", "value"].item()
        months = rows[(rows["cohort"] != "all") & rows["is_mature"]].dropna(subset="value").sort_values("cohort")
        three = (months["value"] * months["n"]).rolling(3).sum() / months["n"].rolling(3).sum()
        best = three[months["n"].rolling(3).sum() >= 100].max()
        if pd.notna(best):  # a hundred stand behind some quarter
            gains[kpi] = effects[kpi] * 100 * ((best / now - 1) if kpi == "order_value" else best - now)
    people = heading.new_customers(tables, "all", "all")
    assert max(gains.values()) > 0
    assert [finding.yen for finding in first.lever(tables, about(shop()))] == [
        pytest.approx(max(gains.values()) * people)
    ]


def test_slipping_customers_are_priced_by_those_who_stayed():
    table = frame("cpm_movement").set_index(["from_class", "to_class"])
    losses = {}
    for kind in first.VALUED:
        stayed = table[[a == kind and not b.endswith("_gone") for a, b in table.index]]
        gone = table.loc[(kind, f"{kind}_gone"), "customers"] if (kind, f"{kind}_gone") in table.index else 0
        if gone and stayed["customers"].sum():
            losses[kind] = gone * stayed["revenue_between"].sum() / stayed["customers"].sum() * 365 / 90
    (finding,) = first.slipping(readable(shop()), about(shop()))
    assert finding.yen == pytest.approx(max(losses.values()) * margin())


def test_without_unit_costs_findings_are_in_revenue_and_say_so():
    tables = dict(shop())
    for name in ("ltv_curve", "belt", "kpi_effect"):
        rows = tables[name].to_pandas()
        rows = rows[rows["value_kind"] != "gross_profit"] if "value_kind" in rows else rows
        rows = rows.assign(**{one: None for one in rows if one.startswith("gross_profit")})
        tables[name] = pa.Table.from_pandas(rows, preserve_index=False)
    for find in (first.bottleneck, first.lever, first.slipping, first.carts):
        (finding,) = find(readable(tables), about(shop()))
        assert finding.basis == "of revenue a year"
        assert "margin" not in finding.sentence


def test_a_pair_bought_together_stands_once_from_its_surer_side():
    rows = built(baskets)["rows"]
    assert rows
    pairs = [frozenset((row["product_id"], row["other_product_id"])) for row in rows]
    assert len(pairs) == len(set(pairs))
    assert all(row["confidence"] >= row["reverse_confidence"] and row["lift"] > 1 for row in rows)
    surest = frame("basket_pairs").query("lift > 1")["log_likelihood_ratio"].max()
    assert rows[0]["log_likelihood_ratio"] == surest


def test_people_running_out_are_counted_in_the_window_their_days_fall_in():
    told = built(stock)
    left = frame("stock_at_home")["days_left"]
    edges = [-10_000, 0, 7, 14, 30, 10_000]
    assert told["totals"] == [int(left.between(low, high - 1).sum()) for low, high in pairwise(edges)]
    names = dict(zip(shop()["products"]["product_id"].to_pylist(), shop()["products"]["name"].to_pylist(), strict=True))
    by_name = frame("stock_at_home")["product_id"].map(names).value_counts()
    for row in told["rows"]:
        assert sum(cell["people"] for cell in row["cells"]) == by_name[row["name"]]


def test_what_customers_will_bring_adds_up_over_their_sources():
    told = built(prospects)
    assert sum(row["residual_value"] for row in told["rows"]) == pytest.approx(told["all"]["residual_value"])
    assert [row["residual_value"] for row in told["rows"]] == sorted(
        (row["residual_value"] for row in told["rows"]), reverse=True
    )
    assert told["all"]["low"] < told["all"]["residual_value"] < told["all"]["high"]


def test_the_newest_forecast_that_came_due_stands_beside_naive_ones():
    card = built(prospects)["card"]
    rows = readable(shop()).rows("report_card", target="revenue")
    assert card["origin"] == max(row["origin_on"] for row in rows)
    assert [row["is_model"] for row in card["rows"]] == [False, True, False, False, False]
    assert card["rows"][0]["model"] == card["used"]["model"] == "combined"
    assert card["rows"][1]["label"] == card["rows"][1]["model"]


@pytest.mark.parametrize(("method", "words"), [
    ("model", "the model's word alone"), ("combined", "with 40.0% weight"), ("same_again", "it is not used"),
])  # fmt: skip
def test_the_page_says_where_values_come_from(method, words):
    used = shop()["forecast_level"].to_pylist()
    changed = [row | {"method": method, "model_share": 0.4} for row in used]
    tables = {**shop(), "forecast_level": pa.Table.from_pylist(changed, schema=shop()["forecast_level"].schema)}
    assert words in prospects.build(readable(tables), about(shop()))["method"]


def test_a_shop_nobody_came_back_to_has_no_forecast():
    everybody = shop()["value_total"].to_pylist()[0] | {"residual_value": None}
    tables = {**shop(), "value_total": pa.Table.from_pylist([everybody], schema=shop()["value_total"].schema)}
    assert prospects.build(readable(tables), about(shop()))["is_empty"]


def test_carts_are_told_by_week_and_by_value():
    told = built(carts)
    table = frame("cart_abandonment")
    assert told["all"]["n"] == table.query("dimension == 'all'")["n"].item()
    values = [row["value_abandoned"] for row in told["rows"]]
    assert values == table.query("dimension == 'product'")["value_abandoned"].nlargest(len(values)).tolist()
    weeks = [row["segment"] for row in told["chart"]["weeks"]]
    assert 50 <= len(weeks) <= 53
    assert weeks == sorted(weeks)


def test_what_is_left_in_carts_is_priced_up_to_the_best_quarter_of_the_year():
    weeks = frame("cart_abandonment", dimension="week").sort_values("segment")
    weeks = weeks[weeks["segment"] >= "2025-04-02"]
    (finding,) = first.carts(readable(shop()), about(shop()))
    rate = weeks["abandoned_count"].sum() / weeks["n"].sum()
    best = (weeks["abandoned_count"].rolling(13).sum() / weeks["n"].rolling(13).sum()).min()
    each = weeks["value_abandoned"].sum() / weeks["abandoned_count"].sum()
    assert finding.yen == pytest.approx(weeks["n"].sum() * (rate - best) * each * margin())


def test_gaps_in_the_facts_are_said_with_their_share():
    tables = dict(shop())
    products = tables["products"].to_pandas()
    products.loc[: len(products) // 4, "unit_cost"] = None
    share = products["unit_cost"].isna().mean()
    tables["products"] = tables["products"].from_pandas(products, schema=tables["products"].schema)
    gaps = quality.build(readable(tables), about(tables))["gaps"]
    assert any(gap["said"].startswith(f"{share:.1%} of products have no unit cost") for gap in gaps)


def lost(default_margin=None, **filled: dict[str, float] | None) -> list[str]:
    """Where is mended what costs figures, of a full shop but for ``filled`` columns; None for a table without rows."""
    whole = {name: {column.name: 1.0 for column in table.columns} for name, table in FACTS.items()}
    states = [
        FactState(name, 0 if name in filled and filled[name] is None else 100, None, columns | (filled.get(name) or {}))
        for name, columns in whole.items()
    ]
    rules = replace(Rules(), default_margin=default_margin)
    return [gap["way"] for gap in quality.losses_of(About("x", date(2026, 4, 1), rules=rules, facts=tuple(states)))]


def test_only_gaps_that_cost_figures_are_losses_also_where_nothing_is_filled():
    sparse = dict.fromkeys(("coupon_code", "campaign", "subscription_id", "delivery_no"), 0.05)
    assert lost(orders=sparse, order_lines={"lot": 0.0}, products={"days_of_supply": 0.0}) == []
    no_cost = {"products": {"unit_cost": 0.0}, "order_lines": {"unit_cost": 0.0}}
    assert lost(**no_cost) == ["unit_costs"]
    assert lost(default_margin=0.4, **no_cost) == []
    assert lost(products={"unit_cost": 0.0}) == []  # every line carries its own
    assert lost(products={"unit_cost": 0.999}, order_lines={"unit_cost": 0.5}) == ["unit_costs"]
    assert lost(orders={"customer_id": 0.95}) == []
    assert lost(orders={"customer_id": 0.8}, customers={"acquired_via": 0.1}) == ["customers", "orders"]


def test_a_table_without_rows_is_a_loss_unless_something_else_tells():
    assert lost(events=None, voices=None) == ["events", "voices"]
    assert lost(costs=None) == []  # customers carry what they cost
    assert lost(costs=None, customers={"acquisition_cost": 0.0}) == ["costs"]


def test_reasons_to_leave_add_up_to_everybody_and_to_the_yen_at_stake():
    groups = built(leaving)["groups"]
    risk = frame("churn_summary")
    assert sum(group["customers"] for group in groups) == risk["customer_count"].sum()
    assert sum(group["yen"] for group in groups) == pytest.approx(risk["yen_at_stake"].sum())
    assert 0.6 < groups[0]["auc"] < 1
    for group in groups:
        values = [row["yen_at_stake"] for row in group["rows"]]
        assert values == sorted(values, reverse=True)
        assert 0 < group["leavers"] < group["customers"]
        assert all(row["label"] for row in group["rows"])


def test_curves_of_staying_begin_with_all_subscriptions_and_only_fall():
    curves = built(leaving)["curves"]
    assert str(curves[0]["label"]) == "All subscriptions"
    assert len(curves) == 4
    for curve in curves:
        rates = [cell["staying_rate"] for cell in curve["cells"] if cell]
        assert len(rates) > 3
        assert rates == sorted(rates, reverse=True)
        assert 0 < rates[-1] < rates[0] < 1


def test_personas_hold_everybody_with_words_for_their_traits():
    rows = built(personas)["rows"]
    assert sum(row["customer_count"] for row in rows) == frame("rfm_grid")["customers"].sum()
    assert all(row["traits"] for row in rows)
    subscriber = next(row for row in rows if row["persona"] == "subscriber")
    assert subscriber["traits"].startswith("buys by subscription")


def test_steps_are_those_best_for_each_customer_added_up():
    told = built(steps)
    best = frame("step_up", rank=1)
    assert told["customers"] == len(best) == best["customer_id"].nunique()
    assert told["yen"] == pytest.approx(best["expected_extra_value"].sum())
    first = told["rows"][0]
    assert first["yen"] == pytest.approx(
        best.groupby(["product_id", "next_product_id"])["expected_extra_value"].sum().max()
    )
    assert 0 < first["pair"]["moved_rate"] < 1


def test_every_customers_first_recommendation_is_counted_once_with_a_true_reason():
    told = built(offers)
    first = frame("recommendations", rank=1)
    assert told["customers"] == len(first) == first["customer_id"].nunique()
    counts = first["product_id"].value_counts()
    assert [row["customers"] for row in told["rows"]] == sorted(counts, reverse=True)[: len(told["rows"])]
    assert told["left_out"] == len(counts) - len(told["rows"])
    for row in told["rows"]:
        assert row["best"] >= row["chance"] > 0


REASON = {"days_since_last": 43, "usual_days": 45.2, "bought_count": 3, "reason_product_id": "K1"}


@pytest.mark.parametrize(("code", "phrase"), [
    ("due", "Bought 43 days ago, usually bought again after 45"), ("often", "Bought at 3 visits, last 43 days ago"),
    ("goes_with", "Goes with Kettle, bought before"), ("popular", "Bought by many"),
    ("category", "New, of a category bought most"),
])  # fmt: skip
def test_a_reason_is_a_phrase_with_the_customers_own_days(code, phrase):
    assert reason({"reason": code} | REASON, {"K1": "Kettle"}) == phrase
    assert set(REASONS) == {"due", "often", "goes_with", "popular", "category"}


def test_the_emotion_curve_shows_each_step_with_a_figure_in_the_journeys_order():
    section = built(emotion)
    rows = frame("emotion_curve", persona="all", axis="steps").dropna(subset=["emotion"]).sort_values("place")
    points = section["curve"]["points"]
    assert [point["stage"] for point in points] == rows.stage.tolist()
    assert [point["emotion"] for point in points] == pytest.approx(rows.emotion.tolist())
    # the higher the emotion, the higher on the page
    by_height = sorted(points, key=lambda point: (point["y"], -point["emotion"]))
    assert [p["emotion"] for p in by_height] == sorted([p["emotion"] for p in points], reverse=True)
    assert all(0 <= point["y"] <= section["curve"]["height"] for point in points)


def test_friction_points_stand_dearest_first_with_words_of_voices_that_say_so():
    section = built(emotion)
    rows = frame("friction_points")
    assert len(section["points"]) == rows.is_main.sum() > 0
    losses = [point["loss"] for point in section["points"] if point["loss"] is not None]
    assert losses == sorted(losses, reverse=True)
    causes = [cause for point in section["points"] for cause in point["causes"]]
    assert causes
    for cause in causes:
        assert cause["phrase"] in cause["text"].lower()
        assert cause["language"] == "ja"


def test_what_friction_comes_from_stands_at_its_step_in_both_languages():
    step = frame("friction_points", is_main=True).step.iloc[0]
    product = frame("products").iloc[0]
    rows = [
        {"step": step, "place": place, "kind": kind, "name": name, "n": 80, "customer_count": 60, "below_share": 0.25,
         "below_share_others": 0.05, "z": 5.0, "p_corrected": 0.001}
        for place, (kind, name) in enumerate((("carrier", "西便"), ("product", product.product_id)), 1)
    ]  # fmt: skip
    changed = {**shop(), "friction_facts": pa.Table.from_pylist(rows, schema=shop()["friction_facts"].schema)}
    told = emotion.build(readable(changed), about(shop()))
    (point,) = (one for one in told["points"] if one["step"] == step)
    assert [origin["label"] for origin in point["origins"]] == ["西便", product["name"]]
    assert all(not one["origins"] for one in told["points"] if one["step"] != step)
    for language, words in (("en", "Carrier <strong>西便</strong>: 25.0%"), ("ja", "配送会社 <strong>西便</strong>")):
        with override(language):
            told = emotion.build(readable(changed), about(shop()))
            assert words in render_to_string("okaeri/report/sections/emotion.html", {"s": told, "about": about(shop())})


def test_repairs_are_shown_before_against_after_in_both_languages():
    figures = {f"{name}_{part}": value for name, values in {
        "score": (-0.5, 0.25, 0.75, 0.5, 1.0, 0.001), "repeat": (0.4, 0.45, 0.05, -0.01, 0.11, 0.2),
        "revenue": (3000.0, 3500.0, 500.0, -100.0, 1100.0, 0.2),
    }.items() for part, value in zip(emotion.PARTS, values, strict=True)}  # fmt: skip
    rows = [
        {
            "step": "delivery",
            "repaired_on": date(2025, 5, 1),
            "origin": "entered",
            "is_better": True,
            "reason": "",
            **figures,
        },
        {
            "step": "scent",
            "repaired_on": date(2025, 6, 1),
            "origin": "entered",
            "is_better": False,
            "reason": "too_few",
        },
    ]
    changed = {**shop(), "friction_repairs": pa.Table.from_pylist(rows, schema=shop()["friction_repairs"].schema)}
    told = emotion.build(readable(changed), about(shop()))
    assert [repair["step"] for repair in told["repairs"]] == ["scent", "delivery"]
    assert [len(repair["figures"]) for repair in told["repairs"]] == [0, 3]
    for language, words in (("en", ("beyond chance", "Too few voices")), ("ja", ("改善の前と後", "声が少なく"))):
        with override(language):
            html = render_to_string("okaeri/report/sections/emotion.html", {"s": told, "about": about(shop())})
        assert all(word in html for word in (*words, "0.75", "5.0%", "3,500"))


def test_ltv_from_the_curve_says_both_figures_and_which_foretells_better():
    ltv_row = built(emotion)["ltv"]
    assert ltv_row["ltv_formula"] == pytest.approx(
        ltv_row["length_years"] * ltv_row["unit_price"] * ltv_row["frequency"]
    )
    assert str(ltv_row["verdict"]) == str(emotion.BETTER[ltv_row["better"]])
    assert ltv_row["low_90"] <= ltv_row["ltv_survival"] <= ltv_row["high_90"]


def test_word_of_mouth_counts_every_new_customer_once():
    traces = built(emotion)["traces"]
    assert sum(trace["customers"] for trace in traces) == frame("word_of_mouth").customer_count.sum()
    assert sum(trace["share"] for trace in traces) == pytest.approx(1.0)
