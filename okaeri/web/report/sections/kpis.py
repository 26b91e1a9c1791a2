"""The three KPIs by month, in each of their variants, and what a point of each is worth."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import KPIS, VALUES
from okaeri.web.report.sections.payback import year_of
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("The three KPIs by month")
TABLES = ("kpis", "kpi_effect")
UNITS = {"order_value": "money", "yearly_spend": "money"}
#: The three on top of the page, each with the variant that stands beneath it.
CARDS = (("step_up_rate", "f2_rate"), ("repeat_rate_cohort", "repeat_rate_period"), ("order_value", "yearly_spend"))


def build(tables: Tables, about: About) -> dict[str, Any]:
    """Every KPI with its months; the three cards; yen of LTV per point."""
    told = [_kpi(name, tables.rows("kpis", kpi=name)) for name in KPIS if name != "repeat_rate"]
    by_name = {kpi["name"]: kpi for kpi in told if kpi["all"] is not None or kpi["months"]}
    return {
        "is_empty": not by_name,
        "kpis": list(by_name.values()),
        "cards": [card for pair in CARDS if (card := _card(pair, by_name))],
        "effects": _effects(tables, about),
        "horizon": year_of(about),
        "chart": {
            "kpis": {kpi["name"]: {key: kpi[key] for key in ("label", "unit", "months")} for kpi in by_name.values()}
        },
    }


def _kpi(name: str, rows: list[Row]) -> dict[str, Any]:
    months = sorted((row for row in rows if row["cohort"] != "all"), key=lambda row: row["cohort"])
    shown = ("cohort", "value", "low", "high", "n", "n_total", "is_mature")
    return {
        "name": name,
        "label": str(KPIS[name]),
        "unit": UNITS.get(name, "share"),
        "all": next((row for row in rows if row["cohort"] == "all" and row["value"] is not None), None),
        "months": [{key: row[key] for key in shown} for row in months],
    }


def _card(pair: tuple[str, str], by_name: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """The KPI of a card with its sparkline; its variant takes its place where it has no figure (a shop without trial
    goods has no step-up rate)."""
    named = [by_name[name] for name in pair if name in by_name and by_name[name]["all"]]
    if not named:
        return None
    first, *rest = named
    return {"kpi": first, "beneath": rest[0] if rest else None, "spark": sparkline(first["months"])}


def sparkline(months: list[Row], width: int = 150, height: int = 36) -> dict[str, Any]:
    """Points of a small line in a box: mature months as one line, those too young as a second, greyed one."""
    known = [(place, row) for place, row in enumerate(months) if row["value"] is not None]
    if len(known) < 2:
        return {}
    values = [row["value"] for _, row in known]
    low, spread = min(values), (max(values) - min(values)) or 1.0
    step = width / max(1, len(months) - 1)
    at = [(round(place * step, 1), round(height - 3 - (row["value"] - low) / spread * (height - 6), 1), row["is_mature"])
          for place, row in known]  # fmt: skip
    last = max((place for place, point in enumerate(at) if point[2]), default=-1)
    return {
        "width": width, "height": height,
        "mature": " ".join(f"{x},{y}" for x, y, _ in at[: last + 1]),
        "young": " ".join(f"{x},{y}" for x, y, _ in at[max(last, 0) :]),
        "end": at[last] if last >= 0 else None,
        "from": months[0]["cohort"], "to": months[-1]["cohort"],
    }  # fmt: skip


def _effects(tables: Tables, about: About) -> list[dict[str, Any]]:
    """Yen of LTV per point of each KPI at a year: gross profit where it is known, else revenue."""
    rows = tables.rows("kpi_effect", horizon_days=year_of(about))
    profit = [row for row in rows if row["value_kind"] == "gross_profit" and row["effect"] is not None]
    chosen = profit or [row for row in rows if row["value_kind"] == "revenue" and row["effect"] is not None]
    return [
        row | {"label": str(KPIS[row["kpi"]]), "value_label": str(VALUES[row["value_kind"]]),
               "unit": UNITS.get(row["kpi"], "share")}
        for row in sorted(chosen, key=lambda row: -row["effect"])
    ]  # fmt: skip
