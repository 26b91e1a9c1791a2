"""What to look at first: what costs the shop most, all in yen a year, from the tables of all the other sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okaeri.lib.quarters import best_mean
from okaeri.web.report.figures import count, days, figure, money, people, share
from okaeri.web.report.labels import CPM, JOURNEY, KPIS, Word, segment
from okaeri.web.report.sections.belt import station_name, yen_per_percent
from okaeri.web.report.sections.carts import weeks_of_a_year
from okaeri.web.report.sections.heading import new_customers
from okaeri.web.report.sections.payback import year_of
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("What to look at first")
TABLES = (
    "belt", "kpi_effect", "kpis", "f_ladder", "cpm_movement", "payback", "ltv_curve", "cart_abandonment",
    "friction_points",
)  # fmt: skip
MOST_SHOWN = 3
IN_PROFIT, IN_REVENUE = _("of gross profit a year"), _("of revenue a year")
#: What always has a place on top where there is any: the station, the step of the journey and the class that cost most.
PROMISED = ("bottleneck", "friction", "slipping")
#: Classes whose going costs: those who had come more than once.
VALUED = ("excellent", "trending", "steady", "young")
#: Weeks of a quarter, and customers, orders or products behind a quarter for it to tell what is possible and not chance.
QUARTER_WEEKS, ENOUGH = 13, 100
POINT = 0.01


@dataclass(frozen=True)
class Finding:
    """One thing that costs: ``yen`` a year, in gross profit where it is known, ``basis`` says in which; ``who`` is meant in
    words, and the ``section`` that shows it."""

    kind: str
    title: str
    sentence: str
    yen: float
    basis: Word
    who: str
    section: str


def build(tables: Tables, about: About) -> dict[str, Any]:
    """The costliest of each promised kind and of what else there is, the dearest first; the rest after them."""
    found = [finding for find in FINDERS for finding in find(tables, about) if finding.yen > 0]
    found.sort(key=lambda finding: -finding.yen)
    promised = [next((finding for finding in found if finding.kind == kind), None) for kind in PROMISED]
    others = [finding for finding in found if finding not in promised]
    top = [finding for finding in promised if finding is not None]
    top += others[: MOST_SHOWN - len(top)]
    return {
        "is_empty": not found, "top": sorted(top, key=lambda finding: -finding.yen),
        "rest": [finding for finding in found if finding not in top],
    }  # fmt: skip


def margin(tables: Tables, about: About) -> float | None:
    """Gross profit per yen of revenue within a year of the first order; None where a cost is unknown."""
    rows = tables.rows("ltv_curve", dimension="all", age_days=year_of(about))
    ltv = {row["value_kind"]: row["ltv"] for row in rows}
    profit, revenue = ltv.get("gross_profit"), ltv.get("revenue")
    return profit / revenue if profit is not None and revenue else None


def _earned(revenue: float, tables: Tables, about: About) -> tuple[float, Word, str]:
    """What ``revenue`` leaves as gross profit, the word for what it is in, and a sentence that says so."""
    share_left = margin(tables, about)
    if share_left is None:
        return revenue, IN_REVENUE, ""
    profit = revenue * share_left
    told = gettext("At a margin of {margin} that is {yen} of gross profit.")
    return profit, IN_PROFIT, " " + told.format(margin=share(share_left), yen=money(profit, about.currency))


def bottleneck(tables: Tables, about: About) -> Iterator[Finding]:
    """The belt's bottleneck: what a year brings with the leak of the neighbour that leaks less, or one point less."""
    rows = sorted(tables.rows("belt"), key=lambda row: row["station"])
    for row in (row for row in rows if row["is_bottleneck"] and row["still_count"]):
        each = (yen_per_percent(row) or 0.0) / (row["still_count"] * POINT)
        come = row["recent_in_count"] * 365 / about.rules.compare_days
        step, goal = _less_leak(row, rows)
        kept = come * step
        yield Finding(
            "bottleneck", gettext("Bottleneck of the belt: {station}").format(station=station_name(row)),
            gettext("{people} people stand here; {leak} of those who come leak, and {come} come a year.").format(
                people=count(row["still_count"]), leak=share(row["leak_rate"]), come=count(come))
            + " " + goal + " " + gettext("{kept} more move on then, and each brings {each}: {yen}.").format(
                kept=count(kept), each=money(each, about.currency), yen=money(kept * each, about.currency)),
            kept * each, IN_REVENUE if row["gross_profit_per_percent"] is None else IN_PROFIT,
            people(row["still_count"]), "belt",
        )  # fmt: skip


def _less_leak(row: Row, rows: list[Row]) -> tuple[float, str]:
    """How much less leak to aim at, and what that is in words."""
    near = [one for one in rows if abs(one["station"] - row["station"]) == 1 and one["leak_rate"] is not None]
    better = [one for one in near if row["leak_rate"] is not None and one["leak_rate"] < row["leak_rate"]]
    if not better:
        return POINT, gettext("No neighbour leaks less, so it is counted for one point less.")
    goal = max(better, key=lambda one: one["leak_rate"])  # of two the nearer: what is surely possible
    return row["leak_rate"] - goal["leak_rate"], gettext("At {station} beside it only {leak} do.").format(
        station=station_name(goal), leak=share(goal["leak_rate"])
    )


def lever(tables: Tables, about: About) -> Iterator[Finding]:
    """The KPI that brings most as it was in its own best quarter; where none was better than now, with a point more."""
    newcomers = new_customers(tables, "all", "all")
    rows = [row for row in tables.rows("kpi_effect", horizon_days=year_of(about)) if row["effect"] is not None]
    profit = [row for row in rows if row["value_kind"] == "gross_profit"] or rows
    if not profit or not newcomers:
        return
    steps = [(row, *_to_best(tables, row["kpi"])) for row in profit]
    known = [one for one in steps if one[1] > 0] or [(row, 1.0, now, None) for row, _, now, _ in steps]
    row, points, now, best = max(known, key=lambda one: one[0]["effect"] * one[1])
    each = row["effect"] * points
    unit = "money" if row["kpi"] == "order_value" else "share"
    said = gettext("{now} now, {best} in the best quarter so far.").format(
        now=figure(now, unit, about.currency), best=figure(best, unit, about.currency)
    ) if best is not None else gettext("No quarter so far was better, so it is counted for one point more.")  # fmt: skip
    yield Finding(
        "lever", gettext("The strongest lever: {kpi}").format(kpi=KPIS[row["kpi"]]),
        said + " " + gettext("That brings {each} per new customer; with {people} new customers a year {yen}.").format(
            each=money(each, about.currency), people=count(newcomers), yen=money(each * newcomers, about.currency)),
        each * newcomers, IN_PROFIT if row["value_kind"] == "gross_profit" else IN_REVENUE, people(newcomers), "kpis",
    )  # fmt: skip


def _to_best(tables: Tables, kpi: str) -> tuple[float, float | None, float | None]:
    """Points (of order value: percent) from now to the best quarter of first orders, with both levels."""
    is_third = kpi == "repeat_rate"
    rows = tables.rows("f_ladder", order_no=3) if is_third else tables.rows("kpis", kpi=kpi)
    name = "rate" if is_third else "value"
    now = next((row[name] for row in rows if row["cohort"] == "all"), None)
    months = sorted((row for row in rows if row["cohort"] != "all" and row["is_mature"]), key=lambda row: row["cohort"])
    best = best_mean([(row[name], row["n"]) for row in months if row[name] is not None], ENOUGH)
    if not now or best is None or best <= now:
        return 0.0, now, None
    return ((best / now - 1) if kpi == "order_value" else best - now) / POINT, now, best


def slipping(tables: Tables, about: About) -> Iterator[Finding]:
    """The class that lost most by going silent: those gone, times what those who stayed brought, over a year."""
    window = about.rules.compare_days
    rows = {(row["from_class"], row["to_class"]): row for row in tables.rows("cpm_movement")}
    losses = []
    for kind in VALUED:
        slipped = rows.get((kind, f"{kind}_gone"))
        stayed = [row for (earlier, now), row in rows.items() if earlier == kind and not now.endswith("_gone")]
        buyers = sum(row["customers"] for row in stayed)
        if slipped and buyers:
            yearly = sum(row["revenue_between"] for row in stayed) / buyers * 365 / window
            losses.append((slipped["customers"] * yearly, yearly, kind, slipped["customers"]))
    if losses:
        lost, yearly, kind, gone = max(losses)
        yen, basis, said = _earned(lost, tables, about)
        yield Finding(
            "slipping", gettext("Slipping away: {kind}").format(kind=CPM[kind]),
            gettext("{people} of them went silent within {days}. Those who stayed bring {each} a year each, so {yen} of "
                    "revenue a year is going.").format(
                people=count(gone), days=days(window), each=money(yearly, about.currency),
                yen=money(lost, about.currency)) + said,
            yen, basis, people(gone), "cpm",
        )  # fmt: skip


def dear_source(tables: Tables, about: About) -> Iterator[Finding]:
    """Sources that cost more than their customers bring within a year."""
    for row in tables.rows("payback", horizon_days=year_of(about), dimension="acquired_via"):
        cost, limit = row["acquisition_cost"], row["limit_cpa"]
        newcomers = new_customers(tables, "acquired_via", row["segment"]) or 0
        if cost is None or limit is None or cost <= limit or not newcomers:
            continue
        yen = (cost - limit) * newcomers
        yield Finding(
            "source", gettext("Costs more than it brings: {source}").format(source=segment("acquired_via", row["segment"])),
            gettext("A customer costs {cost} and brings {limit} of gross profit in a year. With {people} of them a year "
                    "that loses {yen}.").format(
                cost=money(cost, about.currency), limit=money(limit, about.currency), people=count(newcomers),
                yen=money(yen, about.currency)),
            yen, IN_PROFIT, people(newcomers), "payback",
        )  # fmt: skip


def carts(tables: Tables, about: About) -> Iterator[Finding]:
    """What is left in carts: a year with as little left as in its own best quarter, or one point less."""
    weeks = weeks_of_a_year(tables, about)
    put, left = sum(row["n"] for row in weeks), sum(row["abandoned_count"] for row in weeks)
    if not left:
        return
    value = sum(row["value_abandoned"] for row in weeks)
    rates = [(row["abandonment_rate"], row["n"]) for row in weeks]
    best = best_mean(rates, ENOUGH, in_a_row=QUARTER_WEEKS, least=True)
    step = left / put - best if best is not None else 0.0
    said = gettext("In the best quarter of it {rate} were left, over the year {now}.").format(
        rate=share(best), now=share(left / put)
    ) if step > 0 else gettext("It is counted for one point less.")  # fmt: skip
    kept = value / left * put * (step if step > 0 else POINT)
    yen, basis, earned = _earned(kept, tables, about)
    yield Finding(
        "carts", gettext("Left in carts"),
        gettext("{left} of {put} products put in carts within a year were not bought: {value} at list prices.").format(
            left=count(left), put=count(put), value=money(value, about.currency))
        + " " + said + " " + gettext("That difference is {yen}.").format(yen=money(kept, about.currency)) + earned,
        yen, basis, gettext("{carts} carts").format(carts=count(sum(row["cart_count"] for row in weeks))), "carts",
    )  # fmt: skip


def friction(tables: Tables, about: About) -> Iterator[Finding]:
    """The friction point that costs most: revenue lost by the orders of a year."""
    rows = [row for row in tables.rows("friction_points", is_main=True) if row["loss"] is not None]
    for row in sorted(rows, key=lambda row: -row["loss"])[:1]:
        yen, basis, said = _earned(row["loss"], tables, about)
        yield Finding(
            "friction", gettext("Where feelings fall: {step}").format(step=JOURNEY[row["step"]]),
            gettext("{orders} orders a year are in the dip and bring {each} less each, {yen} of revenue; {heard} customers said "
                    "so.").format(
                orders=count(row["affected_orders"]), each=money(row["loss_each"], about.currency),
                heard=count(row["heard_customers"]), yen=money(row["loss"], about.currency)) + said
            + ("" if row["loss_low_90"] > 0 else " " + gettext(
                "The interval reaches down to nought: it is not clear yet that this costs anything.")),
            yen, basis, people(row["heard_customers"]), "emotion",
        )  # fmt: skip


FINDERS: tuple[Callable[[Tables, About], Iterator[Finding]], ...] = (
    bottleneck, lever, slipping, friction, dear_source, carts,
)  # fmt: skip
