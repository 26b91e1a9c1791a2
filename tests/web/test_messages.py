"""Every sentence the product says has its Japanese, and the catalogue holds no other."""

from __future__ import annotations

import gettext
import re
import string

import pytest
from django.utils import translation

from okaeri.ingest import reasons
from okaeri.loop.workspace import start_django
from tools import messages

LANGUAGES = messages.LANGUAGES
NAMED = re.compile(r"%\((\w+)\)s")


def names(text: str) -> set[str]:
    """The places a sentence leaves to be filled, of both kinds."""
    braces = {field for _, field, _, _ in string.Formatter().parse(NAMED.sub("", text)) if field}
    return braces | set(NAMED.findall(text))


def test_strings_are_found_where_a_module_marks_or_raises_them():
    module = """
from django.utils.translation import gettext_lazy as _
TITLE = _("A title")
WORD = pgettext_lazy("place", "A word")
raise RuleRefused("No {thing}", thing=1)
raise DataRejected(Problem("orders.csv", "A bad cell", row=2))
Problem(file, reason="Another bad cell")
Problem(file, variable)
gettext(variable)
"""
    assert set(messages.in_python(module)) == {
        (None, "A title"), ("place", "A word"), (None, "No {thing}"), (None, "A bad cell"), (None, "Another bad cell"),
    }  # fmt: skip


def test_strings_are_found_where_a_template_marks_them():
    template = (
        '{% translate "Plain" %}{% translate "Total" context "sum" %}{% translate "Kept" as text %}'
        "{% blocktranslate with n=rows|length %}{{ n }} rows, 95% sure{% endblocktranslate %}"
    )
    assert set(messages.in_template(template)) == {
        (None, "Plain"), ("sum", "Total"), (None, "Kept"), (None, "%(n)s rows, 95%% sure"),
    }  # fmt: skip


def test_every_reason_an_import_can_give_is_found():
    told = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
    assert told
    assert told <= {text for _, text in messages.messages()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_every_string_of_the_product_and_no_other(language):
    kept = {(message.context, message.id) for message in messages.read(language) if message.id}
    assert set(messages.messages()) - kept == set(), "run: make messages"
    assert kept - set(messages.messages()) == set(), "run: make messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated(language):
    bare = [message.id for message in messages.read(language) if message.id and not str(message.string).strip()]
    assert bare == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_the_same_places(language):
    torn = [
        message.id
        for message in messages.read(language)
        if message.id and names(message.id) != names(str(message.string))
    ]
    assert torn == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_written_one_says(language):
    with messages.po(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in messages.read(language):
        if message.id:
            said = compiled.pgettext(message.context, message.id) if message.context else compiled.gettext(message.id)
            assert said == message.string
    assert messages.po(language).with_suffix(".mo").read_bytes() == messages.compiled(messages.read(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_written_as_the_tool_writes_it(language):
    assert messages.po(language).read_bytes() == messages.written(messages.updated(language)), "run: make messages"


def test_the_product_speaks_japanese():
    start_django()
    with translation.override("ja"):
        assert translation.gettext(reasons.EMPTY_FILE) == "ファイルが空です。"
        assert translation.gettext("Step-up rate") == "引き上げ率"
        assert translation.pgettext("cpm", "Young, gone") == "よちよち離脱"
    with translation.override("en"):
        assert translation.gettext("Step-up rate") == "Step-up rate"
