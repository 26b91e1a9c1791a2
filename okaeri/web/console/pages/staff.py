"""Who may sign in: taken on, given another role, let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.records import staff as people
from okaeri.records.models import Staff
from okaeri.records.roles import ROLES
from okaeri.schema.errors import RuleRefused
from okaeri.web.console import words
from okaeri.web.console.page import Page, Route, show
from okaeri.web.serving import ConsoleRequest

ROLE_CHOICES = [(role, words.ROLES[role]) for role in ROLES]


class TakeOnForm(forms.Form):
    """Name and role of somebody new."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, initial="read_only")


def staff(
    request: ConsoleRequest, form: TakeOnForm | None = None, told: str = "", shown: tuple[str, str] | None = None
) -> HttpResponse:
    """Everybody, and the form for somebody new; ``shown`` is a name and a new password, for this one time."""
    members = Staff.objects.order_by("-is_active", "name")
    about = {
        "members": members, "form": form or TakeOnForm(), "roles": ROLE_CHOICES, "told": told, "shown": shown,
    }  # fmt: skip
    return show(request, "okaeri/console/staff.html", about, status=422 if told or (form and form.errors) else 200)


def take_on(request: ConsoleRequest) -> HttpResponse:
    """Somebody new, with a password that is shown once."""
    form = TakeOnForm(request.POST)
    if form.is_valid():
        password = people.made_password()
        try:
            new = people.take_on(form.cleaned_data["name"], form.cleaned_data["role"], password, actor=_actor(request))
            return staff(request, shown=(new.name, password))
        except RuleRefused as refused:
            form.add_error("name", gettext(refused.sentence).format(**refused.values))
    return staff(request, form=form)


def change_role(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Another role."""
    role = request.POST.get("role", "")
    return _changed(request, pk, lambda name: people.change(name, actor=_actor(request), role=role or "none"))


def let_go(request: ConsoleRequest, pk: int) -> HttpResponse:
    """No longer lets them in; what they did stays in the log under their name."""
    return _changed(request, pk, lambda name: people.change(name, actor=_actor(request), is_active=False))


def take_back(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Lets somebody in again."""
    return _changed(request, pk, lambda name: people.change(name, actor=_actor(request), is_active=True))


def lift_second_factor(request: ConsoleRequest, pk: int) -> HttpResponse:
    """No code is asked for any more, as when the device is lost."""
    return _changed(request, pk, lambda name: people.change(name, actor=_actor(request), without_second_factor=True))


def new_password(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A new password, shown once; all sessions of this person end."""
    password = people.made_password()
    name = _name_of(pk)
    people.change(name, actor=_actor(request), password=password)
    return staff(request, shown=(name, password))


def _changed(request: ConsoleRequest, pk: int, change: Callable[[str], Any]) -> HttpResponse:
    try:
        change(_name_of(pk))
    except RuleRefused as refused:
        return staff(request, told=gettext(refused.sentence).format(**refused.values))
    return HttpResponseRedirect(resolve_url("console:staff"), status=303)


def _name_of(pk: int) -> str:
    found = Staff.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found.name


def _actor(request: ConsoleRequest) -> str:
    return request.user.name


PAGE = Page(
    pgettext_lazy("console", "Staff"),
    (
        Route("staff/", "staff", staff, "staff"),
        Route("staff/add/", "staff_add", take_on, "staff", "POST"),
        Route("staff/<int:pk>/role/", "staff_role", change_role, "staff", "POST"),
        Route("staff/<int:pk>/let-go/", "staff_let_go", let_go, "staff", "POST"),
        Route("staff/<int:pk>/take-back/", "staff_take_back", take_back, "staff", "POST"),
        Route("staff/<int:pk>/password/", "staff_password", new_password, "staff", "POST"),
        Route("staff/<int:pk>/second-factor/", "staff_second_factor", lift_second_factor, "staff", "POST"),
    ),
    group="shop",
)
