"""お客さま: the list of customers, chosen by search and rule, with how many they are and what they are worth."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.loop import customer_export, customers, segments
from okaeri.loop.published import Published
from okaeri.schema.errors import RuleRefused
from okaeri.schema.people import people
from okaeri.schema.segment_words import COLUMNS, describe, word
from okaeri.schema.segments import EVERYBODY, Compare, parts_of, read
from okaeri.web.console.asked import Asked, asked_for
from okaeri.web.console.builder import builder
from okaeri.web.console.draft import drafted, sent
from okaeri.web.console.naming import column_name, namer, sentence_of
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.pages import customer
from okaeri.web.report.labels import Word
from okaeri.web.serving import ConsoleRequest

#: Columns always shown; those a list is chosen or sorted by stand beside them.
SHOWN = (
    "status", "order_count", "last_order_on", "revenue", "residual_value", "lifetime_value", "p_alive",
    "leaving_chance_90", "station",
)  # fmt: skip
_MONEY, _SHARES = ("yen",), ("share",)
#: What columns of a person are called in a file.
PERSONAL: dict[str, Word] = {
    "name": pgettext_lazy("person", "Name"), "kana": _("Kana"), "email": _("Mail"), "phone": _("Phone"), "postal_code": _("Postal code"),
    "region": _("Prefecture"), "address": _("Address"),
}  # fmt: skip


def customers_list(request: ConsoleRequest) -> HttpResponse:
    """The people asked for: their size and LTV, the form to choose others, and a page of them for who may see people."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    asked, sees = asked_for(request.GET), request.user.may("people")
    choice = asked.choice(may_see_people=sees)
    size = customers.size_of(laid, choice)
    # What is measured of a single person is for those who may see people; others see sizes and sums.
    rows = customers.page_of(laid, choice, asked.column, is_falling=asked.is_falling, page=asked.page) if sees else []
    pages = min(-(-size.people // customers.PAGE_ROWS), customers.MOST_PAGES)
    about = {
        "asked": asked, "size": size, "about": {"as_of": laid.as_of, "currency": request.shop.settings.shop.currency},
        "table": _table(laid, asked, rows), "pager": _pager(asked, pages, size.people),
        "words": describe(asked.rule, get_language() or "en", namer(laid)), "is_everybody": asked.rule == EVERYBODY,
        "saved": segments.saved(), "b": builder(laid, drafted(asked.rule)), "encodings": customer_export.ENCODINGS,
        "sorts": [(name, column_name(name)) for name in people.column_names],
        "may": {name: request.user.may(name) for name in ("people", "segments", "export_figures", "export_people")},
        "found_most": choice.found is not None and len(choice.found) >= customers.MOST_FOUND,
    }  # fmt: skip
    return show(request, "okaeri/console/customers.html", about, status=422 if asked.problem else 200)


def _table(laid: Published, asked: Asked, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Headings that sort, and rows of cells in the words of their columns."""
    used = [part.column for part in parts_of(asked.rule) if isinstance(part, Compare)]
    names = [name for name in dict.fromkeys((*SHOWN, *used, asked.column)) if name != "customer_id"]
    known = customers.names_of([row["customer_id"] for row in rows])
    name = namer(laid)
    return {
        "columns": [_heading(asked, column) for column in names],
        "rows": [
            {"id": row["customer_id"], "person": known.get(row["customer_id"]), "cells": [
                {"value": row[column], "kind": _kind(column), "text": _text(name, column, row[column])}
                for column in names
            ]}
            for row in rows
        ],
    }  # fmt: skip


def _heading(asked: Asked, column: str) -> dict[str, Any]:
    """A column's name and the address that sorts by it: largest first, then smallest."""
    is_sorted = asked.column == column
    other = column if is_sorted and asked.is_falling else f"-{column}"
    order = ("descending" if asked.is_falling else "ascending") if is_sorted else "none"
    return {
        "name": column_name(column), "order": order, "is_number": _kind(column) in ("money", "share", "number"),
        "address": asked.address(sort=other, page=""),
    }  # fmt: skip


def _kind(column: str) -> str:
    """How the cells of a column are written."""
    about = people[column]
    if about.type == "date":
        return "day"
    if about.unit in _MONEY:
        return "money"
    if about.unit in _SHARES:
        return "share"
    is_label = about.type in ("string", "boolean") or column in ("station", "cluster", "decile", "r", "f", "m")
    return "text" if is_label else "number"


def _text(name: Any, column: str, value: object) -> str:
    return "–" if value is None else str(name(column, value))


def _pager(asked: Asked, pages: int, count: int) -> dict[str, Any]:
    return {
        "page": asked.page, "pages": pages, "first": (asked.page - 1) * customers.PAGE_ROWS + 1,
        "last": min(asked.page * customers.PAGE_ROWS, count),
        "before": asked.address(page=asked.page - 1) if 1 < asked.page <= pages else "",
        "after": asked.address(page=asked.page + 1) if asked.page < pages else "",
        "is_cut": count > customers.MOST_PAGES * customers.PAGE_ROWS,
    }  # fmt: skip


def build(request: ConsoleRequest) -> HttpResponse:
    """The form as changed, with the size and LTV of whom it chooses now."""
    laid = published_of(request)
    if laid is None:
        return HttpResponse(status=204)
    about = {
        "b": builder(laid, sent(request.POST)), "about": {"currency": request.shop.settings.shop.currency},
        "may": {"segments": request.user.may("segments")},
    }  # fmt: skip
    return show(request, "okaeri/console/customers_builder.html", about)


def save_segment(request: ConsoleRequest) -> HttpResponse:
    """Keep the rule under a name."""
    try:
        number = segments.save(
            request.POST.get("name", ""), read(request.POST.get("rule", "")), actor=request.user.name
        )
    except RuleRefused as refused:
        return _refused(request, refused)
    return _to_list(f"?segment={number}")


def put_away_segment(request: ConsoleRequest, number: int) -> HttpResponse:
    """Offer a saved group no longer."""
    segments.put_away(number, actor=request.user.name)
    return _to_list("")


def export(request: ConsoleRequest, *, with_people: bool = False) -> HttpResponse:
    """The people asked for as a file; written into the log before its first row leaves."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    asked = asked_for(request.POST)
    if asked.problem:
        return show(request, "okaeri/console/customers_problem.html", {"problem": asked.problem}, status=422)
    choice = asked.choice(may_see_people=request.user.may("people"))
    encoding = request.POST.get("encoding", "")
    encoding = encoding if encoding in customer_export.ENCODINGS else customer_export.ENCODINGS[0]
    customer_export.written_down(laid, choice, with_people=with_people, search=asked.query, actor=request.user.name)
    parts = customer_export.csv_parts(
        request.workspace, laid, choice, _headings(), with_people=with_people, encoding=encoding
    )
    charset = "utf-8" if encoding == "utf-8-sig" else "shift_jis"
    response = StreamingHttpResponse(parts, content_type=f"text/csv; charset={charset}")
    response.headers["Content-Disposition"] = f'attachment; filename="customers-{laid.as_of.isoformat()}.csv"'
    return cast(HttpResponse, response)


def export_people(request: ConsoleRequest) -> HttpResponse:
    """The same with names, mails, phones and addresses."""
    return export(request, with_people=True)


def _headings() -> dict[str, str]:
    language = get_language() or "en"
    figures = {name: word(pair, language) for name, pair in COLUMNS.items()}
    return figures | {f"person.{name}": str(title) for name, title in PERSONAL.items()}


def _refused(request: ConsoleRequest, refused: RuleRefused) -> HttpResponse:
    return show(request, "okaeri/console/customers_problem.html", {"problem": sentence_of(refused)}, status=422)


def _to_list(query: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:customers") + query, status=303)


PAGE = Page(
    pgettext_lazy("console", "Customers"),
    (
        Route("customers/", "customers", customers_list, "figures"),
        Route("customers/builder/", "customers_builder", build, "figures", "POST"),
        Route("customers/segments/", "save_segment", save_segment, "segments", "POST"),
        Route("customers/segments/<int:number>/away/", "put_away_segment", put_away_segment, "segments", "POST"),
        Route("customers/export/", "export_customers", export, "export_figures", "POST"),
        Route("customers/export-people/", "export_people", export_people, "export_people", "POST"),
        *customer.ROUTES,
    ),
    group="people",
)
