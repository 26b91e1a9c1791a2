"""What the tables before recommendations should hold, worked out in plain Python from lists of baskets."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np

from okaeri.schema.measured.recommending import DAY_BOUNDS, DAY_HALF_LIVES, VISIT_BOUNDS, VISIT_DECAYS

Baskets = dict[int, list[tuple[int, set[int]]]]
NOW = 400


def drawn(seed: int, customers: int = 25, products: int = 8) -> Baskets:
    """Customers with up to nine visits on rising days, each of one to four products."""
    chance = np.random.default_rng(seed)
    shop: Baskets = {}
    for customer in range(1, customers + 1):
        days = sorted(chance.choice(np.arange(1, 390), int(chance.integers(1, 10)), replace=False))
        shop[customer] = [
            (int(day), {int(one) for one in chance.choice(products, int(chance.integers(1, 5)), replace=False) + 1})
            for day in days
        ]
    return shop


def known(shop: Baskets, snapshot: int) -> dict[int, tuple[int, list[tuple[int, set[int]]]]]:
    """Per customer with any: the present day, and visits known."""
    cut = {}
    for customer, visits in shop.items():
        left = visits[: len(visits) - snapshot]
        if left:
            cut[customer] = (visits[len(left)][0] if snapshot else NOW, left)
    return cut


def own_products(shop: Baskets, snapshot: int) -> dict[tuple[int, int], dict[str, float]]:
    told = {}
    for customer, (now, visits) in known(shop, snapshot).items():
        for product in {one for _, goods in visits for one in goods}:
            agos = [len(visits) - 1 - place for place, (_, goods) in enumerate(visits) if product in goods]
            days = [now - day for day, goods in visits if product in goods]
            sizes = [len(goods) for _, goods in visits if product in goods]
            told[customer, product] = {
                "bought_count": len(agos), "visit_count": len(visits), "first_visits_ago": max(agos),
                "last_visits_ago": min(agos), "first_days_ago": max(days), "last_days_ago": min(days),
                "log_visit_size": sum(math.log(size) for size in sizes) / len(sizes), "least_visit_size": min(sizes),
                **{f"decayed_{int(rate * 100)}": sum(rate**ago for ago in agos) for rate in VISIT_DECAYS},
                **{f"decayed_{half}_days": sum(0.5 ** (day / half) for day in days) for half in DAY_HALF_LIVES},
            }  # fmt: skip
    return told


def visit_sizes(shop: Baskets, snapshot: int) -> dict[int, list[int]]:
    """Per product: how many products each visit with it holds."""
    told: dict[int, list[int]] = defaultdict(list)
    for _, visits in known(shop, snapshot).values():
        for _, goods in visits:
            for product in goods:
                told[product].append(len(goods))
    return told


def lags(shop: Baskets, snapshot: int) -> list[tuple[int, bool, int, int]]:
    """Per purchase: product, whether it came again, and visits and days until then or now."""
    told = []
    for now, visits in known(shop, snapshot).values():
        for place, (day, goods) in enumerate(visits):
            for product in goods:
                later = [spot for spot in range(place + 1, len(visits)) if product in visits[spot][1]]
                end, last = (later[0], visits[later[0]][0]) if later else (len(visits), now)
                told.append((product, bool(later), end - place, last - day))
    return told


def hazards(shop: Baskets, snapshot: int) -> dict[int, dict[str, float]]:
    """Chance to come again in each bucket, drawn to all products' with the weight of eight lags."""
    rows = lags(shop, snapshot)
    told: dict[int, dict[str, float]] = defaultdict(dict)
    for clock, bounds, spot in (("visit", VISIT_BOUNDS, 2), ("day", DAY_BOUNDS, 3)):
        ends = [*bounds[1:], math.inf]
        for number, (first, end) in enumerate(zip(bounds, ends, strict=True)):
            came = [row for row in rows if row[1] and first <= row[spot] < end]
            risk = [row for row in rows if row[spot] >= first]
            usual = len(came) / max(len(risk), 1)
            for product in {row[0] for row in rows}:
                mine, reached = (sum(row[0] == product for row in part) for part in (came, risk))
                told[product][f"hazard_{clock}_{number}"] = (mine + 8 * usual) / (reached + 8)
    return told


def links(shop: Baskets, snapshot: int) -> dict[tuple[int, int], dict[str, float]]:
    """Next, together and buyers scores of ordered pairs, 0 below their least support."""
    people = [visits for _, visits in known(shop, snapshot).values()]
    visits = [goods for person in people for _, goods in person]
    buyers = [{one for _, goods in person for one in goods} for person in people]
    steps = [(one[1], other[1]) for person in people for one, other in pairwise(person)]
    products = {one for goods in visits for one in goods}
    told = {}
    for one in products:
        for other in products:
            followed = sum(one in first and other in second for first, second in steps)
            left = sum(one in first for first, _ in steps)
            pair = {"next_score": followed / (left + 5) if followed >= 2 else 0.0}
            for name, groups, least in (("together_score", visits, 2), ("buyers_score", buyers, 3)):
                both = sum(one in goods and other in goods for goods in groups)
                sizes = [sum(each in goods for goods in groups) for each in (one, other)]
                seen = one != other and both >= least
                pair[name] = both / math.sqrt(sizes[0] * sizes[1]) if seen else 0.0
            if any(pair.values()):
                told[one, other] = pair
    return told
