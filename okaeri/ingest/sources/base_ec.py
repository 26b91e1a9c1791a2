"""BASE order file (注文CSV).

A row per item, or per option of the item above it: an option row has a name that begins 商品オプション and no 商品ID. Its
price is part of the item's. 合計金額 is the row's, so the order's goods are its sum; 送料, 代引き手数料 and 調整金額 are the
order's. Prices include tax; the tax within is reckoned from 税率.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids
from okaeri.ingest.cells import Cells, fault_list, problems_of, together
from okaeri.ingest.ordering import Columns, OrderRows, Party, Sale, by_order, contained, joined, sold, when
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.values import AMOUNT, ZERO

STORE = "base"
STANDARD_RATE = 10
OPTION = "商品オプション"
STATUS = {
    "未発送": "placed", "未対応": "placed", "入金待ち": "placed", "対応中": "placed", "配送中": "shipped",
    "発送済み": "shipped", "発送済": "shipped", "対応済み": "shipped", "対応済": "shipped", "着荷": "shipped",
    "キャンセル": "cancelled", "キャンセル済み": "cancelled", "ordered": "placed", "unpaid": "placed",
    "unshippable": "placed", "shipping": "shipped", "arrived": "shipped", "dispatched": "shipped",
    "cancelled": "cancelled",
}  # fmt: skip


def parse(raw: RawFile, context: Context) -> Parsed:
    """Orders, lines, goods and who ordered, from 注文CSV."""
    store = context.store or STORE
    every = by_order(raw, raw.rows, ids.in_store(store, Cells(raw, raw.rows).code("注文ID")), ("注文日時", "送料"))
    options = Cells(raw, every.lines.rows.filter(_is_option(every.lines)))
    rows = OrderRows(every.heads, Cells(raw, _folded(every.lines)))
    parsed = sold(rows, _sale(rows, context, store), context)
    options.amount("価格")
    options.amount("合計金額")
    wrong = problems_of(options.rows.select("row_no", faults=fault_list(options.faults)))
    owners = options.rows.select("row_no", "order_id")
    return Parsed(parsed.facts, together([parsed.problems, wrong]), parsed.persons, owners)


def _is_option(cells: Cells) -> ir.BooleanValue:
    named = cells.text("商品名").startswith(OPTION).fill_null(False)
    return named & cells.text("商品ID").isnull() & (cells.rows.line_no > 1)


def _folded(cells: Cells) -> ir.Table:
    """The item rows, numbered anew, each with the ``extra`` its options cost and its whole ``amount``."""
    price = Cells(cells.raw, cells.rows)
    option = _is_option(cells)
    rows = cells.rows.mutate(
        is_option=option,
        extra=option.ifelse(price.amount("価格").fill_null(0) * price.integer("数量").fill_null(1), ZERO).cast(AMOUNT),
        amount=price.amount("合計金額").fill_null(0),
    )
    so_far = ibis.cumulative_window(group_by=(rows.order_id, rows.lone), order_by=rows.row_no)
    placed = rows.mutate(item_no=rows.is_option.ifelse(0, 1).sum().over(so_far))
    item = ibis.window(group_by=(placed.order_id, placed.lone, placed.item_no))
    whole = placed.mutate(extra=placed.extra.sum().over(item), amount=placed.amount.sum().over(item))
    items = whole.filter(~whole.is_option)
    return items.drop("line_no", "is_option").rename(line_no="item_no")


def _sale(rows: OrderRows, context: Context, store: str) -> Sale:
    heads, lines = rows.heads, rows.lines
    heads.code("注文ID")
    order: Columns = {
        **when(heads, context, "注文日時"), "status": heads.choice("発送状況", STATUS), "store": store,
        "currency": "JPY",
    }  # fmt: skip
    beside = {
        "postage": heads.amount("送料"), "fee": heads.amount("代引き手数料"), "adjusted": heads.amount("調整金額"),
    }  # fmt: skip
    quantity, price = lines.integer("数量"), lines.amount("価格")
    lines.amount("合計金額")
    extra = (lines.rows.extra / quantity.nullif(0)).fill_null(0).round(2)
    line: Columns = {
        "kind": "goods", "quantity": quantity, "unit_price": (price + extra).cast(AMOUNT),
        "product_id": ibis.coalesce(lines.text("商品コード"), lines.text("商品ID")),
    }  # fmt: skip
    rate = lines.amount("税率").cast("float64").fill_null(STANDARD_RATE)
    sums = {"goods": lines.rows.amount, "goods_tax": contained(lines.rows.amount, rate)}
    return Sale(
        order, line, lines.text("商品名"), sums, beside, _totalled, lambda cells: _party(cells, store), _customer
    )  # fmt: skip


def _totalled(orders: ir.Table) -> Columns:
    """An adjustment below 0 is a discount, above 0 a fee."""
    goods, adjusted = orders.sum_goods.fill_null(0), orders.adjusted.fill_null(0)
    shipping = orders.postage.fill_null(0) + orders.fee.fill_null(0) + (adjusted > 0).ifelse(adjusted, ZERO)
    discount = (adjusted < 0).ifelse(-adjusted, ZERO)
    share = orders.sum_goods_tax / goods.cast("float64").nullif(0.0)
    tax = (goods - discount).cast("float64") * share.fill_null(0.0) + contained(shipping, STANDARD_RATE)
    return {
        "subtotal": goods, "shipping": shipping, "discount": discount, "tax": tax.floor(),
        "total": goods + shipping - discount,
    }  # fmt: skip


def _party(cells: Cells, store: str) -> Party:
    return Party(
        store,
        name=joined(cells.text("氏(請求先)"), cells.text("名(請求先)")),
        email=cells.text("メールアドレス(請求先)"),
        phone=cells.text("電話番号(請求先)"),
        postal_code=cells.text("郵便番号(請求先)"),
        region=cells.text("都道府県(請求先)"),
        address=joined(cells.text("住所(請求先)"), cells.text("住所2(請求先)"), by=""),
    )


def _customer(cells: Cells) -> Columns:
    return {"region": cells.text("都道府県(請求先)"), "country": "JP"}


SOURCE = Source(
    name="base_orders",
    title="BASE 注文CSV",
    brings=("orders", "order_lines", "products", "customers"),
    recognised_by=(frozenset({"注文ID", "注文日時", "メールアドレス(請求先)", "商品名", "価格", "数量", "合計金額", "発送状況"}),),
    parse=parse,
    reads=frozenset(
        {
            "注文ID", "注文日時", "氏(請求先)", "名(請求先)", "郵便番号(請求先)", "都道府県(請求先)", "住所(請求先)",
            "住所2(請求先)", "電話番号(請求先)", "メールアドレス(請求先)", "商品名", "価格", "税率", "数量", "合計金額",
            "送料", "代引き手数料", "発送状況", "商品ID", "商品コード", "調整金額",
        }
    ),
    notes="Option rows are folded into the item above them; the total is goods, postage, fee and adjustment.",
)  # fmt: skip
