"""BASE: option rows belong to the item above them, and the total is not in the file but follows from it."""

from __future__ import annotations

from okaeri.ingest import reasons
from tests.ingest import headers
from tests.ingest.sheets import one_row, problems, rows_of, sheet, taken

SOURCE = "base_orders"


def item(number, **more):
    return {
        "注文ID": number, "注文日時": "2026-05-01 10:00:00", "氏(請求先)": "髙橋", "名(請求先)": "花子",
        "都道府県(請求先)": "東京都", "電話番号(請求先)": "0312345678", "メールアドレス(請求先)": "hanako@example.jp",
        "商品名": "シャツ", "価格": 3000, "税率": 10, "数量": 1, "合計金額": 3000, "送料": 500, "代引き手数料": 0,
        "発送状況": "発送済み", "商品ID": "111", "種類ID": "5", "調整金額": 0, **more,
    }  # fmt: skip


def option(number, **more):
    return item(number, **{"商品名": "商品オプション「名入れ」", "商品ID": "", "価格": 200, "合計金額": 200, **more})


def imported(folder, *rows):
    return taken(folder, sheet(headers.BASE_ORDERS, rows), SOURCE)


def test_an_option_row_is_folded_into_the_item_above_it(tmp_path):
    rows = [
        item("A"), option("A"), item("A", 商品ID="222", 数量=2, 価格=1000, 合計金額=2000), option("A", 数量=2, 合計金額=400),
        item("B"),
    ]  # fmt: skip
    checked = imported(tmp_path, *rows)
    lines = rows_of(checked.facts["order_lines"], "order_id", "line_no")
    assert [(line["order_id"], line["line_no"], line["product_id"], line["quantity"], line["unit_price"]) for line in lines] == [
        ("base:A", 1, "111", 1, 3200), ("base:A", 2, "222", 2, 1200), ("base:B", 1, "111", 1, 3000),
    ]  # fmt: skip
    order = one_row(checked.facts["orders"], order_id="base:A")
    assert (order["subtotal"], order["total"]) == (5600, 6100)
    assert sum(line["quantity"] * line["unit_price"] for line in lines[:2]) == order["subtotal"]


def test_an_adjustment_below_0_is_a_discount_and_above_0_a_fee(tmp_path):
    checked = imported(tmp_path, item("A", 調整金額=-300), item("B", 調整金額=200, 代引き手数料=330))
    less, more = rows_of(checked.facts["orders"], "order_id")
    assert (less["discount"], less["shipping"], less["total"]) == (300, 500, 3200)
    assert (more["discount"], more["shipping"], more["total"]) == (0, 1030, 4030)
    assert less["points_used"] is None


def test_the_tax_within_follows_each_items_rate(tmp_path):
    order = one_row(imported(tmp_path, item("A", 税率=8, 送料=0)).facts["orders"])
    assert order["tax"] == 3000 * 8 // 108


def test_the_dispatch_column_is_the_orders_status(tmp_path):
    checked = imported(tmp_path, item("A", 発送状況="未発送"), item("B"), item("C", 発送状況="キャンセル"))
    found = [row["status"] for row in rows_of(checked.facts["orders"], "order_id")]
    assert found == ["placed", "shipped", "cancelled"]


def test_the_newer_product_code_goes_before_bases_own_number(tmp_path):
    checked = taken(tmp_path, sheet([*headers.BASE_ORDERS, "商品コード"], [item("A", 商品コード="SH-1")]), SOURCE)
    assert one_row(checked.facts["order_lines"])["product_id"] == "SH-1"


def test_a_bad_option_row_takes_its_order_out(tmp_path):
    checked = imported(tmp_path, item("A"), option("A", 価格="?"), item("B"))
    assert [row["order_id"] for row in rows_of(checked.facts["orders"], "order_id")] == ["base:B"]
    assert problems(checked) == [(2, "order_id", reasons.SAME_ORDER, "base:A"), (3, "価格", reasons.NOT_AMOUNT, "?")]
