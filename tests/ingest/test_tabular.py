import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pyarrow as pa
import pytest

from okaeri.ingest import workbook
from okaeri.ingest.tabular import as_text, read_excel, read_parquet
from okaeri.schema.errors import DataRejected
from tests.ingest.files import connection, parquet_file, rows_of


def _book(folder, *rows, sheet="注文", merged=None):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def _read(path, **options):
    return read_excel(path, connection(), path.parent, **options)


def test_a_sheet_below_a_merged_title_and_blanks_is_read_as_text_with_the_numbers_excel_shows(tmp_path):
    path = _book(
        tmp_path, ["注文一覧"], [], ["注文番号", "日時", "日", "金額", "電話"],
        ["A1", datetime(2026, 5, 1, 10, 5), date(2026, 5, 1), 3300, 9012345678.0], [],
        ["A2", time(9, 30), None, 12.5, " ０９０ "], merged="A1:E1",
    )  # fmt: skip
    raw = _read(path)
    assert raw.header == ("注文番号", "日時", "日", "金額", "電話")
    assert [tuple(row.values()) for row in rows_of(raw.rows)] == [
        (4, "A1", "2026-05-01 10:05:00", "2026-05-01", "3300", "9012345678"),
        (6, "A2", "09:30:00", None, "12.5", "０９０"),
    ]


def test_a_named_sheet_is_read_and_an_unknown_one_refused_with_the_names_there_are(tmp_path):
    path = _book(tmp_path, ["a", "b"], [1, 2])
    assert _read(path, sheet="注文").header == ("a", "b")
    with pytest.raises(DataRejected, match="注文"):
        _read(path, sheet="Sheet1")


def test_more_rows_than_one_batch_arrive_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "BATCH_ROWS", 7)
    raw = _read(_book(tmp_path, ["n", "m"], *[[n, n] for n in range(50)]))
    assert [row["c0"] for row in rows_of(raw.rows)] == [str(n) for n in range(50)]


def _locked():
    return workbook.OLE_SIGNATURE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_locked(), "password"),
        (workbook.OLE_SIGNATURE + b"\0" * 600, "old .xls"),
        (b"PK\x03\x04 cut off", "not an Excel workbook"),
        (b"a,b\n1,2\n", "not an Excel workbook"),
        (b"", "not an Excel workbook"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused_with_the_reason(tmp_path, content, reason):
    (tmp_path / "book.xlsx").write_bytes(content)
    with pytest.raises(DataRejected, match=reason):
        _read(tmp_path / "book.xlsx")


def test_a_zip_that_is_no_workbook_and_a_damaged_sheet_are_refused(tmp_path):
    (tmp_path / "book.xlsx").write_bytes(_zip({"hello.txt": b"hi"}))
    with pytest.raises(DataRejected, match="damaged"):
        _read(tmp_path / "book.xlsx")
    whole = zipfile.ZipFile(_book(tmp_path, ["a", "b"], [1, 2]))
    parts = {name: whole.read(name) for name in whole.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:-60]
    (tmp_path / "torn.xlsx").write_bytes(_zip(parts))
    with pytest.raises(DataRejected, match="damaged"):
        _read(tmp_path / "torn.xlsx")


def test_a_workbook_that_unpacks_too_large_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(DataRejected, match="too large"):
        _read(_book(tmp_path, ["a", "b"], [1, 2]))


def test_an_empty_sheet_and_one_with_too_many_columns_are_refused(tmp_path):
    with pytest.raises(DataRejected, match="empty"):
        _read(_book(tmp_path))
    with pytest.raises(DataRejected, match="columns"):
        _read(_book(tmp_path, [f"c{n}" for n in range(2001)]))


def _zip(parts):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_parquet_keeps_its_types_and_trims_text(tmp_path):
    rows = pa.table({"id": [" a ", "", None], "n": [1, 2, None], "at": [datetime(2026, 5, 1, 10), None, None]})
    raw = parquet_file(tmp_path, rows)
    assert raw.header == ("id", "n", "at")
    assert [tuple(row.values()) for row in rows_of(raw.rows)] == [
        (2, "a", 1, datetime(2026, 5, 1, 10)), (3, None, 2, None), (4, None, None, None),
    ]  # fmt: skip
    assert [row["c1"] for row in rows_of(as_text(raw).rows)] == ["1", "2", None]


def test_parquet_that_is_cut_off_or_something_else_is_refused(tmp_path):
    parquet_file(tmp_path, pa.table({"a": list(range(1000))}))
    whole = (tmp_path / "file.parquet").read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"a,b\n1,2\n"):
        (tmp_path / "file.parquet").write_bytes(content)
        with pytest.raises(DataRejected, match="Parquet"):
            read_parquet(tmp_path / "file.parquet", connection())
