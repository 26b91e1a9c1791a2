"""Joining two customers by hand: search for both, see them side by side, confirm."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext

from okaeri.loop import joining
from okaeri.loop.joining import Candidate
from okaeri.loop.published import Published
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.page import Route, published_of, show
from okaeri.web.console.pages.customers import PERSONAL
from okaeri.web.console.sentences import sentences
from okaeri.web.report.figures import count, day, money
from okaeri.web.serving import ConsoleRequest

PLACES = ("1", "2")
LONGEST = 200


def choose(request: ConsoleRequest, refused: RuleRefused | None = None) -> HttpResponse:
    """Two searches, whom they find, and the two that were chosen side by side."""
    asked, laid = request.POST if refused else request.GET, published_of(request)
    chosen = [asked.get(f"id{place}", "")[:LONGEST] for place in PLACES]
    queries = [asked.get(f"q{place}", "")[:LONGEST].strip() for place in PLACES]
    titles = (gettext("The one"), gettext("The other"))
    sides = [
        {"place": place, "title": title, "query": query, "chosen": one,
         "found": _offered(laid, query, one)}
        for place, title, query, one in zip(PLACES, titles, queries, chosen, strict=True)
    ]  # fmt: skip
    both = [joining.candidate(laid, one) for one in chosen] if all(chosen) and not refused else []
    about = {
        "sides": sides, "both": both, "lines": _lines(both, request.shop.settings.shop.currency),
        "problem": sentences(refused) if refused else [],
    }  # fmt: skip
    return show(request, "okaeri/console/join.html", about, status=409 if refused else 200)


def _offered(laid: Published | None, query: str, chosen: str) -> list[Candidate]:
    found = joining.found(laid, query) if query else []
    is_there = not chosen or any(one.customer_id == chosen for one in found)
    return found if is_there else [joining.candidate(laid, chosen), *found]


def _lines(both: list[Candidate], currency: str) -> list[dict[str, Any]]:
    """What is known of each, a line for each thing."""
    told = [
        {"title": title, "texts": [getattr(one.person, name, "") for one in both]} for name, title in PERSONAL.items()
    ]
    rows = [one.row or {} for one in both]
    told.append({"title": gettext("Orders"), "texts": [count(row.get("order_count")) for row in rows]})
    told.append({"title": gettext("Revenue"), "texts": [money(row.get("revenue"), currency) for row in rows]})
    told.append({"title": gettext("Last order"), "texts": [day(row.get("last_order_on")) for row in rows]})
    return told if both else []


def join(request: ConsoleRequest) -> HttpResponse:
    """Count the two as one person from the next measurement on."""
    one, other = (request.POST.get(f"id{place}", "")[:LONGEST] for place in PLACES)
    try:
        joining.join(published_of(request), one, other, actor=request.user.name)
    except RuleRefused as refused:
        return choose(request, refused)
    return HttpResponseRedirect(resolve_url("console:merges"), status=303)


#: Who joins sees who they are: roles that may take files in also see people.
ROUTES = (
    Route("data/merges/join/", "join", choose, "import"),
    Route("data/merges/join/now/", "join_customers", join, "import", "POST"),
)
