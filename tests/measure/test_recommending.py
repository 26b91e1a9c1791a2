"""Features are those of a plain count, planted habits are found, and the score of the query is the model's."""

from __future__ import annotations

import importlib
import json

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pytest

from okaeri.loop.predictions.next_basket_weights import covariates, told_weights
from okaeri.measure.basket_signals import judged
from okaeri.measure.candidates import PAIR, Past, candidates, link_sums, pair_key
from okaeri.measure.customer_habits import customer_habits
from okaeri.measure.next_basket_choices import next_basket_choices
from okaeri.measure.own_products import own_products
from okaeri.measure.past_lines import snapshots
from okaeri.measure.product_habits import product_habits
from okaeri.measure.product_links import product_links
from okaeri.measure.ranked_candidates import listed, scored
from okaeri.predict.next_basket import Ranker
from okaeri.schema.measured.recommending import BENDS, LINKS, OWN, PERSON, SIGNALS, TERMS, hazard_columns
from tests.measure import recommending_truth as truth

SEED = 11


def staged(shop: truth.Baskets, days: bool = True) -> dict[str, ibis.Table]:
    """Every table before the ranker, in DuckDB."""
    rows = [
        {"customer_no": customer, "visit": number, "day": day if days else None, "product_no": product}
        for customer, visits in shop.items() for number, (day, goods) in enumerate(visits, 1) for product in goods
    ]  # fmt: skip
    names = ("customer_no", "visit", "day", "product_no")
    lines = pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.int64()) for name in names]))
    connection = ibis.duckdb.connect(threads=1)
    made = {"lines": connection.create_table("lines", lines)}
    now = ibis.literal(truth.NOW, "int64") if days else ibis.null("int64")

    def keep(name: str, rows: ibis.Table) -> ibis.Table:
        made[name] = connection.create_table(name, rows)
        return made[name]

    past = keep("past", snapshots(made["lines"], now))
    own = keep("own", own_products(past))
    products, people = keep("products", product_habits(past)), keep("people", customer_habits(own))
    links = keep("links", product_links(past, own, products))
    keep("choices", next_basket_choices(past, own, people, products, links))
    return made


def now(made: dict[str, ibis.Table]) -> Past:
    return Past(*(made[name] for name in ("own", "people", "products", "links"))).now()


@pytest.fixture(scope="module")
def shop() -> truth.Baskets:
    return truth.drawn(SEED)


@pytest.fixture(scope="module")
def made(shop) -> dict[str, ibis.Table]:
    return staged(shop)


@pytest.mark.parametrize("snapshot", [0, 1, 2])
def test_own_products_are_those_counted_by_hand(made, shop, snapshot):
    expected = truth.own_products(shop, snapshot)
    rows = made["own"].filter(made["own"].snapshot == snapshot).to_pyarrow().to_pylist()
    assert {(row["customer_no"], row["product_no"]) for row in rows} == set(expected)
    for row in rows:
        wanted = expected[row["customer_no"], row["product_no"]]
        assert {name: row[name] for name in wanted} == pytest.approx(wanted)


@pytest.mark.parametrize("snapshot", [0, 1, 2])
def test_hazards_are_those_counted_by_hand(made, shop, snapshot):
    expected = truth.hazards(shop, snapshot)
    rows = made["products"].filter(made["products"].snapshot == snapshot).to_pyarrow().to_pylist()
    assert {row["product_no"] for row in rows} == set(expected)
    for row in rows:
        assert {name: row[name] for name in hazard_columns()} == pytest.approx(expected[row["product_no"]])


@pytest.mark.parametrize("snapshot", [0, 1, 2])
def test_sizes_of_visits_are_those_counted_by_hand(made, shop, snapshot):
    sizes = truth.visit_sizes(shop, snapshot)
    rows = made["products"].filter(made["products"].snapshot == snapshot).to_pyarrow().to_pylist()
    assert {row["product_no"]: row["log_visit_size"] for row in rows} == pytest.approx(
        {product: np.mean(np.log(found)) for product, found in sizes.items()}
    )


@pytest.mark.parametrize("snapshot", [0, 1, 2])
def test_links_are_those_counted_by_hand(made, shop, snapshot):
    expected = truth.links(shop, snapshot)
    rows = made["links"].filter(made["links"].snapshot == snapshot).to_pyarrow().to_pylist()
    assert {(row["product_no"], row["other_no"]) for row in rows} == set(expected)
    for row in rows:
        wanted = expected[row["product_no"], row["other_no"]]
        assert {name: row[name] for name in wanted} == pytest.approx(wanted)


def test_what_own_products_lead_to_is_summed_over_them(made, shop):
    own, links = truth.own_products(shop, 0), truth.links(shop, 0)
    past = now(made)
    pairs = candidates(past)
    sums = {row["pair_key"]: row for row in link_sums(past, pairs).to_pyarrow().to_pylist()}
    for pair in pairs.mutate(key=pair_key(pairs)).to_pyarrow().to_pylist():
        row = sums.get(pair["key"], {})
        ways = [
            (mine, links[origin, pair["product_no"]])
            for (customer, origin), mine in own.items()
            if customer == pair["customer_no"] and (origin, pair["product_no"]) in links
        ]
        expected = {
            "next_sum": sum(mine["decayed_50"] * link["next_score"] for mine, link in ways),
            "next_last": sum(link["next_score"] for mine, link in ways if mine["last_visits_ago"] == 0),
            "together_sum": sum(mine["decayed_70"] * link["together_score"] for mine, link in ways),
            "buyers_sum": sum(mine["decayed_95"] * link["buyers_score"] for mine, link in ways),
            "buyers_count": sum(mine["bought_count"] * link["buyers_score"] for mine, link in ways),
        }
        assert {name: row.get(name, 0.0) for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("hidden", [1, 2])
def test_choices_tell_what_the_first_hidden_visit_held(made, shop, hidden):
    rows = made["choices"].filter(made["choices"].snapshot == hidden).to_pyarrow().to_pylist()
    assert {row["customer_no"] for row in rows} == {one for one, visits in shop.items() if len(visits) > hidden}
    for row in rows:
        visits = shop[row["customer_no"]]
        assert row["is_bought"] == (row["product_no"] in visits[-hidden][1])
        before = {one for _, goods in visits[:-hidden] for one in goods}
        assert row["is_own"] == (row["product_no"] in before)


@pytest.mark.parametrize("more", [0, 1])
def test_a_second_visit_is_hidden_only_while_few_customers_came_again(shop, monkeypatch, more):
    again = sum(len(visits) > 1 for visits in shop.values())
    monkeypatch.setattr(importlib.import_module("okaeri.measure.past_lines"), "ENOUGH", again + more)
    rows = staged(shop)["past"].to_pyarrow()
    assert set(rows["snapshot"].to_pylist()) == ({0, 1, 2} if more else {0, 1})


def test_the_last_visit_does_not_reach_what_is_learnt_before_it(made, shop):
    """Other products at each customer's last visit leave the covariates of the choices as they were."""
    other = {
        customer: [*visits[:-1], (visits[-1][0], {9 - one for one in visits[-1][1]})]
        for customer, visits in shop.items()
    }
    columns = [*PAIR, "is_own", *SIGNALS]
    rows = [part["choices"].select(columns).order_by(*PAIR).to_pyarrow() for part in (made, staged(other))]
    assert rows[0].equals(rows[1])


def test_covariates_are_finite_and_none_where_there_is_nothing_to_tell(made):
    past = now(made)
    rows = judged(past._replace(links=past.links.filter(past.links["rank"] == 1))).to_pyarrow()
    assert np.isfinite(covariates(rows)).all()
    new = rows.filter(pa.compute.invert(rows["is_own"]))
    alone = rows.filter(pa.compute.is_null(rows["goes_with_no"]))
    assert new.num_rows > 0
    assert alone.num_rows > 0
    assert not any(new[name].to_numpy().any() for name in OWN)
    assert not any(alone[name].to_numpy().any() for name in LINKS)


def test_terms_that_bend_are_products_of_two_and_of_own_candidates_only(made):
    rows = judged(now(made)).to_pyarrow()
    x, own = covariates(rows), rows["is_own"].to_numpy()
    assert not own.all()
    for name, (one, other) in BENDS.items():
        expected = rows[one].to_numpy() * rows[other].to_numpy() * own
        assert x[:, TERMS.index(name)] == pytest.approx(expected, rel=1e-5)
        assert expected.any()


def test_the_score_of_the_query_is_the_score_of_the_model(made):
    """The query adds what customers, products, own products and links bring; the model sees whole rows."""
    weights = told_weights(made["choices"].to_pyarrow(), 3)
    by_part: dict[str, dict[str, float]] = {}
    for row in weights.to_pylist():
        by_part.setdefault(row["part"], {})[row["covariate"]] = row["weight"]
    ranker = Ranker.from_json(json.loads(json.dumps({
        "model": "next basket", "names": list(TERMS), "customers": 1, "log_likelihood": 0.0,
        "own_weights": [by_part["own"][name] for name in TERMS], "own_intercept": by_part["own"]["intercept"],
        "new_weights": [by_part["new"][name] for name in TERMS], "chance_names": list(PERSON),
        "chance_weights": [by_part["chance"][name] for name in ("score", "own", *PERSON)],
        "chance_intercept": by_part["chance"]["intercept"],
    })))  # fmt: skip
    given = made["lines"].get_backend().create_table("weights", weights)
    order = [(name, "ascending") for name in PAIR]
    found = scored(now(made), given).to_pyarrow().sort_by(order)
    rows = judged(now(made)).to_pyarrow().sort_by(order)
    assert found.select(list(PAIR)).equals(rows.select(list(PAIR)))
    x = covariates(rows).astype(float)
    own = rows["is_own"].to_numpy()
    assert found["score"].to_numpy() == pytest.approx(ranker.score(x, own), abs=1e-4)
    assert found["chance"].to_numpy() == pytest.approx(ranker.chance(x, own), abs=1e-4)
    assert set(found["bonus"].to_numpy()[~own]) == {by_part["explore"]["bonus"]}
    assert not found["bonus"].to_numpy()[own].any()


def test_features_work_where_no_days_are_known(made, shop):
    order = [(name, "ascending") for name in PAIR]
    dated, blind = (part["choices"].to_pyarrow().sort_by(order) for part in (made, staged(shop, days=False)))
    clocks = [name for name in SIGNALS if "day" in name or name in ("usual_between", "size_by_silence")]
    assert not any(blind[name].to_numpy().any() for name in clocks)
    plain = [name for name in SIGNALS if name not in clocks]
    assert covariates(blind)[:, [SIGNALS.index(name) for name in plain]] == pytest.approx(
        covariates(dated)[:, [SIGNALS.index(name) for name in plain]]
    )


def planted(customers: int = 120, seed: int = 5) -> truth.Baskets:
    """Everybody buys one product of their own at every visit, and after 1 always 2; besides whatever there is of 30."""
    chance = np.random.default_rng(seed)
    shop: truth.Baskets = {}
    for customer in range(1, customers + 1):
        visits: list[tuple[int, set[int]]] = []
        for number in range(int(chance.integers(4, 9))):
            goods = {40 + customer % 10, int(chance.integers(3, 31)), int(chance.integers(3, 31))}
            goods |= {2} if visits and 1 in visits[-1][1] else set()
            goods |= {1} if chance.random() < 0.25 else set()
            visits.append((10 + 30 * number, goods))
        shop[customer] = visits
    return shop


@pytest.fixture(scope="module")
def lists() -> tuple[truth.Baskets, dict[int, list[int]]]:
    """Lists of five of the planted shop."""
    shop = planted()
    made = staged(shop)
    weights = made["lines"].get_backend().create_table("weights", told_weights(made["choices"].to_pyarrow(), 5))
    found = listed(scored(now(made), weights), 5).order_by("customer_no", "rank").to_pyarrow().to_pylist()
    told: dict[int, list[int]] = {customer: [] for customer in shop}
    for row in found:
        told[row["customer_no"]].append(row["product_no"])
    return shop, told


def test_who_buys_a_product_at_every_visit_gets_it_first_or_second(lists):
    shop, told = lists
    early = [40 + customer % 10 in told[customer][:2] for customer in shop]
    assert np.mean(early) > 0.98


def test_what_always_follows_is_recommended_after_it(lists):
    shop, told = lists
    after = [customer for customer, visits in shop.items() if 1 in visits[-1][1]]
    others = [customer for customer, visits in shop.items() if 1 not in visits[-1][1]]
    assert len(after) > 15
    shown = [np.mean([2 in told[customer][:2] for customer in part]) for part in (after, others)]
    assert shown[0] > 0.9
    assert shown[1] < shown[0] / 2


def test_lists_have_no_holes_and_no_product_twice(lists):
    _, told = lists
    assert all(len(products) == len(set(products)) == 5 for products in told.values())
