"""``okaeri review``: ask for reviews, moderate and answer them, bring those written elsewhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

import okaeri
from okaeri.cli.options import AsJson, AsOf, ShopDir
from okaeri.cli.printing import log, print_json, write_table
from okaeri.cli.survey import rows_of

review = typer.Typer(
    no_args_is_help=True, help="Reviews: ask for them, moderate, answer, bring those written elsewhere."
)

Number = Annotated[int, typer.Argument(help="Number of the review; okaeri review list tells it.")]


@review.command("links")
def links(
    out: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
    as_of: AsOf = None,
    shop: ShopDir = Path(),
) -> None:
    """The personal links to be sent today, for each product when half of it is used up."""
    asked = okaeri.open(shop).reviews.links(as_of=as_of.date() if as_of else None)
    write_table(rows_of(asked), "csv", out)


@review.command("offer")
def offer(
    text_ja: Annotated[str, typer.Argument(help="What everybody gets who writes, in Japanese.")],
    text_en: Annotated[str, typer.Argument(help="The same in English.")],
    starts: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")],
    ends: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day.")],
    shop: ShopDir = Path(),
) -> None:
    """Promise all who are asked in a time the same reward; it is told beside their reviews."""
    okaeri.open(shop).reviews.offer(text_ja, text_en, starts.date(), ends.date())


@review.command("list")
def list_(
    product: Annotated[str | None, typer.Option(help="Only of this product.")] = None,
    as_json: AsJson = False,
    shop: ShopDir = Path(),
) -> None:
    """The newest reviews, and by stars how many have their words hidden."""
    reviews = okaeri.open(shop).reviews
    rows = reviews.newest(product)
    if as_json:
        print_json({"reviews": rows, "state": reviews.state()})
        return
    for row in rows:
        told = row["hidden_for"] or row["text"].replace("\n", " ")[:60]
        typer.echo(f"{row['review']:>6} {row['at'][:10]} {'★' * row['stars']:<5} {row['product_id']:<12} {told}")
    for row in reviews.state():
        log.print(f"{'★' * row['stars']:<5} {row['reviews']:>8,}, {row['hidden']:,} hidden")


@review.command("hide")
def hide(
    number: Number,
    reason: Annotated[str, typer.Option(help="personal_data, abuse, off_topic or illegal.")],
    passage: Annotated[str, typer.Option(help="The words that are the reason, as they stand there; or: photo.")],
    shop: ShopDir = Path(),
) -> None:
    """Take a review's words from sight. Its stars stay and count."""
    okaeri.open(shop).reviews.hide(number, reason, passage)


@review.command("restore")
def restore(number: Number, shop: ShopDir = Path()) -> None:
    """Show a hidden review's words again."""
    okaeri.open(shop).reviews.restore(number)


@review.command("answer")
def answer(
    number: Number, text: Annotated[str, typer.Argument(help="The shop's answer.")], shop: ShopDir = Path()
) -> None:
    """Answer a review in the shop's name."""
    okaeri.open(shop).reviews.answer(number, text)


@review.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Reviews as a cart or mall gives them.")],
    store: Annotated[str, typer.Option(help="Where they were written.")],
    column: Annotated[
        list[str] | None, typer.Option(help="WHAT=NAME for a column the header does not tell, such as stars=点数.")
    ] = None,
    shop: ShopDir = Path(),
) -> None:
    """Take reviews written elsewhere, wholly or not at all; a longer export brings what is new."""
    named = dict(pair.partition("=")[::2] for pair in column or [])
    log.print(f"{file.name}: {okaeri.open(shop).reviews.bring(file, store=store, columns=named):,}")
