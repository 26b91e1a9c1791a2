"""Behavioural clusters: planted kinds of customers are found; the rest are properties of any k-means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from okaeri.measure.kmeans import kmeans
from okaeri.measure.traits import cluster_names
from okaeri.schema.rules import DEFAULT_RULES
from tests.measure.retail import SHOPS, measured_shop
from tests.measure.shops import measured, order

FEATURES = ["z_recency", "z_frequency", "z_order_value", "z_tenure", "z_variation"]
AS_OF = date(2026, 1, 1)


def three_kinds() -> tuple[dict[str, list[dict]], dict[str, str]]:
    """Weekly small buyers still active, twice-a-year big spenders still active, and one-time buyers long gone."""
    chance, orders, kinds = np.random.default_rng(5), [], {}
    for number in range(150):
        kind = ("weekly", "big", "gone")[number % 3]
        kinds[f"own:{number}"] = kind
        days = {"weekly": range(3, 300, 7), "big": range(20, 900, 180), "gone": [900 + number]}[kind]
        for place, ago in enumerate(days):
            day = AS_OF - timedelta(days=ago + int(chance.integers(3)))
            price = {"weekly": 1500, "big": 40000, "gone": 3000}[kind] * chance.uniform(0.9, 1.1)
            orders.append(order(f"own:{number}", day.isoformat(), round(price), f"own:{number}-{place}"))
    return {"orders": orders}, kinds


def test_planted_kinds_of_customers_are_the_clusters_best_first():
    facts, kinds = three_kinds()
    rules = replace(DEFAULT_RULES, cluster_count=3)
    tables = measured(facts, AS_OF, rules=rules, wanted=["clusters", "cluster_profiles"])
    rows = tables["clusters"].to_pylist()
    assert {(kinds[row["customer_id"]], row["cluster"]) for row in rows} == {("big", 1), ("weekly", 2), ("gone", 3)}
    profiles = {row["cluster"]: row for row in tables["cluster_profiles"].to_pylist()}
    assert [profiles[number]["customers"] for number in (1, 2, 3)] == [50, 50, 50]
    assert "big" in profiles[1]["cluster_code"]
    assert "高単価" in profiles[1]["cluster_label"]
    assert "frequent" in profiles[2]["cluster_code"]
    assert len({profile["cluster_code"] for profile in profiles.values()}) == 3


@pytest.mark.parametrize("shop", SHOPS)
def test_each_customer_is_close_to_the_own_cluster_and_profiles_add_up(shop):
    tables, people = measured_shop(*shop)
    rows = tables["clusters"].to_pandas()
    assert set(rows.customer_id) == set(people)
    assert rows.cluster.nunique() == 5
    assert np.allclose(rows[FEATURES].mean(), 0, atol=0.1)
    centres = rows.groupby("cluster")[FEATURES].mean()
    spread = np.square(rows[FEATURES].to_numpy()[:, None, :] - centres.to_numpy()[None]).sum(axis=2)
    nearest = centres.index.to_numpy()[spread.argmin(axis=1)]
    assert (nearest == rows.cluster).mean() > 0.95
    profiles = tables["cluster_profiles"].to_pandas().set_index("cluster").sort_index()
    assert profiles.customers.to_dict() == rows.cluster.value_counts().sort_index().to_dict()
    assert np.allclose(profiles[FEATURES], centres)
    assert profiles.revenue.sum() == pytest.approx(sum(buyer.revenue for buyer in people.values()))
    assert profiles.mean_recency_days.to_dict() == pytest.approx({
        number: np.mean([(shop[1] - people[name].last).days for name in group.customer_id])
        for number, group in rows.groupby("cluster")
    })  # fmt: skip


def test_a_shop_without_orders_has_no_clusters_and_one_customer_is_one_cluster():
    assert measured({}, AS_OF, wanted=["clusters", "cluster_profiles"])["clusters"].num_rows == 0
    one = {"orders": [order("own:1", "2025-01-01", 1000, "a")]}
    rows = measured(one, AS_OF, wanted=["clusters"])["clusters"].to_pylist()
    assert [(row["cluster"], row["cluster_label"]) for row in rows] == [(1, "平均的")]


def test_kmeans_of_weighted_points_is_kmeans_of_repeated_points_and_beats_any_single_start():
    from sklearn.cluster import KMeans

    chance = np.random.default_rng(2)
    points = np.concatenate([chance.normal(centre, 0.4, (60, 2)) for centre in ((0, 0), (4, 0), (0, 4), (5, 5))])
    weights = chance.integers(1, 6, len(points)).astype(float)
    own = np.array(sorted(map(tuple, kmeans(points, weights, 4))))
    peer = KMeans(4, n_init=20, random_state=0).fit(np.repeat(points, weights.astype(int), axis=0)).cluster_centers_
    assert np.allclose(own, sorted(map(tuple, peer)), atol=1e-3)


def test_names_tell_the_strongest_traits_and_are_all_different():
    centres = np.array([[0.1, 2.0, 1.0, 0.4, 0.0], [0.1, 2.0, 1.0, -0.4, 0.0], [0.1, 2.0, 1.0, 0.4, 0.0], np.zeros(5)])
    names = cluster_names(centres)
    assert names[0] == ("frequent_big_long", "多回数・高単価・長期")
    assert names[1] == ("frequent_big_short", "多回数・高単価・短期")
    assert names[2] == ("frequent_big_long_2", "多回数・高単価・長期 2")
    assert names[3] == ("average", "平均的")
