"""Rakuten RMS in both layouts: what its order API calls the amounts, and who pays for which discount."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ingest import headers
from tests.ingest.sheets import one_row, rows_of, sheet, taken

RPAY, CLASSIC = "rakuten_rpay", "rakuten_classic"


def item(number, **more):
    """A row of an order of 3,000 yen, 500 postage, 100 points, 300 shop coupon and 200 mall coupon."""
    return {
        "注文番号": number, "ステータス": "700", "注文日時": "2026-05-01 09:00:00", "商品合計金額": 3000, "消費税合計": 0,
        "送料合計": 500, "代引料合計": -9999, "合計金額": 3500, "請求金額": 2900, "ポイント利用額": 100,
        "クーポン利用総額": 500, "店舗発行クーポン利用額": 300, "楽天発行クーポン利用額": 200,
        "注文者郵便番号1": "150", "注文者郵便番号2": "0001", "注文者住所都道府県": "東京都", "注文者姓": "髙橋",
        "注文者名": "花子", "注文者姓カナ": "タカハシ", "注文者名カナ": "ハナコ", "注文者電話番号1": "03",
        "注文者電話番号2": "1234", "注文者電話番号3": "5678", "注文者メールアドレス": "abc@pc.fw.rakuten.ne.jp",
        "注文者性別": "女", "商品名": "化粧水", "商品番号": "SK-001", "商品管理番号": "sk-001-url", "単価": 1500, "個数": 2,
        "税込別": "1", **more,
    }  # fmt: skip


def imported(folder, *rows):
    return taken(folder, sheet(headers.RAKUTEN_RPAY, rows), RPAY, encoding="cp932")


def test_only_the_shops_own_coupon_is_its_discount(tmp_path):
    checked = imported(tmp_path, item("1-1"))
    order = one_row(checked.facts["orders"])
    assert (order["subtotal"], order["discount"], order["points_used"]) == (3000, 300, 100)
    assert (order["shipping"], order["total"], order["status"], order["store"]) == (500, 2900, "shipped", "rakuten")
    assert order["ordered_at"] == datetime(2026, 5, 1, 0, 0, tzinfo=UTC)


def test_a_sum_that_is_not_settled_is_unknown_and_not_minus_9999(tmp_path):
    checked = imported(tmp_path, item("1-1", 送料合計=-9999, 代引料合計=-9999, 請求金額=-9999))
    order = one_row(checked.facts["orders"])
    assert (order["shipping"], order["total"]) == (None, None)


def test_the_tax_within_is_reckoned_as_the_file_does_not_say(tmp_path):
    order = one_row(imported(tmp_path, item("1-1")).facts["orders"])
    assert order["tax"] == (3000 - 300 + 500) * 10 // 110


def test_the_columns_of_the_years_since_tell_rate_and_code(tmp_path):
    header = [*headers.RAKUTEN_RPAY, "商品税率", "システム連携用SKU番号"]
    row = item("1-1", 商品税率="0.08", システム連携用SKU番号="SKU-9", 送料合計=0, 店舗発行クーポン利用額=0)
    checked = taken(tmp_path, sheet(header, [row]), RPAY)
    assert one_row(checked.facts["orders"])["tax"] == 3000 * 8 // 108
    assert one_row(checked.facts["order_lines"])["product_id"] == "SKU-9"


def test_goods_priced_without_tax_are_raised_by_it(tmp_path):
    checked = imported(
        tmp_path, item("1-1", 税込別="0", 商品合計金額=3000, 消費税合計=300, 合計金額=3800, 請求金額=3200)
    )
    order, line = one_row(checked.facts["orders"]), one_row(checked.facts["order_lines"])
    assert (order["subtotal"], line["unit_price"] * line["quantity"]) == (3300, 3300)


def test_rows_of_one_order_are_its_lines_and_its_amounts_count_once(tmp_path):
    checked = imported(tmp_path, item("1-1"), item("1-1", 商品番号="CT-009", 単価=0, 個数=1), item("1-2"))
    assert checked.counts == {"orders": 2, "order_lines": 3, "products": 2, "customers": 1}
    assert sum(order["total"] for order in rows_of(checked.facts["orders"], "order_id")) == 5800
    lines = rows_of(checked.facts["order_lines"].filter(lambda line: line.order_id == "rakuten:1-1"), "line_no")
    assert [line["line_no"] for line in lines] == [1, 2]


def test_the_customer_stays_the_same_when_the_mask_over_the_mail_changes(tmp_path):
    checked = imported(tmp_path, item("1-1"), item("1-2", 注文者メールアドレス="xyz@pc.fw.rakuten.ne.jp"))
    assert len({order["customer_id"] for order in rows_of(checked.facts["orders"], "order_id")}) == 1
    person = one_row(checked.persons)
    assert (person["phone"], person["postal_code"], person["email"]) == (
        "03-1234-5678", "1500001", "xyz@pc.fw.rakuten.ne.jp",
    )  # fmt: skip


def test_a_subscription_is_known_by_its_number_and_delivery(tmp_path):
    order = one_row(imported(tmp_path, item("1-1", 申込番号="T-77", 申込お届け回数="3")).facts["orders"])
    assert (order["subscription_id"], order["delivery_no"]) == ("rakuten:T-77", 3)


def test_every_status_code_of_the_mall_has_its_meaning(tmp_path):
    meanings = {
        "100": "placed", "200": "placed", "300": "paid", "400": "placed", "500": "shipped", "600": "shipped",
        "700": "shipped", "800": "cancelled", "900": "cancelled",
    }  # fmt: skip
    checked = imported(tmp_path, *(item(code, ステータス=code) for code in meanings))
    found = {row["order_id"]: row["status"] for row in rows_of(checked.facts["orders"], "order_id")}
    assert found == {f"rakuten:{code}": status for code, status in meanings.items()}


def test_the_classic_layout_says_the_same_in_other_words(tmp_path):
    row = {
        "受注番号": "1-1", "受注ステータス": "処理済", "注文日時": "2015/01/10 09:05", "合計": 3000,
        "消費税(-99999=無効値)": 0, "送料(-99999=無効値)": 500, "代引料(-99999=無効値)": -99999,
        "請求金額(-99999=無効値)": 2900, "ポイント利用額": 100, "店舗発行クーポン利用額": 300, "商品番号": "SK-001",
        "配送会社": "ヤマト運輸", "商品名": "化粧水", "単価": 1500, "個数": 2, "税込別": "税込", "注文者名字": "髙橋", "注文者名前": "花子",
        "注文者名字フリガナ": "タカハシ", "注文者名前フリガナ": "ハナコ", "注文者電話番号１": "03",
        "注文者電話番号２": "1234", "注文者電話番号３": "5678", "注文者住所：都道府県": "東京都", "注文者性別": "男",
    }  # fmt: skip
    old = taken(tmp_path, sheet(headers.RAKUTEN_CLASSIC, [row]), CLASSIC, encoding="cp932")
    order = one_row(old.facts["orders"])
    assert (order["subtotal"], order["discount"], order["shipping"], order["total"]) == (3000, 300, 500, 2900)
    assert (order["status"], order["order_month"], order["carrier"]) == ("shipped", "2015-01", "ヤマト運輸")
    assert one_row(old.facts["customers"])["gender"] == "male"
    new = imported(tmp_path, item("1-1"))
    assert order["customer_id"] == one_row(new.facts["orders"])["customer_id"]
