"""Personal links: signed with the shop's secret, so that nobody can make or change one, and with a last instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer


class Forged(Exception):
    """No link of this shop."""


class Expired(Exception):
    """A link of this shop whose time is over."""


def signed(told: list[Any], secret: str, purpose: str) -> str:
    """``told`` as the last part of a link; by convention its second value is the second of UTC it ends at."""
    return _signer(secret, purpose).sign_object(told)


def opened(token: str, secret: str, purpose: str, now: datetime) -> list[Any]:
    """What was signed; raises Forged or Expired."""
    try:
        told: list[Any] = _signer(secret, purpose).unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise Forged from error
    if now.timestamp() >= told[1]:
        raise Expired
    return told


def _signer(secret: str, purpose: str) -> Signer:
    return Signer(key=secret, salt=f"okaeri.{purpose}", sep=".")
