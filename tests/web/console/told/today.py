"""今日: LTV and KPIs, what costs most, what moved and why, KPIs by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from okaeri.web.console.plan_words import SHORTFALL_PARTS
from okaeri.web.report import labels
from okaeri.web.report.figures import count, days, figure, interval, money, people, share
from tests.web.console.told import Row, Told, Truth, tells
from tests.web.console.told.products import weeks_of_a_year

PAGE = "/console/"
YEAR = 365
MONEY = ("order_value", "yearly_spend")
UNITS = {"newcomers": "count", "candidates": "count", "f2_rate": "share", "repeat_rate": "share",
         "order_value": "money", "credit_notes": "money", "mix": "share"}  # fmt: skip


@tells(PAGE, "aims")
def aims(t: Truth, told: Told) -> None:
    (curve,) = t.rows("ltv_curve", value_kind="revenue", age_days=YEAR, dimension="all")
    third = t.row("f_ladder", cohort="all", order_no=3)
    kept = t.plan
    shown = (
        ("ltv", "money", curve["ltv"], curve), ("repeat_rate", "share", third["rate"], third),
        *((name, unit, row["value"], row) for name, unit in (("f2_rate", "share"), ("order_value", "money"))
          for row in t.rows("kpis", kpi=name, cohort="all")),
    )  # fmt: skip
    told.say(days(YEAR), "95%")
    for name, unit, value, row in shown:
        told.say(figure(value, unit), interval(row["low"], row["high"], unit), count(row["n"]))
        target = kept.told["ltv"] if name == "ltv" else kept.levels[name]
        told.say(figure(target, unit), figure(value - target, unit) if value < target else "")


@tells(PAGE, "first")
def first(t: Truth, told: Told) -> None:
    """Each finding by what it costs: its figures, and for the three dearest how many it is about."""
    found = sorted(one for find in (_bottleneck, _lever, _slipping, _friction, _sources, _carts) for one in find(t))
    for place, (yen, about, figures) in enumerate(reversed(found)):
        told.say(money(yen), *figures, *([count(about)] if place < 3 else []))


Finding = tuple[float, float, list[str]]


def _bottleneck(t: Truth) -> Iterator[Finding]:
    for row in t.rows("belt", is_bottleneck=True):
        yield row["gross_profit_per_percent"], row["still_count"], [people(row["still_count"]), share(row["leak_rate"])]


def _lever(t: Truth) -> Iterator[Finding]:
    new = _newcomers(t, "all", "all")
    best = max(row["effect"] for row in t.rows("kpi_effect", horizon_days=YEAR, value_kind="gross_profit"))
    yield best * new, new, [money(best), count(new)]


def _slipping(t: Truth) -> Iterator[Finding]:
    moved = {(row["from_class"], row["to_class"]): row for row in t.rows("cpm_movement")}
    losses = []
    for kind in ("excellent", "trending", "steady", "young"):
        gone = moved.get((kind, f"{kind}_gone"))
        stayed = [row for (was, now), row in moved.items() if was == kind and not now.endswith("_gone")]
        buyers = sum(row["customers"] for row in stayed)
        if gone and buyers:
            yearly = sum(row["revenue_between"] for row in stayed) / buyers * YEAR / t.rules.compare_days
            losses.append((yearly * gone["customers"], yearly, gone["customers"]))
    yen, each, customers = max(losses)
    yield yen, customers, [count(customers), days(t.rules.compare_days), money(each)]


def _friction(t: Truth) -> Iterator[Finding]:
    row = max((row for row in t.rows("friction_points", is_main=True) if row["loss"]), key=lambda row: row["loss"])
    yield row["loss"], row["heard_customers"], [
        count(row["affected_orders"]), money(row["loss_each"]), count(row["heard_customers"])
    ]  # fmt: skip


def _sources(t: Truth) -> Iterator[Finding]:
    for row in t.rows("payback", horizon_days=YEAR, dimension="acquired_via"):
        cost, limit, new = row["acquisition_cost"], row["limit_cpa"], _newcomers(t, "acquired_via", row["segment"])
        if cost is not None and limit is not None and cost > limit and new:
            yield (cost - limit) * new, new, [money(cost), money(limit), count(new)]


def _carts(t: Truth) -> Iterator[Finding]:
    weeks = weeks_of_a_year(t)
    put, left, value, baskets = (
        sum(row[name] for row in weeks) for name in ("n", "abandoned_count", "value_abandoned", "cart_count")
    )
    yield value / left * put / 100, baskets, [count(left), count(put), money(value)]


def _newcomers(t: Truth, dimension: str, segment: str) -> int:
    """Customers not yet observed for a year."""
    rows = t.rows("ltv_curve", dimension=dimension, segment=segment, value_kind="revenue")
    return rows[0]["n_total"] - sum(row["n"] for row in rows if row["age_days"] == YEAR)


@tells(PAGE, "moved")
def moved(t: Truth, told: Told) -> None:
    for window in sorted(t.grouped("sales_change", "window_days")):
        told.say(days(window))
        _change(t, told, t.rows("sales_change", window_days=window), "revenue")
        _change(t, told, t.rows("ltv_change", window_days=window, value_kind="gross_profit"), "ltv")


def _change(t: Truth, told: Told, rows: list[Row], what: str) -> None:
    everybody = [row for row in rows if row["dimension"] == "all"]
    before, now = everybody[0][f"{what}_before"], everybody[0][f"{what}_now"]
    parts = [row for row in everybody if row["part"] != "mix" and (row["part"] != "credit_notes" or row["effect"])]
    with_it = [row["effect"] for row in parts if row["effect"] * (now - before) > 0]
    told.say(money(before), money(now), money(now - before), money(abs(now - before)), money(max(with_it, key=abs)))
    told.sheet(
        "Part | Earlier | Now | What its move did",
        [
            (str(SHORTFALL_PARTS[row["part"]]), figure(row["level_before"], UNITS[row["part"]]),
             figure(row["level_now"], UNITS[row["part"]]), money(row["effect"]))
            for row in sorted(parts, key=lambda row: -abs(row["effect"]))
        ],
    )  # fmt: skip
    split = [_split(rows, name) for name in dict.fromkeys(row["dimension"] for row in rows) if name != "all"]
    split = [one for one in split if len(one[1]) > 1]
    for name, segments, parted in sorted(
        split, key=lambda one: -max(abs(sum(cells.values())) for cells in one[1].values())
    ):
        _by_segment(t, told, name, segments, parted)


def _split(rows: Iterable[Row], name: str) -> tuple[str, dict[str, dict[str, float]], list[str]]:
    segments: dict[str, dict[str, float]] = {}
    own = [row for row in rows if row["dimension"] == name]
    for row in own:
        segments.setdefault(row["segment"], {})[row["part"]] = row["effect"]
    parted = [
        part for part in dict.fromkeys(row["part"] for row in own) if any(one.get(part) for one in segments.values())
    ]
    return name, segments, parted


def _by_segment(t: Truth, told: Told, name: str, segments: dict[str, dict[str, float]], parted: list[str]) -> None:
    """The six that moved most, the others together, and the sum of all."""
    order = sorted(segments, key=lambda code: -abs(sum(segments[code].values())))
    groups = [(labels.segment(name, code, t.products), [code]) for code in order[:6]]
    if order[6:]:
        groups.append(("All others", order[6:]))
    groups.append(("Together", order))

    def effect(codes: list[str], part: str) -> float:
        return sum(segments[code].get(part, 0.0) for code in codes)

    told.sheet(
        " | ".join([labels.dimension(name), *(str(SHORTFALL_PARTS[part]) for part in parted), "Together"]),
        [
            (label, *(money(effect(codes, part)) for part in parted),
             money(sum(sum(segments[code].values()) for code in codes)))
            for label, codes in groups
        ],
    )  # fmt: skip


@tells(PAGE, "kpis")
def kpis(t: Truth, told: Told) -> None:
    everybody = {row["kpi"]: row for row in t.rows("kpis", cohort="all") if row["value"] is not None}
    for kpi, beneath in (
        ("step_up_rate", "f2_rate"),
        ("repeat_rate_cohort", "repeat_rate_period"),
        ("order_value", "yearly_spend"),
    ):
        row, unit = everybody[kpi], "money" if kpi in MONEY else "share"
        told.say(figure(row["value"], unit), interval(row["low"], row["high"], unit), count(row["n"]))
        told.say(figure(everybody[beneath]["value"], unit))
    told.say("95%", days(YEAR))
    for kpi, label in labels.KPIS.items():
        unit = "money" if kpi in MONEY else "share"
        months = sorted(
            (row for row in t.rows("kpis", kpi=kpi) if row["cohort"] != "all"), key=lambda row: row["cohort"]
        )
        if kpi != "repeat_rate":
            told.sheet(
                f"Month | {label} | 95% interval | n",
                [(row["cohort"], figure(row["value"], unit), interval(row["low"], row["high"], unit), count(row["n"]))
                 for row in months],
            )  # fmt: skip
    effects = t.rows("kpi_effect", horizon_days=YEAR, value_kind="gross_profit")
    told.sheet(
        "KPI | Now | One point more adds | Counted in | n",
        [
            (str(labels.KPIS[row["kpi"]]), figure(row["level"], "money" if row["kpi"] in MONEY else "share"),
             money(row["effect"]), "Gross profit", count(row["n"]))
            for row in sorted(effects, key=lambda row: -row["effect"])
        ],
    )  # fmt: skip
