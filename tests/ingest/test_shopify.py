"""Shopify's order and customer exports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from okaeri.ingest import reasons
from tests.ingest import headers
from tests.ingest.sheets import one_row, problems, rows_of, sheet, taken

ORDERS, CUSTOMERS = "shopify_orders", "shopify_customers"


def head(number, **more):
    """The first row of a paid order of two goods, 3,000 yen and 500 postage, tax within."""
    return {
        "Name": number, "Email": "hanako@example.jp", "Financial Status": "paid", "Currency": "JPY", "Subtotal": 3000,
        "Shipping": 500, "Taxes": 318, "Total": 3500, "Created at": "2026-05-01 08:30:00 +0900", "Lineitem quantity": 1,
        "Lineitem name": "化粧水", "Lineitem price": 2000, "Lineitem sku": "SK-001", "Shipping Method": "Express", "Billing Name": "山田 花子",
        "Billing Province": "JP-13", "Billing Country": "JP", "Billing Phone": "'0312345678", **more,
    }  # fmt: skip


def further(number, **more):
    """A later row: only the order's name, the mail and the item."""
    return {
        "Name": number, "Email": "hanako@example.jp", "Lineitem quantity": 2, "Lineitem name": "綿",
        "Lineitem price": 500, "Lineitem sku": "CT-009", **more,
    }  # fmt: skip


def imported(folder, *rows):
    return taken(folder, sheet(headers.SHOPIFY_ORDERS, rows, end="\n"), ORDERS)


def test_the_orders_amounts_stand_on_its_first_row_and_are_counted_once(tmp_path):
    checked = imported(tmp_path, head("#1001"), further("#1001"), head("#1002"), further("#1002"))
    assert checked.counts == {"orders": 2, "order_lines": 4, "products": 2, "customers": 1}
    orders = rows_of(checked.facts["orders"], "order_id")
    assert sum(order["total"] for order in orders) == 7000
    first = orders[0]
    assert (first["order_id"], first["subtotal"], first["discount"], first["tax"]) == ("shopify:#1001", 3000, 0, 318)
    assert [order["carrier"] for order in orders] == ["Express", "Express"]
    assert (first["ordered_at"], first["order_date"]) == (datetime(2026, 4, 30, 23, 30, tzinfo=UTC), date(2026, 5, 1))


def test_the_latest_row_names_the_product_and_one_mail_is_one_customer(tmp_path):
    renamed = head("#1002", **{"Lineitem name": "化粧水 新", "Email": " Hanako@Example.JP "})
    checked = imported(tmp_path, head("#1001"), further("#1001"), renamed, further("#1002"))
    assert one_row(checked.facts["products"], product_id="SK-001")["name"] == "化粧水 新"
    assert len({order["customer_id"] for order in rows_of(checked.facts["orders"], "order_id")}) == 1
    assert one_row(checked.persons)["phone"] == "0312345678"


def test_payment_dispatch_and_cancellation_make_the_status(tmp_path):
    cases = [
        ({"Financial Status": "pending"}, "placed"),
        ({"Financial Status": "authorized"}, "placed"),
        ({"Financial Status": "partially_paid"}, "placed"),
        ({"Financial Status": "paid"}, "paid"),
        ({"Financial Status": "paid", "Fulfillment Status": "fulfilled"}, "shipped"),
        ({"Financial Status": "partially_refunded", "Fulfillment Status": "fulfilled"}, "shipped"),
        ({"Financial Status": "refunded", "Fulfillment Status": "fulfilled"}, "returned"),
        ({"Financial Status": "voided"}, "cancelled"),
        ({"Financial Status": "paid", "Cancelled at": "2026-05-02 10:00:00 +0900"}, "cancelled"),
    ]
    checked = imported(tmp_path, *(head(f"#{place}", **cells) for place, (cells, _) in enumerate(cases)))
    found = [row["status"] for row in rows_of(checked.facts["orders"], "order_id")]
    assert found == [status for _, status in cases]


def test_a_discount_is_what_the_lines_come_to_above_the_subtotal(tmp_path):
    first = head("#1001", Subtotal=2700, Total=3200, **{"Discount Code": "WELCOME", "Discount Amount": 300})
    checked = imported(tmp_path, first, further("#1001"))
    order = one_row(checked.facts["orders"])
    assert (order["subtotal"], order["discount"], order["coupon_code"]) == (3000, 300, "WELCOME")
    assert order["subtotal"] - order["discount"] + order["shipping"] == order["total"]


def test_a_discount_on_a_line_stays_with_the_line(tmp_path):
    first = head("#1001", Subtotal=2600, Total=3100)
    checked = imported(tmp_path, first, further("#1001", **{"Lineitem discount": 400}))
    order = one_row(checked.facts["orders"])
    assert (order["subtotal"], order["discount"]) == (2600, 0)
    assert [line["discount"] for line in rows_of(checked.facts["order_lines"], "line_no")] == [None, 400]


def test_prices_without_tax_are_raised_to_what_was_charged(tmp_path):
    checked = imported(tmp_path, head("#1001", Taxes=350, Total=3850), further("#1001"))
    order = one_row(checked.facts["orders"])
    assert (order["subtotal"], order["shipping"], order["tax"], order["total"]) == (3300, 550, 350, 3850)
    assert [line["unit_price"] for line in rows_of(checked.facts["order_lines"], "line_no")] == [2200, 550]


def test_refunds_are_kept_apart(tmp_path):
    cells = {"Financial Status": "partially_refunded", "Refunded Amount": "1,000"}
    checked = imported(tmp_path, head("#1001", **cells), further("#1001"))
    order = one_row(checked.facts["orders"])
    assert (order["status"], order["refunded"], order["total"]) == ("paid", 1000, 3500)


def test_an_order_without_mail_goes_by_phone_and_name_or_has_no_customer(tmp_path):
    nobody = {"Email": "", "Billing Phone": "", "Billing Name": ""}
    checked = imported(
        tmp_path, head("#1", Email=""), further("#1", Email=""), head("#2", **nobody), further("#2", Email="")
    )
    by_phone = one_row(checked.facts["orders"], order_id="shopify:#1")["customer_id"]
    assert by_phone.startswith("shopify:p-")
    assert one_row(checked.facts["orders"], order_id="shopify:#2")["customer_id"] is None
    assert [row["customer_id"] for row in rows_of(checked.facts["customers"], "customer_id")] == [by_phone]


def test_an_unknown_payment_status_is_not_guessed(tmp_path):
    checked = imported(tmp_path, head("#1001", **{"Financial Status": "on hold"}), further("#1001"))
    assert checked.counts["orders"] == 0
    assert (2, "Financial Status", reasons.NOT_A_CHOICE, "on hold") in problems(checked)


def test_an_item_without_a_code_goes_by_its_name(tmp_path):
    checked = imported(tmp_path, head("#1001", **{"Lineitem sku": ""}), further("#1001"))
    assert one_row(checked.facts["order_lines"], line_no=1)["product_id"] == "化粧水"


def test_a_customer_of_the_customer_file_has_the_id_of_the_order_file(tmp_path):
    row = {
        "First Name": "花子", "Last Name": "山田", "Email": "Hanako@example.jp", "Accepts Email Marketing": "yes",
        "Zip": "'1500001", "Phone": "'0312345678", "Province": "Tokyo", "Country Code": "JP",
    }  # fmt: skip
    listed = taken(tmp_path, sheet(headers.SHOPIFY_CUSTOMERS, [row]), CUSTOMERS)
    bought = imported(tmp_path, head("#1001"), further("#1001"))
    assert one_row(listed.facts["customers"])["customer_id"] == one_row(bought.facts["orders"])["customer_id"]
    person = one_row(listed.persons)
    assert (person["name"], person["postal_code"], person["phone"]) == ("山田 花子", "1500001", "0312345678")


def test_no_yen_is_lost_between_file_and_facts(tmp_path):
    rows = []
    for number in range(1, 41):
        rows += [head(f"#{number}", Total=3500 + number, Subtotal=3000), further(f"#{number}")]
    checked = imported(tmp_path, *rows)
    totals = checked.facts["orders"].total.sum().to_pyarrow().as_py()
    assert totals == Decimal(sum(3500 + number for number in range(1, 41)))


def test_an_order_that_stands_twice_is_refused_rather_than_doubled(tmp_path):
    order = [head("#1001"), further("#1001")]
    checked = imported(tmp_path, *order, head("#1002"), *order)
    assert [row["order_id"] for row in rows_of(checked.facts["orders"], "order_id")] == ["shopify:#1002"]
    assert problems(checked)[0] == (2, "Created at", reasons.CONFLICT, "2026-05-01 08:30:00 +0900")
