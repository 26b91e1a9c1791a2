"""Yahoo! Shopping: its order API says what TotalPrice is made of; orders and items come in two files."""

from __future__ import annotations

from tests.ingest import headers
from tests.ingest.sheets import one_row, problems, rows_of, sheet, taken


def order(number, **more):
    return {
        "OrderId": number, "OrderTime": "2026/05/01 10:00:00", "OrderStatus": "5", "BillLastName": "髙橋",
        "BillFirstName": "花子", "BillLastNameKana": "タカハシ", "BillFirstNameKana": "ハナコ", "BillPrefecture": "東京都",
        "BillMailAddress": "hanako@example.jp", "BillPhoneNumber": "0312345678", "ShipCharge": 500, "PayCharge": 300,
        "GiftWrapCharge": 100, "Discount": 200, "UsePoint": 50, "TotalMallCouponDiscount": 150, "TotalPrice": 3500,
        **more,
    }  # fmt: skip


def line(number, place, **more):
    return {
        "OrderId": number, "LineId": place, "Quantity": 2, "ItemId": "SK-001", "Title": "化粧水", "UnitPrice": 1500,
        **more,
    }  # fmt: skip


def test_the_subtotal_is_reckoned_back_from_the_total(tmp_path):
    # 3,000 goods - 50 points + 100 wrapping + 300 fee - 200 discount + 500 postage - 150 mall coupon = 3,500
    checked = taken(tmp_path, sheet(headers.YAHOO_ORDERS, [order("s-1")]), "yahoo_orders", encoding="cp932")
    found = one_row(checked.facts["orders"])
    assert (found["subtotal"], found["shipping"], found["discount"], found["points_used"]) == (3000, 900, 200, 50)
    assert (found["total"], found["tax"], found["store"]) == (3500, 3700 * 10 // 110, "yahoo")
    assert one_row(checked.persons)["kana"] == "タカハシ ハナコ"


def test_an_order_in_hand_is_paid_or_shipped_once_it_has_the_date_of_it(tmp_path):
    cases = [
        ({"OrderStatus": "1"}, "placed"), ({"OrderStatus": "2", "PayDate": "2026/05/02"}, "paid"),
        ({"OrderStatus": "2", "ShipDate": "2026/05/03"}, "shipped"), ({"OrderStatus": "3"}, "placed"),
        ({"OrderStatus": "4", "ShipDate": "2026/05/03"}, "cancelled"), ({"OrderStatus": "5"}, "shipped"),
    ]  # fmt: skip
    rows = [order(f"s-{place}", **cells) for place, (cells, _) in enumerate(cases)]
    checked = taken(tmp_path, sheet(headers.YAHOO_ORDERS, rows), "yahoo_orders")
    assert [row["status"] for row in rows_of(checked.facts["orders"], "order_id")] == [status for _, status in cases]


def test_the_item_file_brings_lines_whose_orders_come_in_the_other_file(tmp_path):
    rows = [line("s-1", 1), line("s-1", 2, ItemId="CT-009", Title="綿", Quantity=1), line("s-2", 1)]
    checked = taken(tmp_path, sheet(headers.YAHOO_ITEMS, rows), "yahoo_items")
    lines = rows_of(checked.facts["order_lines"], "order_id", "line_no")
    assert [(row["order_id"], row["line_no"], row["product_id"], row["quantity"]) for row in lines] == [
        ("yahoo:s-1", 1, "SK-001", 2), ("yahoo:s-1", 2, "CT-009", 1), ("yahoo:s-2", 1, "SK-001", 2),
    ]  # fmt: skip
    assert problems(checked) == []
    assert checked.counts["products"] == 2
