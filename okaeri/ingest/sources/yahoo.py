"""Yahoo! Shopping: the order file and the item file, which belong together but are read each by itself.

TotalPrice is subtotal - used points + gift wrapping + fee - discount + postage - mall coupons (Yahoo's order API), so
the subtotal is reckoned back from it. Mall coupons and points are paid to the shop by the mall. The lines of the item
file belong to orders of the order file; their month is known only there. The tax within is reckoned at 10%.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids
from okaeri.ingest.cells import Cells, latest, settle, shape, together, typed
from okaeri.ingest.ordering import Columns, Party, contained, joined, parties_of, summed, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import AMOUNT
from okaeri.schema import facts

STORE = "yahoo"
STANDARD_RATE = 10
STATUS = {
    "1": "placed", "2": "placed", "3": "placed", "4": "cancelled", "5": "shipped",
    "予約中": "placed", "処理中": "placed", "保留": "placed", "キャンセル": "cancelled", "完了": "shipped",
}  # fmt: skip
CHARGES = ("ShipCharge", "PayCharge", "GiftWrapCharge")
TAKEN_OFF = ("Discount", "UsePoint", "TotalMallCouponDiscount")


def parse_orders(raw: RawFile, context: Context) -> Parsed:
    """Orders and who ordered: one row per order."""
    cells = Cells(raw, raw.rows)
    party = _party(cells)
    status = _status(cells)
    shipping = summed(*(cells.amount(name) for name in CHARGES))
    off = summed(*(cells.amount(name) for name in TAKEN_OFF))
    total = ibis.coalesce(cells.amount("TotalPrice"), cells.amount("Total"))
    discount = cells.amount("Discount")
    subtotal = total - shipping.fill_null(0) + off.fill_null(0)
    columns: Columns = {
        "order_id": ids.in_store(STORE, cells.code("OrderId")), "customer_id": party.customer_id(context),
        **when(cells, context, "OrderTime"), "status": status, "store": STORE, "currency": "JPY",
        "subtotal": subtotal, "discount": discount, "shipping": shipping, "points_used": cells.amount("UsePoint"),
        "tax": contained(subtotal - discount.fill_null(0) + shipping.fill_null(0), STANDARD_RATE).floor(),
        "total": total,
    }  # fmt: skip
    orders = shape(facts.orders, cells, columns)
    customers, persons = parties_of(cells, orders.rows, context, _party, _customer)
    return Parsed({"orders": orders.rows, "customers": customers}, orders.problems, persons)


def _status(cells: Cells) -> ir.StringValue:
    """The order's status; one in hand is paid or shipped once it has the date of it."""
    known = cells.choice("OrderStatus", STATUS)
    went = ibis.cases(
        (cells.text("ShipDate").notnull(), "shipped"), (cells.text("PayDate").notnull(), "paid"), else_="placed"
    )
    return (known == "placed").ifelse(went, known)


def _party(cells: Cells) -> Party:
    return Party(
        STORE,
        name=ibis.coalesce(
            joined(cells.text("BillLastName"), cells.text("BillFirstName")), cells.text("BillName")
        ),
        kana=ibis.coalesce(
            joined(cells.text("BillLastNameKana"), cells.text("BillFirstNameKana")), cells.text("BillNameKana")
        ),
        email=cells.text("BillMailAddress"),
        phone=cells.text("BillPhoneNumber"),
        postal_code=cells.text("BillZipCode"),
        region=cells.text("BillPrefecture"),
        address=joined(
            cells.text("BillCity"), cells.text("BillAddress1"), cells.text("BillAddress2"), by=""
        ),
    )  # fmt: skip


def _customer(cells: Cells) -> Columns:
    return {"region": cells.text("BillPrefecture"), "country": "JP"}


def parse_items(raw: RawFile, context: Context) -> Parsed:
    """Order lines and goods: one row per line."""
    cells = Cells(raw, raw.rows)
    columns: Columns = {
        "order_id": ids.in_store(STORE, cells.code("OrderId")), "line_no": cells.integer("LineId"), "kind": "goods",
        "product_id": cells.text("ItemId"), "quantity": cells.integer("Quantity"),
        "unit_price": cells.amount("UnitPrice"), "discount": ibis.null(AMOUNT),
    }  # fmt: skip
    lines = shape(facts.order_lines, cells, columns)
    named = raw.rows.filter(cells.text("ItemId").notnull()).mutate(product_id=cells.text("ItemId"))
    goods = Cells(raw, latest(named, "product_id"))
    listed: Columns = {"product_id": goods.rows.product_id, "name": goods.text("Title")}
    products = settle(typed(facts.products, goods, listed))
    problems = together([lines.problems, products.problems])
    return Parsed({"order_lines": lines.rows, "products": products.rows}, problems)


ORDERS = Source(
    name="yahoo_orders",
    title="Yahoo!ショッピング 注文データ",
    brings=("orders", "customers"),
    recognised_by=(frozenset({"OrderId", "OrderTime", "OrderStatus", "BillMailAddress", "TotalPrice"}),),
    parse=parse_orders,
    reads=frozenset(
        {
            "OrderId", "OrderTime", "OrderStatus", "ShipDate", "PayDate", "TotalPrice", "Total", *CHARGES, *TAKEN_OFF,
            "BillName", "BillLastName", "BillFirstName", "BillNameKana", "BillLastNameKana", "BillFirstNameKana",
            "BillMailAddress", "BillPhoneNumber", "BillZipCode", "BillPrefecture", "BillCity", "BillAddress1",
            "BillAddress2",
        }
    ),
    notes="Import the item file of the same orders too; either may come first.",
)  # fmt: skip
ITEMS = Source(
    name="yahoo_items",
    title="Yahoo!ショッピング 商品データ",
    brings=("order_lines", "products"),
    recognised_by=(frozenset({"OrderId", "LineId", "ItemId", "Quantity", "UnitPrice"}),),
    parse=parse_items,
    reads=frozenset({"OrderId", "LineId", "ItemId", "Quantity", "UnitPrice", "Title"}),
    notes="The lines of the orders in the order file.",
)
