"""EC-CUBE 4: order file (受注CSV), member file (会員CSV) and product file (商品CSV).

The order file has a row per item of the order, and postage, fees, discounts and points are items too; the amounts of
the order stand in every row. Prices of goods are without tax, those of the other items with it, as EC-CUBE's
``TaxProcessor`` has them. Orders in payment (7) or in the cart (8) are no orders yet and are left out.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids, reasons
from okaeri.ingest.cells import Cells, latest, persons, settle, shape, typed
from okaeri.ingest.encoding import refused
from okaeri.ingest.ordering import OrderRows, Party, Sale, by_order, joined, sold, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import AMOUNT, ZERO, date, day_of
from okaeri.schema import facts

STATUS = {
    "1": "placed", "3": "cancelled", "4": "placed", "5": "shipped", "6": "paid", "9": "returned",
    "新規受付": "placed", "注文取消し": "cancelled", "対応中": "placed", "発送済み": "shipped", "入金済み": "paid",
    "返品": "returned",
}  # fmt: skip
UNFINISHED = ("7", "8", "決済処理中", "購入処理中")
KINDS = {
    "1": "goods", "2": "shipping", "3": "fee", "4": "discount", "5": "adjustment", "6": "adjustment",
    "商品": "goods", "送料": "shipping", "手数料": "fee", "割引": "discount", "税": "adjustment", "ポイント": "adjustment",
}  # fmt: skip
POINTS = ("6", "ポイント")
ON_SHIPMENTS = ("1", "2", "商品", "送料")
AGREE = ("受注日", "対応状況(ID)", "支払合計", "メールアドレス")
STANDARD_RATE = 10
GENDERS = {"1": "male", "2": "female", "男性": "male", "女性": "female"}

PARTY_COLUMNS = {
    "会員ID", "お名前(姓)", "お名前(名)", "お名前(セイ)", "お名前(メイ)", "郵便番号", "都道府県(名称)", "住所1", "住所2",
    "メールアドレス", "TEL", "性別(ID)", "性別(名称)", "誕生日",
}  # fmt: skip
ORDER_COLUMNS = {
    "注文ID", "注文番号", "小計", "値引き", "送料", "税金", "合計", "支払合計", "対応状況(ID)", "対応状況(名称)", "受注日",
    "注文詳細ID", "商品ID", "商品名", "商品コード", "価格", "個数", "税率", "明細区分(ID)", "明細区分(名称)", "配送業者(名称)",
}  # fmt: skip


def parse_orders(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered, from 受注CSV."""
    store = context.store or ids.OWN
    status = _either(Cells(raw, raw.rows), "対応状況(ID)", "対応状況(名称)")
    finished = raw.rows.filter(status.notin(UNFINISHED).fill_null(True))
    number = "注文番号" if raw.has("注文番号") else "注文ID"
    rows = by_order(raw, finished, ids.in_store(store, Cells(raw, finished).text(number)), AGREE, "注文詳細ID")
    parsed = sold(rows, _sale(rows, context, store), context)
    _refuse_shipping_file(raw, rows.lines, parsed)
    return parsed


def _either(cells: Cells, by_id: str, by_name: str) -> ir.StringValue:
    """A choice EC-CUBE exports as id and as name; the shop may have dropped one of the columns."""
    return ibis.coalesce(cells.text(by_id), cells.text(by_name))


def _choice(cells: Cells, by_id: str, by_name: str, meanings: dict[str, str]) -> ir.StringValue:
    return cells.choice(by_id if cells.raw.has(by_id) else by_name, meanings)


def _sale(rows: OrderRows, context: Context, store: str) -> Sale:
    heads, lines = rows.heads, rows.lines
    heads.code("注文番号")
    kind = _choice(lines, "明細区分(ID)", "明細区分(名称)", KINDS)
    price = _charged(lines, kind)
    quantity = lines.integer("個数")
    order: dict[str, ir.Value | str] = {
        **when(heads, context, "受注日"),
        "status": _choice(heads, "対応状況(ID)", "対応状況(名称)", STATUS), "store": store, "currency": "JPY",
        "subtotal": heads.amount("小計"), "discount": heads.amount("値引き"), "tax": heads.amount("税金"),
        "total": ibis.coalesce(heads.amount("支払合計"), heads.amount("合計")),
        "shipping": heads.amount("送料"), "carrier": heads.text("配送業者(名称)"),
    }  # fmt: skip
    line = {
        "kind": kind, "quantity": quantity, "unit_price": price,
        "product_id": (kind == "goods").ifelse(
            ibis.coalesce(lines.text("商品コード"), lines.text("商品ID")), ibis.null("string")
        ),
    }  # fmt: skip
    points = _either(lines, "明細区分(ID)", "明細区分(名称)").isin(POINTS)
    sums = {
        "shipping": (kind == "fee").ifelse(price * quantity, ZERO),
        "points_used": points.ifelse(-price * quantity, ZERO),
    }
    return Sale(order, line, lines.text("商品名"), sums, party=lambda cells: _party(cells, store), customer=_customer)


def _charged(lines: Cells, kind: ir.StringValue) -> ir.DecimalValue:
    """The price as charged: goods are listed without tax, rounded to the yen per piece; other items with it."""
    price, rate = lines.amount("価格"), lines.amount("税率").fill_null(0)
    taxed = (price.cast("float64") * (rate.cast("float64") + 100) / 100).round()
    return (kind == "goods").ifelse(taxed.cast(AMOUNT), price)


def _party(cells: Cells, store: str) -> Party:
    return Party(
        store,
        own_id=cells.text("会員ID"),
        name=joined(cells.text("お名前(姓)"), cells.text("お名前(名)")),
        kana=joined(cells.text("お名前(セイ)"), cells.text("お名前(メイ)")),
        email=cells.text("メールアドレス"),
        phone=cells.text("TEL"),
        postal_code=cells.text("郵便番号"),
        region=cells.text("都道府県(名称)"),
        address=joined(cells.text("住所1"), cells.text("住所2"), by=""),
        birth_date=cells.text("誕生日"),
    )


def _customer(cells: Cells) -> dict[str, ir.Value | str]:
    gender = _either(cells, "性別(ID)", "性別(名称)")
    return {
        "gender": gender.cases(*GENDERS.items(), else_=gender.notnull().ifelse("other", ibis.null("string"))),
        "birth_year": date(cells.text("誕生日")).year(),
        "region": cells.text("都道府県(名称)"), "country": "JP",
        "is_member": cells.text("会員ID").notnull(),
    }  # fmt: skip


def _refuse_shipping_file(raw: RawFile, lines: Cells, parsed: Parsed) -> None:
    """配送CSV has the same header, but only the items of shipments: where an order had a fee, a discount or points, the
    lines do not add up to its total. One yen per piece may be rounding; a file with bad cells need not add up."""
    if raw.torn is not None or parsed.problems.limit(1).count().to_pyarrow().as_py():
        return
    others = lines.rows.filter(_either(lines, "明細区分(ID)", "明細区分(名称)").notin(ON_SHIPMENTS))
    if others.limit(1).count().to_pyarrow().as_py():
        return
    items = parsed.facts["order_lines"]
    sums = items.group_by("order_id").agg(
        charged=(items.unit_price * items.quantity).sum(), pieces=items.quantity.sum()
    )
    orders = parsed.facts["orders"].inner_join(sums, "order_id")
    short = orders.filter((orders.total - orders.charged).abs() > orders.pieces).order_by("row_no").limit(1)
    found = short.select("row_no").to_pyarrow().to_pylist()
    if found:
        raise refused(raw.name, reasons.SHIPPING_FILE, row=found[0]["row_no"])


def parse_members(raw: RawFile, context: Context) -> Parsed:
    """Registered customers, from 会員CSV."""
    cells = Cells(raw, raw.rows)
    party = _party(cells, context.store or ids.OWN)
    seen = cells.instant("登録日", context.zone)
    columns = {
        **_customer(cells), "customer_id": party.customer_id(context), "first_seen_at": seen,
        "first_seen_date": day_of(seen, context.zone),
    }  # fmt: skip
    members = shape(facts.customers, cells, columns)
    return Parsed({"customers": members.rows}, members.problems, persons(cells, party.person(context)))


def parse_products(raw: RawFile, context: Context) -> Parsed:
    """The catalogue, from 商品CSV: one row per variant. 販売価格 is without tax there, and so with the rate of 税率."""
    cells = Cells(raw, raw.rows)
    variant = joined(cells.text("規格分類1(名称)"), cells.text("規格分類2(名称)"))
    price, rate = cells.amount("販売価格"), cells.amount("税率").fill_null(STANDARD_RATE)
    columns = {
        "product_id": ibis.coalesce(cells.text("商品コード"), cells.text("商品ID")),
        "name": joined(cells.text("商品名"), variant),
        "category": cells.text("商品カテゴリ(名称)").split(",")[0].strip(),
        "price": (price.cast("float64") * (rate.cast("float64") + 100) / 100).round(),
    }  # fmt: skip
    rows = typed(facts.products, cells, columns)
    products = settle(rows.filter(rows.product_id.isnull()).union(latest(rows, "product_id")))
    return Parsed({"products": products.rows}, products.problems)


ORDERS = Source(
    name="eccube4_orders",
    title="EC-CUBE 4 受注CSV",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(
        frozenset({"注文番号", "受注日", "対応状況(ID)", "商品コード", "価格", "個数", "税率", "明細区分(ID)"}),
        frozenset({"注文番号", "受注日", "対応状況(名称)", "商品コード", "価格", "個数", "税率", "明細区分(名称)"}),
        frozenset({"注文ID", "受注日", "対応状況(ID)", "商品コード", "価格", "個数", "税率", "明細区分(ID)"}),
    ),
    parse=parse_orders,
    reads=frozenset(ORDER_COLUMNS | PARTY_COLUMNS),
    notes="One row per item; unfinished orders (7, 8) are left out. The shipping file (配送CSV) is refused.",
)
MEMBERS = Source(
    name="eccube4_members",
    title="EC-CUBE 4 会員CSV",
    brings=("customers",),
    recognised_by=(frozenset({"会員ID", "メールアドレス", "登録日", "会員ステータス(ID)"}),),
    parse=parse_members,
    reads=frozenset(PARTY_COLUMNS | {"登録日", "会員ステータス(ID)"}),
)
PRODUCTS = Source(
    name="eccube4_products",
    title="EC-CUBE 4 商品CSV",
    brings=("products",),
    recognised_by=(frozenset({"商品ID", "商品名", "商品コード", "販売価格", "公開ステータス(ID)"}),),
    parse=parse_products,
    reads=frozenset(
        {
            "商品ID",
            "商品名",
            "商品コード",
            "販売価格",
            "税率",
            "商品カテゴリ(名称)",
            "規格分類1(名称)",
            "規格分類2(名称)",
        }
    ),
)
