"""Signing in and out, and the choice of language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okaeri.records.audit import note
from okaeri.records.models import Staff
from okaeri.records.models.staff import name_key
from okaeri.records.shopfront import LANGUAGES
from okaeri.web.console.page import Route, show
from okaeri.web.serving import ConsoleRequest


class SignInForm(forms.Form):
    """Name, password, and the code of those who ask for one."""

    username = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("Code"), max_length=10, required=False, help_text=_("Only where a second factor is set up"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip

    def clean_username(self) -> str:
        """One spelling, so that wrong tries under several are counted together."""
        return name_key(self.cleaned_data["username"])


def sign_in(request: ConsoleRequest) -> HttpResponse:
    """The form; where name and password fit, the way to where one wanted to go."""
    onward = _onward(request)
    if request.user.is_authenticated and request.method != "POST":
        return HttpResponseRedirect(onward)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and is_closed_to(request):
        return locked_out(request)
    if request.method == "POST" and form.is_valid():
        staff = authenticate(request, **form.cleaned_data)
        if isinstance(staff, Staff):
            login(request, staff)
            note(staff.name, "sign in", address=request.META.get("REMOTE_ADDR"))
            return HttpResponseRedirect(onward, status=303)
        if getattr(request, "axes_locked_out", False):
            return locked_out(request)
        form.add_error(None, gettext("Name, password or code do not fit."))
    nobody = not Staff.objects.exists()
    return show(
        request, "okaeri/console/sign_in.html", {"form": form, "next": onward, "nobody": nobody},
        status=422 if form.errors else 200,
    )  # fmt: skip


def is_closed_to(request: HttpRequest) -> bool:
    """Whether too many wrong tries came from the address of late, for whatever names."""
    since = datetime.now(UTC) - settings.AXES_COOLOFF_TIME
    tries = AccessAttempt.objects.filter(ip_address=request.META.get("REMOTE_ADDR") or None, attempt_time__gte=since)
    failures: int = tries.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
    return failures >= settings.SIGN_IN_FAILURES_OF_ADDRESS


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Too many wrong tries: what the throttle shows instead of the form."""
    return show(request, "okaeri/console/locked_out.html", status=429)  # type: ignore[arg-type]


def sign_out(request: ConsoleRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        note(request.user.name, "sign out")
    logout(request)
    return HttpResponseRedirect(resolve_url("console:sign_in"), status=303)


def choose_language(request: ConsoleRequest) -> HttpResponse:
    """The console in the other language, kept with the member of staff."""
    wanted = request.POST.get("language", "")
    if wanted in LANGUAGES:
        request.session["language"] = wanted
        if request.user.is_authenticated:
            Staff.objects.filter(pk=request.user.pk).update(language=wanted)
    return HttpResponseRedirect(_onward(request), status=303)


def _onward(request: ConsoleRequest) -> str:
    """Where one wanted to go, when that is a page of this shop."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_here = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_here else resolve_url("console:today")


ROUTES = (
    Route("sign-in/", "sign_in", sign_in, None, "BOTH"),
    Route("sign-out/", "sign_out", sign_out, None, "POST"),
    Route("language/", "language", choose_language, None, "POST"),
)
