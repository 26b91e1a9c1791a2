"""Orders and their lines from a shop's own file of order lines or of whole orders.

Where the money of a line goes: goods make up the order's ``subtotal``, postage and fees its ``shipping``, discount lines
its ``discount``; adjustments (corrections, bad debt, samples) stand only in ``total``. Summed over all orders of a file
without order amounts of its own, ``total`` is the sum of all lines, whatever their kind.
"""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

from okaeri.ingest.localtime import instant_of, local_of
from okaeri.ingest.mapping import Mapping, is_pattern
from okaeri.ingest.ordering import with_month
from okaeri.ingest.shaping import conform, first_said
from okaeri.ingest.targets import AMOUNT
from okaeri.schema.facts import order_lines, orders

#: Amounts that are raised by the tax where the file gives them without; totals always contain it.
TAXED = (
    "orders.subtotal",
    "orders.discount",
    "orders.shipping",
    "order_lines.unit_price",
    "order_lines.discount",
    AMOUNT,
)
MONEY = "decimal(18, 2)"
#: Pieces times price needs more digits than either.
WIDE = "decimal(30, 2)"


def ordered_lines(cells: ir.Table, mapping: Mapping, zone: str) -> ir.Table:
    """``cells`` with order, kind and amount of every row.

    ``cells`` has a column per mapped target, named as it, besides ``row_no`` and ``customer_id``; instants may be naive,
    they are the shop's local time then.
    """
    rows = _keyed(_with_tax(cells, mapping), mapping, zone)
    product = ibis.coalesce(
        optional(rows, "order_lines.product_id", "string"), optional(rows, "products.name", "string")
    )
    rows = _priced(rows.mutate(product_id=product))
    amount = rows.quantity.cast("decimal(12, 0)") * rows.unit_price - rows.line_discount.fill_null(0)
    rows = rows.mutate(amount=amount.cast(WIDE), kind=_kind(rows, mapping))
    return rows.mutate(is_line=_is_line(rows, mapping))


def optional(cells: ir.Table, name: str, kind: str) -> ir.Column:
    """A column that may not be mapped: empty then."""
    return cells[name] if name in cells.columns else ibis.null(kind)


def _with_tax(cells: ir.Table, mapping: Mapping) -> ir.Table:
    if mapping.tax != "excluded":
        return cells
    factor = ibis.literal(1.0 + (mapping.tax_rate or 0.0), "float64")
    raised = {
        name: (cells[name].cast("float64") * factor).round(2).cast(MONEY) for name in TAXED if name in cells.columns
    }
    return cells.mutate(**raised)


def _keyed(cells: ir.Table, mapping: Mapping, zone: str) -> ir.Table:
    """Add ``order_id``, ``at`` and ``is_credit_note``.

    An order without an id is called after customer and day, with a running number in the file's order.
    """
    at = cells["orders.ordered_at"]
    store = ibis.coalesce(optional(cells, "orders.store", "string"), ibis.literal(mapping.store))
    if "orders.order_id" in cells.columns:
        number = cells["orders.order_id"]
    else:
        day = local_of(at, zone).strftime("%Y%m%d")
        same = ibis.window(group_by=[store, cells.customer_id, day], order_by=cells.row_no)
        buyer = cells.customer_id.re_replace("^[^:]*:", "").fill_null("")
        number = buyer + "-" + day + "-" + (ibis.row_number().over(same) + 1).cast("string")
    prefix = mapping.credit_note_prefix
    credit = number.startswith(prefix) if prefix else ibis.literal(False)
    return cells.mutate(order_id=store + ":" + number, store=store, at=at, is_credit_note=credit.fill_null(False))


def _is_line(rows: ir.Table, mapping: Mapping) -> ir.BooleanValue:
    """Rows that only carry more of the order's own columns bring no line."""
    if mapping.grain == "order":
        return ibis.literal(True)
    said = [rows[name].notnull() for name in _LINE_CELLS if name in rows.columns]
    return reduce(lambda one, other: one | other, said, ibis.literal(False))


_LINE_CELLS = ("product_id", "order_lines.quantity", "order_lines.unit_price", AMOUNT)


def _priced(rows: ir.Table) -> ir.Table:
    pieces = optional(rows, "order_lines.quantity", "int64").fill_null(1)
    if "order_lines.unit_price" in rows.columns:
        discount = optional(rows, "order_lines.discount", MONEY)
        return rows.mutate(quantity=pieces, unit_price=rows["order_lines.unit_price"], line_discount=discount)
    return _split_amount(rows, pieces.nullif(0).fill_null(1), _line_amount(rows))


def _line_amount(rows: ir.Table) -> ir.DecimalValue:
    """What the line cost: its own amount, else the order's goods, else the total without what is not goods."""
    subtotal, total, shipping, discount, points = (
        optional(rows, f"orders.{name}", MONEY) for name in ("subtotal", "total", "shipping", "discount", "points_used")
    )
    if AMOUNT in rows.columns:
        return rows[AMOUNT]
    goods = total - shipping.fill_null(0) + discount.fill_null(0) + points.fill_null(0)
    return ibis.coalesce(subtotal, goods.cast(MONEY))


def _split_amount(rows: ir.Table, pieces: ir.IntegerValue, amount: ir.DecimalValue) -> ir.Table:
    """Unit price rounded up to the cent; the line's discount, under a cent per piece, keeps the sum exact."""
    cents = (amount.abs() * 100).cast("int64")
    count = pieces.abs()
    each = ((cents + count - 1) // count).cast("int64")
    sign = amount.cast("float64").sign().cast("int64")
    rows = rows.mutate(quantity=pieces, each=each * sign * pieces.sign().cast("int64"), exact=cents * sign)
    rest = rows.quantity * rows.each - rows.exact
    return rows.mutate(unit_price=_from_cents(rows.each), line_discount=_from_cents(rest))


def _from_cents(cents: ir.IntegerValue) -> ir.DecimalValue:
    return (cents.cast("float64") / 100).round(2).cast(MONEY)


def _kind(rows: ir.Table, mapping: Mapping) -> ir.StringValue:
    kind = optional(rows, "order_lines.kind", "string")
    for name, codes in mapping.not_goods.items():
        exact = [code for code in codes if not is_pattern(code)]
        hits = [rows.product_id.isin(exact)] if exact else []
        hits += [rows.product_id.re_search(code[1:-1]) for code in codes if is_pattern(code)]
        kind = ibis.coalesce(kind, ibis.or_(*hits).ifelse(name, ibis.null("string")))
    if mapping.negative_quantity == "adjustment":
        correction = (rows.quantity < 0) & ~rows.is_credit_note
        kind = ibis.coalesce(kind, correction.ifelse("adjustment", ibis.null("string")))
    return ibis.coalesce(kind, ibis.literal("goods"))


def order_lines_of(lines: ir.Table, orders: ir.Table) -> ir.Table:
    """The table ``order_lines`` from :func:`ordered_lines`; a line without a number has its place in the file's order."""
    rows = lines.filter(lines.is_line)
    within = ibis.window(group_by=rows.order_id, order_by=rows.row_no)
    rows = rows.mutate(
        line_no=ibis.coalesce(optional(rows, "order_lines.line_no", "int64"), ibis.row_number().over(within) + 1),
        discount=rows.line_discount,
        unit_cost=optional(rows, "order_lines.unit_cost", MONEY),
        lot=optional(rows, "order_lines.lot", "string"),
    )
    return with_month(conform(order_lines, rows), orders)


def orders_of(lines: ir.Table, mapping: Mapping, zone: str) -> ir.Table:
    """The table ``orders``: an order's own columns from the first row that has them, the rest summed from its lines."""
    own = {name.removeprefix("orders."): lines[name] for name in mapping.columns if name.startswith("orders.")}
    own = own | {"order_id": lines.order_id, "customer_id": lines.customer_id, "at": lines["at"], "store": lines.store}
    rows = lines.select("row_no", "is_credit_note", **own, **_parts(lines))
    if mapping.grain == "line":
        firsts = {name: first_said(rows[name], rows.row_no) for name in own if name != "order_id"}
        sums = {name: rows[name].sum() for name in PARTS}
        rows = rows.group_by("order_id").agg(
            row_no=rows.row_no.min(), is_credit_note=rows.is_credit_note.any(), **firsts, **sums
        )
    return conform(orders, _finished(rows, mapping, zone))


#: The sums of an order's lines and the kinds of lines in each.
PARTS = {
    "goods": ("goods",),
    "postage": ("shipping", "fee"),
    "reductions": ("discount",),
    "corrections": ("adjustment",),
}


def _parts(lines: ir.Table) -> dict[str, ir.DecimalValue]:
    nothing = ibis.literal(0).cast(WIDE)
    amount = lines.is_line.ifelse(lines.amount, nothing)
    return {name: lines.kind.isin(kinds).ifelse(amount, nothing) for name, kinds in PARTS.items()}


def _finished(rows: ir.Table, mapping: Mapping, zone: str) -> ir.Table:
    """Add the amounts the file does not give, tax, status, currency and days."""
    subtotal = ibis.coalesce(optional(rows, "subtotal", MONEY), rows.goods)
    discount = optional(rows, "discount", MONEY).fill_null(0) - rows.reductions
    shipping = optional(rows, "shipping", MONEY).fill_null(0) + rows.postage
    points = optional(rows, "points_used", MONEY).fill_null(0)
    total = subtotal - discount + shipping + rows.corrections - points
    local = local_of(rows["at"], zone)
    return rows.mutate(
        ordered_at=instant_of(rows["at"], zone),
        order_date=local.date(),
        order_month=local.strftime("%Y-%m"),
        subtotal=subtotal,
        discount=discount,
        shipping=shipping,
        tax=_tax(rows, mapping, subtotal - discount + shipping),
        total=ibis.coalesce(optional(rows, "total", MONEY), total),
        status=_status(rows, mapping, subtotal),
        currency=ibis.coalesce(optional(rows, "currency", "string"), ibis.literal(mapping.currency)),
    )


def _tax(rows: ir.Table, mapping: Mapping, taxed: ir.DecimalValue) -> ir.Value:
    """The tax the order contains; unknown where neither a column nor a rate tells."""
    if mapping.tax == "none":
        return ibis.literal(0)
    if mapping.tax_rate is None:
        return optional(rows, "tax", MONEY)
    worked_out = (taxed.cast("float64") * (mapping.tax_rate / (1.0 + mapping.tax_rate))).round(2).cast(MONEY)
    return ibis.coalesce(optional(rows, "tax", MONEY), worked_out)


def _status(rows: ir.Table, mapping: Mapping, subtotal: ir.DecimalValue) -> ir.StringValue:
    """A credit note, and an order with more goods returned than bought, is ``returned`` unless it was cancelled."""
    status = ibis.coalesce(optional(rows, "status", "string"), ibis.literal(mapping.status))
    returned = (rows.is_credit_note | (subtotal < 0)) & (status != "cancelled")
    return returned.ifelse("returned", status)
