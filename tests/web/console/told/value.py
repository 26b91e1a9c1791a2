"""LTV: curves, payback, what is ahead, cohorts, the ladder, entry products."""

from __future__ import annotations

from okaeri.web.report import labels
from okaeri.web.report.figures import NOTHING, count, day, days, interval, money, people, share
from okaeri.web.report.sections.prospects import OTHERS
from tests.web.console.told import Row, Told, Truth, tells

PAGE = "/console/value/"
USUAL = f"{PAGE}compare/"
COMPARE = f"{USUAL}?dimension=cohort_month"
MONTHS = "cohort_month"
YEAR = 365


@tells(PAGE, "ltv")
def ltv(t: Truth, told: Told) -> None:
    told.say("95%")
    shown = {name: _segments(name, rows) for name, rows in t.grouped("ltv_curve", "dimension").items()}
    many = [name for name, segments in shown.items() if name != "all" and len(segments) > 1]
    for name in ["all", *many]:
        everybody = {row["segment"] for row in t.rows("ltv_curve", dimension=name)}
        if len(everybody) > len(shown[name]):
            told.say(count(len(everybody) - len(shown[name])))
        headings = [labels.dimension(name), *map(days, t.rules.horizons)]
        told.sheet(" | ".join(headings), [row for code in shown[name] for row in _three_values(t, name, code)])


@tells(COMPARE, "choice")
def choice(t: Truth, told: Told, name: str = MONTHS) -> None:
    told.say("6")
    for row in t.rows("ltv_curve", dimension=name):
        told.say(labels.segment(name, row["segment"], t.products), f"n {count(row['n_total'])}")


@tells(COMPARE, "ltv")
def chosen(t: Truth, told: Told, name: str = MONTHS) -> None:
    told.say("95%")
    headings = [labels.dimension(name), *map(days, t.rules.horizons)]
    segments = _segments(name, t.rows("ltv_curve", dimension=name))
    told.sheet(" | ".join(headings), [row for code in segments for row in _three_values(t, name, code)])


@tells(USUAL, "choice")
def first_choice(t: Truth, told: Told) -> None:
    choice(t, told, _first_split(t))


@tells(USUAL, "ltv")
def first_chosen(t: Truth, told: Told) -> None:
    chosen(t, told, _first_split(t))


def _first_split(t: Truth) -> str:
    """The first dimension of more than one segment."""
    shown = {name: _segments(name, rows) for name, rows in t.grouped("ltv_curve", "dimension").items()}
    return next(name for name, segments in shown.items() if name != "all" and len(segments) > 1)


def _segments(name: str, rows: list[Row]) -> list[str]:
    """The largest six; of months, up to six spread over those at least 30 days old."""
    if name == "cohort_month":
        months = sorted({row["segment"] for row in rows if row["age_days"] >= 30 and row["n"]})
        return months[:: -max(1, -(-len(months) // 6))][::-1]
    sizes = {row["segment"]: row["n_total"] for row in rows}
    largest = sorted(sizes, key=lambda code: (-sizes[code], code))[:6]
    return sorted(largest, key=lambda code: code == "unknown")


def _three_values(t: Truth, name: str, code: str) -> list[tuple[str, ...]]:
    kinds = {
        "Revenue": "revenue",
        "Gross profit": "gross_profit",
        "Gross profit after acquisition cost": "gross_profit",
    }
    return [
        (label if name == "all" else labels.segment(name, code, t.products),
         *(_horizon(t, name, code, kind, days_old, after_cost="after" in label) for days_old in t.rules.horizons))
        for label, kind in kinds.items()
    ]  # fmt: skip


def _horizon(t: Truth, name: str, code: str, kind: str, age: int, *, after_cost: bool) -> str:
    rows = t.grouped("ltv_curve", "dimension", "segment", "value_kind", "age_days").get((name, code, kind, age))
    if not rows or not rows[0]["n"]:
        return NOTHING
    row = rows[0]
    off = (row["acquisition_cost"] or 0.0) if after_cost else 0.0
    value = row["ltv_after_cost"] if after_cost else row["ltv"]
    if value is None:
        return NOTHING
    ends = [None if row[end] is None else row[end] - off for end in ("low", "high")]
    return f"{money(value)} {interval(*ends, 'money')} n {count(row['n'])}"


@tells(PAGE, "payback")
def payback(t: Truth, told: Told) -> None:
    sources = t.rows("payback", horizon_days=YEAR, dimension="acquired_via")
    sources.sort(key=lambda row: -(row["acquisition_cost"] or 0.0))
    campaigns = [
        row for row in t.rows("payback", horizon_days=YEAR, dimension="campaign") if row["segment"] != "unknown"
    ]
    campaigns.sort(key=lambda row: -(row["acquisition_cost"] or 0.0))
    told.say(days(YEAR), "95%")
    everybody = t.rows("payback", horizon_days=YEAR, dimension="all")
    for heading, rows in (("How they came", [*everybody, *sources]), ("Campaign", campaigns)):
        _paid(told, heading, rows)


def _paid(told: Told, heading: str, rows: list[dict]) -> None:
    told.sheet(
        f"{heading} | Acquisition cost | Limit CPA | Cost against limit | Left over | Payback day | CPO | n",
        [
            (labels.segment(row["dimension"], row["segment"]), money(row["acquisition_cost"]) if row["acquisition_cost"] else "free",
             f"{money(row['limit_cpa'])} {interval(row['low'], row['high'], 'money')}", "",
             money(row["limit_cpa"] - row["acquisition_cost"] if row["acquisition_cost"] is not None else None),
             _paid_back(row), money(row["cpo"]), count(row["n"]))
            for row in rows
        ],
    )  # fmt: skip


def _paid_back(row: Row) -> str:
    if not row["acquisition_cost"]:
        return NOTHING
    return {None: "not yet", 0: "at once"}.get(row["payback_day"]) or days(row["payback_day"])


@tells(PAGE, "ahead")
def ahead(t: Truth, told: Told) -> None:
    periods = sorted(t.rows("forecast_total"), key=lambda row: row["period_no"])
    told.say(money(sum(row["expected_revenue"] for row in periods)))
    told.sheet(
        "From | To | Orders | Revenue | 80% interval",
        [
            (day(row["first_on"]), day(row["last_on"]), count(row["expected_orders"]), money(row["expected_revenue"]),
             interval(row["low_80"], row["high_80"], "money"))
            for row in periods
        ],
    )  # fmt: skip


@tells(PAGE, "prospects")
def prospects(t: Truth, told: Told) -> None:
    whole = t.row("value_total")
    level = t.row("forecast_level", target="revenue")
    told.say(
        people(whole["customer_count"]), money(whole["residual_value"]), count(whole["expected_orders"]),
        count(t.rules.forecast_weeks), interval(whole["low_80"], whole["high_80"], "money"), "80%",
        share(level["model_share"]),
    )  # fmt: skip
    sources = sorted(t.rows("value_by_source"), key=lambda row: -(row["residual_value"] or 0.0))
    told.sheet(
        "How they came | Customers | So far | Expected | 80% interval | Both, per customer | Gross profit per customer",
        [
            (labels.segment("acquired_via", row["acquired_via"]), count(row["customer_count"]), money(row["past_value"]),
             money(row["residual_value"]), interval(row["low_80"], row["high_80"], "money"),
             money(row["mean_lifetime_value"]), money(row["limit_cpa"]))
            for row in sources
        ],
    )  # fmt: skip
    cards = t.rows("report_card", target="revenue")
    newest = max(row["origin_on"] for row in cards)
    told.say(day(newest))
    ways = [row for row in cards if row["origin_on"] == newest]
    ways.sort(key=lambda row: (row["model"] != "combined", not row["is_model"]))
    told.sheet(
        "Way to forecast | Said | Came | Off by | Error per customer | Ranking",
        [
            (row["model"] if row["is_model"] else str(OTHERS[row["model"]]), money(row["predicted_total"]),
             money(row["actual_total"]), share(row["bias"]), money(row["mae"]), count(row["gini"], 2))
            for row in ways
        ],
    )  # fmt: skip


@tells(PAGE, "cohorts")
def cohorts(t: Truth, told: Told) -> None:
    found = {(row["cohort"], row["month_offset"]): row for row in t.rows("cohort_retention")}
    everybody = sorted({cohort for cohort, _ in found})
    shown = everybody[-24:]
    last = min(max(offset for cohort, offset in found if cohort in shown), 24)
    told.say(count(len(everybody) - len(shown)))

    def cell(row: Row | None) -> str:
        return f"{share(row['retention_rate'], 0)} {count(row['cumulative_revenue_per_customer'])}" if row else ""

    told.sheet(
        " | ".join(["Month of first order", "People", *map(str, range(last + 1))]),
        [
            (cohort, count(found[cohort, 0]["n"]), *(cell(found.get((cohort, offset))) for offset in range(last + 1)))
            for cohort in shown
        ],
    )


@tells(PAGE, "ladder")
def ladder(t: Truth, told: Told) -> None:
    rungs = sorted(t.rows("f_ladder", cohort="all"), key=lambda row: row["order_no"])
    gap = min(t.rows("repeat_interval", dimension="all"), key=lambda row: row["bucket_start"])
    told.say(days(t.rules.conversion_window), *(days(gap[name]) for name in ("p25", "p50", "p75")), count(gap["n"]))
    told.sheet(
        "Order | Go on | 95% interval | n | Of all first buyers | Days, half of them | Days, middle half",
        [
            (f"F{row['order_no']}", share(row["rate"]), interval(row["low"], row["high"], "share"), count(row["n"]),
             share(row["cumulative_rate"]), days(row["days_p50"]),
             "" if row["days_p50"] is None else f"{count(row['days_p25'])} – {days(row['days_p75'])}")
            for row in rungs
        ],
    )  # fmt: skip


@tells(PAGE, "entry")
def entry(t: Truth, told: Told) -> None:
    rows = [row for row in t.rows("entry_products", horizon_days=YEAR) if row["ltv"] is not None]
    rows.sort(key=lambda row: (not row["is_enough"], row["rank"]))
    told.say(days(YEAR), "30", count(len(rows) - 15))
    told.sheet(
        "First product | LTV | 95% interval | Cautious LTV | Gross profit | Acquisition cost | F2 conversion | n",
        [
            (row["product_name"] or row["first_product"], money(row["ltv"]),
             "" if row["low"] is None else interval(row["low"], row["high"], "money"), money(row["ltv_shrunk"]),
             money(row["gross_profit_ltv"]), money(row["acquisition_cost"]),
             f"{share(row['f2_rate'])} {interval(row['f2_low'], row['f2_high'], 'share')}", count(row["n_observed"]))
            for row in rows[:15]
        ],
    )  # fmt: skip
