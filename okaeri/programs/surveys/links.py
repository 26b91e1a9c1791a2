"""Personal links to surveys.

A link to a survey under a name carries its invitation. A link to an anonymous one carries a random key, the questions
and the product, and nothing of the customer.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from okaeri.programs.surveys.models import Invitation
from okaeri.records.signing import opened, signed

PURPOSE = "surveys.link"


@dataclass(frozen=True)
class Ticket:
    """What a link carries. ``invitation`` is 0 where the survey is anonymous; ``until`` counts seconds of UTC."""

    invitation: int
    until: int
    version: int = 0
    key: str = ""
    product_id: str = ""
    asked: Sequence[str] = ()


def of(invitation: Invitation) -> Ticket:
    """The ticket to ``invitation``; one to an anonymous survey is another every time."""
    until = int(invitation.expires_at.timestamp())
    if not invitation.survey.is_anonymous:
        return Ticket(invitation.pk, until)
    return Ticket(
        0, until, invitation.version_id, secrets.token_hex(12), invitation.product_id, tuple(invitation.asked)
    )


def written(ticket: Ticket, secret: str) -> str:
    """The ticket as the last part of a link."""
    told = [ticket.invitation, ticket.until] if ticket.invitation else list(astuple(ticket))
    return signed(told, secret, PURPOSE)


def read(token: str, secret: str, now: datetime) -> Ticket:
    """The ticket of a link; raises Forged or Expired."""
    return Ticket(*opened(token, secret, PURPOSE, now))
