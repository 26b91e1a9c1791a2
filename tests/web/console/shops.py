"""A small measured shop, made once per process, and browsers without a window signed in to its console."""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.test import Client

import okaeri
from okaeri.demo import FILES
from okaeri.loop.demo import simulate_files
from okaeri.shop import Shop

AS_OF = date(2026, 4, 1)
NAME = "しらかば試験店"
PASSWORD = "kumo-no-ito-2026"


def in_zone(at: date | datetime | None) -> date | None:
    """The day of an instant where the shop is; a day stays as it is."""
    return at.astimezone(ZoneInfo("Asia/Tokyo")).date() if isinstance(at, datetime) else at


def measured_folder(beside: Path) -> Path:
    """The folder of a refreshed shop of 300 customers over three years; copy it before changing anything.

    The processes of one run share it, ``beside`` being a folder pytest made for one of them: whoever is first makes it,
    the others wait.
    """
    own = beside.parent
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "console-shop"
    shared.mkdir(exist_ok=True)
    with (shared / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "made").exists():
            _make(shared)
            (shared / "made").touch()
    return shared / "shop"


def _make(folder: Path) -> None:
    simulate_files(folder / "files", customers=300, years=3, seed=11)
    shop = okaeri.init(folder / "shop", name=NAME)
    shop.import_files([folder / "files" / name for name in FILES])
    shop.refresh(as_of=AS_OF)
    staffed(shop)


def measured_shop(folder: Path) -> Shop:
    """A copy of that shop in ``folder``, with one member of staff for each role, named like it."""
    shutil.copytree(measured_folder(folder), folder / "shop")
    return staffed(okaeri.open(folder / "shop"))


def empty_shop(folder: Path) -> Shop:
    """A shop without any data, staffed in the same way."""
    return staffed(okaeri.init(folder / "empty", name=NAME))


def staffed(shop: Shop) -> Shop:
    """``shop`` with a member of staff for each role, whose name is the role's."""
    from okaeri.records.models import Staff
    from okaeri.records.roles import ROLES
    from okaeri.records.staff import take_on

    with shop.workspace.records():
        for role in ROLES:
            if not Staff.objects.filter(name=role).exists():
                take_on(role, role, PASSWORD, actor="test")
    return shop


def client_of(shop: Shop, role: str | None = None, *, csrf: bool = False) -> Client:
    """Asks the console as somebody with ``role`` would, or as nobody; without ``csrf`` forms need no token."""
    from okaeri.records.models import Staff
    from okaeri.web import serving

    serving.serve(shop.workspace)
    client = Client(enforce_csrf_checks=csrf)
    if role is not None:
        with shop.workspace.records():
            client.force_login(Staff.objects.get(name=role), backend="okaeri.records.staff.SignIn")
    return client
