"""商品: what is bought next and together, what pleases and what makes trouble; and one product on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from okaeri.lib.periods import day_of, month_label
from okaeri.loop.published import Published
from okaeri.schema.measured.feelings import WHOLE
from okaeri.web.console.drafting import ASPECTS
from okaeri.web.console.naming import products_of
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.panels import about_of, frame, panels_page
from okaeri.web.console.words import FOUND
from okaeri.web.report import labels
from okaeri.web.report.sections.payback import year_of
from okaeri.web.report.tables import Row
from okaeri.web.serving import ConsoleRequest

MOST_SHOWN = 8
MONTHS_SHOWN = 12


def products(request: ConsoleRequest) -> HttpResponse:
    """Every panel about products."""
    return panels_page(request, "products")


def product(request: ConsoleRequest, product_id: str) -> HttpResponse:
    """One product: what it sells and brings, what is said of it, what follows it."""
    laid = published_of(request)
    own = _one(laid, "products", product_id) if laid else None
    sales = _one(laid, "product_sales", product_id) if laid else None
    if laid is None or (own is None and sales is None):
        raise Http404
    names = products_of(laid)
    about = {
        **frame(request, laid), "product": own or {}, "product_id": product_id, "name": names.get(product_id, product_id),
        "sales": sales and sales | {"latest_on": day_of(sales["latest_day"])}, "window": request.shop.settings.rules.conversion_window,
        "entry": _entry(laid, product_id, year_of(about_of(request, laid))),
        "lasting": _one(laid, "use_up_time", product_id), "in_console": True,
        **_said(laid, product_id), **_surveys(laid, product_id), **_after(laid, product_id, names),
    }  # fmt: skip
    return show(request, "okaeri/console/product.html", about)


def _rows(laid: Published, table: str, product_id: str, **equal: object) -> list[Row]:
    rows = laid.table(table)
    rows = rows.filter(pc.equal(rows["product_id"], product_id))
    found: list[Row] = rows.to_pylist()
    return [row for row in found if all(row[name] == value for name, value in equal.items())]


def _one(laid: Published, table: str, product_id: str) -> Row | None:
    return next(iter(_rows(laid, table, product_id)), None)


def _entry(laid: Published, product_id: str, horizon: int) -> Row | None:
    """What those are worth who began with it."""
    rows = laid.table("entry_products")
    found: list[Row] = rows.filter(pc.equal(rows["first_product"], product_id)).to_pylist()
    return next((row for row in found if row["horizon_days"] == horizon), None)


def _said(laid: Published, product_id: str) -> dict[str, Any]:
    """Ratings and moods, month by month and by what is spoken of."""
    subjects = sorted(_rows(laid, "product_subjects", product_id), key=lambda row: row["rank"])
    months = sorted(_rows(laid, "product_voice_months", product_id), key=lambda row: -row["month"])
    return {
        "voices": _one(laid, "product_voices", product_id),
        "months": [row | {"name": month_label(row["month"])} for row in months[:MONTHS_SHOWN]],
        "aspects": [row | {"name": ASPECTS[row["subject"]]} for row in subjects if row["kind"] == "aspect"][:MOST_SHOWN],
        "topics": [row | {"name": row["subject"]} for row in subjects if row["kind"] == "topic"][:MOST_SHOWN],
    }  # fmt: skip


def _surveys(laid: Published, product_id: str) -> dict[str, Any]:
    """What was expected before and found after, what to better, and satisfaction by month."""
    gaps = sorted(_rows(laid, "survey_gaps", product_id), key=lambda row: row["band_no"])
    improvements = sorted(_rows(laid, "survey_improvements", product_id), key=lambda row: -row["yearly_loss"])
    trend = sorted(_rows(laid, "satisfaction_trend", product_id), key=lambda row: -row["month"])
    return {
        "gaps": [row | {"name": FOUND[row["band"]]} for row in gaps],
        "improvements": [
            row | {"name": _("All who were let down") if row["aspect"] == WHOLE else ASPECTS[row["aspect"]]}
            for row in improvements[:MOST_SHOWN]
        ],
        "trend": [row | {"name": month_label(row["month"])} for row in trend[:MONTHS_SHOWN]],
    }


def _after(laid: Published, product_id: str, names: Mapping[str, str]) -> dict[str, Any]:
    """What follows it, goes with it and stands a step above it."""
    follows = sorted(_rows(laid, "next_product", product_id, bucket="all"), key=lambda row: row["share_rank"])
    together = [row for row in _rows(laid, "basket_pairs", product_id) if row["lift"] > 1]
    together.sort(key=lambda row: row["rank"])
    steps = sorted(_rows(laid, "step_pairs", product_id), key=lambda row: (-row["shrunk_rate"], row["next_product_id"]))
    return {
        "follows": _named(follows, "next_product_id", names), "together": _named(together, "other_product_id", names),
        "steps": [row | {"step_name": labels.STEPS[row["step"]]} for row in _named(steps, "next_product_id", names)],
    }  # fmt: skip


def _named(rows: list[Row], column: str, names: Mapping[str, str]) -> list[Row]:
    return [row | {"code": row[column], "name": names.get(row[column], row[column])} for row in rows[:MOST_SHOWN]]


PAGE = Page(
    _("Products"),
    (
        Route("products/", "products", products, "figures"),
        Route("products/<path:product_id>/", "product", product, "figures"),
    ),
)
