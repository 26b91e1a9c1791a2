"""Customers, persons and products a file of orders mentions."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids
from okaeri.ingest.parsed import PERSON_COLUMNS
from okaeri.ingest.sales import optional
from okaeri.ingest.shaping import conform, last_said, map_columns
from okaeri.schema.facts import customers, products
from okaeri.schema.table import Table


def derived_id(cells: ir.Table, store: str, secret: str) -> ir.StringValue:
    """An id for a customer without one, from mail, or phone and name; null where nobody is named."""
    mail, phone, kana, name = (
        optional(cells, f"persons.{part}", "string") for part in ("email", "phone", "kana", "name")
    )
    return ids.derived(store, secret, mail, phone, ibis.coalesce(kana, name))


def customers_of(cells: ir.Table) -> ir.Table:
    """What the file says of each customer, by their latest row that says it."""
    columns = {name: last_said(column, cells.row_no) for name, column in _columns(cells, customers).items()}
    known = cells.filter(cells.customer_id.notnull())
    found = known.group_by("customer_id").agg(row_no=known.row_no.max(), **columns)
    return conform(customers, found)


def products_of(lines: ir.Table) -> ir.Table:
    """Each product as its latest line that was paid for says, else its latest line: stock notes name things oddly."""
    goods = lines.filter(lines.kind == "goods", lines.product_id.notnull())
    sold = goods.row_no + ((goods.unit_price > 0) & (goods.quantity > 0)).ifelse(_AFTER_ALL, 0)
    columns = {
        name: last_said(column, sold) for name, column in _columns(goods, products).items() if name != "product_id"
    }
    return conform(products, goods.group_by("product_id").agg(row_no=goods.row_no.max(), **columns))


#: Added to row numbers to put some rows after all others.
_AFTER_ALL = 1 << 40


def persons_of(cells: ir.Table) -> ir.Table:
    """Each customer in every way the file writes the person; ``row_no`` is the latest such row."""
    names = [name for name in PERSON_COLUMNS if name not in ("customer_id", "store")]
    texts = {name: optional(cells, f"persons.{name}", "string") for name in names}
    known = cells.filter(cells.customer_id.notnull())
    rows = known.select("row_no", "customer_id", store=known.customer_id.split(":")[0], **texts)
    distinct = rows.group_by(list(PERSON_COLUMNS)).agg(row_no=rows.row_no.max())
    return distinct.select(*PERSON_COLUMNS, "row_no")


def has_columns_of(cells: ir.Table, table: str) -> bool:
    """Whether any column of ``table`` is mapped."""
    return any(name.startswith(f"{table}.") for name in cells.columns)


def _columns(cells: ir.Table, table: Table) -> dict[str, ir.Value]:
    start = f"{table.name}."
    return map_columns(
        table, {name.removeprefix(start): cells[name] for name in cells.columns if name.startswith(start)}
    )
