"""今日: what to look at first, in yen."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from okaeri.loop import planning
from okaeri.loop.published import Published
from okaeri.web.console.page import Page, Route, published_of
from okaeri.web.console.pages.tasks import due_today
from okaeri.web.console.panels import about_of, panels_page
from okaeri.web.console.plan_words import TARGETS
from okaeri.web.report.sections.kpis import sparkline
from okaeri.web.report.sections.payback import year_of
from okaeri.web.report.sections.quality import FACTS, losses_of
from okaeri.web.report.tables import Row, Tables
from okaeri.web.serving import ConsoleRequest

TABLES = ("ltv_curve", "kpis", "f_ladder")
#: The newest entries of these say how fresh the data is.
DATED = ("orders", "customers", "events", "voices", "costs")


def today(request: ConsoleRequest) -> HttpResponse:
    """LTV and the KPIs against their targets, the findings that cost most, what moved, and how the data stands."""
    laid = published_of(request)
    if laid is None:
        return panels_page(request, "today")
    targets, aimed_by = _targets(request)
    about = {
        "tasks_due": due_today(request),
        "aims": _aims(request, laid, targets),
        "aimed_by": aimed_by,
        "stands": _data(laid),
        "losses": losses_of(about_of(request, laid)),
        "may_see_data": request.user.may("data"),
    }
    return panels_page(request, "today", about)


def _targets(request: ConsoleRequest) -> tuple[dict[str, float], str]:
    """The targets of the plan in force, else those of the settings; and which of the two they are of (else empty)."""
    kept = planning.in_force()
    if kept is not None:
        return {**kept.levels, "ltv": kept.told["ltv"]}, "plan"
    told = {name: value for name, value in asdict(request.shop.settings.targets).items() if value is not None}
    return told, "settings" if told else ""


def _aims(request: ConsoleRequest, laid: Published, targets: dict[str, float]) -> list[dict[str, Any]]:
    """LTV, F2, repeat rate and order value: figure, interval, n, the months behind it, and the target."""
    tables = Tables({name: laid.table(name) for name in TABLES})
    horizon = year_of(about_of(request, laid))
    curve = tables.rows("ltv_curve", value_kind="revenue", age_days=horizon)
    rows = {
        "ltv": [_figure(row, "ltv", "segment") for row in curve if row["dimension"] in ("all", "cohort_month")],
        "f2_rate": [_figure(row, "value", "cohort") for row in tables.rows("kpis", kpi="f2_rate")],
        "repeat_rate": [_figure(row, "rate", "cohort") for row in tables.rows("f_ladder", order_no=3)],
        "order_value": [_figure(row, "value", "cohort") for row in tables.rows("kpis", kpi="order_value")],
    }
    return [
        aim for name, own in rows.items() if (aim := _aim(name, own, targets.get(name), horizon)) is not None
    ]  # fmt: skip


def _figure(row: Row, value: str, month: str) -> Row:
    return {name: row[name] for name in ("low", "high", "n", "is_mature")} | {"value": row[value], "cohort": row[month]}


def _aim(name: str, rows: list[Row], target: float | None, horizon: int) -> dict[str, Any] | None:
    everybody = next((row for row in rows if row["cohort"] == "all"), None)
    if everybody is None or everybody["value"] is None:
        return None
    months = sorted((row for row in rows if row["cohort"] != "all"), key=lambda row: row["cohort"])
    return {
        "label": TARGETS.get(name, _("LTV")), "horizon": horizon if name == "ltv" else None, "all": everybody,
        "unit": "money" if name in ("ltv", "order_value") else "share", "spark": sparkline(months), "target": target,
        "gap": everybody["value"] - target if target is not None else None,
        "is_reached": target is not None and everybody["value"] >= target,
    }  # fmt: skip


def _data(laid: Published) -> dict[str, Any]:
    """The newest entries, and whether rows were left out, for one line."""
    states = {state["table"]: state for state in laid.facts}
    newest = [
        {"table": FACTS[name], "day": datetime.fromisoformat(states[name]["newest"])}
        for name in DATED
        if name in states and states[name]["newest"]
    ]
    return {"newest": newest, "notes": [note for state in laid.facts for note in state["notes"]]}


PAGE = Page(_("Today"), (Route("", "today", today, "figures"),))
