"""Rakuten RMS order file (通常購入データ): the 楽天ペイ layout and the classic one before it.

A row per item; order amounts stand in every row. ``-9999`` (classic ``-99999``) means not settled yet. 消費税合計 is tax
charged on top, 0 where prices include it. Coupons of the mall and points are paid to the shop by the mall; only the
shop's own coupons are a discount. How much tax the total contains is not in the file: it is reckoned at the item's rate
where there is a column for it, else at 10%. The mask over the mail changes from time to time, so phone and name make
the customer's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids
from okaeri.ingest.cells import Cells
from okaeri.ingest.ordering import Columns, OrderRows, Party, Sale, by_order, contained, joined, sold, summed, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import AMOUNT, ZERO

STORE = "rakuten"
NOT_SETTLED = -9999
STANDARD_RATE = 10
STATUS = {
    "100": "placed", "200": "placed", "300": "paid", "400": "placed", "500": "shipped", "600": "shipped",
    "700": "shipped", "800": "cancelled", "900": "cancelled",
    "注文確認待ち": "placed", "楽天処理中": "placed", "発送待ち": "paid", "変更確定待ち": "placed", "発送済": "shipped",
    "発送済み": "shipped", "支払手続き中": "shipped", "支払手続き済": "shipped", "キャンセル確定待ち": "cancelled",
    "キャンセル確定": "cancelled", "新規受付": "placed", "発送前入金待ち": "placed", "発送後入金待ち": "shipped",
    "与信待ち": "placed", "保留": "placed", "処理済": "shipped", "処理済み": "shipped", "完了": "shipped",
    "キャンセル": "cancelled",
}  # fmt: skip
WITHOUT_TAX = ("0", "税別")
GENDERS = {"男": "male", "女": "female", "男性": "male", "女性": "female"}


@dataclass(frozen=True)
class Layout:
    """The names of one layout's columns, by what they mean; ``person`` by the part of the orderer."""

    number: str
    status: str
    subtotal: str
    tax: str
    postage: str
    fee: str
    person: Mapping[str, tuple[str, ...]]
    subscription: str = "申込番号"
    delivery: str = "申込お届け回数"

    def names(self) -> frozenset[str]:
        """Every column looked at."""
        amounts = {self.subtotal, self.tax, self.postage, self.fee, "請求金額", "請求金額(-99999=無効値)"}
        parts = {name for names in self.person.values() for name in names}
        return frozenset({self.number, self.status, self.subscription, self.delivery, *amounts, *parts, *COMMON})


COMMON = (
    "注文日時", "ポイント利用額", "店舗発行クーポン利用額", "商品名", "商品番号", "商品管理番号", "商品ID",
    "システム連携用SKU番号", "単価", "個数", "税込別", "商品税率", "商品明細ID", "配送会社",
)  # fmt: skip
RPAY = Layout(
    number="注文番号", status="ステータス", subtotal="商品合計金額", tax="消費税合計", postage="送料合計", fee="代引料合計",
    person={
        "name": ("注文者姓", "注文者名"), "kana": ("注文者姓カナ", "注文者名カナ"), "email": ("注文者メールアドレス",),
        "phone": ("注文者電話番号1", "注文者電話番号2", "注文者電話番号3"),
        "postal_code": ("注文者郵便番号1", "注文者郵便番号2"), "region": ("注文者住所都道府県",),
        "address": ("注文者住所郡市区", "注文者住所それ以降の住所"), "gender": ("注文者性別",),
    },
)  # fmt: skip
CLASSIC = Layout(
    number="受注番号", status="受注ステータス", subtotal="合計", tax="消費税(-99999=無効値)",
    postage="送料(-99999=無効値)", fee="代引料(-99999=無効値)",
    person={
        "name": ("注文者名字", "注文者名前"), "kana": ("注文者名字フリガナ", "注文者名前フリガナ"),
        "email": ("メールアドレス",), "phone": ("注文者電話番号1", "注文者電話番号2", "注文者電話番号3"),
        "postal_code": ("注文者郵便番号1", "注文者郵便番号2"), "region": ("注文者住所:都道府県",),
        "address": ("注文者住所:都市区", "注文者住所:町以降"), "gender": ("注文者性別",),
        "birth_date": ("注文者誕生日",),
    },
)  # fmt: skip


def parse(layout: Layout, raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered."""
    rows = by_order(
        raw,
        raw.rows,
        ids.in_store(STORE, Cells(raw, raw.rows).code(layout.number)),
        (layout.status, "請求金額"),
        "商品明細ID",
    )
    return sold(rows, _sale(layout, rows, context), context)


def _settled(cells: Cells, name: str) -> ir.DecimalValue:
    amount = cells.amount(name)
    return (amount <= NOT_SETTLED).ifelse(ibis.null(AMOUNT), amount)


def _sale(layout: Layout, rows: OrderRows, context: Context) -> Sale:
    heads, lines = rows.heads, rows.lines
    heads.code(layout.number)
    order: Columns = {
        **when(heads, context, "注文日時"), "status": heads.choice(layout.status, STATUS), "store": STORE,
        "currency": "JPY",
        "subtotal": summed(_settled(heads, layout.subtotal), _settled(heads, layout.tax)),
        "shipping": summed(_settled(heads, layout.postage), _settled(heads, layout.fee)),
        "discount": _settled(heads, "店舗発行クーポン利用額"), "points_used": _settled(heads, "ポイント利用額"),
        "total": ibis.coalesce(_settled(heads, "請求金額"), _settled(heads, "請求金額(-99999=無効値)")),
        "subscription_id": ids.in_store(STORE, heads.text(layout.subscription)),
        "delivery_no": heads.integer(layout.delivery), "carrier": heads.text("配送会社"),
    }  # fmt: skip
    quantity, price, rate = lines.integer("個数"), lines.amount("単価"), _rate(lines)
    taxed = (price.cast("float64") * (rate + 100) / 100).floor().cast(AMOUNT)
    charged = lines.text("税込別").isin(WITHOUT_TAX).fill_null(False).ifelse(taxed, price)
    line: Columns = {
        "kind": "goods", "quantity": quantity, "unit_price": charged,
        "product_id": ibis.coalesce(
            *(lines.text(name) for name in ("システム連携用SKU番号", "商品番号", "商品管理番号", "商品ID"))
        ),
    }  # fmt: skip
    goods = charged * quantity
    sums = {"goods": goods.fill_null(0), "goods_tax": contained(goods, rate).fill_null(0)}
    return Sale(
        order, line, lines.text("商品名"), sums, {}, _with_tax, partial(_party, layout), partial(_customer, layout)
    )  # fmt: skip


def _rate(lines: Cells) -> ir.FloatingValue:
    """The item's tax rate in percent; some files write 0.1 for 10."""
    rate = lines.amount("商品税率").cast("float64").fill_null(STANDARD_RATE)
    return (rate < 1).ifelse(rate * 100, rate)


def _with_tax(orders: ir.Table) -> Columns:
    """The tax within what the shop keeps: the goods' share of it, and the standard rate on postage."""
    share = orders.sum_goods_tax / orders.sum_goods.cast("float64").nullif(0.0)
    kept = (orders.subtotal.fill_null(0) - orders.discount.fill_null(0)).cast("float64")
    tax = kept * share.fill_null(0.0) + contained(orders.shipping.fill_null(ZERO), STANDARD_RATE)
    return {"tax": tax.floor()}


def _part(layout: Layout, cells: Cells, part: str, by: str = "") -> ir.StringValue:
    return joined(*(cells.text(name) for name in layout.person.get(part, ("",))), by=by)


def _party(layout: Layout, cells: Cells) -> Party:
    return Party(
        STORE,
        name=_part(layout, cells, "name", " "),
        kana=_part(layout, cells, "kana", " "),
        email=_part(layout, cells, "email"),
        phone=_part(layout, cells, "phone", "-").re_replace("^-+|-+$", ""),
        postal_code=_part(layout, cells, "postal_code"),
        region=_part(layout, cells, "region"),
        address=_part(layout, cells, "address"),
        birth_date=_part(layout, cells, "birth_date"),
        phone_first=True,
    )


def _customer(layout: Layout, cells: Cells) -> Columns:
    gender = _part(layout, cells, "gender")
    return {
        "gender": gender.cases(*GENDERS.items(), else_=ibis.null("string")),
        "region": _part(layout, cells, "region"),
        "country": "JP",
    }


RPAY_ORDERS = Source(
    name="rakuten_rpay",
    title="楽天RMS 通常購入データ (楽天ペイ)",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(
        frozenset({"注文番号", "ステータス", "注文日時", "商品合計金額", "請求金額", "商品番号", "単価", "個数"}),
    ),
    parse=partial(parse, RPAY),
    reads=RPAY.names(),
    notes="Masked mail; the customer's id comes from phone and name. Contained tax is reckoned at the item's rate or 10%.",
)
CLASSIC_ORDERS = Source(
    name="rakuten_classic",
    title="楽天RMS 受注データ (旧形式)",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(frozenset({"受注番号", "受注ステータス", "注文日時", "合計", "商品番号", "単価", "個数"}),),
    parse=partial(parse, CLASSIC),
    reads=CLASSIC.names(),
    notes="The layout before 楽天ペイ.",
)
