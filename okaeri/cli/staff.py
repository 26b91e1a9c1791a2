"""``okaeri staff``: who may sign in to the console."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import okaeri
from okaeri.cli.options import ShopDir
from okaeri.cli.printing import log

staff = typer.Typer(no_args_is_help=True, help="Staff: who may sign in to the console, and what they may do there.")
ACTOR = "command line"
Name = Annotated[str, typer.Argument(help="Name to sign in with.")]
Role = Annotated[str, typer.Option(help="owner, marketer, analyst, support or read_only.")]


@staff.command("add")
def add(name: Name, role: Role = "read_only", shop: ShopDir = Path()) -> None:
    """Let somebody sign in. Prints a password, once; they change it under Account."""
    workspace = okaeri.open(shop).workspace
    from okaeri.records.staff import made_password, take_on

    with workspace.records():
        password = made_password()
        take_on(name, role, password, actor=ACTOR)
    typer.echo(password)


@staff.command("list")
def everybody(shop: ShopDir = Path()) -> None:
    """Everybody with their role."""
    workspace = okaeri.open(shop).workspace
    from okaeri.records.models import Staff

    with workspace.records():
        for one in Staff.objects.order_by("name"):
            state = ("" if one.is_active else "let go ") + ("second factor" if one.totp_secret else "")
            typer.echo(f"{one.name:<24} {one.role:<10} {state}".rstrip())


@staff.command("change")
def change(
    name: Name,
    role: Annotated[str | None, typer.Option(help="Another role.")] = None,
    password: Annotated[bool, typer.Option("--new-password", help="Make and print a new password.")] = False,
    leave: Annotated[bool | None, typer.Option("--let-go/--take-back", help="Whether sign-in is closed.")] = None,
    lift: Annotated[bool, typer.Option("--lift-second-factor", help="The device with the codes is lost.")] = False,
    shop: ShopDir = Path(),
) -> None:
    """Give another role or password, let somebody go, or lift a lost second factor."""
    workspace = okaeri.open(shop).workspace
    from okaeri.records import staff as people

    made = people.made_password() if password else None
    with workspace.records():
        active = None if leave is None else not leave
        people.change(
            name, actor=ACTOR, role=role, password=made, is_active=active, without_second_factor=lift
        )  # fmt: skip
    if made:
        typer.echo(made)
    else:
        log.print(f"{name}: ok")
