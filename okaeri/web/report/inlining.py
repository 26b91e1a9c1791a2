"""Styles and scripts inside the page, and the policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
STYLES = ("report/colours.css", "report/page.css", "report/parts.css", "report/belt.css", "report/emotion.css",
          "report/print.css")  # fmt: skip
SCRIPTS = (
    "vendor/echarts/echarts.min.js", "report/drawing.js", "report/ltv.js", "report/kpis.js", "report/intervals.js",
    "report/decile.js", "report/carts.js", "report/next.js", "report/page.js",
)  # fmt: skip
#: Runs before the page is drawn, so that a chosen theme does not flash.
FIRST_SCRIPT = "report/theme.js"


@dataclass(frozen=True)
class Inlined:
    """What stands inside the page: one style sheet, scripts, and the value of Content-Security-Policy."""

    style: str
    first_script: str
    scripts: tuple[str, ...]
    policy: str


def inlined() -> Inlined:
    """Everything the page needs, read from the package. Scripts are allowed by hash; no address is."""
    first, scripts = _text(FIRST_SCRIPT), tuple(_text(name) for name in SCRIPTS)
    hashes = " ".join(_hash(script) for script in (first, *scripts))
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return Inlined("\n".join(_text(name) for name in STYLES), first, scripts, policy)


def _text(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
