"""The catalogues of messages: finds every translatable string, brings the .po up to date, compiles the .mo.

Translatable are: the first argument of ``gettext`` and its kin (``_`` in modules that import it so), of ``RuleRefused``
and of ``NotConverged``, the reason of a ``Problem``, the sentences among the constants of ``okaeri/ingest/reasons.py``
and of ``okaeri/predict``, the meanings and units of settings, and what templates mark with ``translate`` and
``blocktranslate``. New strings enter the .po untranslated, those no longer used leave it.

    python tools/messages.py          exits 1 while a string is untranslated
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "okaeri"
LOCALE = PACKAGE / "web" / "locale"
LANGUAGES = ("ja",)

#: Names of functions to the place of the string among their arguments; those in CONTEXTUAL have a context before it.
CALLS = {"gettext": 0, "gettext_lazy": 0, "_": 0, "RuleRefused": 0, "NotConverged": 0, "Problem": 1}
CONTEXTUAL = ("pgettext", "pgettext_lazy")
CONSTANTS = (PACKAGE / "ingest" / "reasons.py", *(PACKAGE / "predict").rglob("*.py"))
RULES = (PACKAGE / "schema" / "rules.py", PACKAGE / "schema" / "settings.py")

#: A message: its context (None for most) and its text.
Message = tuple[str | None, str]

TRANSLATE = re.compile(r"""{%\s*translate\s+"([^"]+)"\s*(?:context\s+"([^"]+)"\s*)?(?:as \w+\s*)?%}""")
BLOCK = re.compile(r"{%\s*blocktranslate\b[^%]*%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def messages() -> dict[Message, set[str]]:
    """Every translatable string of the product, with the files it stands in."""
    found: dict[Message, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in (".py", ".html"):
            read = in_python if path.suffix == ".py" else in_template
            for message in read(path.read_text(encoding="utf-8"), path):
                found.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    return found


def in_template(text: str, path: Path | None = None) -> Iterator[Message]:
    """What a template marks."""
    for marked, context in TRANSLATE.findall(text):
        yield context or None, marked.replace("%", "%%")
    for block in BLOCK.findall(text):
        yield None, VARIABLE.sub(r"%(\1)s", block.replace("%", "%%"))


def in_python(text: str, path: Path | None = None) -> Iterator[Message]:
    """What a module marks or raises."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
    if path in CONSTANTS:
        values = [_text(node.value) for node in tree.body if isinstance(node, ast.Assign)]
        yield from ((None, value) for value in values if value and " " in value)
    if path in RULES:
        yield from _in_rules(tree)


def _in_call(node: ast.Call) -> Iterator[Message]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    arguments = [_text(argument) for argument in node.args]
    if name in CONTEXTUAL and len(arguments) > 1 and arguments[1]:
        yield arguments[0], arguments[1]
    place = CALLS.get(name)
    if place is None:
        return
    named = next((_text(word.value) for word in node.keywords if word.arg == "reason"), None)
    text = arguments[place] if place < len(arguments) else named
    if text:
        yield None, text


def _in_rules(tree: ast.Module) -> Iterator[Message]:
    """Meanings and units of ``rule(default, meaning, unit)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "rule":
            yield from ((None, text) for argument in node.args[1:] if (text := _text(argument)))


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def read(language: str) -> Catalog:
    """The catalogue of ``language`` as it is kept."""
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def po(language: str) -> Path:
    """The file people translate in; the compiled one lies beside it."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def updated(language: str) -> Catalog:
    """The catalogue with every string of the product and no other, translations kept."""
    old = read(language)
    new = Catalog(locale=language, project="okaeri", fuzzy=False, header_comment="# Japanese words of okaeri.")
    new.creation_date = new.revision_date = old.creation_date
    for (context, text), files in sorted(messages().items(), key=lambda item: (sorted(item[1])[0], item[0][1])):
        known = old.get(text, context)
        new.add(text, known.string if known else "", locations=[(file, 0) for file in sorted(files)], context=context)
    return new


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file, without line numbers, so that moving code changes nothing."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as a .mo file."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Bring every catalogue up to date and compile it; the number of untranslated strings decides the exit code."""
    untranslated = 0
    for language in LANGUAGES:
        catalogue = updated(language)
        po(language).write_bytes(written(catalogue))
        po(language).with_suffix(".mo").write_bytes(compiled(catalogue))
        for message in catalogue:
            if message.id and not message.string:
                untranslated += 1
                print(f"{language}: untranslated: {message.id!r}", file=sys.stderr)
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
