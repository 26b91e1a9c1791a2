"""Orders, customers, events and voices, sent by the shop's own programs."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Router

from okaeri.records import received
from okaeri.records.models import Received
from okaeri.schema.errors import RuleRefused
from okaeri.web.api import bodies
from okaeri.web.api.answers import ReceiptTold, accepted
from okaeri.web.api.bodies import Sent
from okaeri.web.api.callers import asks, caller_of
from okaeri.web.api.problems import Refused

router = Router(tags=["sending"])

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="A text of your own for this batch: sent again under it, nothing is taken twice",
    ),
]  # fmt: skip
ReceiptId = Annotated[str, Path(description="Receipt of a batch", pattern=r"^[0-9a-f]{32}$")]


def _takes(kind: str, batch: type[Sent], told: str) -> None:
    """Open the address at which batches of ``kind`` are sent."""

    def send(request: HttpRequest, batch: Any, key: IdempotencyKey) -> HttpResponse:
        return _kept(request, kind, batch, key)

    send.__name__, send.__doc__, send.__annotations__["batch"] = kind, told, batch
    router.post(f"/{kind}", response={202: ReceiptTold}, summary=f"Send {kind}")(asks("import")(send))


_takes(
    "orders", bodies.Orders,
    "Orders with their lines. A known order id completes or replaces that order; its lines, where given, all of them.",
)  # fmt: skip
_takes(
    "customers", bodies.Customers,
    "Customers. What names the person is kept with the shop's records and enters no table.",
)  # fmt: skip
_takes("events", bodies.Events, "What visitors and customers did besides ordering.")
_takes("voices", bodies.Voices, "What customers said; mails, phones and addresses are taken out of the words.")


@router.get("/receipts/{receipt}", response=ReceiptTold, summary="What became of a batch")
@asks("import")
def receipt(request: HttpRequest, receipt: ReceiptId) -> Any:
    """A key sees the batches it sent."""
    batch = received.of_receipt(receipt, caller_of(request).key)
    if batch is None:
        raise Refused(404, "There is no such receipt")
    return _told(batch)


def _kept(request: HttpRequest, kind: str, batch: Any, key: str) -> HttpResponse:
    sender = caller_of(request).key
    if sender is None:
        raise Refused(403, "Only a key may send")
    told = batch.model_dump(mode="json", exclude_none=True)["rows"]
    try:
        kept = received.keep(sender, key, kind, told)
    except RuleRefused as other:
        raise Refused(409, str(other)) from other
    return accepted(request, _told(kept), f"receipts/{kept.receipt}")


def _told(batch: Received) -> dict[str, Any]:
    return {
        "receipt": batch.receipt, "kind": batch.kind, "rows": batch.row_count,
        "received_at": batch.received_at.isoformat(), "status": "taken" if batch.taken_at else "waiting",
        "taken_at": batch.taken_at.isoformat() if batch.taken_at else None, "rejected": batch.rejected,
    }  # fmt: skip
