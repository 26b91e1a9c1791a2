"""au PAY Market (formerly Wowma!) order file: a row per item, order amounts in every row.

``requestPrice`` is what the customer is charged after coupons and points. Which coupons are the shop's own does not
stand in the file in known words, so only a coupon whose type names the shop counts as its discount; the others and the
points are paid to the shop by the mall. The tax within is reckoned at 10%.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids
from okaeri.ingest.cells import Cells
from okaeri.ingest.ordering import Columns, OrderRows, Party, Sale, by_order, contained, sold, summed, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import AMOUNT

STORE = "aupay"
STANDARD_RATE = 10
STATUS = {
    "新規受付": "placed", "発送前入金待ち": "placed", "与信待ち": "placed", "保留": "placed", "新規予約": "placed",
    "予約": "placed", "取引保留": "placed", "発送待ち": "paid", "発送後入金待ち": "shipped", "発送済み": "shipped",
    "完了": "shipped", "取引完了": "shipped", "キャンセル": "cancelled", "キャンセル受付中": "cancelled", "返品": "returned",
}  # fmt: skip
WITHOUT_TAX = ("税別", "2")
SHOPS_OWN = "店舗"


def parse(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered."""
    rows = by_order(
        raw,
        raw.rows,
        ids.in_store(STORE, Cells(raw, raw.rows).code("orderId")),
        ("orderStatus", "requestPrice"),
        "orderDetailId",
    )
    return sold(rows, _sale(rows, context), context)


def _sale(rows: OrderRows, context: Context) -> Sale:
    heads, lines = rows.heads, rows.lines
    heads.code("orderId")
    cancelled = heads.text("cancelStatus").isin(("1", "キャンセル", "キャンセル済み")).fill_null(False)
    own_coupon = heads.text("couponType").contains(SHOPS_OWN).fill_null(False)
    order: Columns = {
        **when(heads, context, "orderDate"), "store": STORE, "currency": "JPY",
        "status": cancelled.ifelse("cancelled", heads.choice("orderStatus", STATUS)),
        "shipping": summed(heads.amount("postagePrice"), heads.amount("chargePrice")),
        "discount": own_coupon.ifelse(heads.amount("couponTotalPrice"), ibis.null(AMOUNT)),
        "points_used": summed(heads.amount("usePoint"), heads.amount("useAuPointPrice")),
        "total": ibis.coalesce(heads.amount("requestPrice"), heads.amount("totalPrice")),
    }  # fmt: skip
    quantity, price = lines.integer("unit"), lines.amount("itemPrice")
    taxed = (price.cast("float64") * (STANDARD_RATE + 100) / 100).floor().cast(AMOUNT)
    charged = lines.text("taxType").isin(WITHOUT_TAX).fill_null(False).ifelse(taxed, price)
    line: Columns = {
        "kind": "goods", "quantity": quantity, "unit_price": charged,
        "product_id": ibis.coalesce(lines.text("itemCode"), lines.text("itemManagementId"), lines.text("lotnumber")),
    }  # fmt: skip
    sums = {"goods": (charged * quantity).fill_null(0)}
    return Sale(order, line, lines.text("itemName"), sums, finish=_with_tax, party=_party, customer=_customer)


def _with_tax(orders: ir.Table) -> Columns:
    kept = orders.sum_goods - orders.discount.fill_null(0) + orders.shipping.fill_null(0)
    return {"subtotal": orders.sum_goods, "tax": contained(kept, STANDARD_RATE).floor()}


def _party(cells: Cells) -> Party:
    return Party(
        STORE,
        name=cells.text("ordererName"),
        kana=cells.text("ordererKana"),
        email=ibis.coalesce(cells.text("rawMailAddress"), cells.text("mailAddress")),
        phone=ibis.coalesce(cells.text("ordererPhoneNumber1"), cells.text("ordererPhoneNumber2")),
        postal_code=cells.text("ordererZipCode"),
        region=_region(cells),
        address=cells.text("ordererAddress"),
    )


def _region(cells: Cells) -> ir.StringValue:
    """The prefecture at the head of the address."""
    return cells.text("ordererAddress").re_extract("^(東京都|北海道|京都府|大阪府|.{2,3}県)", 1).nullif("")


def _customer(cells: Cells) -> Columns:
    return {"region": _region(cells), "country": "JP"}


SOURCE = Source(
    name="aupay_orders",
    title="au PAY マーケット 受注データ",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(frozenset({"orderId", "orderDetailId", "orderDate", "itemCode", "itemPrice", "unit", "orderStatus"}),),
    parse=parse,
    reads=frozenset(
        {
            "orderId", "orderDetailId", "orderDate", "itemManagementId", "itemCode", "lotnumber", "itemName",
            "mailAddress", "rawMailAddress", "ordererName", "ordererKana", "ordererZipCode", "ordererAddress",
            "ordererPhoneNumber1", "ordererPhoneNumber2", "orderStatus", "cancelStatus", "itemPrice", "unit",
            "taxType", "postagePrice", "chargePrice", "totalPrice", "couponTotalPrice", "couponType", "usePoint",
            "useAuPointPrice", "requestPrice",
        }
    ),
    notes="Coupons count as the shop's discount only where the file says so.",
)  # fmt: skip
