"""タスク: what is to be done about customers, whose it is and by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okaeri.loop import notes
from okaeri.records.models import Note
from okaeri.web.console.page import Page, Route, show
from okaeri.web.report.labels import Word
from okaeri.web.serving import ConsoleRequest

TOGETHER = 50
#: Shown on the start page; the rest stands on the page of tasks.
MOST_TODAY = 8
EVERYBODY = "all"
STATES: dict[str, Word] = {
    "open": pgettext_lazy("tasks", "to be done"), "due": pgettext_lazy("tasks", "due today or before"),
    "done": pgettext_lazy("tasks", "done"),
}  # fmt: skip


def tasks(request: ConsoleRequest) -> HttpResponse:
    """Tasks by whose they are and how they stand; one's own open ones first of all."""
    staff, state = notes.who_may(), request.GET.get("state", "open")
    state, whose = state if state in STATES else "open", request.GET.get("whose", request.user.name)
    whose = whose if whose in (*staff, EVERYBODY) else request.user.name
    wanted = "" if whose == EVERYBODY else whose
    rows = notes.tasks(state, wanted, request.workspace.today())
    leaf = Paginator(rows, TOGETHER).get_page(request.GET.get("page"))
    about = {
        "leaf": leaf, "tasks": _shown(request, list(leaf.object_list)), "states": STATES, "state": state, "whose": whose,
        "staff_names": staff, "everybody": EVERYBODY,
        "before": _turned(leaf.number - 1, state, whose) if leaf.has_previous() else "",
        "after": _turned(leaf.number + 1, state, whose) if leaf.has_next() else "",
    }  # fmt: skip
    return show(request, "okaeri/console/tasks.html", about)


def due_today(request: ConsoleRequest) -> dict[str, Any] | None:
    """One's own tasks that are due; None for who may not see people, and where there are none."""
    if not request.user.may("people"):
        return None
    found = list(notes.tasks("due", request.user.name, request.workspace.today())[: MOST_TODAY + 1])
    return {"rows": _shown(request, found[:MOST_TODAY]), "has_more": len(found) > MOST_TODAY} if found else None


def _shown(request: ConsoleRequest, found: Sequence[Note]) -> list[dict[str, Any]]:
    """Tasks with whom they are about and the way to their card."""
    today, names = request.workspace.today(), notes.names_of(found)
    return [
        {"task": row, "name": names.get(row.customer_id, row.customer_id), "card": _card(row.customer_id),
         "is_late": row.done_at is None and row.due_on is not None and row.due_on < today}
        for row in found
    ]  # fmt: skip


def _card(customer_id: str) -> str:
    try:
        return reverse("console:customer", args=[customer_id])
    except NoReverseMatch:  # an id no address can hold
        return ""


def _turned(page: int, state: str, whose: str) -> str:
    return "?" + urlencode({"state": state, "whose": whose, "page": page})


PAGE = Page(_("Tasks"), (Route("tasks/", "tasks", tasks, "people"),), group="people")
