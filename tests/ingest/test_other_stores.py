"""au PAY Market, Amazon, Next Engine, Creema and minne."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ingest import headers
from tests.ingest.sheets import one_row, rows_of, sheet, taken


def aupay_row(number, **more):
    return {
        "orderId": number, "orderDetailId": "1", "orderDate": "2026/05/01 10:00", "itemCode": "SK-001",
        "itemName": "化粧水", "mailAddress": "hanako@example.jp", "ordererName": "髙橋花子",
        "ordererAddress": "神奈川県横浜市1-2", "ordererPhoneNumber1": "0451234567", "orderStatus": "完了",
        "itemPrice": 1500, "unit": 2, "postagePrice": 500, "chargePrice": 0, "totalPrice": 3500,
        "couponTotalPrice": 300, "usePoint": 100, "useAuPointPrice": 50, "requestPrice": 3050, **more,
    }  # fmt: skip


def test_an_aupay_coupon_is_a_discount_only_where_the_file_says_it_is_the_shops(tmp_path):
    rows = [aupay_row("1"), aupay_row("2", couponType="店舗クーポン"), aupay_row("3", orderStatus="キャンセル")]
    checked = taken(tmp_path, sheet(headers.AUPAY_ORDERS, rows), "aupay_orders", encoding="cp932")
    mall, shop, cancelled = rows_of(checked.facts["orders"], "order_id")
    assert (mall["subtotal"], mall["discount"], mall["points_used"], mall["total"]) == (3000, None, 150, 3050)
    assert (shop["discount"], cancelled["status"]) == (300, "cancelled")
    assert one_row(checked.facts["customers"])["region"] == "神奈川県"


def amazon_row(number, **more):
    return {
        "amazon-order-id": number, "purchase-date": "2026-05-01T10:00:00+00:00", "order-status": "Shipped",
        "product-name": 'Lotion 5" bottle', "sku": "SK-001", "quantity": 2, "currency": "JPY", "item-price": 3000,
        "item-tax": 272, "shipping-price": 500, "shipping-tax": 45, "item-promotion-discount": 300,
        "ship-promotion-discount": 500, **more,
    }  # fmt: skip


def test_amazons_amounts_are_the_rows_and_the_report_knows_no_buyer(tmp_path):
    cancelled = {"order-status": "Cancelled", "quantity": 0, "item-price": "", "item-tax": "", "shipping-price": ""}
    rows = [
        amazon_row("A-1"), amazon_row("A-1", sku="CT-009", quantity=1, **{"item-price": 400, "shipping-price": ""}),
        amazon_row("A-2", **cancelled), amazon_row("A-3", **{"order-status": "Shipped - Returned to Seller"}),
        amazon_row("A-4", currency="USD"),
    ]  # fmt: skip
    checked = taken(tmp_path, sheet(headers.AMAZON_ALL_ORDERS, rows, delimiter="\t"), "amazon_all_orders")
    orders = {row["order_id"]: row for row in rows_of(checked.facts["orders"], "order_id")}
    first = orders["amazon:A-1"]
    assert (first["subtotal"], first["shipping"], first["discount"], first["total"]) == (3400, 500, 1600, 2300)
    assert (first["customer_id"], first["ordered_at"]) == (None, datetime(2026, 5, 1, 10, tzinfo=UTC))
    assert (orders["amazon:A-2"]["status"], orders["amazon:A-3"]["status"]) == ("cancelled", "returned")
    abroad = orders["amazon:A-4"]
    assert (abroad["subtotal"], abroad["shipping"], abroad["tax"]) == (3272, 545, 317)
    lines = rows_of(checked.facts["order_lines"], "order_id", "line_no")
    assert [line["unit_price"] for line in lines[:3]] == [1500, 400, None]
    assert "customers" not in checked.facts


def test_a_quote_in_an_unquoted_tab_file_is_a_letter(tmp_path):
    rows = [amazon_row("A-1", **{"product-name": "NAME"}), amazon_row("A-2", **{"product-name": "綿"})]
    text = sheet(headers.AMAZON_ALL_ORDERS, rows, delimiter="\t").replace("NAME", '"Lotion" 5"')
    checked = taken(tmp_path, text, "amazon_all_orders")
    assert checked.counts["orders"] == 2
    assert one_row(checked.facts["products"])["name"] == "綿"


def test_amazons_order_report_gives_an_alias_that_is_an_id_within_amazon(tmp_path):
    row = {
        "order-id": "A-1", "order-item-id": "9", "purchase-date": "2026-05-01T10:00:00+09:00",
        "payments-date": "2026-05-01T10:05:00+09:00", "buyer-email": "x9@marketplace.amazon.co.jp",
        "buyer-name": "髙橋", "sku": "SK-001", "product-name": "化粧水", "quantity-purchased": 1, "currency": "JPY",
        "item-price": 1500, "item-tax": 136,
    }  # fmt: skip
    rows = [row, {**row, "order-id": "A-2", "payments-date": ""}]
    text = sheet(headers.AMAZON_ORDER_REPORT, rows, delimiter="\t")
    checked = taken(tmp_path, text, "amazon_order_report", encoding="cp932")
    first, second = rows_of(checked.facts["orders"], "order_id")
    assert first["customer_id"] == second["customer_id"]
    assert first["customer_id"].startswith("amazon:m-")
    assert (first["status"], second["status"]) == ("paid", "placed")


def next_engine_row(number, **more):
    return {
        "店舗伝票番号": number, "受注日": "2026/05/01 10:00:00", "受注郵便番号": "150-0001", "受注住所１": "東京都渋谷区",
        "受注住所２": "1-2", "受注名": "髙橋花子", "受注名カナ": "タカハシハナコ", "受注電話番号": "0312345678",
        "受注メールアドレス": "hanako@example.jp", "商品計": 3000, "税金": 300, "発送料": 500, "手数料": 0, "ポイント": 0,
        "その他費用": 0, "合計金額": 3800, "商品名": "化粧水", "商品コード": "SK-001", "商品価格": 1500, "受注数量": 2,
        "発送方法": "宅急便", **more,
    }  # fmt: skip


def test_next_engines_total_tells_whether_tax_is_on_top(tmp_path):
    rows = [
        next_engine_row("1"), next_engine_row("2", 合計金額=3500, 税金=318, 出荷済フラグ="1"),
        next_engine_row("3", 合計金額=3300, 税金=300, その他費用=-200),
    ]  # fmt: skip
    checked = taken(tmp_path, sheet(headers.NEXT_ENGINE, rows), "next_engine", encoding="cp932")
    on_top, within, less = rows_of(checked.facts["orders"], "order_id")
    assert (on_top["order_id"], on_top["subtotal"], on_top["total"], on_top["status"]) == (
        "own:1",
        3300,
        3800,
        "placed",
    )
    assert (within["subtotal"], within["tax"], within["status"]) == (3000, 318, "shipped")
    assert (less["subtotal"], less["discount"], less["carrier"]) == (3000, 200, "宅急便")
    person = one_row(checked.persons)
    assert (person["address"], person["region"], person["postal_code"]) == ("東京都渋谷区1-2", "東京都", "1500001")


def test_creema_and_minne_count_the_makers_coupon_and_not_the_markets(tmp_path):
    creema = {
        "注文ID": "C-1", "購入日": "2026/05/01", "ステータス": "取引完了", "作品タイトル": "耳飾り", "作品単価": 2000,
        "作品価格": 2200, "数量": 2, "取引相手": "hana", "作品合計": 4400, "送料・ラッピング": 300, "(-)作家クーポン": 200,
        "合計金額": 4500, "(-)お買い物券・ポイント・キャンペーン分": 500, "ご注文金額": 4000, "氏名": "髙橋花子",
    }  # fmt: skip
    checked = taken(tmp_path, sheet(headers.CREEMA_ORDERS, [creema]), "creema_orders")
    order = one_row(checked.facts["orders"])
    assert (order["customer_id"], order["subtotal"], order["discount"], order["total"]) == (
        "creema:hana",
        4400,
        200,
        4500,
    )
    assert (order["points_used"], one_row(checked.facts["order_lines"])["unit_price"]) == (None, 2200)
    minne = {
        "注文ID": "M-1", "注文日": "2026-05-01", "注文状況": "発送済み", "作品名": "耳飾り", "販売価格": 2000, "数量": 1,
        "注文の販売価格": 2000, "注文の送料": 200, "注文の合計": 2200, "注文者のユーザーID": "77",
    }  # fmt: skip
    checked = taken(tmp_path, sheet(headers.MINNE_ORDERS, [minne]), "minne_orders")
    order = one_row(checked.facts["orders"])
    assert (order["customer_id"], order["status"], order["total"]) == ("minne:77", "shipped", 2200)
