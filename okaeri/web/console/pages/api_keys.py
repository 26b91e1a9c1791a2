"""Keys for other programs of the shop."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from okaeri.records import keys
from okaeri.records.models import ApiKey
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.office_words import KEY_PERMISSIONS
from okaeri.web.console.page import Page, Route, show
from okaeri.web.serving import ConsoleRequest


class KeyForm(forms.Form):
    """What a new key is for, and what it may."""

    name = forms.CharField(
        label=_("What the key is for"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    permissions = forms.MultipleChoiceField(
        label=_("The key may"), widget=forms.CheckboxSelectMultiple,
        choices=[(name, KEY_PERMISSIONS[name]) for name in keys.KEY_PERMISSIONS],
    )  # fmt: skip


def api_keys(request: ConsoleRequest, form: KeyForm | None = None, shown: str = "") -> HttpResponse:
    """Every key there was, and the form for a new one; ``shown`` is the text of a new key, for this one time."""
    about = {"keys": ApiKey.objects.order_by("-pk"), "form": form or KeyForm(), "shown": shown}
    return show(request, "okaeri/console/api_keys.html", about, status=422 if form and form.errors else 200)


def make_key(request: ConsoleRequest) -> HttpResponse:
    """A new key, shown once."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return api_keys(request, form=form)
    _made, text = keys.make(form.cleaned_data["name"], form.cleaned_data["permissions"], actor=request.user.name)
    return api_keys(request, shown=text)


def revoke_key(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The key opens nothing any more."""
    try:
        keys.revoke(pk, actor=request.user.name)
    except RuleRefused as none:
        raise Http404 from none
    return HttpResponseRedirect(resolve_url("console:api_keys"), status=303)


PAGE = Page(
    _("API keys"),
    (
        Route("api-keys/", "api_keys", api_keys, "api_keys"),
        Route("api-keys/make/", "api_key_make", make_key, "api_keys", "POST"),
        Route("api-keys/<int:pk>/revoke/", "api_key_revoke", revoke_key, "api_keys", "POST"),
    ),
    group="shop",
)
