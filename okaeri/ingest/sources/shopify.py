"""Shopify: order file (``orders_export.csv``) and customer file (``customers_export.csv``).

One row per line item; what belongs to the order stands only on its first row. ``Subtotal`` is after discounts, so the
discount on the whole order is what the lines come to above it: automatic discounts, which ``Discount Code`` leaves out,
are counted that way too. Where taxes are charged on top of the prices, prices are raised to what was charged.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids, reasons, values
from okaeri.ingest.cells import Cells, persons, shape, translated
from okaeri.ingest.ordering import Columns, OrderRows, Party, Sale, by_order, joined, sold, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.schema import facts

STORE = "shopify"
PAID = {
    "paid": "paid", "partially_refunded": "paid", "pending": "placed", "authorized": "placed",
    "partially_paid": "placed", "refunded": "returned", "voided": "cancelled", "expired": "cancelled",
}  # fmt: skip
SENT = ("fulfilled",)


def parse_orders(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered, from ``orders_export.csv``."""
    store = context.store or STORE
    rows = by_order(raw, raw.rows, ids.in_store(store, Cells(raw, raw.rows).code("Name")), once="Created at")
    rows = OrderRows(rows.heads, _with_factor(rows))
    return sold(rows, _sale(rows, context, store), context)


def _with_factor(rows: OrderRows) -> Cells:
    """Bring each order's factor from listed to charged prices to its lines."""
    cells = Cells(rows.heads.raw, rows.heads.rows)
    factors = cells.rows.select(factor_order="order_id", factor=_factor(cells))
    joined_rows = rows.lines.rows.left_join(factors, [("order_id", "factor_order")])
    return Cells(rows.lines.raw, joined_rows.drop("factor_order"))


def _factor(cells: Cells) -> ir.FloatingValue:
    """1 where prices include tax; else what was charged, tax and all, over the prices."""
    goods, postage, taxes, total = (
        values.amount(cells.text(name)).fill_null(0).cast("float64")
        for name in ("Subtotal", "Shipping", "Taxes", "Total")
    )
    on_top = (taxes > 0) & (goods + postage > 0) & ((goods + postage + taxes - total).abs() < 0.01)
    return on_top.ifelse((goods + postage + taxes) / (goods + postage), 1.0)


def _charged(amount: ir.DecimalValue, factor: ir.FloatingValue) -> ir.DecimalValue:
    return (factor == 1.0).ifelse(amount, (amount.cast("float64") * factor).round(2).cast(values.AMOUNT))


def _sale(rows: OrderRows, context: Context, store: str) -> Sale:
    heads, lines = rows.heads, rows.lines
    heads.code("Name")
    factor = _factor(heads)
    order: Columns = {
        **when(heads, context, "Created at"), "status": _status(heads), "store": store,
        "subtotal": _charged(heads.amount("Subtotal"), factor), "shipping": _charged(heads.amount("Shipping"), factor),
        "tax": heads.amount("Taxes"), "total": heads.amount("Total"), "currency": heads.text("Currency"),
        "refunded": heads.amount("Refunded Amount"), "coupon_code": heads.text("Discount Code"),
        "carrier": heads.text("Shipping Method"),
    }  # fmt: skip
    quantity = lines.integer("Lineitem quantity")
    price = _charged(lines.amount("Lineitem price"), lines.rows.factor)
    off = _charged(lines.amount("Lineitem discount"), lines.rows.factor)
    line: Columns = {
        "kind": "goods", "quantity": quantity, "unit_price": price, "discount": off,
        "product_id": ibis.coalesce(lines.text("Lineitem sku"), lines.text("Lineitem name")),
    }  # fmt: skip
    goods = price * quantity - off.fill_null(0)
    return Sale(
        order, line, lines.text("Lineitem name"), {"goods": goods}, {}, _discounted,
        lambda cells: _party(cells, store), _customer,
    )  # fmt: skip


def _discounted(orders: ir.Table) -> Columns:
    """What the lines come to above the subtotal was taken off the order; less than a yen is rounding."""
    off = (orders.sum_goods - orders.subtotal).fill_null(0)
    discount = (off >= 1).ifelse(off, 0)
    return {"subtotal": orders.subtotal + discount, "discount": discount}


def _status(cells: Cells) -> ir.StringValue:
    financial = cells.text("Financial Status").lower()
    known = translated(financial, PAID)
    cells.note("Financial Status", reasons.NOT_A_CHOICE, financial, known)
    sent = cells.text("Fulfillment Status").lower().isin(SENT).fill_null(False) & known.isin(("paid", "placed"))
    open_order = ibis.coalesce(known, financial.isnull().ifelse("placed", ibis.null("string")))
    return cells.text("Cancelled at").notnull().ifelse("cancelled", sent.ifelse("shipped", open_order))


def _party(cells: Cells, store: str) -> Party:
    return Party(
        store,
        name=cells.text("Billing Name"),
        email=cells.text("Email"),
        phone=ibis.coalesce(cells.text("Phone"), cells.text("Billing Phone")),
        postal_code=cells.text("Billing Zip"),
        region=_region(cells),
        address=joined(cells.text("Billing City"), cells.text("Billing Street")),
    )


def _region(cells: Cells) -> ir.StringValue:
    return ibis.coalesce(cells.text("Billing Province Name"), cells.text("Billing Province"))


def _customer(cells: Cells) -> Columns:
    return {"region": _region(cells), "country": cells.text("Billing Country")}


def parse_customers(raw: RawFile, context: Context) -> Parsed:
    """Customers, from ``customers_export.csv``. Its own ids do not stand in the order file, so the mail makes the id."""
    cells = Cells(raw, raw.rows)
    party = Party(
        context.store or STORE,
        name=joined(cells.text("Last Name"), cells.text("First Name")),
        email=cells.text("Email"),
        phone=cells.text("Phone"),
        postal_code=cells.text("Zip"),
        region=cells.text("Province"),
        address=joined(cells.text("City"), cells.text("Address1"), cells.text("Address2")),
    )
    columns: Columns = {
        "customer_id": party.customer_id(context), "region": cells.text("Province"),
        "country": ibis.coalesce(cells.text("Country Code"), cells.text("Country")), "is_member": ibis.literal(True),
    }  # fmt: skip
    known = shape(facts.customers, cells, columns)
    named = known.rows.filter(known.rows.customer_id.notnull())
    return Parsed({"customers": named}, known.problems, persons(cells, party.person(context)))


ORDERS = Source(
    name="shopify_orders",
    title="Shopify orders_export.csv",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(
        frozenset({"Name", "Created at", "Financial Status", "Subtotal", "Total", "Lineitem quantity", "Lineitem price"}),
    ),
    parse=parse_orders,
    reads=frozenset(
        {
            "Name", "Email", "Financial Status", "Fulfillment Status", "Currency", "Subtotal", "Shipping", "Taxes",
            "Total", "Discount Code", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price",
            "Lineitem sku", "Lineitem discount", "Billing Name", "Billing Street", "Billing City", "Billing Zip",
            "Billing Province", "Billing Province Name", "Billing Country", "Billing Phone", "Phone", "Cancelled at",
            "Refunded Amount", "Shipping Method",
        }
    ),
    notes="One row per line item; the order's amounts stand on its first row only.",
)  # fmt: skip
CUSTOMERS = Source(
    name="shopify_customers",
    title="Shopify customers_export.csv",
    brings=("customers",),
    recognised_by=(frozenset({"First Name", "Last Name", "Email", "Accepts Email Marketing"}),),
    parse=parse_customers,
    reads=frozenset(
        {
            "First Name", "Last Name", "Email", "Accepts Email Marketing", "Phone", "Zip", "Province", "City",
            "Address1", "Address2", "Country", "Country Code",
        }
    ),
    notes="Customers without mail and phone cannot be told from others and are left out.",
)  # fmt: skip
