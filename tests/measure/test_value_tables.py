"""The tables of value against a second implementation, on a made-up shop and on Online Retail."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from okaeri.measure.customer_ages import age_grid
from okaeri.schema.rules import Rules
from tests.measure import retail, value_shop
from tests.measure.shops import measured
from tests.measure.value_truth import Truth, agree, keyed, wilson

TABLES = (
    "customer_history", "ltv_curve", "kpis", "payback", "f_ladder", "ltv_parts", "kpi_effect", "cohort_retention",
    "repeat_interval", "entry_products", "purchase_summary",
)  # fmt: skip
MARGIN = 0.35
KINDS = {"revenue": "value", "gross_profit": "profit"}


def made_up() -> tuple[dict, date, Rules]:
    rules = Rules(horizons=(30, 90, 365), conversion_window=120, ladder_top=5, attribute_dimensions=("skin",))
    return value_shop.shop(), value_shop.AS_OF, rules


def online_retail() -> tuple[dict, date, Rules]:
    rules = Rules(horizons=(30, 90, 180, 365), conversion_window=90, ladder_top=6, default_margin=MARGIN)
    return retail.online_retail(), date(2011, 12, 10), rules


@cache
def both(make):
    facts, as_of, rules = make()
    return measured(facts, as_of, rules=rules, wanted=TABLES), Truth(facts, as_of, rules.default_margin), rules


@pytest.fixture(
    params=[made_up, pytest.param(online_retail, marks=pytest.mark.reference)], ids=lambda make: make.__name__
)
def shop(request):
    return both(request.param)


def segments(tables, truth):
    """Dimension and segment to the customers in it, from the shop's own words."""
    people = truth.people
    yield "all", "all", people.index
    for cohort, members in people.groupby("cohort"):
        yield "cohort_month", cohort, members.index
    products = truth.first_products().reindex(people.index).fillna("unknown")
    for product, members in products.groupby(products):
        yield "first_product", product, members.index
    campaigns = campaign_of(tables["customer_history"].to_pandas().set_index("customer_id")).reindex(people.index)
    for campaign, members in campaigns.groupby(campaigns):
        yield "campaign", campaign, members.index


def campaign_of(history):
    """Each customer's campaign with its source before it."""
    named = history.acquired_campaign.notna()
    return (history.acquired_via + "/" + history.acquired_campaign.where(named, "")).where(named, "unknown")


def test_the_ltv_curve_is_the_sum_of_mean_steps_among_those_observed(shop):
    tables, truth, rules = shop
    rows = keyed(tables["ltv_curve"], "dimension", "segment", "value_kind", "age_days")
    seen = set()
    for dimension, segment, ids in segments(tables, truth):
        for kind, column in KINDS.items():
            for expected in truth.curve(ids, column, age_grid(rules)):
                key = (dimension, segment, kind, expected["age_days"])
                # the interval's t quantile is a series: within 0.2% of its reach
                ends = {name: expected.pop(name) for name in ("low", "high")}
                agree(rows[key], expected | {"n_total": len(ids)}, key)
                for name, end in ends.items():
                    agree(
                        {"reach": _less(rows[key][name], expected["ltv"])}, {"reach": end - expected["ltv"]}, key, 2e-3
                    )
                seen.add(key)
    assert seen == {key for key in rows if key[0] in ("all", "cohort_month", "first_product", "campaign")}


def _less(end, middle):
    return None if end is None else end - middle


def test_every_dimension_holds_every_customer_once(shop):
    tables, truth, rules = shop
    counts: dict[str, int] = {}
    for row in tables["ltv_curve"].to_pylist():
        if row["age_days"] == 0 and row["value_kind"] == "revenue":
            counts[row["dimension"]] = counts.get(row["dimension"], 0) + row["n_total"]
    assert set(counts) >= {
        "all",
        "cohort_month",
        "acquired_via",
        "campaign",
        "store",
        "first_product",
        "region",
        "age_band",
    }
    assert len(counts) == 8 + len(rules.attribute_dimensions)
    assert set(counts.values()) == {len(truth.people)}


def test_acquisition_cost_is_the_mean_over_the_segment_and_comes_off_after(shop):
    tables, _, _ = shop
    people = tables["customer_history"].to_pandas()
    costs = people.groupby("acquired_via").acquisition_cost.mean()
    for row in tables["ltv_curve"].to_pylist():
        if row["dimension"] == "acquired_via":
            agree(row, {"acquisition_cost": costs[row["segment"]]}, row["segment"])
        if row["acquisition_cost"] is not None:
            assert row["ltv_after_cost"] == pytest.approx(row["ltv"] - row["acquisition_cost"])


def test_payback_is_the_first_day_profit_per_customer_observed_that_day_reaches_the_cost(shop):
    tables, truth, rules = shop
    history = tables["customer_history"].to_pandas().set_index("customer_id")
    curve = keyed(tables["ltv_curve"], "dimension", "segment", "value_kind", "age_days")
    rows = tables["payback"].to_pylist()
    of = {"all": history.acquired_via.map(lambda _: "all"),
          "acquired_via": history.acquired_via, "campaign": campaign_of(history)}  # fmt: skip
    for row in rows:
        at = curve[row["dimension"], row["segment"], "gross_profit", row["horizon_days"]]
        agree(row, {"limit_cpa": at["ltv"], "low": at["low"], "high": at["high"], "n": at["n"]}, row)
        assert row["is_exact_day"] == (row["dimension"] in of)
        if row["is_exact_day"]:
            ids = history.index[of[row["dimension"]] == row["segment"]]
            assert row["payback_day"] == payback_day(truth, ids, history, max(rules.horizons)), row
    assert {row["dimension"] for row in rows} >= {"all", "acquired_via", "campaign", "cohort_month"}


def payback_day(truth, ids, history, top):
    cost = history.loc[ids].acquisition_cost.mean()
    orders = truth.orders[truth.orders.customer_id.isin(ids)]
    observed, total = truth.people.loc[ids].observed, 0.0
    by_age = orders.groupby("age").profit.sum()
    for day in range(top + 1):
        n = (observed > day).sum()
        if not n:
            return None
        total += by_age.get(day, 0.0) / n
        if total >= cost:
            return day
    return None


def cohorts(truth):
    yield "all", truth.people
    yield from truth.people.groupby("cohort")


def test_kpis_of_customers(shop):
    tables, truth, rules = shop
    rows = keyed(tables["kpis"], "cohort", "kpi")
    first = truth.orders[truth.orders.number == 1].set_index("customer_id")
    for cohort, people in cohorts(truth):
        mature = people[people.observed > rules.conversion_window]
        converted = (first.loc[mature.index].next <= rules.conversion_window).sum()
        _rate(rows[cohort, "f2_rate"], converted, len(mature), len(people), cohort)
        _rate(rows[cohort, "repeat_rate_cohort"], (mature.orders > 1).sum(), len(mature), len(people), cohort)
        orders = truth.orders[truth.orders.customer_id.isin(people.index)]
        agree(
            rows[cohort, "order_value"],
            {"value": orders.value.sum() / orders.bought.sum(), "n": people.orders.sum()},
            cohort,
        )
        year = [row for row in truth.curve(people.index, "value", age_grid(rules)) if row["age_days"] == 365]
        agree(rows[cohort, "yearly_spend"], {"value": year[0]["ltv"] if year else None}, cohort)


def _rate(row, hits, n, n_total, where):
    low, high = wilson(hits, n)
    agree(row, {"value": hits / n if n else None, "low": low, "high": high, "n": n, "n_total": n_total}, where)
    assert row["is_mature"] == (n >= 30 if where == "all" else n == n_total)


def test_kpis_of_buying_months(shop):
    tables, truth, _ = shop
    rows = keyed(tables["kpis"], "cohort", "kpi")
    bought = truth.orders[truth.orders.bought]
    months = [(month, pd.Timestamp(month), pd.Timestamp(month) + pd.offsets.MonthBegin()) for month in
              bought.day.dt.strftime("%Y-%m").unique()]  # fmt: skip
    for name, start, end in [*months, ("all", truth.as_of - pd.Timedelta(days=365), truth.as_of)]:
        inside = bought[(bought.day >= start) & (bought.day < end)]
        buyers = set(inside.customer_id)
        base = set(truth.people.index[truth.people["first"] < start])
        again = set(inside[inside.number > 1].customer_id)
        for kpi, hits, n in (("repeat_rate_period", again, buyers), ("repeat_rate_month", buyers & base, base)):
            low, high = wilson(len(hits), len(n))
            share = len(hits) / len(n) if n else None
            agree(rows[name, kpi], {"value": share, "low": low, "high": high, "n": len(n)}, (name, kpi))
            assert rows[name, kpi]["is_mature"] == (end <= truth.as_of)


def test_the_ladder_counts_only_orders_older_than_the_window(shop):
    tables, truth, rules = shop
    rows, window = keyed(tables["f_ladder"], "cohort", "order_no"), rules.conversion_window
    assert {rung for _, rung in rows} == set(range(2, rules.ladder_top + 1))
    for cohort, people in cohorts(truth):
        orders = truth.orders[truth.orders.customer_id.isin(people.index)]
        for rung in range(2, rules.ladder_top + 1):
            before = orders[orders.number == rung - 1]
            mature = before[(truth.as_of - before.day).dt.days > window]
            gaps = mature[mature.next <= window].next
            row = rows[cohort, rung]
            _rate(row | {"value": row["rate"]}, len(gaps), len(mature), len(before), cohort)
            assert row["n_converted"] == len(gaps)
            quartiles = np.quantile(gaps, [0.25, 0.5, 0.75], method="inverted_cdf") if len(gaps) else [None] * 3
            agree(row, dict(zip(("days_p25", "days_p50", "days_p75"), quartiles, strict=True)), (cohort, rung))
            old = people[people.observed > window * (rung - 1)].index
            there = orders[(orders.number == rung) & (orders.age <= window * (rung - 1)) & orders.customer_id.isin(old)]
            low, high = wilson(len(there), len(old))
            agree(row, {"n_first": len(old), "cumulative_rate": len(there) / len(old) if len(old) else None,
                        "cumulative_low": low, "cumulative_high": high}, (cohort, rung))  # fmt: skip


def test_retention_by_calendar_month(shop):
    tables, truth, _ = shop
    rows = keyed(tables["cohort_retention"], "cohort", "month_offset")
    orders = truth.orders.assign(cohort=truth.orders.customer_id.map(truth.people.cohort))
    orders = orders.assign(month=orders.day.dt.year * 12 + orders.day.dt.month - 1)
    last = (truth.as_of - pd.Timedelta(days=1)).year * 12 + (truth.as_of - pd.Timedelta(days=1)).month - 1
    expected = 0
    for cohort, members in orders.groupby("cohort"):
        start, n, total = int(cohort[:4]) * 12 + int(cohort[5:]) - 1, members.customer_id.nunique(), 0.0
        for offset in range(last - start + 1):
            month = members[members.month == start + offset]
            active, total = month[month.bought].customer_id.nunique(), total + month.value.sum()
            low, high = wilson(active, n)
            agree(rows[cohort, offset], {
                "n": n, "active_customers": active, "retention_rate": active / n, "low": low, "high": high,
                "orders": month.bought.sum(), "revenue": month.value.sum(), "gross_profit": month.profit.sum(),
                "cumulative_revenue_per_customer": total / n,
                "is_mature": bool(start + offset < truth.as_of.year * 12 + truth.as_of.month - 1),
            }, (cohort, offset))  # fmt: skip
            expected += 1
    assert expected == len(rows)


def test_gaps_by_week_with_only_orders_observed_through_it_below(shop):
    tables, truth, rules = shop
    rows = keyed(tables["repeat_interval"], "dimension", "segment", "bucket_start")
    bought = truth.orders[truth.orders.bought]
    first = bought[bought.number == 1]
    products = first.customer_id.map(truth.first_products()).fillna("unknown")
    groups = [("all", "all", bought)]
    groups += [("order_no", str(k), bought[bought.number == k - 1]) for k in range(2, rules.ladder_top + 1)]
    groups += [("first_product", product, members) for product, members in first.groupby(products)]
    seen = 0
    for dimension, segment, orders in groups:
        age, gaps = (truth.as_of - orders.day).dt.days, orders.next.dropna()
        weeks = (gaps // 7 * 7).astype(int)
        for start in weeks.unique():
            inside, old = (orders.next // 7 * 7) == start, age >= start + 7
            low, high = wilson((inside & old).sum(), old.sum())
            agree(rows[dimension, segment, start], {
                "count": inside.sum(), "n": len(gaps), "n_waiting": orders.next.isna().sum(),
                "share": inside.sum() / len(gaps), "observable_count": (inside & old).sum(), "n_observable": old.sum(),
                "share_observable": (inside & old).sum() / old.sum() if old.sum() else None, "low": low, "high": high,
                "mode_bucket": weeks.value_counts().sort_index().idxmax(), "bucket_end": start + 7,
            } | {f"p{q}": np.quantile(gaps, q / 100, method="inverted_cdf") for q in (10, 25, 50, 75, 90)},
                (dimension, segment, start))  # fmt: skip
            seen += 1
    assert seen == len(rows)


def test_ltv_taken_apart_by_order_sums_to_ltv_of_the_fully_observed(shop):
    tables, truth, rules = shop
    parts, effects = tables["ltv_parts"].to_pandas(), keyed(tables["kpi_effect"], "horizon_days", "value_kind", "kpi")
    for days in rules.horizons:
        old = truth.people.index[truth.people.observed > days]
        inside = truth.orders[truth.orders.customer_id.isin(old) & (truth.orders.age <= days)]
        for kind, column in KINDS.items():
            mine = parts[(parts.horizon_days == days) & (parts.value_kind == kind)]
            assert mine.contribution.sum() == pytest.approx(inside[column].sum() / len(old), rel=1e-9)
            assert (mine.reach_rate * mine.order_value).sum() == pytest.approx(mine.contribution.sum(), rel=1e-9)
            reached = inside.groupby("number").size()
            assert dict(zip(mine.order_no, mine.n_orders, strict=True)) == reached.to_dict()
            curve = truth.curve(truth.people.index, column, tuple(a for a in age_grid(rules)))
            at = next(row["ltv"] for row in curve if row["age_days"] == days)
            for kpi in ("f2_rate", "repeat_rate", "order_value"):
                row = effects[days, kind, kpi]
                agree(row, {"ltv": mine.contribution.sum(), "ltv_curve": at, "difference": at - mine.contribution.sum(),
                            "n": len(old)}, (days, kind, kpi))  # fmt: skip


def test_a_credit_note_belongs_to_the_order_it_follows(shop):
    tables, truth, rules = shop
    days = rules.horizons[-1]
    old = truth.people.index[truth.people.observed > days]
    orders = truth.orders[truth.orders.customer_id.isin(old)]
    expected: dict[int, float] = {}
    for _, history in orders.groupby("customer_id"):
        bought = history[history.bought]
        for row in history[history.age <= days].itertuples():
            number = row.number if row.bought else bought[bought.day <= row.day].number.max()
            expected[int(number)] = expected.get(int(number), 0.0) + row.value
    parts = tables["ltv_parts"].to_pandas()
    mine = parts[(parts.horizon_days == days) & (parts.value_kind == "revenue")].sort_values("order_no")
    assert list(mine.order_no) == sorted(expected)
    assert np.allclose(mine.contribution * mine.n, [expected[k] for k in sorted(expected)], rtol=1e-9, atol=1e-6)


def test_effects_are_the_slope_of_the_identity_when_a_rate_is_moved(shop):
    tables, _, rules = shop
    parts, effects = tables["ltv_parts"].to_pandas(), keyed(tables["kpi_effect"], "horizon_days", "value_kind", "kpi")
    for days in rules.horizons:
        mine = parts[(parts.horizon_days == days) & (parts.value_kind == "revenue")].sort_values("order_no")
        steps, values = mine.step_rate.to_numpy(), mine.order_value.to_numpy()
        assert list(mine.order_no) == list(range(1, len(mine) + 1))

        def ltv(moved, by, steps=steps, values=values):
            return float(np.cumprod(steps + np.isin(np.arange(len(steps)), moved) * by) @ values)

        for kpi, moved in (("f2_rate", [1]), ("repeat_rate", list(range(2, len(steps))))):
            slope = (ltv(moved, 1e-6) - ltv(moved, -1e-6)) / 2e-6
            assert effects[days, "revenue", kpi]["effect"] == pytest.approx(slope * 0.01, rel=1e-5)
        assert effects[days, "revenue", "order_value"]["effect"] == pytest.approx(ltv([], 0) * 0.01)
        assert effects[days, "revenue", "f2_rate"]["level"] == pytest.approx(steps[1])


def test_entry_products_rank_after_shrinking_to_the_mean(shop):
    tables, truth, rules = shop
    rows = keyed(tables["entry_products"], "first_product", "horizon_days")
    products = truth.first_products().reindex(truth.people.index).fillna("unknown")
    first = truth.orders[truth.orders.number == 1].set_index("customer_id")
    for days in rules.horizons:
        curves = {
            product: [row for row in truth.curve(ids.index, "value", age_grid(rules)) if row["age_days"] == days]
            for product, ids in products.groupby(products)
        }
        at = {product: curve[0] for product, curve in curves.items() if curve}
        shrunk = dersimonian_laird(at)
        order = sorted(at, key=lambda product: (-round(shrunk[product], 6), product))
        for product, row in at.items():
            found = rows[product, days]
            ids = truth.people.loc[products == product]
            mature = ids[ids.observed > rules.conversion_window].index
            low, high = wilson((first.loc[mature].next <= rules.conversion_window).sum(), len(mature))
            agree(found, {"n": len(ids), "share": len(ids) / len(products), "n_observed": row["n"], "ltv": row["ltv"],
                          "ltv_shrunk": shrunk[product], "f2_n": len(mature), "f2_low": low, "f2_high": high,
                          "is_enough": bool(row["n"] >= 30)}, (product, days))  # fmt: skip
        ranks = [rows[product, days]["rank"] for product in order]
        assert ranks == list(range(1, len(order) + 1))
    assert len(rows) == sum(1 for row in tables["ltv_curve"].to_pylist() if row["dimension"] == "first_product"
                            and row["value_kind"] == "revenue" and row["age_days"] in rules.horizons)  # fmt: skip


def dersimonian_laird(at):
    """Each product's LTV drawn to the mean, by the textbook's formulas."""
    n = pd.Series({product: row["n"] for product, row in at.items()})
    y = pd.Series({product: row["ltv"] for product, row in at.items()})
    s2 = pd.Series({product: row["standard_error"] ** 2 * row["n"] for product, row in at.items()}).fillna(0)
    error = (s2 * (n - 1)).sum() / (n - 1).sum() / n
    w = 1 / error
    mean = (w * y).sum() / w.sum()
    q = (w * (y - mean) ** 2).sum()
    tau = max(0.0, (q - (len(y) - 1)) / (w.sum() - (w**2).sum() / w.sum())) if len(y) > 1 else 0.0
    return (mean + (y - mean) * tau / (tau + error)).to_dict()


def test_purchase_summary_counts_days_with_orders(shop):
    tables, truth, _ = shop
    rows = keyed(tables["purchase_summary"], "customer_id")
    assert len(rows) == len(truth.people)
    bought = truth.orders[truth.orders.bought]
    repeat = bought[bought.age > 0].groupby("customer_id").value.sum()
    for person in truth.people.itertuples():
        x = person.days - 1
        agree(rows[(person.Index,)], {
            "repeat_orders": x, "last_order_age": (person.last - person.first).days / 7,
            "age": (person.observed - 1) / 7, "mean_repeat_spend": repeat.get(person.Index, 0.0) / x if x else 0.0,
        }, person.Index)  # fmt: skip
