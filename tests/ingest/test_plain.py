from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from okaeri.ingest.checks import check
from okaeri.ingest.parsed import Context
from okaeri.ingest.sources import SOURCES, recognise
from okaeri.schema.facts import FACTS
from tests.ingest.files import TOKYO, csv_file, parquet_file, rows_of

CONTEXT = Context(zone=TOKYO, secret="secret")


def brought(raw, context=CONTEXT):
    """What the source its header is recognised by makes of the file."""
    return recognise(raw.header).parse(raw, context)


def test_every_fact_table_has_a_source_of_its_own():
    assert {f"plain_{name}" for name in FACTS} <= set(SOURCES)


def test_orders_and_lines_keep_their_ids_and_get_the_store_where_none_is_given(tmp_path):
    raw = csv_file(
        tmp_path, "order_id,customer_id,ordered_at,store,subtotal,status\nA,7,2026-05-01T08:00:00,yahoo,1000,shipped\n"
        "own:B,own:7,2026-05-01T00:00:00Z,,2000,\n",
    )  # fmt: skip
    first, second = rows_of(brought(raw).facts["orders"])
    assert (first["order_id"], first["customer_id"], first["status"]) == ("yahoo:A", "yahoo:7", "shipped")
    assert (second["order_id"], second["store"], second["status"], second["currency"]) == (
        "own:B",
        "own",
        "paid",
        "JPY",
    )
    assert (first["ordered_at"], first["order_month"]) == (datetime(2026, 4, 30, 23, tzinfo=UTC), "2026-05")
    lines = csv_file(
        tmp_path, "order_id,line_no,product_id,quantity,unit_price,kind\nyahoo:A,1,S,2,500,\n", "lines.csv"
    )
    (line,) = rows_of(brought(lines).facts["order_lines"])
    assert (line["order_id"], line["kind"], line["unit_price"], line["order_month"]) == ("yahoo:A", "goods", 500, None)


def test_the_store_of_the_import_is_the_store_of_its_ids(tmp_path):
    raw = csv_file(tmp_path, "order_id,customer_id,ordered_at\nA,7,2026-05-01\n")
    (order,) = rows_of(brought(raw, Context(zone=TOKYO, secret="s", store="phone")).facts["orders"])
    assert (order["order_id"], order["customer_id"], order["store"]) == ("phone:A", "phone:7", "phone")


def test_customers_bring_attributes_as_json_or_as_columns_and_persons_for_the_records(tmp_path):
    as_json = csv_file(
        tmp_path,
        'customer_id,acquired_via,is_member,attributes,email\n1,ad,true,"{""rank"": ""gold"", ""n"": 3}",a@b.jp\n',
    )
    parsed = brought(as_json)
    (row,) = rows_of(parsed.facts["customers"])
    assert dict(row["attributes"]) == {"rank": "gold", "n": "3"}
    assert (row["is_member"], row["acquired_via"]) == (True, "ad")
    assert rows_of(parsed.persons)[0]["email"] == "a@b.jp"
    assert "a@b.jp" not in str(row)
    as_columns = csv_file(
        tmp_path,
        "customer_id,first_seen_at,attributes.rank,attributes.n\n1,2026-05-01 08:30,gold,\n2,2026-05-02,,\n",
        "b.csv",
    )
    first, second = rows_of(brought(as_columns).facts["customers"])
    assert (dict(first["attributes"]), second["attributes"]) == ({"rank": "gold"}, None)
    assert first["first_seen_date"] == date(2026, 5, 1)


def test_products_events_voices_and_costs_are_read(tmp_path):
    products = csv_file(
        tmp_path, 'product_id,name,category,price,unit_cost,features.scent,tier\nS,化粧水,ケア,"3,300",900,薔薇,core\n'
    )
    (product,) = rows_of(brought(products).facts["products"])
    assert (product["price"], product["unit_cost"], dict(product["features"])) == (
        Decimal(3300),
        900,
        {"scent": "薔薇"},
    )
    events = csv_file(
        tmp_path, "event_id,at,kind,visitor_id,customer_id\ne1,2026-05-01 23:30:00+09:00,view,v1,\n", "e.csv"
    )
    (event,) = rows_of(brought(events).facts["events"])
    assert (event["event_date"], event["at"]) == (date(2026, 5, 1), datetime(2026, 5, 1, 14, 30, tzinfo=UTC))
    voices = csv_file(
        tmp_path, "voice_id,at,source,text,rating,order_id\nv1,2026-05-01,review,a@b.jpへ返信を,0.5,A\n", "v.csv"
    )
    (voice,) = rows_of(brought(voices).facts["voices"])
    assert (voice["text"], voice["rating"], voice["order_id"]) == ("[mail]へ返信を", 0.5, "own:A")
    costs = csv_file(tmp_path, "cost_id,spent_on,acquired_via,amount\nc1,2026/5/1,ad,12000\n", "c.csv")
    assert rows_of(brought(costs).facts["costs"])[0]["spent_on"] == date(2026, 5, 1)


def test_rows_without_an_id_get_the_same_one_every_time_and_equal_rows_different_ones(tmp_path):
    text = "spent_on,campaign,amount\n2026-05-01,春,100\n2026-05-01,春,100\n2026-05-02,春,100\n"
    once = [row["cost_id"] for row in rows_of(brought(csv_file(tmp_path, text)).facts["costs"])]
    again = [row["cost_id"] for row in rows_of(brought(csv_file(tmp_path, text, "again.csv")).facts["costs"])]
    assert once == again
    assert len(set(once)) == 3


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("customer_id,first_seen_at,attributes\n1,2026-05-01,no json\n", "attributes"),
        ("customer_id,is_member\n1,maybe\n", "is_member"),
        ("at,source,text,rating\n2026-05-01,review,x,5\n", "rating"),
        ("at,source,text,rating\n2026-05-01,letter,x,1\n", "source"),
        ("spent_on,amount\nyesterday,100\n", "spent_on"),
        ("order_id,line_no,quantity\nA,one,1\n", "line_no"),
        ("order_id,ordered_at\nA,\n", "ordered_at"),
    ],
)
def test_a_cell_that_cannot_be_is_rejected_with_its_column(tmp_path, text, column):
    raw = csv_file(tmp_path, text)
    rejected = check(brought(raw), raw).rejected.to_pyarrow().to_pylist()
    assert {row["row_no"] for row in rejected} == {2}
    assert column in {row["column"] for row in rejected}


def test_a_typed_file_is_taken_without_a_detour_through_text(tmp_path):
    rows = pa.table(
        {
            "order_id": [1, 2],
            "customer_id": [7.0, None],
            "ordered_at": pa.array([datetime(2026, 5, 1), None], pa.timestamp("us")),
            "subtotal": [1000.1, 2.675],
        }
    )
    raw = parquet_file(tmp_path, rows)
    parsed = brought(raw)
    first, second = rows_of(parsed.facts["orders"])
    assert (first["order_id"], first["customer_id"], first["subtotal"]) == ("own:1", "own:7", Decimal("1000.10"))
    assert first["ordered_at"] == datetime(2026, 4, 30, 15, tzinfo=UTC)
    assert (second["customer_id"], second["subtotal"]) == (None, Decimal("2.68"))
    assert check(parsed, raw).counts == {"orders": 1}
