"""計画: what the targets bring, what came of the plan, what to set out for; and the stations of the belt."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from okaeri.loop import planning
from okaeri.loop.planning import Desk
from okaeri.loop.published import published
from okaeri.predict.plan import AS_NOW
from okaeri.records import plans
from okaeri.shop import Shop
from okaeri.web.console.plan_words import SHORTFALL_PARTS, TARGETS
from okaeri.web.report import labels
from okaeri.web.report.figures import NOTHING, count, day, days, figure, interval, money, share
from tests.web.console.shops import in_zone
from tests.web.console.told import Row, Told, Truth, tells
from tests.web.console.told.segments import flows, station_figures

PAGE = "/console/plan/"
UNITS = {"newcomers": "people", "f2_rate": "share", "repeat_rate": "share", "order_value": "money"}
OVER = 5


def set_out(shop: Shop) -> None:
    """A plan five months old, as if its first months were those that are over."""
    with shop.workspace.records():
        own = desk(shop)
        levels = own.levels | {"f2_rate": 1.1 * own.levels["f2_rate"], "order_value": 0.9 * own.levels["order_value"]}
        told = own.told(own.factors(levels))
        over = [row["month"] for row in shop.show("sales_months").to_pylist() if row["is_over"]]
        names = [*over[-OVER:], *own.months[: 12 - OVER]]
        told["months"] = [month | {"month": name} for month, name in zip(told["months"], names, strict=True)]
        plans.save("old", actor="owner", as_of=date(2025, 11, 1), factors={}, levels=levels, told=told)


def desk(shop: Shop) -> Desk:
    return planning.desk(published(shop.workspace), shop.workspace.settings.rules)


def _now(t: Truth) -> dict[str, Any]:
    """The year to come as things are; how it follows from the tables is tested beside the planning."""
    with t.shop.workspace.records():
        return desk(t.shop).told(AS_NOW)


@tells(PAGE, "targets")
def targets(t: Truth, told: Told) -> None:
    with t.shop.workspace.records():
        own = desk(t.shop)
    aim, now = own.told(own.factors(t.plan.levels)), _now(t)
    over = [row for row in t.rows("sales_months") if row["is_over"]][-12:]
    margin = sum(row["gross_profit"] for row in over) / sum(row["revenue"] for row in over)
    told.say(
        days(365), "95%", "80%", money(aim["ltv"]), interval(aim["ltv_low"], aim["ltv_high"], "money"),
        money(aim["ltv"] - t.row("kpi_effect", horizon_days=365, value_kind="revenue", kpi="f2_rate")["ltv"]),
        money(aim["total"]), interval(aim["total_low"], aim["total_high"], "money"), money(aim["total"] - now["total"]),
        money(aim["total"] * margin),
    )  # fmt: skip
    _sliders(t, told, own, over)
    told.sheet(
        "Month | With the targets | 80% interval | Without | Difference | First orders | Second orders | Later orders",
        [
            (month["month"], money(month["revenue"]), interval(month["low"], month["high"], "money"),
             money(other["revenue"]), money(month["revenue"] - other["revenue"]),
             *(count(month[name]) for name in ("newcomers", "second_orders", "later_orders")))
            for month, other in zip(aim["months"], now["months"], strict=True)
        ],
    )  # fmt: skip


def _sliders(t: Truth, told: Told, own: Desk, over: list[Row]) -> None:
    """Below each slider the present by the tables, and the best quarter so far."""
    third = t.row("f_ladder", cohort="all", order_no=3)["rate"]
    now = {row["kpi"]: row["value"] for row in t.rows("kpis", cohort="all")} | {
        "repeat_rate": third, "newcomers": sum(row["newcomers"] for row in over) / len(over)}  # fmt: skip
    for name, unit in UNITS.items():
        for level in (now[name], own.best[name]):
            told.say(f"{100 * level:.1f}" if unit == "share" else f"{level:.0f}")


@tells(PAGE, "held")
def held(t: Truth, told: Told) -> None:
    plan = t.plan
    sales = {row["month"]: row["revenue"] for row in t.rows("sales_months") if row["is_over"]}
    months = plan.told["months"]
    over = [month for month in months if month["month"] in sales]
    parts = _parts(t)
    told.say(
        day(in_zone(plan.made_at)), money(plan.told["total"]), money(plan.told["ltv"]),
        money(sum(sales[month["month"]] for month in over)), money(sum(month["revenue"] for month in over)),
    )  # fmt: skip
    with t.shop.workspace.records():
        levels = desk(t.shop).levels
    told.sheet(
        "KPI | Target | Now",
        [
            (str(TARGETS[name]), figure(plan.levels[name], unit), figure(levels[name], unit))
            for name, unit in UNITS.items()
        ],
    )
    names = list(parts[over[0]["month"]])
    told.sheet(
        "Part | Came less planned",
        [(str(SHORTFALL_PARTS[name]), money(sum(parts[month["month"]][name] for month in over))) for name in names],
    )
    told.sheet(
        " | ".join(["Month", "Planned", "80% interval", "Came", *(str(SHORTFALL_PARTS[name]) for name in names)]),
        [
            (month["month"], money(month["revenue"]), interval(month["low"], month["high"], "money"),
             money(sales.get(month["month"])),
             *(money(parts[month["month"]][name]) if month in over else NOTHING for name in names))
            for month in months
        ],
    )  # fmt: skip
    assert len(over) == OVER


def _parts(t: Truth) -> dict[str, dict[str, float]]:
    """The difference of each month that is over by KPI; the parts add up to what came less what was planned."""
    with t.shop.workspace.records():
        months = planning.progress(published(t.shop.workspace), t.plan.told).months
    for month in months:
        rest = sum(month["parts"].values()) - (month["came"] - month["planned"]) if month["parts"] else 0.0
        assert abs(rest) < 0.01
    return {month["month"]: month["parts"] for month in months if month["parts"]}


@tells(PAGE, "next-target")
def next_target(t: Truth, told: Told) -> None:
    with t.shop.workspace.records():
        own = desk(t.shop)
        found = planning.proposals(own, planning.progress(published(t.shop.workspace), t.plan.told))
    for proposal in found:
        if proposal["share"] is not None:
            told.say(*(money(proposal[name]) for name in ("total", "low", "high", "more", "ltv")))
            told.say(*(figure(proposal["levels"][name], unit) for name, unit in UNITS.items()))
            told.say(share(proposal["share"], 0) if proposal["kind"] == "needed" else "")
    assert any(proposal["levels"] == own.best | {"newcomers": own.levels["newcomers"]} for proposal in found
               if proposal["kind"] == "best")  # fmt: skip


@tells(PAGE, "years")
def years(t: Truth, told: Told) -> None:
    """Years from April on, by plain sums over months."""
    sales = {row["month"]: row["revenue"] for row in t.rows("sales_months") if row["is_over"]}
    now = t.shop.workspace.settings.shop.fiscal_year_start
    assert now == 4
    rows = []
    for year in range(int(max(sales)[:4]), int(min(sales)[:4]) - 2, -1):
        own = [f"{year}-{month:02d}" for month in range(4, 13)] + [f"{year + 1}-{month:02d}" for month in range(1, 4)]
        over = [month for month in own if min(sales) <= month <= max(sales)]
        if not over:
            continue
        earlier = [f"{int(month[:4]) - 1}{month[4:]}" for month in over]
        sold, before = sum(sales.get(month, 0) for month in over), sum(sales.get(month, 0) for month in earlier)
        known = earlier[0] >= min(sales)
        rows.append((
            f"{own[0]} – {own[-1]}", count(len(over)), money(sold), money(before if known else None),
            share(sold / before - 1 if known else None),
        ))  # fmt: skip
    assert len(rows) > 1
    told.sheet("Fiscal year | Months over | Sales | Same months a year before | Change", rows)


def _figures_of_station(t: Truth, told: Told, station: int) -> None:
    row = t.row("belt", station=station)
    told.say(*station_figures(row), count(row["in_count"]), money(row["cost"]))
    told.sheet("To | People | Share | 95% interval | Half of them within", flows(t, station))


def _standing(t: Truth, station: int) -> set[str]:
    return {row["customer_id"] for row in t.rows("customers_now", station=station)}


def _risks(t: Truth, told: Told, station: int) -> None:
    here = _standing(t, station)
    rows = [row for row in t.rows("churn_risk") if row["customer_id"] in here]
    if not rows:
        return
    likely = [row for row in rows if row["leaving_chance_90"] >= 0.5]
    told.say(count(len(likely)), money(sum(row["yen_at_stake"] for row in likely)), "90")
    rows.sort(key=lambda row: (-row["yen_at_stake"], row["customer_id"]))
    told.sheet(
        "Customer | Chance to have left in 90 days | At stake | Silent for | Usual days | What speaks most for it",
        [
            (row["customer_id"], share(row["leaving_chance_90"]), money(row["yen_at_stake"]), days(row["days_silent"]),
             days(row["usual_days"]), labels.reason(row["reason_1"] or "none", row["kind"]))
            for row in rows[:20]
        ],
    )  # fmt: skip


def _crowd(t: Truth, told: Told, station: int) -> None:
    rows = t.rows("customers_now", station=station)
    if not rows:
        return
    told.say(count(len(rows)))
    worth = {row["customer_id"]: row["residual_value"] for row in t.rows("customer_value")}
    rows.sort(key=lambda row: (-row["revenue"] - (worth.get(row["customer_id"]) or 0), row["customer_id"]))
    told.sheet(
        "Customer | So far | Expected | Orders | Latest order | Here for",
        [
            (row["customer_id"], money(row["revenue"]), money(worth.get(row["customer_id"])), count(row["order_count"]),
             day(row["last_order_on"]), days(row["days_in_station"]))
            for row in rows[:20]
        ],
    )  # fmt: skip


def _work(t: Truth, told: Told, station: int) -> None:
    """A shop without surveys and requests for reviews has no figure here."""


for _station in range(1, 8):
    for _section, _teller in (("figures", _figures_of_station), ("risks", _risks), ("people", _crowd), ("work", _work)):
        tells(f"/console/belt/{_station}/", _section)(partial(_teller, station=_station))
