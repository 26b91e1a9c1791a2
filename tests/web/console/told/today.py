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


@tells(PAGE, "losses")
def losses(t: Truth, told: Told) -> None:
    """The columns whose gaps cost figures, each with the share that is missing."""
    filled = {state.table.name: state.filled for state in t.shop.tables() if state.kind == "fact"}
    for table, column in (("orders", "customer_id"), ("customers", "acquired_via")):
        if filled[table][column] < 0.9:
            told.say(share(1 - filled[table][column]))
    if filled["products"]["unit_cost"] < 1:
        told.say(share(1 - filled["products"]["unit_cost"]))


@tells(PAGE, "first")
def first(t: Truth, told: Told) -> None:
    """Each finding by what it costs a year: its figures, and for those on top how many it is about."""
    finders = {"station": _bottleneck, "friction": _friction, "class": _slipping, "": _others}
    found = sorted((one for find in finders.values() for one in find(t)), reverse=True)
    on_top = [max(find(t)) for kind, find in finders.items() if kind]
    assert len(on_top) == 3
    for yen, about, figures in found:
        told.say(money(yen), *figures, *([count(about)] if (yen, about, figures) in on_top else []))


Finding = tuple[float, float, list[str]]


def _margin(t: Truth) -> float:
    ltv = {row["value_kind"]: row["ltv"] for row in t.rows("ltv_curve", dimension="all", age_days=YEAR)}
    return ltv["gross_profit"] / ltv["revenue"]


def _earned(t: Truth, revenue: float) -> tuple[float, list[str]]:
    return revenue * _margin(t), [money(revenue), share(_margin(t))]


def _bottleneck(t: Truth) -> Iterator[Finding]:
    """Those who come in a year move on as they do at the neighbour that leaks less (of two, the one that leaks more)."""
    row = t.row("belt", is_bottleneck=True)
    each = row["gross_profit_per_percent"] / row["still_count"] * 100
    come = row["recent_in_count"] / t.rules.compare_days * YEAR
    beside = [one["leak_rate"] for one in t.rows("belt") if one["station"] in (row["station"] - 1, row["station"] + 1)]
    goal = max((leak for leak in beside if leak is not None and leak < row["leak_rate"]), default=None)
    kept = come * (row["leak_rate"] - goal if goal is not None else 0.01)
    yield kept * each, row["still_count"], [
        people(row["still_count"]), share(row["leak_rate"]), count(come), count(kept), money(each),
        share(goal) if goal is not None else "",
    ]  # fmt: skip


def _others(t: Truth) -> Iterator[Finding]:
    yield from _lever(t)
    yield from _sources(t)
    yield from _carts(t)


def _best_quarter(rows: list[Row], name: str) -> float | None:
    """The highest mean of three months of first orders in a row with 100 customers or more behind them."""
    months = sorted((row for row in rows if row["cohort"] != "all" and row["is_mature"]), key=lambda row: row["cohort"])
    months = [row for row in months if row[name] is not None]
    runs = [months[place : place + 3] for place in range(len(months) - 2)]
    means = [
        sum(row[name] * row["n"] for row in run) / sum(row["n"] for row in run)
        for run in runs if sum(row["n"] for row in run) >= 100
    ]  # fmt: skip
    return max(means, default=None)


def _lever(t: Truth) -> Iterator[Finding]:
    new = _newcomers(t, "all", "all")
    steps: list[tuple[float, list[str]]] = []
    for row in t.rows("kpi_effect", horizon_days=YEAR, value_kind="gross_profit"):
        is_third = row["kpi"] == "repeat_rate"
        rows, name = (t.rows("f_ladder", order_no=3), "rate") if is_third else (t.rows("kpis", kpi=row["kpi"]), "value")
        (now,) = (one[name] for one in rows if one["cohort"] == "all")
        best, unit = _best_quarter(rows, name), "money" if row["kpi"] == "order_value" else "share"
        if best is not None and best > now:
            points = (best / now - 1) * 100 if unit == "money" else (best - now) * 100
            steps.append((row["effect"] * points, [figure(now, unit), figure(best, unit)]))
    if not steps:  # a point more of the best
        steps = [
            (row["effect"], []) for row in t.rows("kpi_effect", horizon_days=YEAR, value_kind="gross_profit")
        ]  # fmt: skip
    each, levels = max(steps)
    yield each * new, new, [money(each), count(new), *levels]


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
    lost, each, customers = max(losses)
    yen, figures = _earned(t, lost)
    yield yen, customers, [count(customers), days(t.rules.compare_days), money(each), *figures]


def _friction(t: Truth) -> Iterator[Finding]:
    row = max((row for row in t.rows("friction_points", is_main=True) if row["loss"]), key=lambda row: row["loss"])
    yen, figures = _earned(t, row["loss"])
    yield yen, row["heard_customers"], [
        count(row["affected_orders"]), money(row["loss_each"]), count(row["heard_customers"]), *figures
    ]  # fmt: skip


def _sources(t: Truth) -> Iterator[Finding]:
    for row in t.rows("payback", horizon_days=YEAR, dimension="acquired_via"):
        cost, limit, new = row["acquisition_cost"], row["limit_cpa"], _newcomers(t, "acquired_via", row["segment"])
        if cost is not None and limit is not None and cost > limit and new:
            yield (cost - limit) * new, new, [money(cost), money(limit), count(new)]


def _carts(t: Truth) -> Iterator[Finding]:
    weeks = sorted(weeks_of_a_year(t), key=lambda row: row["segment"])
    put, left, value, baskets = (
        sum(row[name] for row in weeks) for name in ("n", "abandoned_count", "value_abandoned", "cart_count")
    )
    runs = [weeks[place : place + 13] for place in range(len(weeks) - 12)]
    runs = [run for run in runs if sum(row["n"] for row in run) >= 100]
    rates = [sum(row["abandoned_count"] for row in run) / sum(row["n"] for row in run) for run in runs]
    best = min(rates, default=left / put)
    yen, figures = _earned(t, value / left * put * (left / put - best or 0.01))
    levels = [share(best), share(left / put)] if rates else []
    yield yen, baskets, [count(left), count(put), money(value), *levels, *figures]


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
