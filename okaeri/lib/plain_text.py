"""Text as somebody typed it, without what no text holds."""

from __future__ import annotations

import re

#: Bytes no text holds and PostgreSQL refuses.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plain(text: str) -> str:
    """Without control characters, each line ended by one character, as browsers count them."""
    return _CONTROL.sub("", text).replace("\r\n", "\n").strip()
