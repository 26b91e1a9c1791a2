"""What the API answers with."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema


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


class CustomerTold(Schema):
    """One customer: rows by table, and who they are where the key may see people (else null)."""

    customer_id: str = Field(description="The id all rows are counted under")
    ids: list[str] = Field(description="Every id of this person with the stores")
    as_of: str
    persons: list[PersonTold] | None
    tables: dict[str, list[dict[str, Any]]]


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


class Problem(Schema):
    """A problem (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(default=[], description="Places in the request, and what is wrong there")
