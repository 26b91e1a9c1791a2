"""Options that many commands take."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

ShopDir = Annotated[Path, typer.Option("--shop", envvar="OKAERI_SHOP", help="Folder of the shop.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day measured from; nothing dated at or after it counts."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
