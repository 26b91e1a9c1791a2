"""A second, slow and plain implementation of who the customers are, straight from orders and lines."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass
class Buyer:
    """One customer's orders (day, revenue) in order of time, all value by day, and the first order's main product."""

    orders: list[tuple[date, float]] = field(default_factory=list)
    value: list[tuple[date, float]] = field(default_factory=list)
    first_product: str | None = None

    @property
    def gaps(self) -> list[int]:
        days = [day for day, _ in self.orders]
        return [(b - a).days for a, b in itertools.pairwise(days)]

    @property
    def first(self) -> date:
        return self.orders[0][0]

    @property
    def last(self) -> date:
        return self.orders[-1][0]

    @property
    def revenue(self) -> float:
        return sum(amount for _, amount in self.value)

    def before(self, day: date) -> Buyer:
        """What was known of the customer on ``day``."""
        return Buyer([o for o in self.orders if o[0] < day], [v for v in self.value if v[0] < day], self.first_product)


def buyers(orders: Iterable[Mapping], lines: Iterable[Mapping], as_of: date) -> dict[str, Buyer]:
    """Buyers by id from fact rows; amounts are subtotals (no tax, discount or points in these shops)."""
    found: dict[str, Buyer] = defaultdict(Buyer)
    first_orders = {}
    for row in sorted(orders, key=lambda row: (row["ordered_at"], row["order_id"])):
        if row["customer_id"] is None or row["order_date"] >= as_of:
            continue
        amount = float(row["subtotal"])
        if amount >= 0 and row["status"] in ("cancelled", "returned"):
            continue
        buyer = found[row["customer_id"]]
        buyer.value.append((row["order_date"], amount))
        if amount >= 0:
            if not buyer.orders:
                first_orders[row["order_id"]] = row["customer_id"]
            buyer.orders.append((row["order_date"], amount))
    found = {name: buyer for name, buyer in found.items() if buyer.orders}
    for buyer in found.values():
        buyer.value = [(day, amount) for day, amount in buyer.value if day >= buyer.first]
    _first_products(found, first_orders, lines)
    return found


def _first_products(found: Mapping[str, Buyer], first_orders: Mapping[str, str], lines: Iterable[Mapping]) -> None:
    spent: dict[tuple[str, str], float] = defaultdict(float)
    for row in lines:
        if row["order_id"] in first_orders and row["quantity"] > 0 and row["kind"] == "goods":
            spent[first_orders[row["order_id"]], row["product_id"]] += row["quantity"] * float(row["unit_price"])
    for (customer, product), amount in sorted(spent.items(), key=lambda item: (item[0][0], item[1], item[0][1])):
        best = spent.get((customer, found[customer].first_product or ""), float("-inf"))
        if amount > best + 1e-9:
            found[customer].first_product = product


def group_intervals(shop: Mapping[str, Buyer], support: int) -> tuple[dict[str, float], float | None]:
    """Median first interval by first product (where enough customers have one), and of the shop."""
    first = defaultdict(list)
    for buyer in shop.values():
        if buyer.gaps:
            first[buyer.first_product].append(buyer.gaps[0])
    everyone = [gap for gaps in first.values() for gap in gaps]
    alike = {name: statistics.median(gaps) for name, gaps in first.items() if name and len(gaps) >= support}
    return alike, statistics.median(everyone) if everyone else None


def usual(buyer: Buyer, orders: int, groups: tuple[dict[str, float], float | None]) -> tuple[str, float | None]:
    """Basis and usual interval after that many orders."""
    alike, shop = groups
    if orders >= 3:
        return "own", statistics.median(buyer.gaps[: orders - 1])
    if buyer.first_product in alike:
        return "first_product", alike[buyer.first_product]
    return ("shop", shop) if shop is not None else ("none", None)


def dormant_after(interval: float | None) -> int:
    """Three times the usual interval, between 60 and 365 days; 365 where nothing is known."""
    return 365 if interval is None else int(min(max(3 * interval, 60), 365) + 0.5)


def lapsing_after(interval: float | None) -> int:
    """Half the dormant bound."""
    return int((365 if interval is None else min(max(3 * interval, 60), 365)) / 2 + 0.5)


def lapses(shop: Mapping[str, Buyer], as_of: date, support: int = 5) -> set[tuple]:
    """(customer, order, basis, bound, day reached, day of return or None) of every silence beyond the bound."""
    groups = group_intervals(shop, support)
    found = set()
    for name, buyer in shop.items():
        for number, (day, _) in enumerate(buyer.orders, 1):
            basis, interval = usual(buyer, number, groups)
            reached = day + timedelta(days=dormant_after(interval))
            following = buyer.orders[number][0] if number < len(buyer.orders) else None
            if reached < (following or as_of):
                found.add((name, number, basis, dormant_after(interval), reached, following))
    return found


def cpm(buyer: Buyer, as_of: date) -> str:
    """The class of LTV-Lab's table, read line by line."""
    gone = "離脱" if (as_of - buyer.last).days >= 240 else "現役"
    tenure, large = (buyer.last - buyer.first).days, round(buyer.revenue, 2) >= 70000
    if len(buyer.orders) == 1:
        return "初回" + gone
    if tenure < 90:
        return "よちよち" + gone
    if not large:
        return "コツコツ" + gone
    return ("流行" if tenure <= 209 else "優良") + gone
