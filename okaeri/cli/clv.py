"""``okaeri clv``: lifetime value of a bare transaction file, without a shop."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from okaeri.cli.printing import print_json, say, write_table

if TYPE_CHECKING:
    from okaeri.loop.clv import CustomerValue

MODELS = ("MBG/NBD", "BG/NBD", "Pareto/NBD")


def clv(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or Excel file with a row per purchase.")],
    customer: Annotated[str | None, typer.Option(help="Column of the customer.")] = None,
    date: Annotated[str | None, typer.Option(help="Column of the day.")] = None,
    amount: Annotated[str | None, typer.Option(help="Column of the amount.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day to learn from; the file's if left out.")
    ] = None,
    horizon_weeks: Annotated[int, typer.Option(min=1, max=520, help="How far to look ahead.")] = 52,
    model: Annotated[str | None, typer.Option(help=f"{', '.join(MODELS)}; the most likely if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[Path | None, typer.Option(help="CSV or Parquet file for one row per customer.")] = None,
) -> None:
    """Fit a purchase model to a transaction file and tell what its customers will be worth."""
    from okaeri.loop.clv import customer_values

    if model is not None and model not in MODELS:
        raise typer.BadParameter(", ".join(MODELS), param_hint="--model")
    found = customer_values(
        file, customer=customer, day=date, amount=amount, until=until.date() if until else None,
        horizon_weeks=horizon_weeks, model=model,
    )  # fmt: skip
    if out is not None:
        write_table(found.rows, "parquet" if out.suffix == ".parquet" else "csv", out)
    if as_json:
        print_json(found.told())
    else:
        _print(found)


def _print(found: CustomerValue) -> None:
    told = found.told()
    for role, model in told["models"].items():
        errors = model.get("standard_errors", {})
        numbers = ", ".join(
            f"{name} {value:.4g}" + (f" (se {errors[name]:.2g})" if name in errors else "")
            for name, value in model["parameters"].items()
        )
        typer.echo(
            f"{role}: {model['model']}: {numbers}; log-likelihood {model.get('log_likelihood', float('nan')):,.2f}"
        )
    grid = Grid("", "mean", "80%", "95%", box=None, pad_edge=False)
    for name in ("expected_orders", "expected_value"):
        sums = told[name]
        spans = (f"{sums[f'low_{share}']:,.0f} - {sums[f'high_{share}']:,.0f}" for share in (80, 95))
        grid.add_row(name, f"{sums['mean']:,.0f}", *spans)
    say(f"{found.customers:,} customers up to {told['until']}, {found.horizon_weeks} weeks ahead")
    Console().print(grid)
