"""Keys of the HTTP API: made, shown once, known by their digest, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import ApiKey
from okaeri.schema.errors import RuleRefused

#: What a key may be allowed, of the permissions of :mod:`okaeri.records.roles`.
KEY_PERMISSIONS = ("figures", "export_figures", "voices", "people", "import")
START = "okaeri_"
#: How exactly it is kept when a key was last used: a write per request would be too many.
USED_EVERY = timedelta(minutes=10)


def make(name: str, permissions: Iterable[str], *, actor: str) -> tuple[ApiKey, str]:
    """A new key and, for this one time, its text; raises RuleRefused without a name or with an unknown permission."""
    chosen = [permission for permission in KEY_PERMISSIONS if permission in set(permissions)]
    if not name.strip() or not chosen or len(chosen) < len(set(permissions)):
        raise RuleRefused("Give the key a name and at least one permission")
    text = START + secrets.token_urlsafe(32)
    with atomic():
        key = ApiKey.objects.create(
            name=name.strip()[:100], start=text[: len(START) + 6], digest=digest_of(text), permissions=chosen,
            made_by=actor, made_at=datetime.now(UTC),
        )  # fmt: skip
        note(actor, "api key", key=key.start, name=key.name, permissions=chosen)
    return key, text


def revoke(pk: int, *, actor: str) -> None:
    """The key opens nothing from now on; revoking it again changes nothing. Raises RuleRefused where there is none."""
    with atomic():
        key = ApiKey.objects.select_for_update().filter(pk=pk).first()
        if key is None:
            raise RuleRefused("There is no such key")
        if key.revoked_at is None:
            key.revoked_at = datetime.now(UTC)
            key.save(update_fields=["revoked_at"])
            note(actor, "api key revoked", key=key.start, name=key.name)


def known(text: str) -> ApiKey | None:
    """The key whose text this is, unless it was revoked; that it was used is kept now and then."""
    if not text.startswith(START):
        return None
    key = ApiKey.objects.filter(digest=digest_of(text), revoked_at=None).first()
    now = datetime.now(UTC)
    if key and (key.last_used_at is None or key.last_used_at < now - USED_EVERY):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def digest_of(text: str) -> str:
    """A plain hash does: the text holds 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
