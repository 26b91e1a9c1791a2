"""Next Engine's neutral order file (汎用受注CSV): what any cart can be turned into.

A row per item, order amounts in every row. 合計金額 tells whether 税金 is charged on top of 商品計 or contained in it.
An other cost (その他費用) below 0 is a discount.
"""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.ingest import ids
from okaeri.ingest.cells import Cells
from okaeri.ingest.ordering import Columns, OrderRows, Party, Sale, by_order, sold, summed, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import ZERO

SENT = ("1", "出荷済", "出荷済み", "済")


def parse(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered."""
    store = context.store or ids.OWN
    rows = by_order(
        raw, raw.rows, ids.in_store(store, Cells(raw, raw.rows).code("店舗伝票番号")), ("受注日", "合計金額")
    )
    return sold(rows, _sale(rows, context, store), context)


def _sale(rows: OrderRows, context: Context, store: str) -> Sale:
    heads, lines = rows.heads, rows.lines
    heads.code("店舗伝票番号")
    sent = heads.text("出荷済フラグ").isin(SENT).fill_null(False)
    other, tax = heads.amount("その他費用").fill_null(0), heads.amount("税金")
    goods, points, total = heads.amount("商品計"), heads.amount("ポイント"), heads.amount("合計金額")
    charges = summed(heads.amount("発送料"), heads.amount("手数料"))
    listed = goods.fill_null(0) + charges.fill_null(0) + other - points.fill_null(0)
    on_top = ((total - listed - tax).abs() < 1) & (tax > 0)
    order: Columns = {
        **when(heads, context, "受注日"), "status": sent.ifelse("shipped", "placed"), "store": store, "currency": "JPY",
        "subtotal": on_top.fill_null(False).ifelse(summed(goods, tax), goods),
        "shipping": summed(charges, (other > 0).ifelse(other, ZERO)), "discount": (other < 0).ifelse(-other, ZERO),
        "tax": tax, "points_used": points, "total": total, "carrier": heads.text("発送方法"),
    }  # fmt: skip
    line: Columns = {
        "kind": "goods", "product_id": lines.text("商品コード"), "quantity": lines.integer("受注数量"),
        "unit_price": lines.amount("商品価格"),
    }  # fmt: skip
    party = lambda cells: _party(cells, store)  # noqa: E731
    return Sale(order, line, lines.text("商品名"), party=party, customer=_customer)


def _party(cells: Cells, store: str) -> Party:
    return Party(
        store,
        name=cells.text("受注名"),
        kana=cells.text("受注名カナ"),
        email=cells.text("受注メールアドレス"),
        phone=cells.text("受注電話番号"),
        postal_code=cells.text("受注郵便番号"),
        region=_region(cells),
        address=_address(cells),
    )


def _address(cells: Cells) -> ir.StringValue:
    return (cells.text("受注住所1").fill_null("") + cells.text("受注住所2").fill_null("")).nullif("")


def _region(cells: Cells) -> ir.StringValue:
    """The prefecture at the head of the address."""
    return _address(cells).re_extract("^(東京都|北海道|京都府|大阪府|.{2,3}県)", 1).nullif("")


def _customer(cells: Cells) -> Columns:
    return {"region": _region(cells), "country": "JP"}


SOURCE = Source(
    name="next_engine",
    title="ネクストエンジン 汎用受注CSV",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(frozenset({"店舗伝票番号", "受注日", "受注名", "商品計", "発送料"}),),
    parse=parse,
    reads=frozenset(
        {
            "店舗伝票番号", "受注日", "受注郵便番号", "受注住所1", "受注住所2", "受注名", "受注名カナ", "受注電話番号",
            "受注メールアドレス", "発送方法", "商品計", "税金", "発送料", "手数料", "ポイント", "その他費用", "合計金額", "商品名",
            "商品コード", "商品価格", "受注数量", "出荷済フラグ",
        }
    ),
    notes="Say with --store which store the orders are of.",
)  # fmt: skip
