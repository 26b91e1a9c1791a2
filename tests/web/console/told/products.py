"""商品: next products, offers, baskets, steps up, stock at home and carts."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from statistics import mean

from okaeri.lib.periods import day_of, month_label
from okaeri.web.console.drafting import ASPECTS
from okaeri.web.console.words import FOUND
from okaeri.web.report import labels
from okaeri.web.report.figures import count, day, days, interval, money, people, share
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
    kinds = t.grouped("next_feature", "feature", "product_id", "bucket")

    def kind(feature: str, code: str, bucket: tuple[int, int], rank: str) -> str:
        rows = kinds.get((feature, code, f"{bucket[0]}-{bucket[1]}"), [])
        if not rows:
            return ""
        best = min(rows, key=lambda row: row[rank])
        return f"{best['value']} {share(best['share'])} · ×{count(best['shrunk_lift'], 1)}"

    known = {row["feature"] for row in t.rows("next_feature")}
    for feature in sorted(known, key=lambda name: (name != "category", name != "price_band", name))[:5]:
        told.sheet(
            " | ".join(["Bought", "Purchases", *(f"{first}–{days(last)}" for first, last in buckets)]),
            [(t.products[code], count(sizes[code]), *(kind(feature, code, bucket, rank) for rank in ("share_rank", "lift_rank")
                                  for bucket in buckets)) for code in shown],
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


@tells(PAGE, "trouble")
def trouble(t: Truth, told: Told) -> None:
    """Unhappy voices beyond the share of all products together."""
    said = t.rows("product_voices")
    usual = sum(row["unhappy_count"] for row in said) / sum(row["felt_n"] for row in said)
    beyond = {row["product_id"]: row["unhappy_count"] - row["felt_n"] * usual for row in said}
    rows = []
    for row in sorted(said, key=lambda row: (-beyond[row["product_id"]], row["product_id"]))[:15]:
        code = row["product_id"]
        (worst,) = t.rows("product_subjects", product_id=code, kind="aspect", rank=1) or [None]
        (loss,) = t.rows("survey_improvements", product_id=code, aspect="whole") or [{"yearly_loss": None}]
        (sold,) = t.rows("product_sales", product_id=code) or [{"return_rate": None}]
        if beyond[code] > 0:
            rows.append((
                t.products[code], count(beyond[code], 1), f"{count(row['unhappy_count'])} / {count(row['felt_n'])}",
                share(row["unhappy_count"] / row["felt_n"]), interval(row["low"], row["high"], "share"),
                str(ASPECTS[worst["subject"]]) if worst and worst["unhappy_count"] else "", share(row["mean_rating"], 0),
                share(sold["return_rate"]), money(loss["yearly_loss"]),
            ))  # fmt: skip
    told.sheet(
        "Product | Beyond the usual | Unhappy | Share | 95% interval | They speak of | Rating | Sent back | Lost a year",
        rows,
    )
    told.say(share(usual))


ONE = "SB-01"
PRODUCT = f"{PAGE}{ONE}/"


@tells(PRODUCT, "figures")
def figures(t: Truth, told: Told) -> None:
    row, lasting = t.row("product_sales", product_id=ONE), t.row("use_up_time", product_id=ONE)
    lines = t.rows("purchase_lines", product_id=ONE)
    orders: dict[str, int] = {}
    for line in lines:
        orders[line["customer_id"]] = orders.get(line["customer_id"], 0) + 1
    told.say(
        money(t.row("products", product_id=ONE)["price"]), money(sum(line["revenue"] for line in lines)), count(len(lines)),
        count(sum(line["quantity"] for line in lines)), day(day_of(max(line["order_day"] for line in lines))),
        people(len(orders)), people(sum(n > 1 for n in orders.values())), share(row["again_rate"]),
        days(t.rules.conversion_window), interval(row["again_low"], row["again_high"], "share"), count(row["n"]),
        share(row["return_rate"]), count(row["return_count"]), count(row["sent_count"]),
        interval(row["return_low"], row["return_high"], "share"), days(lasting["median_days"] or lasting["stated_days"]),
        days(lasting["stated_days"]), days(lasting["median_days"]), count(lasting["n"]), ONE,
    )  # fmt: skip
    for begun in t.rows("entry_products", first_product=ONE, horizon_days=365):
        told.say(people(begun["n"]), share(begun["f2_rate"]), days(365), money(begun["ltv"]))


@tells(PRODUCT, "said")
def said(t: Truth, told: Told) -> None:
    row = t.row("product_voices", product_id=ONE)
    told.say(
        share(row["unhappy_share"]), count(row["unhappy_count"]), count(row["felt_n"]),
        interval(row["low"], row["high"], "share"), share(row["usual_share"]), share(row["mean_rating"], 0),
        interval(row["rating_low"], row["rating_high"], "share"), count(row["rating_n"]), count(row["voice_count"]),
    )  # fmt: skip
    for kind, headings in (
        ("aspect", "Speaks of | Voices | Unhappy | Mood"),
        ("topic", "Topic | Voices | Unhappy | Mood"),
    ):
        rows = sorted(t.rows("product_subjects", product_id=ONE, kind=kind), key=lambda one: one["rank"])[:8]
        if rows:
            told.sheet(headings, [
                (str(ASPECTS.get(one["subject"], one["subject"])), count(one["voice_count"]), count(one["unhappy_count"]),
                 count(one["mean_score"], 2)) for one in rows
            ])  # fmt: skip
    months = sorted(t.rows("product_voice_months", product_id=ONE), key=lambda one: -one["month"])[:12]
    told.sheet("Month | Voices | Rating | Rated | Unhappy | With words", [
        (month_label(one["month"]), count(one["voice_count"]), share(one["mean_rating"], 0), count(one["rating_n"]),
         count(one["unhappy_count"]), count(one["felt_n"])) for one in months
    ])  # fmt: skip


@tells(PRODUCT, "surveys")
def surveys(t: Truth, told: Told) -> None:
    gaps = sorted(t.rows("survey_gaps", product_id=ONE), key=lambda row: row["band_no"])
    if gaps:
        told.sheet("Found | Expected | Judged | Ordered again | 95% interval | n", [
            (str(FOUND[row["band"]]), share(row["mean_expected"], 0), share(row["mean_judged"], 0), share(row["repeat_rate"]),
             interval(row["low"], row["high"], "share"), count(row["n"])) for row in gaps
        ])  # fmt: skip
    better = sorted(t.rows("survey_improvements", product_id=ONE), key=lambda row: -row["yearly_loss"])[:8]
    if better:
        told.sheet("They complain of | Lost a year | 95% interval | Let down | Ordered again | n", [
            ("All who were let down" if row["aspect"] == "whole" else str(ASPECTS[row["aspect"]]), money(row["yearly_loss"]),
             interval(row["low"], row["high"], "money"), count(row["let_down_count"]), share(row["repeat_rate"]),
             count(row["n"])) for row in better
        ])  # fmt: skip
    trend = sorted(t.rows("satisfaction_trend", product_id=ONE), key=lambda row: -row["month"])[:12]
    if trend:
        told.sheet("Month | Satisfaction | 95% interval | The three months before | n", [
            (month_label(row["month"]), share(row["mean"], 0) + (" changed" if row["has_changed"] else ""),
             interval(row["low"], row["high"], "share"), share(row["before_mean"], 0), count(row["n"])) for row in trend
        ])  # fmt: skip


@tells(PRODUCT, "after")
def after(t: Truth, told: Told) -> None:
    follows = sorted(t.rows("next_product", product_id=ONE, bucket="all"), key=lambda row: row["share_rank"])[:8]
    if follows:
        told.sheet("Product | Share | 95% interval | Lift | n", [
            (t.products[row["next_product_id"]], share(row["share"]), interval(row["low"], row["high"], "share"),
             f"×{count(row['lift'], 1)}", count(row["n"])) for row in follows
        ])  # fmt: skip
    pairs = sorted(
        (row for row in t.rows("basket_pairs", product_id=ONE) if row["lift"] > 1), key=lambda row: row["rank"]
    )
    if pairs:
        told.sheet("Product | Share of its orders | 95% interval | Lift | Orders with both", [
            (t.products[row["other_product_id"]], share(row["confidence"]), interval(row["low"], row["high"], "share"),
             f"×{count(row['lift'], 1)}", count(row["pair_count"])) for row in pairs[:8]
        ])  # fmt: skip
    steps = sorted(t.rows("step_pairs", product_id=ONE), key=lambda row: (-row["shrunk_rate"], row["next_product_id"]))
    if steps:
        told.sheet("Offer | Step | Took it so far | 95% interval | n", [
            (t.products[row["next_product_id"]], str(labels.STEPS[row["step"]]), share(row["moved_rate"]),
             interval(row["low"], row["high"], "share"), count(row["n"])) for row in steps[:8]
        ])  # fmt: skip
