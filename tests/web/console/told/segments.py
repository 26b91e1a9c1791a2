"""セグメント, ベルト and データ: classes of customers, stations, and how the facts stand."""

from __future__ import annotations

from dataclasses import fields

from okaeri.schema.rules import Rules
from okaeri.web.report import labels
from okaeri.web.report.figures import count, day, days, interval, money, people, share
from okaeri.web.report.sections.belt import STATIONS
from okaeri.web.report.sections.leaving import KINDS
from okaeri.web.report.sections.quality import FACTS
from tests.web.console.shops import in_zone
from tests.web.console.told import Row, Told, Truth, tells

PAGE, BELT, DATA = "/console/segments/", "/console/belt/", "/console/data/"
CLASSES = [name for kind in labels.CPM_KINDS for name in (kind, f"{kind}_gone")]


@tells(PAGE, "rfm")
def rfm(t: Truth, told: Told) -> None:
    grid = t.grouped("rfm_grid", "r", "f")
    less, least = t.rules.rfm_recency, (1, *t.rules.rfm_frequency)

    def cell(rows: list[Row]) -> str:
        def whole(name: str) -> float:
            return sum(row[name] for row in rows)

        if not whole("customers"):
            return ""
        return f"{count(whole('customers'))} {share(whole('customer_share'))} " \
               f"{money(whole('revenue'))} {share(whole('revenue_share'))}"  # fmt: skip

    def orders(step: int) -> str:
        is_one = step < 5 and least[step] == least[step - 1] + 1
        return str(least[step - 1]) if is_one else f"≥{least[step - 1]}"

    headings = [f"R{r} <{less[5 - r]}" if r > 1 else f"R1 ≥{less[-1]}" for r in (5, 4, 3, 2, 1)]
    told.sheet(
        " | ".join(["Orders ＼ Days since the latest order", *headings]),
        [(f"F{f} {orders(f)}", *(cell(grid.get((r, f), [])) for r in (5, 4, 3, 2, 1))) for f in (5, 4, 3, 2, 1)],
    )
    _movement(t, told, "rfm_movement", {rank: rank for rank in "ABCDE"} | {"not_yet": "Not yet"})
    axes = {"recency": "R", "frequency": "F", "value": "M"}
    bounds = sorted(t.rows("rfm_bounds"), key=lambda row: (row["axis"], -row["step"]))
    told.sheet(
        "Step | In force | Suggested",
        [(f"{axes[row['axis']]}{row['step']}", count(row["in_force"]), count(row["suggested"])) for row in bounds],
    )


def _movement(t: Truth, told: Told, table: str, names: dict[str, str]) -> None:
    """People by what they were and what they are now, those not there yet last."""
    told.say(days(t.rules.compare_days))
    moved = {(row["from_class"], row["to_class"]): row for row in t.rows(table)}
    now = [name for name in names if name != "not_yet"]

    def cell(row: Row | None) -> str:
        return f"{share(row['move_rate'], 0)} {count(row['customers'])}" if row and row["customers"] else ""

    told.sheet(
        " | ".join(["Then → now", "People", *(names[name] for name in now)]),
        [
            (
                names[was],
                count(next(row["from_customers"] for row in rows)),
                *(cell(moved.get((was, to))) for to in now),
            )
            for was in names
            if (rows := [row for (earlier, _), row in moved.items() if earlier == was and row["from_customers"]])
        ],
    )


@tells(PAGE, "status")
def status(t: Truth, told: Told) -> None:
    check = t.row("dormancy_check", basis="all")
    told.say(
        count(check["mature_count"]), share(check["return_rate"]), days(t.rules.compare_days),
        interval(check["return_rate_low"], check["return_rate_high"], "share"),
    )  # fmt: skip
    whole = sum(row["revenue"] for row in t.rows("customer_status_summary"))
    told.sheet(
        "Status | People | Share | Lapsing | Revived | Orders | Revenue | Of all revenue | Order value",
        [
            (str(label), count(row["customers"]), share(row["customer_share"]), count(row["lapsing_count"]),
             count(row["revived_count"]), count(row["orders"]), money(row["revenue"]), share(row["revenue"] / whole),
             money(row["mean_order_value"]))
            for name, label in labels.STATUSES.items()
            for row in t.rows("customer_status_summary", status=name)
        ],
    )  # fmt: skip
    deciles = sorted(t.rows("decile_summary"), key=lambda row: row["decile"])
    told.sheet(
        "Decile | People | Revenue per customer | Of all revenue | Cumulative",
        [
            (str(row["decile"]), count(row["customers"]), money(row["revenue_per_customer"]),
             share(row["revenue_share"]), share(row["cumulative_share"]))
            for row in deciles
        ],
    )  # fmt: skip


@tells(PAGE, "cpm")
def cpm(t: Truth, told: Told) -> None:
    rules = t.rules
    told.say(
        *map(days, (rules.dormant_after, rules.cpm_young_tenure, rules.cpm_long_tenure)), money(rules.cpm_large_value)
    )

    def pair(name: str) -> tuple[str, str]:
        row = t.row("cpm_summary", cpm=name)
        return (f"{count(row['customers'])} {share(row['customer_share'])}",
                f"{money(row['revenue'])} {share(row['revenue_share'])}")  # fmt: skip

    told.sheet(
        "Kind | Active | Revenue | Gone | Revenue",
        [(str(label), *pair(kind), *pair(f"{kind}_gone")) for kind, label in labels.CPM_KINDS.items()],
    )
    _movement(t, told, "cpm_movement", {name: str(labels.CPM[name]) for name in (*CLASSES, "not_yet")})


@tells(PAGE, "clusters")
def clusters(t: Truth, told: Told) -> None:
    told.sheet(
        " | ".join(["Group", "People", "Revenue per customer", "Of all revenue", "Orders each", "Days since",
                    *map(str, labels.AXES.values())]),
        [
            (labels.cluster(row["cluster_code"]), f"{count(row['customers'])} {share(row['customer_share'])}",
             money(row["revenue_per_customer"]), share(row["revenue_share"]), count(row["mean_order_count"], 1),
             count(row["mean_recency_days"]), *(count(row[f"z_{axis}"], 1) for axis in labels.AXES))
            for row in sorted(t.rows("cluster_profiles"), key=lambda row: row["cluster"])
        ],
    )  # fmt: skip


@tells(PAGE, "personas")
def personas(t: Truth, told: Told) -> None:
    rows = sorted(t.rows("persona_profiles"), key=lambda row: -(row["residual_value"] or 0.0))
    told.sheet(
        "Face | What they are like | Customers | Share | So far | Expected | Expected, each | Orders, each | "
        "Order value | Silent for",
        [
            (str(labels.PERSONAS[row["persona"]]), _traits(row), count(row["customer_count"]),
             share(row["customer_share"]), money(row["past_value"]), money(row["residual_value"]),
             money(row["residual_value"] / row["customer_count"]), count(row["mean_orders"], 1),
             money(row["mean_order_value"]), days(row["median_silence_days"]))
            for row in rows
        ],
    )  # fmt: skip


def _traits(row: Row) -> str:
    """The traits at least three tenths of a standard deviation from the mean."""
    traits = [(row[f"trait_{place}"], row[f"trait_{place}_sd"]) for place in (1, 2, 3)]
    return ", ".join(str(labels.PERSONA_TRAITS[name][off > 0]) for name, off in traits if abs(off) >= 0.3)


@tells(BELT, "doors")
def doors(t: Truth, told: Told) -> None:
    told.sheet(
        f"Station | People there | Came within {days(t.rules.compare_days)} | Moved on | Leaked | Spent on them",
        [
            (str(STATIONS[row["code"]]), count(row["still_count"]), count(row["recent_in_count"]),
             count(row["recent_forward_count"]), count(row["recent_leak_count"]), money(row["cost"]))
            for row in sorted(t.rows("belt"), key=lambda row: row["station"])
        ],
    )  # fmt: skip


@tells(BELT, "belt")
def belt(t: Truth, told: Told) -> None:
    for row in sorted(t.rows("belt"), key=lambda row: row["station"]):
        standing, forward, leak, *ends, inside, expected, percent = station_figures(row)
        told.line(
            f"{'Bottleneck ' if row['is_bottleneck'] else ''}{STATIONS[row['code']]} {standing} Moves on {forward} {ends[0]} "
            f"Leaks {leak} {ends[1]} Half have left after {inside} Worth from here {expected} One more percent {percent}"
        )
        if row["is_bottleneck"]:
            told.say(percent)
    told.say("1")  # people one drawn figure stands for, as the fullest station has fewer than forty
    told.sheet("From | To | People | Share | 95% interval | Half of them within", flows(t))


def station_figures(row: Row) -> list[str]:
    """What stands at a station wherever it is drawn."""
    return [
        people(row["still_count"]), share(row["forward_rate"]), share(row["leak_rate"]),
        interval(row["forward_rate_low"], row["forward_rate_high"], "share"),
        interval(row["leak_rate_low"], row["leak_rate_high"], "share"), days(row["median_days_inside"]),
        money(row["expected_gross_profit"]), money(row["gross_profit_per_percent"]),
    ]  # fmt: skip


def flows(t: Truth, station: int | None = None) -> list[tuple[str, ...]]:
    names = {str(row["station"]): str(STATIONS[row["code"]]) for row in t.rows("belt")}
    ways = names | {"leak": "Leaked", "still": "Still there"}
    rows = sorted(t.rows("belt_flow"), key=lambda row: (row["from_station"], -row["customers"]))
    told = [
        (names[str(row["from_station"])], ways[row["to_station"]], count(row["customers"]), share(row["move_rate"]),
         interval(row["move_rate_low"], row["move_rate_high"], "share"), days(row["median_days"]))
        for row in rows
        if row["customers"] and station in (None, row["from_station"])
    ]  # fmt: skip
    return told if station is None else [row[1:] for row in told]


@tells(BELT, "leaving")
def leaving(t: Truth, told: Told) -> None:
    for kind in KINDS:
        rows = sorted(t.rows("churn_summary", kind=kind), key=lambda row: -(row["yen_at_stake"] or 0.0))
        told.say(
            people(sum(row["customer_count"] for row in rows)), people(sum(row["expected_leavers"] for row in rows)),
            money(sum(row["yen_at_stake"] for row in rows)), "90",
        )  # fmt: skip
        for fit in t.rows("leaving_fits", kind=kind, segment="all", model="discrete-time hazard"):
            if fit["auc"] is not None:
                told.say(share(fit["auc"], 0), "50%")
        told.sheet(
            "Main reason | Customers | Expected to leave | At stake",
            [
                (labels.reason(row["reason"], kind), count(row["customer_count"]), count(row["expected_leavers"]),
                 money(row["yen_at_stake"]))
                for row in rows
            ],
        )  # fmt: skip
    curves = t.grouped("leaving_curve", "segment", kind="subscription")
    sizes = {name: row["n"] for name, rows in curves.items() for row in rows if row["number"] == 1}
    by_number = {name: {row["number"]: row for row in rows} for name, rows in curves.items()}
    told.sheet(
        " | ".join(["Subscription", *map(str, range(1, 13)), "n"]),
        [
            ("All subscriptions" if name == "all" else t.products[name],
             *(share(by_number[name][number]["staying_rate"], 0) if number in by_number[name] else ""
               for number in range(1, 13)), count(sizes[name]))
            for name in sorted(sizes, key=lambda name: (name != "all", -sizes[name], name))[:6]
        ],
    )  # fmt: skip


@tells(DATA, "quality")
def quality(t: Truth, told: Told) -> None:
    states = {state.table.name: state for state in t.shop.tables() if state.kind == "fact"}
    told.sheet(
        "Facts | Rows | Newest",
        [(str(label), count(states[name].rows), day(in_zone(states[name].newest))) for name, label in FACTS.items()],
    )
    gaps = (("orders", "customer_id"), ("order_lines", "unit_cost"), ("products", "unit_cost"),
            ("products", "days_of_supply"), ("customers", "acquired_via"), ("events", "customer_id"))  # fmt: skip
    for name, column in gaps:
        filled = states[name].filled.get(column)
        if states[name].rows and filled is not None and filled < 1:
            told.say(share(1 - filled))
    told.sheet("Setting | Now | Unit | Meaning", [_rule(t, rule) for rule in fields(Rules)])


def _rule(t: Truth, rule: object) -> tuple[str, ...]:
    value = getattr(t.rules, rule.name)
    told = ", ".join(f"{one:,}" if isinstance(one, int | float) else str(one) for one in value) \
        if isinstance(value, tuple) else "–" if value is None else f"{value:,}" if isinstance(value, int | float) \
        else str(value)  # fmt: skip
    return rule.name, told or "–", rule.metadata["unit"] or "", rule.metadata["meaning"]


@tells(DATA, "bring")
def bring(t: Truth, told: Told) -> None:
    told.say(str(t.shop.workspace.settings.imports.max_upload_mb))


@tells(DATA, "measure")
def measure(t: Truth, told: Told) -> None:
    """The two days one may measure from: today, and that of the newest order."""
    told.say(day(t.shop.workspace.today()), day(max(row["order_date"] for row in t.rows("orders"))))
