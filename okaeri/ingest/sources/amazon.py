"""Amazon Seller Central, tab-separated: the all-orders report and the order report (注文レポート).

``item-price`` and the other amounts are those of the row, so the order's are their sums. In Japan they include tax;
elsewhere tax comes on top. The all-orders report does not say who bought; the order report gives an alias of the
buyer's mail, good as an id within Amazon only. Promotions are paid by the seller.
"""

from __future__ import annotations

from functools import partial

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids, reasons
from okaeri.ingest.cells import Cells, translated
from okaeri.ingest.ordering import Columns, OrderRows, Party, Sale, by_order, sold, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import AMOUNT

STORE = "amazon"
STATUS = {
    "pending": "placed", "unshipped": "placed", "partiallyshipped": "paid", "shipping": "paid", "shipped": "shipped",
    "complete": "shipped", "invoiceunconfirmed": "placed", "cancelled": "cancelled", "canceled": "cancelled",
    "unfulfillable": "cancelled",
}  # fmt: skip
RETURNED = "returned to seller"
TAX_INCLUDED_IN = ("JPY",)
GOODS, POSTAGE = ("item-price",), ("shipping-price", "gift-wrap-price")
GOODS_TAX, POSTAGE_TAX = ("item-tax",), ("shipping-tax", "gift-wrap-tax")
PROMOTIONS = ("item-promotion-discount", "ship-promotion-discount")


def parse_all_orders(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines and goods without a buyer."""
    rows = _rows(raw, "amazon-order-id")
    sale = _sale(rows, context, _status(rows.heads), "quantity")
    return sold(rows, sale(), context)


def parse_order_report(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and the buyer's alias. The report lists no cancelled orders."""
    rows = _rows(raw, "order-id")
    heads = rows.heads
    sent = heads.integer("quantity-to-ship") == 0
    paid = heads.text("payments-date").notnull()
    status = sent.fill_null(False).ifelse("shipped", paid.ifelse("paid", "placed"))
    return sold(rows, _sale(rows, context, status, "quantity-purchased")(party=_party), context)


def _rows(raw: RawFile, order_key: str) -> OrderRows:
    return by_order(
        raw, raw.rows, ids.in_store(STORE, Cells(raw, raw.rows).text(order_key)), ("purchase-date",), "order-item-id"
    )


def _status(heads: Cells) -> ir.StringValue:
    """The part after a dash, as in ``Shipped - Delivered to Buyer``, matters only for returns."""
    text = heads.text("order-status").lower()
    known = translated(text.re_replace(" - .*$", "").re_replace(" ", ""), STATUS)
    heads.note("order-status", reasons.NOT_A_CHOICE, text, known)
    return text.contains(RETURNED).fill_null(False).ifelse("returned", known)


def _sale(rows: OrderRows, context: Context, status: ir.StringValue, pieces: str) -> partial[Sale]:
    heads, lines = rows.heads, rows.lines
    order: Columns = {
        **when(heads, context, "purchase-date"), "status": status, "store": STORE, "currency": heads.text("currency"),
    }  # fmt: skip
    quantity = lines.integer(pieces)
    on_top = lines.text("currency").notin(TAX_INCLUDED_IN).fill_null(False)
    goods_tax, postage_tax = _sum(lines, GOODS_TAX), _sum(lines, POSTAGE_TAX)
    goods = _sum(lines, GOODS) + on_top.ifelse(goods_tax, 0)
    price = lines.text("item-price").isnull().ifelse(ibis.null(AMOUNT), goods / quantity.nullif(0))
    line: Columns = {
        "kind": "goods", "quantity": quantity, "unit_price": price.cast(AMOUNT),
        "product_id": ibis.coalesce(lines.text("sku"), lines.text("asin")),
    }  # fmt: skip
    sums = {
        "goods": goods, "postage": _sum(lines, POSTAGE) + on_top.ifelse(postage_tax, 0),
        "tax": goods_tax + postage_tax, "off": _sum(lines, PROMOTIONS).abs(),
    }  # fmt: skip
    return partial(Sale, order, line, lines.text("product-name"), sums, finish=_totalled)


def _sum(lines: Cells, names: tuple[str, ...]) -> ir.DecimalValue:
    """The row's amounts; empty ones, as on cancelled rows, are 0."""
    first, *others = (lines.amount(name).fill_null(0) for name in names)
    return sum(others, start=first).cast(AMOUNT)


def _totalled(orders: ir.Table) -> Columns:
    return {
        "subtotal": orders.sum_goods, "shipping": orders.sum_postage, "tax": orders.sum_tax,
        "discount": orders.sum_off, "total": orders.sum_goods + orders.sum_postage - orders.sum_off,
    }  # fmt: skip


def _party(cells: Cells) -> Party:
    return Party(
        STORE, name=cells.text("buyer-name"), email=cells.text("buyer-email"), phone=cells.text("buyer-phone-number")
    )


AMOUNTS = (*GOODS, *POSTAGE, *GOODS_TAX, *POSTAGE_TAX, *PROMOTIONS)
ALL_ORDERS = Source(
    name="amazon_all_orders",
    title="Amazon all orders report",
    brings=("orders", "order_lines", "products"),
    recognised_by=(frozenset({"amazon-order-id", "purchase-date", "order-status", "sku", "quantity", "item-price"}),),
    parse=parse_all_orders,
    reads=frozenset(
        {
            "amazon-order-id", "purchase-date", "order-status", "product-name", "sku", "asin", "quantity", "currency",
            *AMOUNTS,
        }
    ),
    notes="Says nothing of the buyer: good for sales, not for repeat purchase.",
)  # fmt: skip
ORDER_REPORT = Source(
    name="amazon_order_report",
    title="Amazon 注文レポート",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(frozenset({"order-id", "order-item-id", "purchase-date", "sku", "quantity-purchased"}),),
    parse=parse_order_report,
    reads=frozenset(
        {
            "order-id", "order-item-id", "purchase-date", "payments-date", "buyer-email", "buyer-name",
            "buyer-phone-number", "sku", "product-name", "quantity-purchased", "quantity-to-ship", "currency",
            *AMOUNTS,
        }
    ),
    notes="The buyer's mail is an alias: an id within Amazon, never an address to write to.",
)  # fmt: skip
