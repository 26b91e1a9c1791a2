"""okaeri: measures, predicts and raises customer lifetime value.

``shop = okaeri.open("DIR")`` opens a shop made by :func:`init`; its methods are the verbs of the command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from okaeri.shop import Shop

__version__ = "0.1.0"


def init(path: str | Path, *, name: str = "", timezone: str = "Asia/Tokyo", language: str = "ja") -> Shop:
    """Make a new shop workspace at ``path`` and open it; raises RuleRefused where one is already."""
    from okaeri.shop import Shop

    return Shop.init(Path(path), name=name, timezone=timezone, language=language)


def open(path: str | Path = ".") -> Shop:
    """Open the shop at ``path``; raises RuleRefused where there is none."""
    from okaeri.shop import Shop

    return Shop.open(Path(path))
