"""LTV: what was measured and predicted of value, and the curves of segments of one's own choice side by side."""

from __future__ import annotations

from functools import partial
from typing import Any

import pyarrow.compute as pc
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from okaeri.loop.published import Published
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.panels import frame, panels_page
from okaeri.web.report import labels
from okaeri.web.report.product_names import product_names
from okaeri.web.report.sections import ltv
from okaeri.web.report.tables import Tables
from okaeri.web.serving import ConsoleRequest

EVERYBODY = "all"


def compare(request: ConsoleRequest) -> HttpResponse:
    """The LTV curves of the segments asked for, of one dimension; the usual ones where none is asked for."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    dimensions = _dimensions(laid)
    if not dimensions:
        return show(request, "okaeri/console/value_compare.html", frame(request, laid))
    name = request.GET.get("dimension", "")
    name = name if name in dimensions else dimensions[0]
    curves = laid.table("ltv_curve")
    tables = Tables(
        {"ltv_curve": curves.filter(pc.equal(curves["dimension"], name)), "products": laid.table("products")}
    )
    sizes = ltv.sizes(tables)
    asked = [code for code in dict.fromkeys(request.GET.getlist("segment")) if code in sizes]
    chosen = asked[: ltv.MOST_SEGMENTS] or ltv.usual(name, tables.rows("ltv_curve"))
    panel = frame(request, laid)
    section = ltv.compared(tables, name, chosen, panel["about"])
    told = {
        **panel, "section": section, "dimension": name, "called": labels.dimension(name), "most": ltv.MOST_SEGMENTS,
        "dimensions": {one: labels.dimension(one) for one in dimensions}, "too_many": len(asked) > len(chosen),
        "segments": _segments(name, sizes, chosen, product_names(tables)),
    }  # fmt: skip
    return show(request, "okaeri/console/value_compare.html", told, charts={"ltv": section["chart"]})


def _dimensions(laid: Published) -> list[str]:
    """Dimensions of more than one segment, in the table's order."""
    pairs = laid.table("ltv_curve").select(["dimension", "segment"]).group_by(["dimension", "segment"]).aggregate([])
    names = pairs["dimension"].to_pylist()
    return [name for name in dict.fromkeys(names) if name != EVERYBODY and names.count(name) > 1]


def _segments(name: str, sizes: dict[str, int], chosen: list[str], products: dict[str, str]) -> list[dict[str, Any]]:
    """Every segment to choose from: months by date, else the largest first."""
    order = (
        sorted(sizes, reverse=True) if name == "cohort_month" else sorted(sizes, key=lambda code: (-sizes[code], code))
    )
    return [
        {"code": code, "label": labels.segment(name, code, products), "n": sizes[code], "is_chosen": code in chosen}
        for code in order
    ]


PAGE = Page(
    _("LTV"),
    (
        Route("value/", "value", partial(panels_page, page="value"), "figures"),
        Route("value/compare/", "value_compare", compare, "figures"),
    ),
)
