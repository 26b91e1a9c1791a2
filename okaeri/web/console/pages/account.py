"""One's own password and second factor."""

from __future__ import annotations

import pyotp
import segno
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.records import staff as people
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.page import Page, Route, show
from okaeri.web.serving import ConsoleRequest

PENDING = "totp_pending"


class PasswordForm(forms.Form):
    """The old password and the new one."""

    old = forms.CharField(
        label=_("Password now"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    new = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class CodeForm(forms.Form):
    """The code an authenticator shows."""

    code = forms.CharField(
        label=_("Code"), max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


def account(
    request: ConsoleRequest, password: PasswordForm | None = None, code: CodeForm | None = None
) -> HttpResponse:
    """Who one is here, and both forms."""
    secret = "" if request.user.totp_secret else request.session.setdefault(PENDING, pyotp.random_base32())
    about = {
        "password": password or PasswordForm(), "code": code or CodeForm(), "secret": secret,
        "picture": _picture(request, secret) if secret else "",
    }  # fmt: skip
    return show(request, "okaeri/console/account.html", about, status=422 if password or code else 200)


def change_password(request: ConsoleRequest) -> HttpResponse:
    """Another password; all other sessions of this person end."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        if not request.user.check_password(form.cleaned_data["old"]):
            form.add_error("old", gettext("This is not the password now."))
        else:
            try:
                new = people.change(request.user.name, actor=request.user.name, password=form.cleaned_data["new"])
            except RuleRefused as refused:
                form.add_error("new", gettext(refused.sentence).format(**refused.values))
            else:
                update_session_auth_hash(request, new)
    return account(request, password=form) if form.errors else _back()


def ask_code(request: ConsoleRequest) -> HttpResponse:
    """Ask for codes from now on, once one made from the secret shown was given."""
    form = CodeForm(request.POST)
    secret = request.session.get(PENDING, "")
    if form.is_valid() and secret:
        try:
            people.ask_second_factor(request.user, secret, form.cleaned_data["code"], actor=request.user.name)
            del request.session[PENDING]
        except RuleRefused as refused:
            form.add_error("code", gettext(refused.sentence))
    return account(request, code=form) if form.errors else _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(resolve_url("console:account"), status=303)


def _picture(request: ConsoleRequest, secret: str) -> str:
    told = pyotp.TOTP(secret).provisioning_uri(name=request.user.name, issuer_name=f"okaeri {request.shop.name}")
    return segno.make(told, error="m").svg_data_uri(scale=4, border=2, dark="#111", light="#fff")


PAGE = Page(
    pgettext_lazy("console", "Account"),
    (
        Route("account/", "account", account, "figures"),
        Route("account/password/", "change_password", change_password, "figures", "POST"),
        Route("account/code/", "ask_code", ask_code, "figures", "POST"),
    ),
    group="shop",
)
