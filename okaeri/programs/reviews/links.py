"""Personal links to write a review."""

from __future__ import annotations

from datetime import datetime

from okaeri.programs.reviews.models import Request
from okaeri.records.signing import opened, signed

PURPOSE = "reviews.link"


def written(request: Request, secret: str) -> str:
    """The last part of the link to ``request``."""
    return signed([request.pk, int(request.expires_at.timestamp())], secret, PURPOSE)


def read(token: str, secret: str, now: datetime) -> int:
    """The request a link leads to; raises Forged or Expired."""
    return int(opened(token, secret, PURPOSE, now)[0])
