"""Creema and minne, the markets for handmade goods: order files of one row per item, order amounts in every row.

Neither file has a product code on every row: the work's title stands in for it. Coupons of the maker are the shop's
discount; what the market pays (points, campaigns) is money to the shop, so the total is the one before it. The tax within
is reckoned at 10%.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids
from okaeri.ingest.cells import Cells
from okaeri.ingest.ordering import Columns, Party, Sale, by_order, contained, sold, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import AMOUNT

STANDARD_RATE = 10
STATUS = {
    "支払い待ち": "placed", "入金待ち": "placed", "入金確認中": "placed", "受注": "placed", "未入金": "placed",
    "発送準備中": "paid", "発送待ち": "paid", "入金済み": "paid", "支払い済み": "paid", "発送済み": "shipped",
    "発送完了": "shipped", "取引完了": "shipped", "受取完了": "shipped", "完了": "shipped", "キャンセル": "cancelled",
    "キャンセル済み": "cancelled", "返品": "returned",
}  # fmt: skip


def parse_creema(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered, from Creema."""
    rows = by_order(
        raw, raw.rows, ids.in_store("creema", Cells(raw, raw.rows).code("注文ID")), ("ステータス", "合計金額")
    )
    heads, lines = rows.heads, rows.lines
    heads.code("注文ID")
    goods, charges, off = (
        heads.amount("作品合計"),
        heads.amount("送料・ラッピング"),
        heads.amount("(-)作家クーポン").abs(),
    )
    order: Columns = {
        **when(heads, context, "購入日"), "status": heads.choice("ステータス", STATUS), "store": "creema",
        **_amounts(goods, charges, off), "total": heads.amount("合計金額"),
    }  # fmt: skip
    price = ibis.coalesce(lines.amount("作品価格"), lines.amount("作品単価"))
    line = _line(lines, "作品タイトル", price)
    return sold(rows, Sale(order, line, lines.text("作品タイトル"), party=_creema_party), context)


def parse_minne(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered, from minne."""
    rows = by_order(
        raw, raw.rows, ids.in_store("minne", Cells(raw, raw.rows).code("注文ID")), ("注文状況", "注文の合計")
    )
    heads, lines = rows.heads, rows.lines
    heads.code("注文ID")
    goods, charges = heads.amount("注文の販売価格"), heads.amount("注文の送料")
    order: Columns = {
        **when(heads, context, "注文日"), "status": heads.choice("注文状況", STATUS), "store": "minne",
        **_amounts(goods, charges, ibis.literal(0, type=AMOUNT)), "total": heads.amount("注文の合計"),
    }  # fmt: skip
    line = _line(lines, "作品管理番号", lines.amount("販売価格"))
    line["product_id"] = ibis.coalesce(lines.text("作品管理番号"), lines.text("作品名"))
    return sold(rows, Sale(order, line, lines.text("作品名"), party=_minne_party), context)


def _amounts(goods: ir.DecimalValue, charges: ir.DecimalValue, off: ir.DecimalValue) -> dict[str, ir.Value | str]:
    kept = goods.fill_null(0) + charges.fill_null(0) - off.fill_null(0)
    return {
        "subtotal": goods, "shipping": charges, "discount": off, "currency": "JPY",
        "tax": contained(kept, STANDARD_RATE).floor(),
    }  # fmt: skip


def _line(lines: Cells, product: str, price: ir.DecimalValue) -> dict[str, ir.Value | str]:
    return {
        "kind": "goods", "product_id": lines.text(product), "quantity": lines.integer("数量"), "unit_price": price,
    }  # fmt: skip


def _creema_party(cells: Cells) -> Party:
    return Party(
        "creema", own_id=cells.text("取引相手"), name=cells.text("氏名"), phone=cells.text("TEL"),
        postal_code=cells.text("郵便番号"), address=cells.text("住所"),
    )  # fmt: skip


def _minne_party(cells: Cells) -> Party:
    return Party(
        "minne", own_id=cells.text("注文者のユーザーID"), name=cells.text("注文者の氏名"),
        phone=cells.text("注文者の電話番号"),
    )  # fmt: skip


CREEMA = Source(
    name="creema_orders",
    title="Creema 注文データ",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(frozenset({"注文ID", "購入日", "ステータス", "作品タイトル", "作品単価", "作品合計"}),),
    parse=parse_creema,
    reads=frozenset(
        {
            "注文ID", "購入日", "ステータス", "作品タイトル", "作品単価", "作品価格", "数量", "取引相手", "作品合計",
            "送料・ラッピング", "(-)作家クーポン", "合計金額", "氏名", "郵便番号", "住所", "TEL",
        }
    ),
    notes="The work's title stands in for the product code.",
)  # fmt: skip
MINNE = Source(
    name="minne_orders",
    title="minne 注文データ",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(frozenset({"注文ID", "注文日", "注文状況", "作品名", "注文の販売価格", "注文の合計"}),),
    parse=parse_minne,
    reads=frozenset(
        {
            "注文ID", "注文日", "注文状況", "作品名", "販売価格", "数量", "注文の販売価格", "注文の送料", "注文の合計",
            "注文者のユーザーID", "注文者の氏名", "注文者の電話番号", "作品管理番号",
        }
    ),
    notes="作品管理番号 is the product code where the shop keeps one, else the work's name.",
)  # fmt: skip
