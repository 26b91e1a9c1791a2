"""Batches sent by programs: each kept once under its idempotency key, and the next ones to take."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError

from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import ApiKey, ImportRun, Received
from okaeri.schema.errors import RuleRefused

#: Rejected rows a receipt tells in full.
TOLD = 100


def keep(key: ApiKey, idempotency_key: str, kind: str, rows: Sequence[Mapping[str, Any]]) -> Received:
    """Keep a batch, or find it where it was kept before; raises RuleRefused for other rows under the same key."""
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(f"{kind}\n{body}".encode()).hexdigest()
    return _same(_held(key, idempotency_key) or _kept(key, idempotency_key, kind, body, digest, len(rows)), digest)


def _held(key: ApiKey, idempotency_key: str) -> Received | None:
    return Received.objects.filter(key=key, idempotency_key=idempotency_key).first()


def _same(batch: Received, digest: str) -> Received:
    if batch.sha256 != digest:
        raise RuleRefused("Other rows were sent under this idempotency key before")
    return batch


def _kept(key: ApiKey, idempotency_key: str, kind: str, body: str, digest: str, count: int) -> Received:
    try:
        with atomic():
            batch = Received.objects.create(
                receipt=secrets.token_hex(16), key=key, idempotency_key=idempotency_key, kind=kind, sha256=digest,
                body=body, row_count=count, received_at=datetime.now(UTC),
            )  # fmt: skip
            note(f"key {key.name}", "received", receipt=batch.receipt, kind=kind, rows=count)
            return batch
    except IntegrityError:
        # Another request with the same key was quicker.
        return Received.objects.get(key=key, idempotency_key=idempotency_key)


def came_before(at: datetime) -> bool:
    """Whether a batch waits that came before ``at``."""
    return Received.objects.filter(taken_at=None, received_at__lt=at).exists()


def has_orders() -> bool:
    """Whether a batch of orders waits."""
    return Received.objects.filter(taken_at=None, kind="orders").exists()


def waiting(most_rows: int) -> list[Received]:
    """The batches not yet taken, in the order they came, at least one and together not many more than ``most_rows``."""
    return list(_up_to(most_rows))


def newest_waiting() -> int | None:
    """The number of the newest batch not yet taken; None where none waits."""
    newest = Received.objects.filter(taken_at=None).order_by("-pk").first()
    return newest.pk if newest else None


def _up_to(most_rows: int) -> Iterator[Received]:
    rows = 0
    for batch in Received.objects.filter(taken_at=None).order_by("pk").iterator(chunk_size=100):
        yield batch
        rows += batch.row_count
        if rows >= most_rows:
            return


def taken(batches: Sequence[Received], run: ImportRun, rejected: Mapping[int, list[dict[str, Any]]]) -> None:
    """Mark ``batches`` as taken by ``run`` and forget their rows; ``rejected`` by batch. Inside a transaction."""
    for batch in batches:
        Received.objects.filter(pk=batch.pk).update(
            taken_at=run.finished_at, import_run=run, body="", rejected=rejected.get(batch.pk, [])[:TOLD]
        )


def of_receipt(receipt: str, key: ApiKey | None) -> Received | None:
    """The batch of a receipt; of all keys' where ``key`` is None."""
    found = Received.objects.filter(receipt=receipt)
    return (found if key is None else found.filter(key=key)).first()
