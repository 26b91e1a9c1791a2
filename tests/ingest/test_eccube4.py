"""EC-CUBE 4: amounts as its PurchaseFlow adds them up, statuses and kinds as its master tables number them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from okaeri.ingest import reasons
from okaeri.schema.errors import DataRejected
from tests.ingest import headers
from tests.ingest.sheets import one_row, problems, rows_of, sheet, taken

ORDERS, MEMBERS, PRODUCTS = "eccube4_orders", "eccube4_members", "eccube4_products"


def item(number, kind="1", code="SK-001", price=1000, pieces=1, **more):
    """One row of a paid order of 1,100 yen and 550 postage by member 7, unless told otherwise."""
    return {
        "注文ID": number, "注文番号": number, "会員ID": "7", "お名前(姓)": "髙橋", "お名前(名)": "花子", "お名前(セイ)": "タカハシ",
        "お名前(メイ)": "ハナコ", "郵便番号": "1500001", "都道府県(名称)": "東京都", "住所1": "渋谷区神宮前", "住所2": "①番地～",
        "メールアドレス": "Hanako@Example.jp", "TEL": "0312345678", "性別(ID)": "2", "誕生日": "1980-04-01 00:00:00",
        "小計": 1100, "値引き": 0, "送料": 550, "税金": 150, "合計": 1650, "支払合計": 1650, "対応状況(ID)": "6",
        "受注日": "2026-05-01 03:04:05", "商品ID": "1" if kind == "1" else "", "商品名": "化粧水",
        "商品コード": code if kind == "1" else "", "価格": price, "個数": pieces, "税率": 10, "明細区分(ID)": kind,
        "配送業者(名称)": "東便", "出荷ID": number, "送料#2": 550, **more,
    }  # fmt: skip


def postage(number, **more):
    return item(number, kind="2", price=550, **more)


def two_orders():
    return [item("1"), postage("1"), item("2", 会員ID=""), postage("2", 会員ID="")]


def test_an_order_becomes_one_order_with_a_line_per_item(tmp_path):
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, two_orders()), ORDERS)
    assert checked.counts == {"orders": 2, "order_lines": 4, "products": 1, "customers": 2}
    order = one_row(checked.facts["orders"], order_id="own:1")
    assert order["ordered_at"] == datetime(2026, 4, 30, 18, 4, 5, tzinfo=UTC)
    assert (order["order_date"], order["order_month"], order["status"]) == (date(2026, 5, 1), "2026-05", "paid")
    assert order["carrier"] == "東便"
    assert (order["subtotal"], order["shipping"], order["tax"], order["total"]) == (1100, 550, 150, 1650)
    lines = rows_of(checked.facts["order_lines"].filter(lambda line: line.order_id == "own:1"), "line_no")
    assert [(line["kind"], line["unit_price"], line["product_id"], line["order_month"]) for line in lines] == [
        ("goods", 1100, "SK-001", "2026-05"), ("shipping", 550, None, "2026-05"),
    ]  # fmt: skip


def test_a_member_keeps_the_shops_id_and_a_guest_gets_one_from_the_mail(tmp_path):
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, two_orders()), ORDERS)
    member = one_row(checked.facts["orders"], order_id="own:1")["customer_id"]
    guest = one_row(checked.facts["orders"], order_id="own:2")["customer_id"]
    assert member == "own:7"
    assert guest.startswith("own:m-")
    assert len(guest) == len("own:m-") + 12
    known = one_row(checked.facts["customers"], customer_id=guest)
    assert (known["is_member"], known["gender"], known["birth_year"], known["region"]) == (
        False,
        "female",
        1980,
        "東京都",
    )


def test_no_fact_holds_a_name_a_mail_a_phone_or_an_address(tmp_path):
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, two_orders()), ORDERS)
    facts = str([rows.to_pyarrow().to_pylist() for rows in checked.facts.values()]).lower()
    for personal in ("hanako", "髙橋", "花子", "タカハシ", "0312345678", "渋谷区", "1500001"):
        assert personal not in facts
    person = one_row(checked.persons, customer_id="own:7")
    assert (person["name"], person["kana"], person["email"]) == ("髙橋 花子", "タカハシ ハナコ", "Hanako@Example.jp")
    assert (person["address"], person["birth_date"]) == ("渋谷区神宮前①番地～", "1980-04-01")


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
def test_cp932_with_its_own_letters_reads_as_utf_8_does(tmp_path, encoding):
    rows = [{**row, "ショップ用メモ欄": '一行目\n二行目, と "引用"'} for row in two_orders()]
    text = sheet(headers.ECCUBE_ORDERS, rows).replace("～", "～")
    checked = taken(tmp_path, text, ORDERS, encoding=encoding)
    assert checked.counts["orders"] == 2
    assert one_row(checked.persons, customer_id="own:7")["address"] == "渋谷区神宮前①番地～"


def test_columns_may_stand_in_any_order(tmp_path):
    header = list(headers.ECCUBE_ORDERS)
    plain = taken(tmp_path, sheet(header, two_orders()), ORDERS)
    # The second 送料 is told from the first by standing after it, so these two keep their order.
    places = [place for place, name in enumerate(header) if name != "送料"]
    mixed = places[:]
    random.Random(3).shuffle(mixed)
    shuffled = header[:]
    for place, other in zip(places, mixed, strict=True):
        shuffled[place] = header[other]
    again = taken(tmp_path, sheet(shuffled, two_orders()), ORDERS)
    for name in plain.facts:
        key = "order_id" if "order" in name else f"{name[:-1]}_id"
        assert rows_of(again.facts[name], key) == rows_of(plain.facts[name], key)


def test_of_the_two_columns_called_postage_the_first_is_the_orders(tmp_path):
    rows = [item("1", **{"送料#2": 300}), postage("1", **{"送料#2": 300})]
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, rows), ORDERS)
    assert one_row(checked.facts["orders"])["shipping"] == 550


def test_every_status_of_the_master_table_has_its_meaning_and_carts_are_no_orders(tmp_path):
    meanings = {"1": "placed", "3": "cancelled", "4": "placed", "5": "shipped", "6": "paid", "9": "returned"}
    rows = []
    for code in (*meanings, "7", "8"):
        rows += [{**row, "対応状況(ID)": code} for row in (item(code), postage(code))]
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, rows), ORDERS)
    found = {row["order_id"]: row["status"] for row in rows_of(checked.facts["orders"], "order_id")}
    assert found == {f"own:{code}": status for code, status in meanings.items()}
    assert problems(checked) == []


def test_fees_discounts_and_points_go_to_their_columns_and_the_lines_add_up_to_the_total(tmp_path):
    whole = {"小計": 2200, "値引き": 200, "税金": 250, "合計": 2680, "支払合計": 2680}
    rows = [
        item("1", pieces=2, **whole), postage("1", **whole), item("1", kind="3", price=330, **whole),
        item("1", kind="4", price=-200, **whole), item("1", kind="6", price=-200, 税率=0, **whole),
    ]  # fmt: skip
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, rows), ORDERS)
    order = one_row(checked.facts["orders"])
    assert (order["discount"], order["shipping"], order["points_used"], order["total"]) == (200, 880, 200, 2680)
    lines = rows_of(checked.facts["order_lines"], "line_no")
    assert [line["kind"] for line in lines] == ["goods", "shipping", "fee", "discount", "adjustment"]
    assert sum(line["unit_price"] * line["quantity"] for line in lines) == order["total"]
    assert order["subtotal"] - order["discount"] + order["shipping"] - order["points_used"] == order["total"]


def test_the_shipping_file_with_the_same_header_is_refused(tmp_path):
    whole = {"小計": 1100, "値引き": 500, "合計": 1150, "支払合計": 1150}
    rows = [item("1", **whole), postage("1", **whole)]
    with pytest.raises(DataRejected) as refusal:
        taken(tmp_path, sheet(headers.ECCUBE_ORDERS, rows), ORDERS)
    assert refusal.value.problems[0].reason == reasons.SHIPPING_FILE


def test_a_bad_cell_takes_its_whole_order_out_and_says_where(tmp_path):
    rows = [item("1"), postage("1", 価格="about 500"), item("2"), postage("2")]
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, rows), ORDERS)
    assert [row["order_id"] for row in rows_of(checked.facts["orders"], "order_id")] == ["own:2"]
    assert checked.counts["order_lines"] == 2
    assert problems(checked) == [
        (2, "order_id", reasons.SAME_ORDER, "own:1"), (3, "価格", reasons.NOT_AMOUNT, "about 500"),
    ]  # fmt: skip
    assert checked.share_rejected == 0.5


def test_members_know_since_when_and_keep_their_id(tmp_path):
    row = {
        "会員ID": "7", "お名前(姓)": "髙橋", "お名前(名)": "花子", "都道府県(名称)": "東京都", "メールアドレス": "a@example.jp",
        "性別(ID)": "1", "誕生日": "1980/4/1", "登録日": "2025-12-31 23:30:00", "会員ステータス(ID)": "2",
    }  # fmt: skip
    checked = taken(tmp_path, sheet(headers.ECCUBE_MEMBERS, [row]), MEMBERS, encoding="cp932")
    known = one_row(checked.facts["customers"])
    assert (known["customer_id"], known["gender"], known["is_member"]) == ("own:7", "male", True)
    assert known["first_seen_at"] == datetime(2025, 12, 31, 14, 30, tzinfo=UTC)
    assert known["first_seen_date"] == date(2025, 12, 31)
    assert checked.persons.count().to_pyarrow().as_py() == 1


def test_products_are_priced_with_tax(tmp_path):
    rows = [
        {"商品ID": "1", "公開ステータス(ID)": "1", "商品名": "化粧水", "商品コード": "SK-001", "販売価格": "1,000", "税率": "8",
         "規格分類1(名称)": "しっとり", "商品カテゴリ(名称)": "スキンケア,新入荷"},
        {"商品ID": "2", "公開ステータス(ID)": "1", "商品名": "乳液", "商品コード": "SK-002", "販売価格": "2000"},
    ]  # fmt: skip
    checked = taken(tmp_path, sheet(headers.ECCUBE_PRODUCTS, rows), PRODUCTS)
    lotion = one_row(checked.facts["products"], product_id="SK-001")
    assert (lotion["name"], lotion["category"], lotion["price"]) == ("化粧水 しっとり", "スキンケア", Decimal(1080))
    assert one_row(checked.facts["products"], product_id="SK-002")["price"] == 2200


def test_two_exports_in_one_file_count_an_order_once_or_refuse_it(tmp_path):
    kept = [{**row, "注文詳細ID": place} for place, row in enumerate(two_orders())]
    later = [
        {**row, "対応状況(ID)": "5", "注文詳細ID": 9 + place} for place, row in enumerate((item("2"), postage("2")))
    ]
    checked = taken(tmp_path, sheet(headers.ECCUBE_ORDERS, [*kept[:2], *kept, *later]), ORDERS)
    assert [row["order_id"] for row in rows_of(checked.facts["orders"], "order_id")] == ["own:1"]
    assert checked.counts["order_lines"] == 2
    assert (6, "対応状況(ID)", reasons.CONFLICT, "6") in problems(checked)
