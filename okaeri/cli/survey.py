"""``okaeri survey``: surveys to put, links to send, and what came back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

import okaeri
from okaeri.cli.options import AsJson, AsOf, ShopDir
from okaeri.cli.printing import log, print_json, write_table
from okaeri.schema.errors import DataRejected, Problem

survey = typer.Typer(no_args_is_help=True, help="Surveys: make them, send their links, see what came back.")


@survey.command("ready")
def ready(
    name: Annotated[str | None, typer.Argument(help="One of them, whose questions are printed as JSON.")] = None,
    shop: ShopDir = Path(),
) -> None:
    """The surveys okaeri brings; with a name its questions, to be changed and given back to create."""
    brought = okaeri.open(shop).surveys.ready()
    if name is None:
        for one in brought.values():
            typer.echo(f"{one.name:<8} {one.meaning}")
    elif name in brought:
        print_json(brought[name].questions)
    else:
        raise typer.BadParameter(", ".join(brought), param_hint="NAME")


@survey.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Name of the survey: one of okaeri's own, or a new one.")],
    questions: Annotated[
        Path | None, typer.Option(help="JSON file of the questions; okaeri's own if left out.")
    ] = None,
    one: Annotated[bool, typer.Option("--one", help="One question per order, the next one next time.")] = False,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Keep no customer with the answers.")] = False,
    shop: ShopDir = Path(),
) -> None:
    """Make a survey, or a new version of it."""
    told = None if questions is None else _read(questions)
    made = okaeri.open(shop).surveys.create(name, told, asks_one=one or None, is_anonymous=anonymous)
    log.print(f"{name}: {made}")


@survey.command("links")
def links(
    name: Annotated[str, typer.Argument(help="Name of the survey.")],
    event: Annotated[str | None, typer.Option(help="ordered or delivered.")] = None,
    days: Annotated[int | None, typer.Option(min=0, help="Days after the event.")] = None,
    format: Annotated[str, typer.Option(help="csv or json.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
    as_of: AsOf = None,
    shop: ShopDir = Path(),
) -> None:
    """The personal links to be sent today: customer, order, product and link."""
    if format not in ("csv", "json"):
        raise typer.BadParameter("csv or json", param_hint="--format")
    asked = okaeri.open(shop).surveys.links(name, event=event, days=days, as_of=as_of.date() if as_of else None)
    write_table(rows_of(asked), format, out)


@survey.command("state")
def state(as_json: AsJson = False, shop: ShopDir = Path()) -> None:
    """Each survey: how many were asked, began and finished."""
    rows = okaeri.open(shop).surveys.state()
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            typer.echo(
                f"{row['survey']:<12} {row['asked']:>8,} asked {row['began']:>8,} began {row['finished']:>8,} finished"
            )


def rows_of(asked: list[Any]) -> Any:
    """Links as an Arrow table, with its columns even where there is none."""
    import pyarrow as pa

    names = ("customer_id", "order_id", "product_id", "kind", "expires_on", "link")
    rows = [{**asdict(one), "expires_on": one.expires_on.isoformat()} for one in asked]
    return pa.table({name: pa.array([row[name] for row in rows], "string") for name in names})


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataRejected(Problem(str(path), "This is not a JSON file", value=str(error))) from error
