"""Text files: encodings, delimiters, row numbers, and the files that are refused at once."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from pathlib import Path

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.ingest import reasons
from okaeri.ingest.parsed import RawFile
from okaeri.ingest.reading import read_text
from okaeri.schema.errors import DataRejected, Problem


@pytest.fixture(scope="module")
def connection():
    return ibis.duckdb.connect(threads=2, preserve_insertion_order=False)


def read(connection, folder: Path, data: bytes, **more) -> RawFile:
    path = folder / "file.csv"
    path.write_bytes(data)
    return read_text(path, connection, folder / "work", **more)


def rows_of(raw: RawFile) -> list[tuple]:
    return [tuple(row.values()) for row in raw.rows.order_by("row_no").to_pyarrow().to_pylist()]


def refusal(connection, folder: Path, data: bytes) -> Problem:
    with pytest.raises(DataRejected) as refused:
        read(connection, folder, data)
    return refused.value.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_and_line_end_do_not_change_what_is_read(connection, tmp_path, encoding, end):
    text = end.join(["名前,備考,額", '髙橋①～,"一行目\n二行目, と ""引用""",1', '﨑,,"2"', ""])
    raw = read(connection, tmp_path, text.encode(encoding))
    assert raw.header == ("名前", "備考", "額")
    assert rows_of(raw) == [(2, "髙橋①～", '一行目\n二行目, と "引用"', "1"), (3, "﨑", None, "2")]
    assert raw.torn is None


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found(connection, tmp_path, delimiter):
    raw = read(connection, tmp_path, f"a{delimiter}b\n1,5{delimiter}x\n".replace("1,5", "15").encode())
    assert rows_of(raw) == [(2, "15", "x")]


def test_lines_above_the_header_that_explain_the_file_are_passed_over(connection, tmp_path):
    data = "This report holds settlements,\nAll amounts in JPY\n\ndate,order,amount\n2026-05-01,A,1\n2026-05-02,B,2\n"
    raw = read(connection, tmp_path, data.encode())
    assert raw.header == ("date", "order", "amount")
    assert rows_of(raw) == [(5, "2026-05-01", "A", "1"), (6, "2026-05-02", "B", "2")]


def test_cells_are_trimmed_and_empty_ones_are_null(connection, tmp_path):
    raw = read(connection, tmp_path, 'a,b,c\n" x ",　,\n'.encode() + 'v,"　全角　",""\n'.encode())
    assert rows_of(raw) == [(2, "x", None, None), (3, "v", "全角", None)]


def test_a_number_kept_as_text_by_a_spreadsheet_is_unwrapped(connection, tmp_path):
    raw = read(connection, tmp_path, b'a,b\n="0123","=""0456"""\n=""," =""07"" "\n')
    assert rows_of(raw) == [(2, "0123", "0456"), (3, None, "07")]


def test_rows_with_nothing_in_them_are_no_rows(connection, tmp_path):
    assert len(rows_of(read(connection, tmp_path, b"a,b\n1,2\n,\n\n3,4\n,\n"))) == 2


def test_only_the_wanted_columns_are_kept_and_twins_both(connection, tmp_path):
    raw = read(connection, tmp_path, b"a,b,a,c\n1,2,3,4\n", wanted=lambda header: {"a"})
    assert raw.rows.columns == ("row_no", "c0", "c2")
    assert (raw.has("a", 1), raw.has("a", 2)) == (True, False)
    assert raw.rows.select(x=raw.column("a", 1)).to_pyarrow().to_pylist() == [{"x": "3"}]


def test_torn_rows_are_reported_and_the_others_keep_their_numbers(connection, tmp_path):
    body = [f"{number},b,c" for number in range(2, 3002)]
    for place, text in ((10, "short"), (11, "short,too"), (1500, "one,two,three,four"), (2000, '"with\nbreak",b,c')):
        body[place] = text
    raw = read(connection, tmp_path, ("a,b,c\n" + "\n".join(body) + "\n").encode())
    torn = raw.torn.order_by("row_no").to_pyarrow().to_pylist()
    assert [(row["row_no"], row["reason"]) for row in torn] == [
        (12, reasons.TOO_FEW_CELLS), (13, reasons.TOO_FEW_CELLS), (1502, reasons.TOO_MANY_CELLS),
    ]  # fmt: skip
    good = rows_of(raw)
    assert len(good) == 2997
    assert all(text == str(number) or number == 2002 for number, text, _, _ in good)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), min_size=3, max_size=3),
        min_size=1,
        max_size=8,
    )
)
def test_any_text_written_as_csv_is_read_back_trimmed(connection, tmp_path, rows):
    # A row of which nothing is left is no row, a formula is refused, and ="x" is unwrapped: see the other tests.
    rows = [
        ["key", *(cell.replace("=", "").replace("+", "").replace("-", "").replace("@", "") for cell in row)]
        for row in rows
    ]
    text = io.StringIO()
    csv.writer(text).writerows([["k", "a", "b", "c"], *rows])
    raw = read(connection, tmp_path, text.getvalue().encode())
    expected = [
        tuple(cell.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n　") or None for cell in row) for row in rows
    ]
    assert [row[1:] for row in rows_of(raw)] == expected


# Files refused


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("orders.csv", "a,b\n1,2\n")
    return data.getvalue()


SOUND = "注文番号,名前,額\n" + "1001,髙橋花子,1500\n" * 300


@pytest.mark.parametrize(
    ("data", "reason", "row"),
    [
        (b"", reasons.EMPTY_FILE, None),
        (b"\xef\xbb\xbf", reasons.EMPTY_FILE, None),
        (b"\n\n  \n", reasons.EMPTY_FILE, None),
        (b"a,b,c\n", reasons.NO_ROWS, None),
        (zipped(), reasons.ZIP_FILE, None),
        (b"a,b\n1,\0\n", reasons.BINARY_FILE, None),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", reasons.BINARY_FILE, None),
        (b'a,b\n1,2\n3,"never closed\n4,5\n', reasons.UNCLOSED_QUOTE, 3),
        (b"a,b,c\n1,2,3\n4,5", reasons.CUT_OFF, 3),
        (b"a" + b",a" * 10_000 + b"\n1\n", reasons.TOO_MANY_COLUMNS, None),
        (SOUND.encode() + b"1002,\xe9\xff,3\n", reasons.NOT_DECODABLE, 302),
        (SOUND.encode("cp932") + b"1002,\xfd\xff,3\n", reasons.NOT_DECODABLE, 302),
        ("a,b\n1,あ\n".encode("euc_jp") + b"2,\xff\xff\n", reasons.NOT_DECODABLE, 3),
    ],
    ids=[
        "nothing", "only a mark", "blank lines", "only a header", "zip", "zero byte", "picture", "open quote", "cut off",
        "10,000 columns", "broken utf-8", "broken cp932", "other encoding",
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_the_place(connection, tmp_path, data, reason, row):
    problem = refusal(connection, tmp_path, data)
    assert (problem.file, problem.reason, problem.row) == ("file.csv", reason, row)


def test_a_wrong_byte_is_named_by_its_offset(connection, tmp_path):
    sound = SOUND.encode()
    problem = refusal(connection, tmp_path, sound + b"1002,\xff,3\n")
    assert problem.value == f"byte {len(sound) + 5}"


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", '"=HYPERLINK(""http://example.jp"")"', "+SUM(1)", "-A1!B2", "@SUM(1)", " =now()"]
)
def test_a_formula_is_refused_with_row_and_column(connection, tmp_path, cell):
    problem = refusal(connection, tmp_path, f"a,b\n1,2\n3,{cell}\n".encode())
    assert (problem.reason, problem.row, problem.column) == (reasons.FORMULA, 3, "b")


@pytest.mark.parametrize("cell", ["-5", "+81312345678", "@example", "=", "-", "-5,000 (net)", "- (none)"])
def test_a_sign_before_a_number_or_a_word_is_no_formula(connection, tmp_path, cell):
    assert rows_of(read(connection, tmp_path, f'a,b\n1,"{cell}"\n'.encode())) == [(2, "1", cell)]


def test_a_memo_may_say_what_it_likes(connection, tmp_path):
    assert rows_of(read(connection, tmp_path, "a,備考\n1,=D(笑)\n".encode())) == [(2, "1", "=D(笑)")]


def test_a_line_without_end_is_refused_before_it_is_read(connection, tmp_path):
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,")
        for _ in range(200):
            file.write(b"x" * (1 << 20))
    start = time.process_time()
    with pytest.raises(DataRejected) as refused:
        read_text(path, connection, tmp_path / "work")
    assert time.process_time() - start < 1
    assert refused.value.problems[0].reason == reasons.LONG_LINE


def test_a_refused_file_leaves_no_copy_behind(connection, tmp_path):
    refusal(connection, tmp_path, SOUND.encode("cp932") + b'1,"open')
    assert not list((tmp_path / "work").iterdir())
