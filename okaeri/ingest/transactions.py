"""A bare transaction file: a customer, a day and an amount per row, under whatever names."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from okaeri.ingest import reasons
from okaeri.ingest.cells import Cells, Fault, fault_list, problems_of
from okaeri.ingest.header_words import NAMES
from okaeri.ingest.parsed import RawFile, narrow
from okaeri.schema.errors import DataRejected, Problem

CUSTOMER = ("cust", "id", *NAMES["orders.customer_id"])
DAY = NAMES["orders.ordered_at"]
AMOUNT = ("amount", "sales", "revenue", "value", "金額", *NAMES["orders.total"], *NAMES["orders.subtotal"])


def find(raw: RawFile, asked: str | None, usual: Sequence[str], option: str) -> str:
    """The column ``asked`` for, else the one with the first of the ``usual`` names.

    Raises DataRejected naming the option to give where there is none.
    """
    if asked is not None:
        if not raw.has(asked):
            raise DataRejected(Problem(raw.name, reasons.MISSING_COLUMN, column=asked))
        return asked
    known = {narrow(name).lower(): name for name in reversed(raw.header)}
    found = next((known[name] for word in usual if (name := narrow(word).lower()) in known), None)
    if found is None:
        raise DataRejected(Problem(raw.name, reasons.NAME_COLUMN, column=option))
    return found


def transactions(raw: RawFile, customer: str, day: str, amount: str) -> tuple[ir.Table, ir.Table]:
    """Rows of customer_id, order_date and amount, and the problems of those that cannot be understood.

    Rows without a customer are of nobody and left out.
    """
    cells = Cells(raw, raw.rows)
    columns = {"customer_id": cells.text(customer), "order_date": cells.date(day), "amount": cells.amount(amount)}
    for name in (day, amount):
        empty = cells.text(name).isnull()
        cells.faults.append(Fault(name, reasons.MISSING, ibis.literal("", "string"), empty))
    rows = cells.rows.select(**columns, row_no=cells.rows.row_no, faults=fault_list(cells.faults)).cache()
    return rows.filter(rows.customer_id.notnull()), problems_of(rows)
