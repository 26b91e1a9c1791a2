"""Writes ``docs/reference/`` from the code: one entry per table, setting, source and command.

Run it after changing one of them (``make docs``); a test compares what is committed with what this makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer

from okaeri.cli import app
from okaeri.ingest.sources import SOURCES
from okaeri.loop.measuring import inputs_of
from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.measured import MEASURED
from okaeri.schema.predicted import PREDICTED
from okaeri.schema.settings import Settings
from okaeri.schema.table import Column, Table

REFERENCE = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by docs/build_reference.py from the code; edit the code instead. -->"


def pages() -> dict[str, str]:
    """Every page by file name."""
    made = {"tables": tables(), "settings": settings(), "sources": sources(), "commands": commands()}
    return {f"{name}.md": NOTE + "\n\n" + "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


def tables() -> Iterator[str]:
    """Facts first, then what is measured from them."""
    yield from (
        "# Tables",
        "",
        '`okaeri show NAME` prints one, `shop.show("NAME")` gives it as Arrow. Instants are UTC; days, months and day',
        "numbers are the shop's. A filled column is never empty.",
        "",
        "## Facts",
        "",
        "What happened, in the shop's own ids. An import adds to them; the newest version of a key wins.",
        "",
    )
    for table in FACTS.values():
        yield from _table(table)
    yield from ("## From the records", "", "What measures read beside the facts.", "")
    for exported in EXPORTED.values():
        yield from _table(exported)
    yield from ("## Measured", "", "Computed by `okaeri refresh` from the facts, as of a date.", "")
    for table in MEASURED.values():
        yield from _table(table, _made_from(table))
    yield from ("## Predicted", "", "Made by models from what was measured, in the same `okaeri refresh`.", "")
    for table in PREDICTED.values():
        yield from _table(table, _made_from(table))


def _made_from(table: Table) -> str:
    return ", ".join(f"`{parent}`" for parent in inputs_of(table.name))


def _table(table: Table, made_from: str = "") -> Iterator[str]:
    key = ", ".join(f"`{name}`" for name in table.key)
    yield from (f"### {table.name}", "", table.meaning, "")
    yield f"One row is {table.grain}; key {key}." + (f" Made from {made_from}." if made_from else "")
    yield ""
    yield from _grid(("column", "type", "unit", "filled", "meaning"), (_column(column) for column in table.columns))


def _column(column: Column) -> tuple[str, ...]:
    choices = ", ".join(f"`{choice}`" for choice in column.choices)
    meaning = f"{column.meaning}: {choices}" if choices else column.meaning
    return f"`{column.name}`", column.type, column.unit, "" if column.nullable else "yes", meaning


def settings() -> Iterator[str]:
    """Each section of ``okaeri.toml``."""
    yield from (
        "# Settings",
        "",
        "A shop's `okaeri.toml` holds those it changes; the others keep the default given here. An unknown key, a wrong",
        "type or a value out of bounds is refused with the name of the key.",
        "",
    )
    for section in fields(Settings):
        kind = type(getattr(Settings(), section.name))
        first, _, _ = (kind.__doc__ or "").partition("\n\n")
        yield from (f"## [{section.name}]", "", " ".join(first.split()), "")
        yield from _grid(("key", "default", "unit", "meaning"), (_setting(item) for item in fields(kind)))


def _setting(item: Any) -> tuple[str, str, str, str]:
    return f"`{item.name}`", f"`{_toml(item.default)}`", item.metadata["unit"], item.metadata["meaning"]


def _toml(value: object) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)


def sources() -> Iterator[str]:
    """Each kind of file an import knows."""
    yield from (
        "# Sources",
        "",
        "`okaeri import FILE` tells the kind of a file by the names in its header, whatever their order and however the",
        "file is encoded; `--source NAME` says it where the header does not.",
        "",
    )
    for source in SOURCES.values():
        yield from (f"## {source.name}", "", source.title + ".", "")
        yield from (f"- Brings: {', '.join(f'`{table}`' for table in source.brings)}",)
        for names in source.recognised_by:
            yield f"- Known by: {', '.join(f'`{name}`' for name in sorted(names))}"
        yield from ([f"- {' '.join(source.notes.split())}"] if source.notes else [])
        yield ""


def commands() -> Iterator[str]:
    """Each verb of the command line."""
    yield from (
        "# Commands",
        "",
        "Data goes to stdout, progress and reasons to stderr. Exit code 0: done, 1: refused with a reason, 2: wrong use.",
        "",
    )
    for name, command in cli_commands().items():
        shape = " ".join(_shape(parameter) for parameter in command.params)
        yield from (f"## okaeri {name}", "", " ".join((command.help or "").split()), "")
        yield from ("```", f"okaeri {name} {shape}".rstrip(), "```", "")
        yield from _grid(("argument", "default", "meaning"), (_parameter(each) for each in command.params))


def cli_commands() -> dict[str, Any]:
    """The commands of the Typer app by name; those of a group as ``group command``."""
    return dict(_commands(typer.main.get_group(app).commands))


def _commands(commands: Any, group: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command.commands, f"{group}{name} ")
        else:
            yield group + name, command


def _shape(parameter: Any) -> str:
    name = parameter.name.upper()
    if parameter.param_type_name == "argument":
        return name + ("..." if parameter.nargs == -1 else "")
    switch = "/".join([parameter.opts[0], *parameter.secondary_opts])
    return f"[{switch}]" if parameter.is_flag else f"[{switch} {name}]"


def _parameter(parameter: Any) -> tuple[str, str, str]:
    name = parameter.name.upper() if parameter.param_type_name == "argument" else parameter.opts[0]
    default = "" if parameter.default in (None, False, "") else f"`{parameter.default}`"
    variable = f" Or set `{parameter.envvar}`." if parameter.envvar else ""
    return f"`{name}`", default, (parameter.help or "") + variable


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    found = list(rows)
    if not found:
        return
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in found)
    yield ""


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
