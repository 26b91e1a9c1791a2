"""Product measures once more, in plain Python: what the queries have to equal."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import combinations, pairwise

EPOCH = date(1970, 1, 1)
Z = 1.959963984540054


def baskets_of(orders: Iterable[dict], lines: Iterable[dict], as_of: date) -> dict[str, list[tuple[int, set[str]]]]:
    """Per customer the orders that count, in order: day number and goods. Orders of over 100 goods have none."""
    goods = defaultdict(set)
    for row in lines:
        if row["kind"] == "goods" and row["product_id"] is not None and row["quantity"] > 0:
            goods[row["order_id"]].add(row["product_id"])
    bought = [
        row for row in orders
        if row["customer_id"] and row["order_date"] < as_of and row["subtotal"] >= 0
        and row["status"] in ("placed", "paid", "shipped")
    ]  # fmt: skip
    customers = defaultdict(list)
    for row in sorted(bought, key=lambda row: (row["ordered_at"], row["order_id"])):
        held = goods[row["order_id"]]
        customers[row["customer_id"]].append(((row["order_date"] - EPOCH).days, held if len(held) <= 100 else set()))
    return dict(customers)


def bounds_of(firsts: tuple[int, ...]) -> list[tuple[int, int]]:
    """First day and end of each bucket."""
    return list(zip(firsts, (*firsts[1:], 365), strict=True))


def plain_follow_ons(customers: dict, bounds: list[tuple[int, int]], as_of: date, kinds=None):
    """Counts by (product, bucket) and by (product, target, bucket): observed purchases, pairs, customers.

    ``kinds`` maps a product to its targets; without it a product's target is itself.
    """
    today = (as_of - EPOCH).days
    observed, pairs, people = Counter(), Counter(), defaultdict(set)
    for customer, orders in customers.items():
        for place, (day, goods) in enumerate(orders):
            then = orders[place + 1] if place + 1 < len(orders) else None
            targets = then and {t for product in then[1] for t in (kinds(product) if kinds else (product,))}
            for number, (first, end) in enumerate(bounds):
                if day + end > today:
                    continue
                came = then and first <= then[0] - day < end
                for product in goods:
                    observed[product, number] += 1
                    for target in targets if came else ():
                        pairs[product, target, number] += 1
                        people[product, target, number].add(customer)
    return observed, pairs, people


def plain_near(counted, bounds: list[tuple[int, int]], counts: list[float] | None = None) -> dict[tuple, float]:
    """Per (target, bucket): its share of purchases, drawn to that over all days by 50 pairs.

    With ``counts``, each bucket's from 0 to 1, only so much of the way from what all days make of the bucket.
    """
    observed, pairs, _ = counted
    places = range(len(bounds))
    whole = [sum(n for (_, number), n in observed.items() if number == place) for place in places]
    came = Counter()
    for (_, target, number), n in pairs.items():
        came[target, number] += n
    targets = {target for target, _ in came}
    share = {(t, place): came[t, place] / whole[place] if whole[place] else 0.0 for t in targets for place in places}
    level = [sum(share[t, place] for t in targets) for place in places]
    near = {}
    for t, place in share:
        usual = sum(share[t, other] for other in places) * level[place] / sum(level)
        drawn = usual * (came[t, place] + 50) / (usual * whole[place] + 50)
        near[t, place] = drawn if counts is None else (1 - counts[place]) * usual + counts[place] * drawn
    return near


def plain_popularity_weights(
    counted, odd: set[str], customers: dict, bounds: list[tuple[int, int]], as_of: date
) -> list[float]:
    """Per bucket how far its popularity by one half of the customers tells of the other half's next orders."""
    halves = [{name: own for name, own in customers.items() if (name in odd) == mine} for mine in (True, False)]
    whole = [sum(n for (_, number), n in counted[0].items() if number == place) for place in range(len(bounds))]
    known = [_popularity(plain_follow_ons(half, bounds, as_of)[1], whole) for half in halves]
    held = [_held(half, bounds, as_of) for half in halves]
    return [
        max(0.0, min(1.0, *(_slope(*known[mine], held[1 - mine], place) for mine in (0, 1))))
        for place in range(len(bounds))
    ]


def _popularity(pairs: Counter, whole: list[int]) -> tuple[Counter, Counter]:
    """Pairs by (target, bucket), and shares over all days by target."""
    own, usual = Counter(), Counter()
    for (_, target, place), n in pairs.items():
        own[target, place] += n
        usual[target] += n / whole[place]
    return own, Counter({target: value / sum(usual.values()) for target, value in usual.items()})


def _held(customers: dict, bounds: list[tuple[int, int]], as_of: date) -> Counter:
    """Next orders by (product, bucket), each spread over its goods."""
    held = Counter()
    for orders in customers.values():
        for (day, mine), (next_day, goods) in pairwise(orders):
            for place, (first, end) in enumerate(bounds):
                if mine and first <= next_day - day < end and day + end <= (as_of - EPOCH).days:
                    held.update({(product, place): 1 / len(goods) for product in goods})
    return held


def _slope(own: Counter, usual: Counter, held: Counter, place: int) -> float:
    """Of what ``held`` has over ``usual`` on what ``own`` has, both as shares of the bucket."""
    tried, true = (sum(n for (_, number), n in each.items() if number == place) for each in (own, held))
    if not tried or not true:
        return 0.0
    points = [(own[t, place] / tried - u, held[t, place] / true - u, u) for t, u in usual.items()]
    moved = sum(x * x / u for x, _, u in points)
    return sum(x * y / u for x, y, u in points) / moved if moved > 1e-9 else 0.0


def plain_weights(
    counted, odd: set[str], customers: dict, bounds: list[tuple[int, int]], min_support: int, as_of: date
):
    """Per bucket how far both halves of the customers are off in the same way, as ``expected`` and ``weight``."""
    observed, pairs, people = counted
    near, places = plain_near(counted, bounds), range(len(bounds))
    mine = plain_follow_ons({name: own for name, own in customers.items() if name in odd}, bounds, as_of)[1]
    together, expected = [0.0] * len(bounds), [0.0] * len(bounds)
    for product, target in {key[:2] for key in pairs}:
        if len(set().union(*(people[product, target, place] for place in places))) < min_support:
            continue
        likely = [observed[product, place] * near[target, place] for place in places]
        ours = [mine[product, target, place] for place in places]
        theirs = [pairs[product, target, place] - own for place, own in zip(places, ours, strict=True)]
        for place in places:
            f = likely[place] / sum(likely)
            if f > 0:
                off = (ours[place] - f * sum(ours)) * (theirs[place] - f * sum(theirs))
                together[place] += off / (f * sum(ours + theirs))
                expected[place] += f * sum(ours) * sum(theirs) / sum(ours + theirs)
    weights = [
        min((known + 50) / (found + 10), 1000.0) if found + 10 > 0 else 1000.0
        for known, found in zip(expected, together, strict=True)
    ]
    return expected, weights


def plain_shares(
    counted, bounds: list[tuple[int, int]], min_support: int, weights: list[float], counts: list[float]
) -> dict[tuple, dict]:
    """The rows of next_product or next_feature by (product, target, label of the bucket).

    Given how much all days weigh against a bucket's lifts (``weights``) and its popularity ``counts``.
    """
    observed, pairs, people = counted
    near, likely = plain_near(counted, bounds), plain_near(counted, bounds, counts)
    whole = [sum(n for (_, number), n in observed.items() if number == place) for place in range(len(bounds))]
    base = Counter()
    for (_, target, number), n in pairs.items():
        base[target, number] += n / whole[number]
    rows = {}
    for product, target in {key[:2] for key in pairs}:
        numbers = [number for number in range(len(bounds)) if pairs[product, target, number]]
        everyone = set().union(*(people[product, target, number] for number in numbers))
        if len(everyone) < min_support:
            continue
        shares = [pairs[product, target, number] / observed[product, number] for number in numbers]
        spread = sum(pairs[product, target, number] / observed[product, number] ** 2 for number in numbers)
        total = sum(pairs[product, target, number] for number in numbers)
        expected = sum(observed[product, number] * base[target, number] for number in range(len(bounds)))
        prior = (total + 1) / (expected + 1)
        basis = sum(base[target, number] for number in range(len(bounds)))
        n = math.floor(sum(shares) / spread + 0.5)
        rows[product, target, "all"] = _row(total, len(everyone), n, sum(shares), basis, prior, basis)
        for number, share in zip(numbers, shares, strict=True):
            n, own = observed[product, number], pairs[product, target, number]
            if len(people[product, target, number]) >= min_support:
                weight = weights[number]
                lift = prior * (own + weight) / (n * near[target, number] * prior + weight)
                label = label_of(*bounds[number])
                customers = len(people[product, target, number])
                rows[product, target, label] = _row(
                    own, customers, n, share, base[target, number], lift, likely[target, number]
                )
    return rows


def label_of(first: int, end: int) -> str:
    return str(first) if end == first + 1 else f"{first}-{end - 1}"


def _row(pairs: int, customers: int, n: int, share: float, base: float, shrunk: float, likely: float) -> dict:
    low, high = plain_wilson(share, n)
    return {
        "pair_count": pairs, "customer_count": customers, "n": n, "share": share, "base_share": base,
        "lift": share / base, "shrunk_lift": min(likely * shrunk, 1.0) / base, "shrunk_share": min(likely * shrunk, 1.0), "low": low, "high": high,
    }  # fmt: skip


def plain_wilson(share: float, n: int) -> tuple[float, float]:
    middle, reach = share + Z * Z / (2 * n), Z * math.sqrt(max(share * (1 - share), 0) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max((middle - reach) / scale, 0.0), min((middle + reach) / scale, 1.0)


def plain_pairs(customers: dict, min_support: int) -> dict[tuple[str, str], dict]:
    """The rows of basket_pairs by (product, other)."""
    orders = [(customer, goods) for customer, own in customers.items() for _, goods in own if goods]
    holding = Counter(product for _, goods in orders for product in goods)
    both, people = Counter(), defaultdict(set)
    for customer, goods in orders:
        for pair in combinations(sorted(goods), 2):
            both[pair] += 1
            people[pair].add(customer)
    rows = {}
    for (one, other), count in both.items():
        if len(people[one, other]) >= min_support:
            for a, b in ((one, other), (other, one)):
                rows[a, b] = {
                    "pair_count": count, "customer_count": len(people[one, other]), "n": len(orders),
                    "support": count / len(orders), "confidence": count / holding[a],
                    "reverse_confidence": count / holding[b],
                    "lift": count * len(orders) / (holding[a] * holding[b]),
                    "log_likelihood_ratio": plain_ratio(count, holding[a], holding[b], len(orders)),
                }  # fmt: skip
    return rows


def plain_ratio(both: int, one: int, other: int, n: int) -> float:
    """Dunning's by entropies: 2 (H of rows + H of columns - H of cells), unnormalised."""

    def entropy(*counts: int) -> float:
        total = sum(counts)
        return -sum(k * math.log(k / total) for k in counts if k)

    cells = (both, one - both, other - both, n - one - other + both)
    return 2 * (entropy(one, n - one) + entropy(other, n - other) - entropy(*cells))
