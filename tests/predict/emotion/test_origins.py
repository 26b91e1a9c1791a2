"""Which facts are named where discontent comes from one of them, and that none is where it comes from none."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predict.emotion.origins import FEWEST_STRUCK, origins

CARRIERS, LOTS, STORES = np.array(["east", "west", "south"]), np.arange(12), np.array(["own", "mall"])


def voices(seed: int, n: int = 3000, carrier: float = 0.0, lot: float = 0.0, product: float = 0.0) -> tuple:
    """Voices of n / 2 customers: the mall sends nearly all by the west, a product has four lots. A share of those of the
    west, of the first lot and of the first product are struck beyond the one in fifty of all."""
    chance = np.random.default_rng(seed)
    store = STORES[(chance.random(n) < 0.3).astype(int)]
    brought = CARRIERS[np.where((store == "mall") & (chance.random(n) < 0.9), 1, chance.integers(0, 3, n))]
    lots = chance.integers(0, 12, n)
    goods = lots // 4
    struck = chance.random(n) < 0.02 + carrier * (brought == "west") + lot * (lots == 0) + product * (goods == 0)
    facts = {"carrier": brought, "lot": lots.astype(str), "product": goods.astype(str), "store": store}
    return struck, facts, chance.integers(0, 5, n), np.arange(n) // 2


def named(**how: float) -> list[list[tuple[str, str]]]:
    return [[(one.kind, one.name) for one in origins(*voices(seed, **how))] for seed in range(10)]


def test_a_bad_carrier_is_named_and_not_the_store_that_sends_by_it():
    found = named(carrier=0.12)
    assert all(one[0] == ("carrier", "west") for one in found)
    assert sum(len(one) for one in found) <= 11


def test_a_bad_lot_is_named_and_not_the_goods_it_is_of():
    found = named(lot=0.2)
    assert all(one[0] == ("lot", "0") for one in found)
    assert sum(len(one) for one in found) <= 11


def test_bad_goods_are_named_and_not_one_of_their_lots():
    assert all(one[0] == ("product", "0") for one in named(product=0.12))


def test_two_causes_are_both_named_the_clearer_first():
    found = [one[:2] for one in named(carrier=0.06, lot=0.4)]
    assert sum(one == [("lot", "0"), ("carrier", "west")] for one in found) >= 8


def test_where_nothing_is_wrong_nothing_is_named_but_one_time_in_twenty():
    found = [origins(*voices(seed, n=1500)) for seed in range(100)]
    assert sum(map(bool, found)) <= 8


def test_shares_are_those_of_the_voices():
    struck, facts, _, customer = voices(3, lot=0.2)
    best = origins(struck, facts, np.zeros(len(struck), dtype=np.intp), customer)[0]
    own = facts["lot"] == "0"
    assert best.n == own.sum()
    assert (best.share, best.others) == (pytest.approx(struck[own].mean()), pytest.approx(struck[~own].mean()))
    assert best.customers == len(np.unique(customer[own]))


def test_a_handful_of_customers_struck_name_nothing():
    struck, facts, alike, customer = voices(4, lot=0.5)
    hit = np.flatnonzero(struck & (facts["lot"] == "0"))
    people = np.unique(customer[hit])[: FEWEST_STRUCK - 1]
    few = np.isin(np.arange(len(struck)), hit[np.isin(customer[hit], people)])
    assert origins(few, facts, alike, customer) == []
    without = {**facts, "lot": np.full(len(struck), "")}
    assert all(one.kind != "lot" for one in origins(struck, without, alike, customer))
