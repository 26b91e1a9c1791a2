"""What any parsed file must satisfy, whatever its source."""

from __future__ import annotations

from datetime import UTC, date, datetime

import ibis
import pyarrow as pa
import pytest

from okaeri.ingest import reasons
from okaeri.ingest.checks import Checked, check
from okaeri.ingest.parsed import Parsed, RawFile
from okaeri.schema.facts import FACTS
from okaeri.schema.types import ibis_schema
from tests.ingest.sheets import problems, rows_of

CONNECTION = ibis.duckdb.connect(threads=1)


def fact(name: str, rows: list[dict]) -> ibis.Table:
    kinds = {**ibis_schema(FACTS[name]), "row_no": "int64"}
    schema = ibis.schema(kinds).to_pyarrow()
    data = pa.Table.from_pylist([{key: row.get(key) for key in schema.names} for row in rows], schema=schema)
    return CONNECTION.create_table(ibis.util.gen_name(name), data)


def order(row_no: int, number: str, **more) -> dict:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    return {
        "row_no": row_no, "order_id": number, "ordered_at": at, "order_date": at.date(), "order_month": "2026-05",
        "status": "paid", "store": "own", "total": 100, **more,
    }  # fmt: skip


def line(row_no: int, number: str, line_no: int = 1, **more) -> dict:
    return {"row_no": row_no, "order_id": number, "line_no": line_no, "kind": "goods", "quantity": 1, **more}


def checked(
    size: int, torn: list[dict] | None = None, persons: ibis.Table | None = None, **facts: list[dict]
) -> Checked:
    rows = ibis.memtable({"row_no": list(range(2, 2 + size))})
    kinds = {"row_no": "int64", "column": "string", "reason": "string", "value": "string"}
    lost = ibis.memtable(torn, schema=kinds) if torn else None
    none = ibis.memtable(pa.table({name: [] for name in kinds}), schema=kinds)
    parsed = Parsed({name: fact(name, given) for name, given in facts.items()}, none, persons)
    return check(parsed, RawFile("file.csv", ("a",), rows, lost))


def test_a_sound_file_passes_whole_with_exactly_the_columns_of_the_schema():
    result = checked(2, orders=[order(2, "own:1"), order(3, "own:2")], order_lines=[line(2, "own:1"), line(3, "own:2")])
    assert result.counts == {"orders": 2, "order_lines": 2}
    assert (result.rejected_rows, result.share_rejected, problems(result)) == (0, 0.0, [])
    for name, rows in result.facts.items():
        assert rows.columns == FACTS[name].column_names


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"status": None}, ("status", reasons.MISSING, None)),
        ({"status": "on hold"}, ("status", reasons.NOT_A_CHOICE, "on hold")),
        ({"order_date": date(1989, 12, 31)}, ("order_date", reasons.OUT_OF_RANGE, "1989-12-31")),
        ({"customer_id": "own:a\nb"}, ("customer_id", reasons.CONTROL_CHARACTER, "own:a\nb")),
        ({"customer_id": "own:a\u2028b"}, ("customer_id", reasons.CONTROL_CHARACTER, "own:a\u2028b")),
        ({"store": "o\x07wn"}, ("store", reasons.CONTROL_CHARACTER, "o\x07wn")),
        ({"order_date": date(2100, 1, 1)}, ("order_date", reasons.OUT_OF_RANGE, "2100-01-01")),
    ],
)
def test_a_row_against_the_schema_takes_its_order_and_no_other_out(cells, problem):
    result = checked(
        3,
        orders=[order(2, "own:1"), order(3, "own:2", **cells)],
        order_lines=[line(2, "own:1"), line(3, "own:2"), line(4, "own:2", 2)],
    )
    assert [row["order_id"] for row in rows_of(result.facts["orders"], "order_id")] == ["own:1"]
    assert [row["order_id"] for row in rows_of(result.facts["order_lines"], "order_id")] == ["own:1"]
    assert problems(result) == [(3, *problem), (4, "order_id", reasons.SAME_ORDER, "own:2")]
    assert result.share_rejected == 2 / 3


def test_a_bad_line_takes_its_order_out():
    result = checked(2, orders=[order(2, "own:1")], order_lines=[line(2, "own:1"), line(3, "own:1", 2, kind="gift")])
    assert result.counts == {"orders": 0, "order_lines": 0}
    assert problems(result) == [
        (2, "order_id", reasons.SAME_ORDER, "own:1"), (3, "kind", reasons.NOT_A_CHOICE, "gift"),
    ]  # fmt: skip


def test_two_rows_of_one_key_with_different_content_are_both_out():
    result = checked(3, products=[
        {"row_no": 2, "product_id": "A", "name": "one"}, {"row_no": 3, "product_id": "A", "name": "two"},
        {"row_no": 4, "product_id": "B", "name": "three"},
    ])  # fmt: skip
    assert [row["product_id"] for row in rows_of(result.facts["products"], "product_id")] == ["B"]
    assert problems(result) == [
        (2, "product_id", reasons.REPEATED_KEY, "A"), (3, "product_id", reasons.REPEATED_KEY, "A"),
    ]  # fmt: skip


def test_the_same_row_twice_is_taken_once_and_is_no_problem():
    twice = [{"row_no": number, "product_id": "A", "name": "one"} for number in (2, 3, 4)]
    result = checked(3, products=twice)
    assert result.counts == {"products": 1}
    assert problems(result) == []


def test_a_line_whose_order_is_not_in_the_file_is_out_unless_the_file_brings_lines_only():
    lost = [line(2, "own:1"), line(3, "own:9")]
    assert problems(checked(2, orders=[order(2, "own:1")], order_lines=lost)) == [
        (3, "order_id", reasons.NO_ORDER, "own:9")
    ]
    assert checked(2, order_lines=lost).counts == {"order_lines": 2}


def test_torn_rows_count_among_the_rejected():
    torn = [{"row_no": 5, "column": None, "reason": reasons.TOO_FEW_CELLS, "value": "5,x"}]
    result = checked(3, torn=torn, orders=[order(2, "own:1")])
    assert problems(result) == [(5, None, reasons.TOO_FEW_CELLS, "5,x")]
    assert (result.read_rows, result.share_rejected) == (4, 0.25)


def test_a_person_goes_with_the_last_of_their_orders():
    people = {"customer_id": ["own:a", "own:b"], "row_no": [2, 3]}
    result = checked(
        2,
        persons=ibis.memtable(people),
        orders=[order(2, "own:1", customer_id="own:a"), order(3, "own:2", customer_id="own:b", status=None)],
    )
    assert [row["customer_id"] for row in CONNECTION.to_pyarrow(result.persons).to_pylist()] == ["own:a"]


def test_a_preview_shows_counts_and_the_first_twenty_rows():
    result = checked(30, orders=[order(number, f"own:{number:03}") for number in range(2, 32)])
    shown = result.preview()["orders"]
    assert result.counts == {"orders": 30}
    assert [row["order_id"] for row in shown] == [f"own:{number:03}" for number in range(2, 22)]
    assert set(shown[0]) == set(FACTS["orders"].column_names)


def test_every_reason_is_one_sentence_and_said_once():
    said = [text for name, text in vars(reasons).items() if name.isupper()]
    assert len(said) == len(set(said)) >= 20
    assert all(text.endswith(".") and text[0].isupper() for text in said)
