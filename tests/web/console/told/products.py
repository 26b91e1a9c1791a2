"""商品: next products, offers, baskets, steps up, stock at home and carts."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from statistics import mean

from okaeri.web.report import labels
from okaeri.web.report.figures import count, days, interval, money, people, share
from okaeri.web.report.reasons import reason
from tests.web.console.told import Row, Told, Truth, tells

PAGE = "/console/products/"


@tells(PAGE, "next_product")
def next_product(t: Truth, told: Told) -> None:
    cells = t.grouped("next_product", "product_id", "bucket")
    sizes = {row["product_id"]: row["n"] for row in t.rows("next_product", bucket="all")}
    shown = sorted(sizes, key=lambda code: (-sizes[code], code))[:25]
    seen = {row["first_day"]: row["last_day"] for row in t.rows("next_product") if row["bucket"] != "all"}
    starts = t.rules.elapsed_buckets
    ends = {first: after - 1 for first, after in pairwise(starts)} | seen
    buckets = [(first, ends[first]) for first in starts if first in ends]

    def cell(code: str, bucket: tuple[int, int], rank: str, *, with_same: bool) -> str:
        rows = cells.get((code, f"{bucket[0]}-{bucket[1]}"), [])
        rows = [row for row in rows if with_same or row["next_product_id"] != code]
        if not rows:
            return ""
        best = min(rows, key=lambda row: row[rank])
        name = "the same again" if best["next_product_id"] == code else t.products[best["next_product_id"]]
        return f"{name} {share(best['share'])} · ×{count(best['shrunk_lift'], 1)}"

    views = (("share_rank", False), ("lift_rank", False), ("share_rank", True))
    told.sheet(
        " | ".join(["Bought", "Purchases", *(f"{first}–{days(last)}" for first, last in buckets)]),
        [
            (t.products[code], count(sizes[code]),
             *(cell(code, bucket, rank, with_same=same) for rank, same in views for bucket in buckets))
            for code in shown
        ],
    )  # fmt: skip


@tells(PAGE, "offers")
def offers(t: Truth, told: Told) -> None:
    first = t.grouped("recommendations", "product_id", rank=1)
    order = sorted(first, key=lambda code: (-len(first[code]), code))
    rows = []
    for code in order[:12]:
        best = min(first[code], key=lambda row: (-row["chance"], row["customer_id"]))
        rows.append((
            t.products[code], count(len(first[code])), share(mean(row["chance"] for row in first[code])),
            share(best["chance"]), reason(best, t.products),
        ))  # fmt: skip
    told.sheet("Product | Customers | Chance at the next visit | Likeliest | For example because", rows)
    told.say(people(sum(map(len, first.values()))), count(len(order) - 12))


@tells(PAGE, "baskets")
def baskets(t: Truth, told: Told) -> None:
    pairs: dict[frozenset[str], Row] = {}
    for row in t.rows("basket_pairs"):
        pair = frozenset((row["product_id"], row["other_product_id"]))
        if row["lift"] > 1 and (pair not in pairs or row["confidence"] > pairs[pair]["confidence"]):
            pairs[pair] = row
    rows = sorted(pairs.values(), key=lambda row: (-row["log_likelihood_ratio"], row["product_id"]))
    told.sheet(
        "Who buys this | also buys this | Share of its orders | 95% interval | The other way round | Lift | "
        "Orders with both | n",
        [
            (t.products[row["product_id"]], t.products[row["other_product_id"]], share(row["confidence"]),
             interval(row["low"], row["high"], "share"), share(row["reverse_confidence"]), f"×{count(row['lift'], 1)}",
             count(row["pair_count"]), count(row["product_count"]))
            for row in rows[:20]
        ],
    )  # fmt: skip


@tells(PAGE, "steps")
def steps(t: Truth, told: Told) -> None:
    best = t.grouped("step_up", "product_id", "next_product_id", "step", rank=1)
    yen = {key: sum(row["expected_extra_value"] for row in rows) for key, rows in best.items()}
    rows = []
    for key in sorted(best, key=lambda key: (-yen[key], *key))[:12]:
        code, larger, step = key
        pair = t.row("step_pairs", product_id=code, next_product_id=larger)
        rows.append((
            t.products[code], t.products[larger], str(labels.STEPS[step]), count(len(best[key])),
            f"{share(pair['moved_rate'])} {count(pair['moved_count'])} / {count(pair['n'])}",
            share(mean(row["take_chance"] for row in best[key])), money(yen[key]),
        ))  # fmt: skip
    told.sheet("Bought | Offer | Step | Customers | Took it so far | Chance, each | Expected", rows)
    told.say(people(sum(map(len, best.values()))), money(sum(yen.values())), count(len(best) - 12))


@tells(PAGE, "stock")
def stock(t: Truth, told: Told) -> None:
    left = t.grouped("stock_at_home", "product_id")
    windows = ((-10_000, -1), (0, 6), (7, 13), (14, 29), (30, 10_000))
    counts = {
        code: [sum(first <= row["days_left"] <= last for row in rows) for first, last in windows]
        for code, rows in left.items()
    }
    order = sorted(counts, key=lambda code: (-sum(counts[code][1:3]), -sum(counts[code]), code))
    rows = [("All products", *(count(sum(column)) for column in zip(*counts.values(), strict=True)), "", "", "")]
    for code in order[:20]:
        lasting = t.row("use_up_time", product_id=code)
        middle = "" if lasting["low_quartile_days"] is None else \
            f" {count(lasting['low_quartile_days'])} – {days(lasting['high_quartile_days'])}"  # fmt: skip
        rows.append((
            t.products[code], *(count(number) if number else "" for number in counts[code]),
            days(lasting["stated_days"]), days(lasting["median_days"]) + middle, count(lasting["n"]),
        ))  # fmt: skip
    told.sheet(
        "Product | Used up | 0 to 6 days | 7 to 13 days | 14 to 29 days | 30 days or more | One piece lasts | "
        "Buyers re-order after | n",
        rows,
    )
    told.say(count(len(order) - 20))


@tells(PAGE, "carts")
def carts(t: Truth, told: Told) -> None:
    whole = t.row("cart_abandonment", dimension="all")
    rows = sorted(
        t.rows("cart_abandonment", dimension="product"), key=lambda row: (-row["value_abandoned"], row["segment"])
    )
    told.sheet(
        "Product | Value left | Left | Share left | 95% interval | n",
        [
            (t.products[row["segment"]], money(row["value_abandoned"]), count(row["abandoned_count"]),
             share(row["abandonment_rate"]), interval(row["low"], row["high"], "share"), count(row["n"]))
            for row in rows[:12]
        ],
    )  # fmt: skip
    told.say(
        count(whole["n"]), count(whole["cart_count"]), share(whole["abandonment_rate"]), days(t.rules.cart_window),
        money(whole["value_abandoned"]), interval(whole["low"], whole["high"], "share"), count(len(rows) - 12),
    )  # fmt: skip


def weeks_of_a_year(t: Truth) -> list[Row]:
    """The weeks of carts that began within a year."""
    first = (t.as_of - timedelta(weeks=52)).isoformat()
    return [row for row in t.rows("cart_abandonment", dimension="week") if row["segment"] >= first]
