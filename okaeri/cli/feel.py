"""``okaeri feel``: the mood of a file of texts, without a shop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from okaeri.cli.printing import print_json, say, write_table

if TYPE_CHECKING:
    from okaeri.loop.feel import Felt
    from okaeri.loop.language_model import LanguageModel

FEEL_ENGINES = ("lexicon", "shop", "mlask", "embed", "llm")


def feel(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, Parquet or Excel file with a row per text.")],
    text: Annotated[str, typer.Option(help="Column of the text.")],
    engine: Annotated[
        str | None, typer.Option(help=f"{', '.join(FEEL_ENGINES)}; the one that reads best if left out.")
    ] = None,
    train_on: Annotated[
        str | None,
        typer.Option(help="Column of stars (1 to 5) or labels (negative, neutral, positive): judges and trains."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV or Parquet file for one row per text.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    shop: Annotated[
        Path, typer.Option(envvar="OKAERI_SHOP", help="Folder whose okaeri.toml names the language model of llm.")
    ] = Path(),
) -> None:
    """Score the texts of a file from -1 bad to 1 good; with labels, judge the engines and learn from them."""
    from okaeri.loop.feel import feel as read

    if engine is not None and engine not in FEEL_ENGINES:
        raise typer.BadParameter(", ".join(FEEL_ENGINES), param_hint="--engine")
    reader = _language_model(shop) if engine == "llm" else engine
    found = read(file, text=text, engine=reader, train_on=train_on)
    if out is not None:
        write_table(found.rows, "parquet" if out.suffix == ".parquet" else "csv", out)
    if as_json:
        print_json(found.told())
    else:
        _print(found, out is None)


def _language_model(shop: Path) -> LanguageModel:
    """The model the shop's settings name; texts are sent to it."""
    from okaeri.loop.language_model import LanguageModel
    from okaeri.schema.settings import Settings, read_settings

    written = shop / "okaeri.toml"
    return LanguageModel((read_settings(written) if written.exists() else Settings()).language_model)


def _print(found: Felt, with_rows: bool) -> None:
    told = found.told()
    mean = "" if told["mean_score"] is None else f", mean {told['mean_score']:+.2f}"
    shares = ", ".join(f"{name} {share:.0%}" for name, share in told["shares"].items() if share is not None)
    say(f"{told['texts']:,} texts by {found.engine}{mean}: {shares}")
    if told["cross_validation"]:
        grid = Grid("engine", "labels", "accuracy", "macro F1", "AUC", "used", box=None, pad_edge=False)
        for one in told["cross_validation"]:
            figures = ("" if one[name] is None else f"{one[name]:.3f}" for name in ("accuracy", "macro_f1", "auc"))
            grid.add_row(one["engine"], f"{one['labels']:,}", *figures, "yes" if one["is_used"] else "")
        Console().print(grid)
    if with_rows:
        write_table(found.rows, "table", None)
