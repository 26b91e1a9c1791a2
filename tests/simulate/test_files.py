import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from okaeri.schema.facts import FACTS
from okaeri.simulate import ShopPlan, shop_tables, simulate
from okaeri.simulate.catalogue import Product
from okaeri.simulate.files import headers
from okaeri.simulate.files.eccube import net_price

PLAN = ShopPlan(customers=1200, seed=5, years=2)
ENCODINGS = {"eccube_orders": "cp932", "eccube_members": "cp932", "eccube_products": "cp932", "rakuten_orders": "cp932"}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("shop")
    simulate(path, PLAN, truth=path / "truth.jsonl")
    return path


@pytest.fixture(scope="module")
def tables():
    return shop_tables(PLAN)


def records(directory: Path, name: str) -> list[list[str]]:
    text = (directory / f"{name}.csv").read_bytes().decode(ENCODINGS.get(name, "utf-8"))
    return list(csv.reader(io.StringIO(text, newline="")))


def rows(directory: Path, name: str) -> list[dict[str, str]]:
    header, *found = records(directory, name)
    return [dict(zip(header, row, strict=True)) for row in found]


def totals_of_store(tables, store: str) -> dict[str, int]:
    orders = tables["orders"]
    found = zip(orders["order_id"], orders["store"], orders["total"], strict=True)
    return {key: int(total) for key, where, total in found if where == store}


@pytest.mark.reference
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (headers.ECCUBE_ORDERS, "eccube4_orders"),
        (headers.ECCUBE_MEMBERS, "eccube4_members"),
        (headers.ECCUBE_PRODUCTS, "eccube4_products"),
        (headers.SHOPIFY_ORDERS, "shopify_orders_export"),
        (headers.RAKUTEN_ORDERS, "rakuten_rms_rpay_orders"),
    ],
)
def test_headers_are_those_real_shops_export(ours, theirs):
    root = os.environ.get("OKAERI_REFERENCE_DATA")
    if not root:
        pytest.skip("OKAERI_REFERENCE_DATA is not set")
    real = (Path(root) / "shop_exports" / f"{theirs}.header.csv").read_text("utf-8").strip()
    assert ours == real


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("eccube_orders", headers.ECCUBE_ORDERS),
        ("eccube_members", headers.ECCUBE_MEMBERS),
        ("eccube_products", headers.ECCUBE_PRODUCTS),
        ("shopify_orders", headers.SHOPIFY_ORDERS),
        ("rakuten_orders", headers.RAKUTEN_ORDERS),
    ],
)
def test_every_record_has_a_cell_per_column_in_the_stores_own_encoding(directory, name, header):
    found = records(directory, name)
    assert ",".join(found[0]) == header
    assert {len(row) for row in found} == {len(header.split(","))}
    assert len(found) > 30


def test_line_ends_are_those_of_the_exporting_shop(directory):
    assert (directory / "eccube_orders.csv").read_bytes().count(b"\r\n") == len(records(directory, "eccube_orders"))
    assert b"\r" not in (directory / "shopify_orders.csv").read_bytes()


def test_the_lines_of_an_eccube_order_sum_to_what_was_charged_and_to_the_fact(directory, tables):
    """Goods are listed without tax and rounded to the yen a piece; everything else is listed as charged."""
    header, *found = records(directory, "eccube_orders")
    at = {name: header.index(name) for name in header}
    sums: dict[str, int] = {}
    charged: dict[str, int] = {}
    for row in found:
        price, pieces = float(row[at["価格"]]), int(row[at["個数"]])
        if row[at["明細区分(ID)"]] == "1":
            price = int(price * (100 + int(row[at["税率"]])) / 100 + 0.5)
        number = f"own:{row[at['注文番号']]}"
        sums[number] = sums.get(number, 0) + int(price) * pieces
        charged[number] = int(float(row[at["支払合計"]]))
        parts = [float(row[at[name]]) for name in ("小計", "値引き", "税金")]
        assert 0 <= parts[2] <= (parts[0] - parts[1] + 1000) / 11
    assert sums == charged == totals_of_store(tables, "own")


def test_all_line_kinds_and_states_of_eccube_occur(directory):
    found = rows(directory, "eccube_orders")
    assert {row["明細区分(ID)"] for row in found} == {"1", "2", "3", "4", "6"}
    assert {row["対応状況(名称)"] for row in found} >= {"発送済み", "注文取消し", "返品"}
    assert any(row["会員ID"] == "" for row in found)


@pytest.mark.parametrize("percent", [8, 10])
def test_every_price_comes_back_from_its_price_without_tax(percent):
    for price in range(1, 3000):
        product = Product("P", "品", "雑貨", price, 0, 0, tax_percent=percent)
        assert int(float(net_price(product)) * (100 + percent) / 100 + 0.5) == price


def test_shopify_totals_are_the_facts_and_stand_on_the_first_row_only(directory, tables):
    found = rows(directory, "shopify_orders")
    heads = [row for row in found if row["Total"]]
    assert {f"shopify:{row['Name']}": int(row["Total"]) for row in heads} == totals_of_store(tables, "shopify")
    assert len(heads) == len({row["Name"] for row in found}) < len(found)
    for row in heads:
        assert int(row["Subtotal"]) + int(row["Shipping"]) == int(row["Total"])
    goods: dict[str, int] = {}
    for row in found:
        goods[row["Name"]] = goods.get(row["Name"], 0) + int(row["Lineitem quantity"]) * int(row["Lineitem price"])
    assert goods == {row["Name"]: int(row["Subtotal"]) + int(row["Discount Amount"]) for row in heads}


def test_shopify_says_what_was_paid_back(directory, tables):
    orders = tables["orders"]
    fact = {k: int(r) for k, r in zip(orders["order_id"], orders["refunded"], strict=True) if k.startswith("shopify")}
    heads = [row for row in rows(directory, "shopify_orders") if row["Total"]]
    assert {f"shopify:{row['Name']}": int(row["Refunded Amount"]) for row in heads} == fact
    assert {row["Financial Status"] for row in heads} >= {"paid", "partially_refunded", "refunded", "voided"}
    for row in heads:
        assert (row["Financial Status"] == "partially_refunded") == (
            0 < int(row["Refunded Amount"]) < int(row["Total"])
        )


def test_rakuten_totals_are_the_facts(directory, tables):
    found = rows(directory, "rakuten_orders")
    assert {f"rakuten:{row['注文番号']}": int(row["請求金額"]) for row in found} == totals_of_store(tables, "rakuten")
    for row in found:
        taken_off = int(row["クーポン利用総額"]) + int(row["ポイント利用額"])
        assert int(row["合計金額"]) - taken_off == int(row["請求金額"])
        assert row["注文者メールアドレス"].endswith("@pc.fw.rakuten.ne.jp")


def test_no_order_is_in_two_stores(tables):
    assert len(set(tables["orders"]["order_id"])) == len(tables["orders"]["order_id"])
    assert set(tables["orders"]["store"]) == {"own", "shopify", "rakuten"}


def test_one_person_is_written_differently_from_store_to_store(directory):
    """The phone tells the person; the name is in new characters in one store and old ones in another."""
    own = {}
    for row in rows(directory, "eccube_orders"):
        phone = row["TEL"].translate(str.maketrans("０１２３４５６７８９－", "0123456789-")).replace("-", "")
        own[phone] = row["お名前(姓)"]
    pairs = set()
    for row in rows(directory, "rakuten_orders"):
        phone = row["注文者電話番号1"] + row["注文者電話番号2"] + row["注文者電話番号3"]
        if phone in own:
            pairs.add((own[phone], row["注文者姓"]))
    assert sum(a == b for a, b in pairs) > 3
    assert any(a != b for a, b in pairs)
    assert {
        ("高橋", "髙橋"),
        ("髙橋", "高橋"),
        ("山崎", "山﨑"),
        ("渡辺", "渡邊"),
        ("渡邊", "渡辺"),
        ("斎藤", "齋藤"),
    } & pairs


def test_phones_are_typed_in_every_way_and_lead_to_nobody(directory):
    phones = {row["TEL"] for row in rows(directory, "eccube_orders")}
    assert any(phone[0] == "０" for phone in phones)
    assert any(phone.isascii() and "-" in phone for phone in phones)
    assert any(phone.isascii() and phone.isdigit() for phone in phones)
    mails = {row["メールアドレス"] for row in rows(directory, "eccube_orders")}
    assert {mail.split("@")[1] for mail in mails} == {"mail.example.jp", "mail.example.com"}


def test_members_are_the_registered_buyers_of_the_own_store(directory):
    bought: dict[str, set[str]] = {}
    for row in rows(directory, "eccube_orders"):
        if row["会員ID"]:
            bought.setdefault(row["会員ID"], set()).add(row["注文番号"])
    assert {row["会員ID"]: int(row["購入回数"]) for row in rows(directory, "eccube_members")} == {
        member: len(numbers) for member, numbers in bought.items()
    }


@pytest.mark.parametrize("name", ["events", "voices", "costs", "products", "customers"])
def test_plain_files_have_the_facts_columns_without_derived_days(directory, name):
    header, *found = records(directory, name)
    derived = {"event_date", "voice_date", "first_seen_date"}
    more = ["email"] if name == "customers" else []
    assert header == [column for column in FACTS[name].column_names if column not in derived] + more
    assert {len(row) for row in found} == {len(header)}


def test_plain_files_say_what_the_tables_say(directory, tables):
    assert sum(int(row["amount"]) for row in rows(directory, "costs")) == tables["costs"]["amount"].sum()
    voices = rows(directory, "voices")
    assert [row["voice_id"] for row in voices] == tables["voices"]["voice_id"]
    assert [row["rating"] for row in voices] == ["" if r is None else str(r) for r in tables["voices"]["rating"]]
    events = rows(directory, "events")
    assert [row["kind"] for row in events] == tables["events"]["kind"]
    assert events[0]["at"].endswith("+09:00")
    assert json.loads(rows(directory, "products")[0]["features"])["scent"] == "無香料"


def test_customers_of_the_plain_file_are_members_by_id_and_others_by_mail(directory):
    known = {row["メールアドレス"] for row in rows(directory, "eccube_orders")}
    customers = rows(directory, "customers")
    assert all(row["email"] for row in customers)
    guests = [row for row in customers if not row["customer_id"]]
    assert any(row["email"] in known for row in guests)
    assert all(row["customer_id"].startswith("own:") for row in customers if row["customer_id"])
    assert all(json.loads(row["attributes"])["skin"] for row in customers)
    assert len({row["email"] for row in customers}) == len(customers)


def test_the_register_holds_each_person_s_cost_once(directory):
    truth = [json.loads(line) for line in (directory / "truth.jsonl").read_text("utf-8").splitlines()[1:]]
    known = [p["acquisition_cost"] for p in truth if any(not key.startswith("rakuten") for key in p["ids"])]
    assert sum(int(row["acquisition_cost"]) for row in rows(directory, "customers")) == sum(known)


def test_the_same_plan_gives_the_same_bytes_and_another_seed_others(directory, tmp_path):
    simulate(tmp_path / "again", PLAN, truth=tmp_path / "again" / "truth.jsonl")
    simulate(tmp_path / "other", replace(PLAN, seed=6))
    for file in sorted(directory.iterdir()):
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()
    for name in ("eccube_orders.csv", "shopify_orders.csv", "rakuten_orders.csv", "events.csv", "voices.csv"):
        assert (tmp_path / "other" / name).read_bytes() != (directory / name).read_bytes()


def test_what_was_written_is_told(tmp_path):
    heard: list[str] = []
    written = simulate(tmp_path / "new", replace(PLAN, customers=60), progress=heard.append, block_size=25)
    assert written.customers == 60
    assert len(heard) == 3
    for path, count in written.rows.items():
        assert len(records(tmp_path / "new", path.stem)) == count + 1
    assert "60 customers" in str(written)


def test_several_blocks_give_unique_ids(tmp_path):
    simulate(tmp_path, replace(PLAN, customers=300), block_size=100)
    for name, key in (
        ("events", "event_id"),
        ("voices", "voice_id"),
        ("costs", "cost_id"),
        ("eccube_members", "会員ID"),
    ):
        ids = [row[key] for row in rows(tmp_path, name)]
        assert len(set(ids)) == len(ids) > 0
    details = [row["注文詳細ID"] for row in rows(tmp_path, "eccube_orders")]
    assert len(set(details)) == len(details)
