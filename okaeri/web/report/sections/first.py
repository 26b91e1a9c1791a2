"""What to look at first: what costs the shop most, in yen, from the tables of all the other sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okaeri.web.report.figures import count, days, money, people, share
from okaeri.web.report.labels import CPM, JOURNEY, KPIS, Word, segment
from okaeri.web.report.sections.belt import station_name, yen_per_percent
from okaeri.web.report.sections.carts import weeks_of_a_year
from okaeri.web.report.sections.heading import new_customers
from okaeri.web.report.sections.payback import year_of
from okaeri.web.report.tables import About, Tables

TITLE = _("What to look at first")
TABLES = ("belt", "kpi_effect", "cpm_movement", "payback", "ltv_curve", "cart_abandonment", "friction_points")
MOST_SHOWN = 3
A_YEAR, PER_PERCENT, PER_POINT = _("a year"), _("per percent moved on"), _("a year per point")
#: Classes whose going costs: those who had come more than once.
VALUED = ("excellent", "trending", "steady", "young")


@dataclass(frozen=True)
class Finding:
    """One thing that costs: ``yen`` per ``basis``, ``who`` is meant in words, and the ``section`` that shows it."""

    title: str
    sentence: str
    yen: float
    basis: Word
    who: str
    section: str


def build(tables: Tables, about: About) -> dict[str, Any]:
    """The costliest findings first; the rest after them."""
    found = [finding for find in FINDERS for finding in find(tables, about) if finding.yen > 0]
    found.sort(key=lambda finding: -finding.yen)
    return {"is_empty": not found, "top": found[:MOST_SHOWN], "rest": found[MOST_SHOWN:]}


def bottleneck(tables: Tables, about: About) -> Iterator[Finding]:
    """The belt's bottleneck: yen per one more percent of its people moving on."""
    for row in tables.rows("belt", is_bottleneck=True):
        name, yen = station_name(row), yen_per_percent(row) or 0.0
        yield Finding(
            gettext("Bottleneck of the belt: {station}").format(station=name),
            gettext("{people} people stand here; {leak} of those who come leak. Each percent of them moved on instead "
                    "brings {yen}.").format(
                people=count(row["still_count"]), leak=share(row["leak_rate"]), yen=money(yen, about.currency)),
            yen, PER_PERCENT, people(row["still_count"]), "belt",
        )  # fmt: skip


def lever(tables: Tables, about: About) -> Iterator[Finding]:
    """The KPI whose point brings most: its effect on LTV times the customers of a year."""
    newcomers = new_customers(tables, "all", "all")
    rows = [row for row in tables.rows("kpi_effect", horizon_days=year_of(about)) if row["effect"] is not None]
    profit = [row for row in rows if row["value_kind"] == "gross_profit"] or rows
    if not profit or not newcomers:
        return
    best = max(profit, key=lambda row: row["effect"])
    yen = best["effect"] * newcomers
    yield Finding(
        gettext("The strongest lever: {kpi}").format(kpi=KPIS[best["kpi"]]),
        gettext("One point more brings {each} per new customer. With {people} new customers a year that is {yen}.").format(
            each=money(best["effect"], about.currency), people=count(newcomers), yen=money(yen, about.currency)),
        yen, PER_POINT, people(newcomers), "kpis",
    )  # fmt: skip


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
        yen, yearly, kind, gone = max(losses)
        yield Finding(
            gettext("Slipping away: {kind}").format(kind=CPM[kind]),
            gettext("{people} of them went silent within {days}. Those who stayed bring {each} a year each, so {yen} of "
                    "revenue a year is going.").format(
                people=count(gone), days=days(window), each=money(yearly, about.currency),
                yen=money(yen, about.currency)),
            yen, A_YEAR, people(gone), "cpm",
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
            gettext("Costs more than it brings: {source}").format(source=segment("acquired_via", row["segment"])),
            gettext("A customer costs {cost} and brings {limit} of gross profit in a year. With {people} of them a year "
                    "that loses {yen}.").format(
                cost=money(cost, about.currency), limit=money(limit, about.currency), people=count(newcomers),
                yen=money(yen, about.currency)),
            yen, A_YEAR, people(newcomers), "payback",
        )  # fmt: skip


def carts(tables: Tables, about: About) -> Iterator[Finding]:
    """What is left in carts: one point less of all that a year's carts held."""
    weeks = weeks_of_a_year(tables, about)
    put, left = sum(row["n"] for row in weeks), sum(row["abandoned_count"] for row in weeks)
    if not left:
        return
    value = sum(row["value_abandoned"] for row in weeks)
    yen = value / left * put * 0.01
    yield Finding(
        gettext("Left in carts"),
        gettext("{left} of {put} products put in carts within a year were not bought: {value} at list prices. One point "
                "less is {yen}.").format(
            left=count(left), put=count(put), value=money(value, about.currency), yen=money(yen, about.currency)),
        yen, PER_POINT, gettext("{carts} carts").format(carts=count(sum(row["cart_count"] for row in weeks))), "carts",
    )  # fmt: skip


def friction(tables: Tables, about: About) -> Iterator[Finding]:
    """The friction point that costs most: revenue lost by the orders of a year."""
    rows = [row for row in tables.rows("friction_points", is_main=True) if row["loss"] is not None]
    for row in sorted(rows, key=lambda row: -row["loss"])[:1]:
        yield Finding(
            gettext("Where feelings fall: {step}").format(step=JOURNEY[row["step"]]),
            gettext("{orders} orders a year are in the dip and bring {each} less each, {yen} of revenue; {heard} customers said "
                    "so.").format(
                orders=count(row["affected_orders"]), each=money(row["loss_each"], about.currency),
                heard=count(row["heard_customers"]), yen=money(row["loss"], about.currency))
            + ("" if row["loss_low_90"] > 0 else " " + gettext(
                "The interval reaches down to nought: it is not clear yet that this costs anything.")),
            row["loss"], A_YEAR, people(row["heard_customers"]), "emotion",
        )  # fmt: skip


FINDERS: tuple[Callable[[Tables, About], Iterator[Finding]], ...] = (
    bottleneck, lever, slipping, friction, dear_source, carts,
)  # fmt: skip
