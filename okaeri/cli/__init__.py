"""The command line: translates words, makes one call inward, prints what comes back.

Data goes to stdout, progress and logs to stderr. Exit 0 done, 1 refused with a reason, 2 usage.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid

import okaeri
from okaeri.cli.clv import clv
from okaeri.cli.feel import feel
from okaeri.cli.options import AsJson, AsOf, ShopDir
from okaeri.cli.printing import log, print_json, say, write_table
from okaeri.cli.review import review
from okaeri.cli.staff import staff
from okaeri.cli.survey import survey
from okaeri.schema.errors import DataRejected, MappingNeeded, NotConverged, OkaeriError, Problem, RuleRefused

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=okaeri.__doc__)

app.command()(clv)
app.command()(feel)
app.add_typer(survey, name="survey")
app.add_typer(review, name="review")
app.add_typer(staff, name="staff")


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="Folder to make.")],
    name: Annotated[str, typer.Option(help="Name of the shop; the folder's if left out.")] = "",
    timezone: Annotated[str, typer.Option(help="IANA time zone of the shop's days.")] = "Asia/Tokyo",
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
) -> None:
    """Make a shop workspace: settings, records' database, facts."""
    shop = okaeri.init(directory, name=name, timezone=timezone, language=language)
    log.print(f"{shop.workspace.path}")


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Export files of the shop.")],
    source: Annotated[str | None, typer.Option(help="Kind of file, where the header does not tell.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="Saved mapping for a file of no known kind.")] = None,
    store: Annotated[str | None, typer.Option(help="Store the orders are of.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be taken.")] = False,
    as_json: AsJson = False,
    shop: ShopDir = Path(),
) -> None:
    """Take files in, each wholly or not at all."""
    opened = okaeri.open(shop)
    results = []
    for file in files:
        try:
            results += opened.import_files(
                [file], source=source, mapping=mapping, store=store, dry_run=dry_run, progress=say
            )
        except MappingNeeded as needed:
            agreed = _agreed(needed)
            results += opened.import_files([file], mapping=agreed, store=store, dry_run=dry_run, progress=say)
    if as_json:
        print_json([result.told() for result in results])
    else:
        for result in results:
            _print_import(result.told())


@app.command()
def refresh(as_of: AsOf = None, as_json: AsJson = False, shop: ShopDir = Path()) -> None:
    """Measure everything anew; an interrupted refresh goes on where it stopped."""
    done = okaeri.open(shop).refresh(as_of=_day(as_of), progress=_said_seconds)
    if as_json:
        print_json({"as_of": done.as_of.isoformat(), "tables": done.tables})


@app.command()
def tables(as_json: AsJson = False, shop: ShopDir = Path()) -> None:
    """Every table with its meaning, rows, freshness and quality."""
    states = okaeri.open(shop).tables()
    if as_json:
        print_json([state.told() for state in states])
        return
    grid = Grid("table", "rows", "newest", "meaning", "quality", box=None, pad_edge=False)
    for state in states:
        told = state.told()
        rows = "" if told["rows"] is None else f"{told['rows']:,}"
        grid.add_row(told["table"], rows, str(told["newest"] or "")[:16], told["meaning"], told["quality"])
    Console().print(grid)


@app.command()
def show(
    table: Annotated[str, typer.Argument(help="Name of a table; okaeri tables lists them.")],
    format: Annotated[str, typer.Option(help="table, csv, json or parquet.")] = "table",
    out: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
    as_of: AsOf = None,
    shop: ShopDir = Path(),
) -> None:
    """Print a table, or write it to a file."""
    if format not in ("table", "csv", "json", "parquet") or (format == "parquet" and out is None):
        raise typer.BadParameter("table, csv, json, or parquet with --out", param_hint="--format")
    rows = okaeri.open(shop).show(table, as_of=_day(as_of))
    write_table(rows, format, out)


@app.command()
def report(
    out: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    language: Annotated[str | None, typer.Option(help="ja or en; the shop's if left out.")] = None,
    shop: ShopDir = Path(),
) -> None:
    """Write one self-contained page with the pictures an owner needs."""
    okaeri.open(shop).report(out, language=language)
    log.print(f"{out.resolve()}")


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 2,
    worker: Annotated[bool, typer.Option(help="Do the shop's jobs beside; without it: okaeri worker.")] = True,
    shop: ShopDir = Path(),
) -> None:
    """Answer HTTP: the console, and the pages customers reach by their personal links."""
    from okaeri.config.server import run

    run(shop, host=host, port=port, workers=workers, worker=worker)


@app.command()
def worker(
    beside: Annotated[int | None, typer.Option(hidden=True, help="Stop when this process is gone.")] = None,
    shop: ShopDir = Path(),
) -> None:
    """Do the jobs asked for in the console: take files in, measure. Stops when it is told to."""
    from okaeri.config.worker import run

    run(shop, beside=beside)


@app.command()
def unlink(
    customer_id: Annotated[str, typer.Argument(help="Customer of a store that is not the person it was joined to.")],
    shop: ShopDir = Path(),
) -> None:
    """Undo a join of customers; it is not made again."""
    okaeri.open(shop).unlink(customer_id)


@app.command()
def simulate(
    directory: Annotated[Path, typer.Argument(help="Folder to write a made-up shop's files to.")],
    customers: Annotated[int, typer.Option(min=1, help="Customers.")] = 10_000,
    years: Annotated[float, typer.Option(min=0.25, help="Years of history.")] = 3,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    truth: Annotated[Path | None, typer.Option(help="File for every hidden parameter.")] = None,
) -> None:
    """Write the export files of a made-up shop whose true behaviour is known."""
    from okaeri.loop.demo import simulate_files

    simulate_files(directory, customers=customers, years=years, seed=seed, truth=truth, progress=say)


@app.command()
def demo(
    directory: Annotated[Path, typer.Option("--dir", help="Folder for the demo shop.")] = Path("demo"),
    customers: Annotated[int, typer.Option(min=200, help="Customers.")] = 10_000,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the console; 0 = do not start it.")] = 8000,
    browser: Annotated[bool, typer.Option(help="Open the console in a browser, where there is one.")] = True,
    stop: Annotated[bool, typer.Option("--stop", help="Only stop the console of an earlier demo.")] = False,
) -> None:
    """Make a shop with a known history, import its files, measure it and start its console, which goes on running."""
    from okaeri import demo

    if stop:
        demo.stop(directory)
    else:
        demo.run(directory, customers=customers, port=port, browser=browser, say=say)


def _agreed(needed: MappingNeeded) -> Path:
    """The proposed mapping, if the user agrees to it; raises it again where there is nobody to ask."""
    for sentence in sentences(needed):
        say(sentence)
    if not sys.stdin.isatty() or not typer.confirm(gettext("Read the file so?"), err=True):
        raise typer.Exit(1)
    return needed.saved


def main() -> None:
    """Run the command line."""
    try:
        app(standalone_mode=True)
    except OkaeriError as error:
        for sentence in sentences(error):
            log.print(sentence, style="red", markup=False)
        sys.exit(1)


def sentences(error: OkaeriError) -> list[str]:
    """What was refused, in the user's language."""
    if isinstance(error, RuleRefused | NotConverged):
        return [gettext(error.sentence).format(**error.values)]
    if isinstance(error, DataRejected):
        return [_place(problem) + gettext(problem.reason) + _value(problem) for problem in error.problems[:20]]
    if isinstance(error, MappingNeeded):
        told = gettext("okaeri does not know this kind of file. It proposes a mapping; check it and give it back:")
        return [f"{error.file}: {told} --mapping {error.saved}", *error.explanation, *error.questions]
    return [str(error)]


def gettext(sentence: str) -> str:
    """``sentence`` in the language of the user's environment: Japanese or English."""
    from okaeri.loop.workspace import start_django

    start_django()
    from django.utils import translation

    spoken = os.environ.get("OKAERI_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    with translation.override("en" if spoken.startswith(("en", "C", "POSIX")) else "ja"):
        return translation.gettext(sentence)


def _place(problem: Problem) -> str:
    parts = [problem.file]
    if problem.row is not None:
        parts.append(gettext("row {row}").format(row=problem.row))
    if problem.column is not None:
        parts.append(gettext("column {column}").format(column=problem.column))
    return ", ".join(parts) + ": "


def _value(problem: Problem) -> str:
    return "" if problem.value is None else f" ({problem.value!r})"


def _day(instant: datetime | None) -> date | None:
    return instant.date() if instant else None


def _said_seconds(name: str, seconds: float) -> None:
    say(f"{name:<22} {seconds:6.2f} s")


def _print_import(told: dict[str, Any]) -> None:
    counts = ", ".join(f"{name} {count:,}" for name, count in told["counts"].items())
    typer.echo(f"{told['file']}: {told['source']}: {counts}; {told['outcome']}")
    for row in told["preview"]:
        typer.echo("  " + json.dumps(row, ensure_ascii=False, default=str))
    for problem in told["problems"]:
        typer.echo(f"  {problem}")
