"""okaeri: measures, predicts and raises customer lifetime value.

``shop = okaeri.open("DIR")`` opens a shop made by :func:`init`; its methods are the verbs of the command line.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from okaeri.loop.clv import CustomerValue
    from okaeri.shop import Shop

__version__ = "0.1.0"

# Before NumPy is loaded: on small arrays spinning threads cost ten times what they bring.
for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")


def init(path: str | Path, *, name: str = "", timezone: str = "Asia/Tokyo", language: str = "ja") -> Shop:
    """Make a new shop workspace at ``path`` and open it; raises RuleRefused where one is already."""
    from okaeri.shop import Shop

    return Shop.init(Path(path), name=name, timezone=timezone, language=language)


def open(path: str | Path = ".") -> Shop:
    """Open the shop at ``path``; raises RuleRefused where there is none."""
    from okaeri.shop import Shop

    return Shop.open(Path(path))


def clv(
    file: str | Path,
    *,
    customer: str | None = None,
    day: str | None = None,
    amount: str | None = None,
    until: date | None = None,
    horizon_weeks: int = 52,
    model: str | None = None,
) -> CustomerValue:
    """What the customers of a bare transaction file will be worth; see :func:`okaeri.loop.clv.customer_values`."""
    from okaeri.loop.clv import customer_values

    return customer_values(
        Path(file), customer=customer, day=day, amount=amount, until=until, horizon_weeks=horizon_weeks, model=model
    )
