from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.ingest.checks import check
from okaeri.schema.errors import DataRejected, RuleRefused
from okaeri.schema.facts import FACTS
from okaeri.schema.types import ibis_schema
from tests.ingest.files import csv_file, parquet_file, rows_of, understood

COLUMNS = {
    "orders.order_id": "no",
    "orders.ordered_at": "at",
    "orders.customer_id": "who",
    "order_lines.product_id": "sku",
    "order_lines.quantity": "qty",
    "order_lines.unit_price": "price",
}
LINES = {"grain": "line", "columns": COLUMNS}


def _lines(folder, *rows, **change):
    raw = csv_file(folder, "\n".join(["no,at,who,sku,qty,price,more,even", *rows]) + "\n")
    columns = {**COLUMNS, **change.pop("columns", {})}
    return raw, understood(raw, {**LINES, **change, "columns": columns})


def _yen(row, *names):
    return [None if row[name] is None else float(row[name]) for name in names]


def test_lines_become_orders_in_the_shops_zone_with_ids_of_the_store(tmp_path):
    _, parsed = _lines(
        tmp_path, "A,2026-05-01 08:30,7,SKU1,2,1000,,", "A,2026-05-01 08:30,7,SKU2,1,500,,", "B,2026/6/1,,SKU1,1,1000,,",
        store="shop",
    )  # fmt: skip
    first, second = rows_of(parsed.facts["orders"])
    assert (first["order_id"], first["customer_id"], first["store"]) == ("shop:A", "shop:7", "shop")
    assert first["ordered_at"] == datetime(2026, 4, 30, 23, 30, tzinfo=UTC)
    assert (str(first["order_date"]), first["order_month"]) == ("2026-05-01", "2026-05")
    assert _yen(first, "subtotal", "total", "discount", "shipping") == [2500, 2500, 0, 0]
    assert (second["customer_id"], second["status"], second["currency"]) == (None, "paid", "JPY")
    lines = rows_of(parsed.facts["order_lines"])
    assert [(line["order_id"], line["line_no"], line["product_id"]) for line in lines] == [
        ("shop:A", 1, "SKU1"), ("shop:A", 2, "SKU2"), ("shop:B", 1, "SKU1"),
    ]  # fmt: skip


def test_tables_have_exactly_the_columns_of_the_schema_and_the_row(tmp_path):
    _, parsed = _lines(
        tmp_path, "A,2026-05-01,7,SKU1,1,10,x,y", columns={"products.name": "more", "customers.attributes.rank": "even"}
    )
    for name, rows in parsed.facts.items():
        expected = {**ibis_schema(FACTS[name]), "row_no": "int64"}
        assert [(column, str(kind).replace(", 6)", ")")) for column, kind in rows.schema().items()] == list(
            expected.items()
        )
    assert rows_of(parsed.facts["customers"])[0]["attributes"] == [("rank", "y")]


def test_order_amounts_are_taken_once_wherever_they_stand(tmp_path):
    _, parsed = _lines(
        tmp_path, "A,2026-05-01,7,S,1,1000,500,", "A,,,T,1,200,500,", "B,2026-05-02,7,S,1,1000,,", "B,2026-05-02,7,S,1,1000,300,",
        columns={"orders.shipping": "more"},
    )  # fmt: skip
    assert [_yen(row, "subtotal", "shipping", "total") for row in rows_of(parsed.facts["orders"])] == [
        [1200, 500, 1700], [2000, 300, 2300],
    ]  # fmt: skip
    assert {line["order_month"] for line in rows_of(parsed.facts["order_lines"])} == {"2026-05"}


def test_lines_that_are_no_goods_go_where_their_kind_says(tmp_path):
    _, parsed = _lines(
        tmp_path, "A,2026-05-01,7,SKU,1,1000,化粧水,", "A,2026-05-01,7,,1,500,送料,", "A,2026-05-01,7,COD,1,300,代引,",
        "A,2026-05-01,7,CP-1,1,-200,クーポン,", "A,2026-05-01,7,FIX,1,-50,調整,",
        columns={"products.name": "more"},
        not_goods={"shipping": ["送料"], "fee": ["COD"], "discount": ["/^CP-/"], "adjustment": ["FIX"]},
    )  # fmt: skip
    (order,) = rows_of(parsed.facts["orders"])
    assert _yen(order, "subtotal", "shipping", "discount", "total") == [1000, 800, 200, 1550]
    kinds = [line["kind"] for line in rows_of(parsed.facts["order_lines"])]
    assert kinds == ["goods", "shipping", "fee", "discount", "adjustment"]
    assert [product["name"] for product in rows_of(parsed.facts["products"])] == ["化粧水"]


def test_credit_notes_and_returns_bring_back_what_they_give_back(tmp_path):
    rows = (
        "C1,2026-05-01,7,S,-2,1000,,",
        "A,2026-05-02,7,S,3,1000,,",
        "A,2026-05-02,7,S,-1,1000,,",
        "B,2026-05-03,7,S,-1,0,,",
    )
    _, parsed = _lines(tmp_path, *rows, credit_note_prefix="C")
    assert [(row["status"], float(row["subtotal"])) for row in rows_of(parsed.facts["orders"])] == [
        ("returned", -2000), ("paid", 2000), ("paid", 0),
    ]  # fmt: skip
    _, parsed = _lines(tmp_path, *rows, credit_note_prefix="C", negative_quantity="adjustment")
    assert [line["kind"] for line in rows_of(parsed.facts["order_lines"])] == [
        "goods",
        "goods",
        "adjustment",
        "adjustment",
    ]
    _, parsed = _lines(tmp_path, *rows, credit_note_prefix="C", negative_quantity="problem")
    assert [problem["row_no"] for problem in rows_of(parsed.problems)] == [4, 5]


def test_words_of_status_are_translated_and_unknown_ones_are_problems(tmp_path):
    raw, parsed = _lines(
        tmp_path, "A,2026-05-01,7,S,1,10,発送済み,", "B,2026-05-01,7,S,1,10,shipped,", "C,2026-05-01,7,S,1,10,謎,",
        columns={"orders.status": "more"}, status_words={"発送済み": "shipped"},
    )  # fmt: skip
    assert [(problem["row_no"], problem["column"], problem["value"]) for problem in rows_of(parsed.problems)] == [
        (4, "more", "謎")
    ]
    checked = check(parsed, raw)
    assert {row["order_id"]: row["status"] for row in checked.facts["orders"].to_pyarrow().to_pylist()} == {
        "own:A": "shipped", "own:B": "shipped",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("A,2026-13-01,7,S,1,10,,", "at"),
        ("A,2026-05-01,7,S,two,10,,", "qty"),
        ("A,2026-05-01,7,S,1.5,10,,", "qty"),
        ("A,2026-05-01,7,S,99999999999999,10,,", "qty"),
        ("A,2026-05-01,7,S,1,ten,,", "price"),
        ("A,2026-05-01,7,S,1,,,", "price"),
        ("8.03E+11,2026-05-01,7,S,1,10,,", "no"),
    ],
)
def test_a_cell_without_meaning_is_a_problem_of_its_row_and_column(tmp_path, row, column):
    raw, parsed = _lines(tmp_path, "Z,2026-05-01,7,S,1,10,,", row)
    assert [(problem["row_no"], problem["column"]) for problem in rows_of(parsed.problems)] == [(3, column)]
    assert check(parsed, raw).counts["orders"] == 1


def test_tax_is_added_to_prices_without_it_and_worked_out_of_prices_with_it(tmp_path):
    _, without = _lines(tmp_path, "A,2026-05-01,7,S,2,1000,,", tax="excluded", tax_rate=0.1)
    (order,) = rows_of(without.facts["orders"])
    assert _yen(order, "subtotal", "tax", "total") == [2200, 200, 2200]
    _, within = _lines(tmp_path, "A,2026-05-01,7,S,2,1100,,", tax="included", tax_rate=0.1)
    assert _yen(rows_of(within.facts["orders"])[0], "subtotal", "tax") == [2200, 200]
    _, free = _lines(tmp_path, "A,2026-05-01,7,S,2,1100,,", tax="none")
    assert _yen(rows_of(free.facts["orders"])[0], "tax") == [0]
    _, unknown = _lines(tmp_path, "A,2026-05-01,7,S,2,1100,,")
    assert _yen(rows_of(unknown.facts["orders"])[0], "tax") == [None]


def test_guests_are_known_by_mail_and_the_file_names_persons_not_facts(tmp_path):
    _, parsed = _lines(
        tmp_path, "A,2026-05-01,,S,1,10,a@b.jp,山田", "B,2026-05-02,,S,1,10,A@b.jp,山田", "C,2026-05-02,9,S,1,10,c@b.jp,鈴木",
        columns={"persons.email": "more", "persons.name": "even"},
    )  # fmt: skip
    guests = [row["customer_id"] for row in rows_of(parsed.facts["orders"])]
    assert guests[0] == guests[1] != guests[2] == "own:9"
    persons = rows_of(parsed.persons)
    assert [(row["customer_id"], row["email"], row["name"]) for row in persons][-1] == ("own:9", "c@b.jp", "鈴木")
    assert "a@b.jp" not in str(rows_of(parsed.facts["orders"]))


def test_the_second_column_of_a_name_and_a_day_with_its_time_are_read(tmp_path):
    raw = csv_file(tmp_path, "注文番号,日付,注文時間,送料,送料,合計\nP1,2022/8/10,93309,500,700,1700\n")
    parsed = understood(
        raw,
        {
            "grain": "order",
            "columns": {
                "orders.order_id": "注文番号", "orders.ordered_at": ["日付", "注文時間"], "orders.shipping": "送料#2",
                "orders.total": "合計",
            },
        },
    )  # fmt: skip
    (order,) = rows_of(parsed.facts["orders"])
    assert order["ordered_at"] == datetime(2022, 8, 10, 0, 33, 9, tzinfo=UTC)
    assert _yen(order, "shipping", "subtotal", "total") == [700, 1000, 1700]


def test_a_mapping_for_another_file_and_no_mapping_are_refused(tmp_path):
    raw = csv_file(tmp_path, "a,b\n1,2\n")
    with pytest.raises(DataRejected, match="no"):
        understood(raw, LINES)
    with pytest.raises(RuleRefused):
        understood(raw, None)


def test_a_typed_file_gives_the_same_facts_as_the_same_rows_as_text(tmp_path):
    text = "no,at,who,sku,qty,price,more,even\n"
    rows = []
    for number in range(60):
        rows.append(
            (
                f"A{number // 3}",
                datetime(2026, 1 + number // 20, 3, number % 24),
                number // 6,
                f"S{number % 7}",
                number % 4 - 1,
                number * 10.25,
            )
        )
    text += "".join(f"{no},{at},{who},{sku},{qty},{price},,\n" for no, at, who, sku, qty, price in rows)
    typed = pa.table(
        dict(zip(("no", "at", "who", "sku", "qty", "price"), map(list, zip(*rows, strict=True)), strict=True))
    )
    from_text = understood(csv_file(tmp_path, text), LINES).facts
    from_types = understood(parquet_file(tmp_path, typed), LINES).facts
    for name in from_text:
        assert rows_of(from_types[name], *FACTS[name].key) == rows_of(from_text[name], *FACTS[name].key)


def test_importing_the_same_lines_in_another_file_gives_the_same_keys(tmp_path):
    rows = ["A,2026-05-01,7,S,1,10,,", "A,2026-05-01,7,T,1,10,,", "B,2026-05-02,7,S,1,10,,"]
    _, whole = _lines(tmp_path, *rows)
    _, later = _lines(tmp_path, "Z,2026-04-01,7,S,1,10,,", *rows)
    keys = {(line["order_id"], line["line_no"], line["product_id"]) for line in rows_of(whole.facts["order_lines"])}
    assert keys < {
        (line["order_id"], line["line_no"], line["product_id"]) for line in rows_of(later.facts["order_lines"])
    }


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(-10_000_000, 10_000_000), st.integers(-50, 50)), min_size=1, max_size=12))
def test_an_amount_over_any_number_of_pieces_keeps_every_cent(tmp_path_factory, sales):
    cents = [Decimal(amount) / 100 for amount, _ in sales]
    rows = pa.table(
        {
            "at": [datetime(2026, 5, 1)] * len(sales),
            "amount": pa.array(cents, pa.decimal128(18, 2)),
            "units": [pieces for _, pieces in sales],
        }
    )
    raw = parquet_file(tmp_path_factory.mktemp("amounts"), rows)
    columns = {"orders.ordered_at": "at", "order_lines.amount": "amount", "order_lines.quantity": "units"}
    facts = understood(raw, {"grain": "order", "columns": columns, "tax": "none"}).facts
    lines = rows_of(facts["order_lines"])
    assert [line["quantity"] * line["unit_price"] - line["discount"] for line in lines] == cents
    assert [row["total"] for row in rows_of(facts["orders"])] == cents
    assert all(abs(line["discount"]) < Decimal("0.01") * max(abs(line["quantity"]), 1) for line in lines)


def test_any_other_kind_of_table_is_brought_by_a_mapping_too(tmp_path):
    raw = csv_file(tmp_path, "投稿日,会員,本文,星\n2026-05-01,7,電話は090-1234-5678,0.8\n")
    columns = {"voices.at": "投稿日", "voices.customer_id": "会員", "voices.text": "本文", "voices.rating": "星"}
    parsed = understood(raw, {"grain": "voice", "columns": columns})
    (voice,) = rows_of(parsed.facts["voices"])
    assert (voice["customer_id"], voice["text"], voice["rating"]) == ("own:7", "電話は[phone]", 0.8)
    assert str(voice["voice_date"]) == "2026-05-01"


def test_lines_far_apart_in_the_file_are_numbered_in_its_order(tmp_path):
    rows = [f"A{number % 500},2026-05-01,7,S{number},1,{number},," for number in range(3000)]
    _, parsed = _lines(tmp_path, *rows)
    seen = {}
    for line in rows_of(parsed.facts["order_lines"]):
        seen.setdefault(line["order_id"], []).append((line["line_no"], line["product_id"]))
    assert all(lines == [(n + 1, f"S{int(order[5:]) + 500 * n}") for n in range(6)] for order, lines in seen.items())
