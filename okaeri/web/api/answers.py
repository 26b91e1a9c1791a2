"""What the API answers with."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema


def accepted(request: HttpRequest, told: dict[str, Any], place: str) -> HttpResponse:
    """202: what was taken up, and the address under /api/v1 at which it can be followed."""
    from okaeri.web.api.document import api

    answer = api.create_response(request, told, status=202)
    answer.headers["Location"] = f"/api/v1/{place}"
    return answer


class ColumnTold(Schema):
    """One column of a table."""

    name: str
    type: str = Field(description="string, int64, float64, boolean, date, timestamp or map")
    meaning: str
    unit: str = Field(description="Empty for names and labels")
    nullable: bool
    choices: list[str] = Field(description="The only values there are; empty where the set is open")


class TableTold(Schema):
    """A table: what a row is, and what its columns mean."""

    name: str
    meaning: str
    grain: str
    key: list[str] = Field(description="No two rows share these columns; pages are in their order")
    permission: str = Field(description="What a key needs to read the rows")
    columns: list[ColumnTold]


class TablesTold(Schema):
    """Every measured and predicted table."""

    tables: list[TableTold]


class RowsTold(Schema):
    """A page of rows. Numbers are JSON numbers, days ISO dates, instants UTC; what is not known is null."""

    table: str
    as_of: str = Field(description="The day the shop is measured from")
    rows: list[dict[str, Any]]
    next: str | None = Field(description="Give it as ``cursor`` for the next page; null on the last")


class PersonTold(Schema):
    """A customer as one store names them."""

    customer_id: str
    store: str
    name: str
    kana: str
    email: str
    phone: str
    postal_code: str
    region: str
    address: str
    birth_date: str


class SentenceTold(Schema):
    """A sentence to begin with, and the fact it stands on."""

    text: str
    because: str


class CardTold(Schema):
    """What the console's card tells of a customer, the newest first; the sentences in the shop's language."""

    orders: list[dict[str, Any]] = Field(description="Orders with their products")
    voices: list[dict[str, Any]] = Field(description="What they said, in their words")
    notes: list[dict[str, Any]] = Field(description="Notes and tasks the shop keeps on them")
    trouble: dict[str, Any] | None = Field(description="A complaint not made good yet")
    leaving: list[dict[str, Any]] = Field(description="Chance to have left in 90 days, and what speaks for it")
    channel: dict[str, Any] = Field(description="By what to reach them: mail, phone, letter, blocked or unknown")
    hour: dict[str, Any] | None = Field(description="The part of the day they order in; null where none stands out")
    last_goods: list[str] = Field(description="Products of the latest order that counted")
    reasons: list[str] = Field(description="Why they may come back now")
    sentences: list[SentenceTold] = Field(description="What to begin with")
    truncated: dict[str, int] = Field(description="How many orders or voices there are, where not all are told")


class CustomerTold(Schema):
    """One customer: rows by table, and who they are where the key may see people (else null)."""

    customer_id: str = Field(description="The id all rows are counted under")
    ids: list[str] = Field(description="Every id of this person with the stores")
    as_of: str
    persons: list[PersonTold] | None
    tables: dict[str, list[dict[str, Any]]] = Field(description="The first 500 rows of each table the key may read")
    truncated: dict[str, int] = Field(description="How many rows there are, of tables that have more than are told")
    card: CardTold | None = Field(description="All the console's card tells; null where the key may not see people")


class RejectedTold(Schema):
    """A row left out."""

    row: int = Field(description="Its place in the batch, from 0")
    column: str
    reason: str


class ReceiptTold(Schema):
    """A batch that is kept, and what became of it."""

    receipt: str
    kind: str
    rows: int
    received_at: str
    status: str = Field(description="waiting, or taken into the facts")
    taken_at: str | None
    rejected: list[RejectedTold] = Field(description="Rows left out when the batch was taken, at most 100")


class StatusTold(Schema):
    """How fresh the figures are."""

    shop: str
    currency: str
    timezone: str
    as_of: str | None = Field(description="The day the shop is measured from; null before the first refresh")
    refreshed_at: str | None
    waiting: int = Field(description="Batches that the next refresh will take")


class JobTold(Schema):
    """A piece of work of the shop: a file taken in, or a measurement."""

    id: int
    kind: str = Field(description="import or refresh")
    state: str = Field(description="waiting, running, done or failed")
    step: str = Field(description="What it is at; empty before it begins")
    share: float = Field(description="How much of it is done, from 0 to 1")
    asked_by: str
    asked_at: str
    started_at: str | None
    finished_at: str | None
    file: str | None = Field(description="The file an import takes in")
    as_of: str | None = Field(description="The day a measurement is as of")
    outcome: str | None = Field(description="What became of an import's file")
    counts: dict[str, int] | None = Field(description="Rows an import took, by table")
    rejected: int | None = Field(description="Rows an import left out")
    next: int | None = Field(description="The job this one asked for when it was done")
    errors: list[str] = Field(description="Why it failed, a sentence each")


class JobsTold(Schema):
    """Jobs, the newest first."""

    jobs: list[JobTold]
    next: int | None = Field(description="Give it as ``before`` for older ones; null on the last page")


class Problem(Schema):
    """A problem (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(default=[], description="Places in the request, and what is wrong there")
