"""おもてなしカード: one customer on one screen, and the notes and tasks about them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from okaeri.loop import notes
from okaeri.loop.card import Card, card_of
from okaeri.loop.customers import row_of
from okaeri.loop.published import Published
from okaeri.records.fields import PlainText
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.card_pictures import feelings, time_line
from okaeri.web.console.card_words import channel, hour, reasons, sentences
from okaeri.web.console.naming import namer, products_of, sentence_of
from okaeri.web.console.page import Route, published_of, show
from okaeri.web.report.reasons import reason
from okaeri.web.serving import ConsoleRequest


class NoteForm(forms.Form):
    """A note, or a task with the day it is due."""

    text = PlainText(label=_("Note"), max_length=notes.LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
    is_task = forms.BooleanField(label=_("Is to be done"), required=False)
    assignee = forms.ChoiceField(label=_("Whose task"), required=False)
    due_on = forms.DateField(label=_("By"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, **named: Any):
        super().__init__(*given, **named)
        self.fields["assignee"].choices = [("", _("mine")), *((name, name) for name in notes.who_may())]  # type: ignore[attr-defined]


#: Pages besides the card on which a task is marked as done.
BACK = {"tasks": "console:tasks", "today": "console:today"}


def customer(request: ConsoleRequest, customer_id: str, form: NoteForm | None = None) -> HttpResponse:
    """The card of one customer."""
    laid = published_of(request)
    card = card_of(request.workspace, laid, customer_id) if laid else None
    if laid is None or card is None:
        raise Http404
    about = {
        "card": card, "row": card.row, "about": {"as_of": laid.as_of, "currency": request.shop.settings.shop.currency},
        "form": form or NoteForm(initial={"key": uuid4()}), "may": {"notes": request.user.may("notes")},
        **_told(laid, card),
    }  # fmt: skip
    return show(request, "okaeri/console/customer.html", about, status=422 if form else 200)


def _told(laid: Published, card: Card) -> dict[str, Any]:
    """What the card says in words and pictures."""
    name, names = namer(laid), products_of(laid)
    shown, older = time_line(card, name)
    coming = card.rows["next_order"][0] if card.rows["next_order"] else None
    said = {column: name(column, card.row[column]) for column in _CODED if card.row[column] is not None}
    return {
        "said": said, "reasons": reasons(card, names), "sentences": sentences(card, names), "channel": channel(card),
        "hour": hour(card), "feelings": feelings(card), "shown": shown, "older": older,
        "last_goods": [name("product", product) for product in card.last_goods],
        "stock": [row | {"name": name("product", row["product_id"])} for row in card.stock[:4]],
        "pairs": [row | {"name": name("product", row["product_id"])} for row in card.rows["survey_pairs"]],
        "next": card.next and card.next | {"name": name("product", card.next["product_id"]),
                                           "why": reason(card.next, names)},
        "coming": coming, "trouble": card.trouble,
    }  # fmt: skip


_CODED = ("status", "cpm", "station", "persona", "cluster", "age_band", "gender", "acquired_via")


def add_note(request: ConsoleRequest, customer_id: str) -> HttpResponse:
    """Keep a note on a customer; the form sent again keeps no other."""
    laid = published_of(request)
    if laid is None or row_of(laid, customer_id) is None:
        raise Http404
    form = NoteForm(request.POST)
    if form.is_valid():
        told: dict[str, Any] = form.cleaned_data
        try:
            notes.write(customer_id, actor=request.user.name, **told)
        except RuleRefused as refused:
            form.add_error("text", sentence_of(refused))
    return customer(request, customer_id, form) if form.errors else _to_card(customer_id)


def task_done(request: ConsoleRequest, number: int) -> HttpResponse:
    """Mark a task as done."""
    task = notes.done(number, actor=request.user.name)
    if task is None:
        raise Http404
    if request.POST.get("back") in BACK:
        return HttpResponseRedirect(reverse(BACK[request.POST["back"]]), status=303)
    return _to_card(request.POST.get("customer") or task.customer_id)


def _to_card(customer_id: str) -> HttpResponse:
    try:
        place = reverse("console:customer", args=[customer_id]) + "#notes"
    except NoReverseMatch:  # an id no address can hold
        place = reverse("console:customers")
    return HttpResponseRedirect(place, status=303)


#: Addresses of one customer; ids may hold slashes, so the card's own stands last.
ROUTES = (
    Route("customers/tasks/<int:number>/done/", "task_done", task_done, "notes", "POST"),
    Route("customers/notes/<path:customer_id>/", "add_note", add_note, "notes", "POST"),
    Route("customers/<path:customer_id>/", "customer", customer, "people"),
)
