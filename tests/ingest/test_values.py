"""Cells as shops and spreadsheets write them: whatever is written is read back, whatever is not understood is null."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.ingest import ids, values

CONNECTION = ibis.duckdb.connect(threads=1)
values.prepare(CONNECTION)
WIDE = str.maketrans("0123456789,", "０１２３４５６７８９，")
amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
moments = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


def understood(function: Callable, texts: list[str]) -> list:
    rows = ibis.memtable({"place": list(range(len(texts))), "text": texts})
    found = CONNECTION.to_pyarrow(rows.select("place", value=function(rows.text)).order_by("place"))
    return found["value"].to_pylist()


@settings(deadline=None, max_examples=50)
@given(st.lists(amounts, min_size=1, max_size=20))
def test_an_amount_is_read_back_however_it_is_written(numbers):
    plain = [f"{number}" for number in numbers]
    commas = [f"{number:,}" for number in numbers]
    yen = [f"¥{number:,}" if number >= 0 else f"(¥{-number:,})" for number in numbers]
    wide = [f"{abs(number):,}".translate(WIDE) + "円" for number in numbers]
    assert understood(values.amount, plain) == numbers
    assert understood(values.amount, commas) == numbers
    assert understood(values.amount, yen) == numbers
    assert understood(values.amount, wide) == [abs(number) for number in numbers]


@pytest.mark.parametrize(
    "text", ["1,23", "1,2345", "12 pieces", "8.03E+11", "1_000", "1.2.3", "nan", "--5", "5-", "０x１"]
)
def test_what_is_no_amount_is_not_guessed(text):
    assert understood(values.amount, [text]) == [None]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=20))
def test_a_whole_number_is_read_back(numbers):
    assert understood(values.integer, [str(number) for number in numbers]) == numbers
    assert understood(values.integer, [f"{number:,}.0" for number in numbers]) == numbers


def test_a_part_of_a_piece_is_no_whole_number():
    assert understood(values.integer, ["2.5", "-0.1", "three"]) == [None, None, None]


@settings(deadline=None, max_examples=50)
@given(st.lists(moments, min_size=1, max_size=10), st.sampled_from(["Asia/Tokyo", "UTC", "Asia/Kathmandu"]))
def test_an_instant_is_read_back_in_any_way_of_writing(clocks, zone):
    expected = [clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for clock in clocks]
    for written in (
        "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S", "%Y年%m月%d日 %H時%M分%S秒",
        "%Y/%m/%d(月) %H:%M:%S",
    ):  # fmt: skip
        texts = [clock.strftime(written) for clock in clocks]
        assert understood(lambda text: values.instant(text, zone), texts) == expected, written


@settings(deadline=None, max_examples=50)
@given(
    st.lists(moments, min_size=1, max_size=10),
    st.integers(-12 * 60, 14 * 60),
    st.sampled_from(["", " "]),
    st.booleans(),
)
def test_an_offset_in_the_text_goes_before_the_shops_zone(clocks, minutes, gap, colon):
    sign, size = ("-", -minutes) if minutes < 0 else ("+", minutes)
    offset = f"{sign}{size // 60:02}{':' if colon else ''}{size % 60:02}"
    texts = [f"{clock:%Y-%m-%d %H:%M:%S}{gap}{offset}" for clock in clocks]
    expected = [clock.replace(tzinfo=UTC) - timedelta(minutes=minutes) for clock in clocks]
    assert understood(lambda text: values.instant(text, "Asia/Tokyo"), texts) == expected


@settings(deadline=None, max_examples=50)
@given(st.lists(moments, min_size=1, max_size=10))
def test_a_spreadsheets_day_number_is_the_day_and_time_it_shows(clocks):
    serials = [(clock - datetime(1899, 12, 30)) / timedelta(days=1) for clock in clocks]
    assert understood(values.clock, [f"{serial:.8f}" for serial in serials]) == clocks


@settings(deadline=None, max_examples=30)
@given(st.lists(moments, min_size=1, max_size=10))
def test_date_and_time_columns_make_one_even_if_the_times_zero_is_lost(clocks):
    rows = ibis.memtable(
        {
            "place": list(range(len(clocks))),
            "day": [f"{clock.year}/{clock.month}/{clock.day}" for clock in clocks],
            "time": [clock.strftime("%H%M%S").lstrip("0").rjust(3, "0") for clock in clocks],
        }
    )
    found = rows.select("place", value=values.clock(values.on_clock(rows.day, rows.time))).order_by("place")
    assert CONNECTION.to_pyarrow(found)["value"].to_pylist() == clocks


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "0000-00-00 00:00:00", "26-05-01", "2026-13-01", "2026-05-01 25:00", "tomorrow", "5", "1/5/2026"],
)
def test_what_is_no_date_is_not_guessed(text):
    assert understood(values.clock, [text]) == [None]


def test_short_ways_of_writing_a_day():
    assert understood(values.date, ["2022/8/10", "2022-8-1", "20220810", "2022年8月10日"]) == [
        date(2022, 8, 10), date(2022, 8, 1), date(2022, 8, 10), date(2022, 8, 10),
    ]  # fmt: skip


def test_summer_time_is_the_zones_not_ours():
    texts = ["2026-01-15 12:00:00", "2026-07-15 12:00:00"]
    assert [moment.hour for moment in understood(lambda text: values.instant(text, "Europe/Berlin"), texts)] == [11, 10]


def test_the_day_is_the_shops():
    rows = ibis.memtable({"text": ["2026-04-30T15:00:00Z"]})
    day = values.day_of(values.instant(rows.text, "Asia/Tokyo"), "Asia/Tokyo")
    assert CONNECTION.to_pyarrow(rows.select(day=day))["day"].to_pylist() == [date(2026, 5, 1)]


def test_a_number_a_spreadsheet_rounded_is_no_code():
    assert understood(values.code, ["8.03E+11", "1E12", "'0123", "E12", "3e", "A-1"]) == [
        None, None, "0123", "E12", "3e", "A-1",
    ]  # fmt: skip


def test_postal_codes_get_their_zeros_back():
    assert understood(values.postal_code, ["1500001", "150-0001", "600001", "'0600001", "〒０６０－０００１", "SW1A 1AA"]) == [
        "1500001", "1500001", "0600001", "0600001", "0600001", "SW1A 1AA",
    ]  # fmt: skip


def guest(mail=None, phone=None, name=None, *, secret="s", store="own", phone_first=False) -> str | None:
    row = ibis.memtable({"m": [mail], "p": [phone], "n": [name]}, schema={"m": "string", "p": "string", "n": "string"})
    found = row.select(id=ids.derived(store, secret, row.m, row.p, row.n, phone_first))
    return CONNECTION.to_pyarrow(found)["id"].to_pylist()[0]


def test_a_guest_is_known_by_mail_else_by_phone_and_name_else_not_at_all():
    assert guest("a@example.jp", "03", "ヤマダ").startswith("own:m-")
    assert guest(None, "03-1234", "ヤマダ").startswith("own:p-")
    assert guest(None, "03-1234", None) is None
    assert guest(None, None, "ヤマダ") is None
    assert guest("a@example.jp", "03", "ヤマダ", phone_first=True).startswith("own:p-")


def test_the_same_guest_written_differently_is_one():
    assert guest(" A@Example.JP ") == guest("a@example.jp")
    assert guest(None, "03-1234-5678", "ヤマダ　ハナコ") == guest(None, "０３１２３４５６７８", "ヤマダ ハナコ")
    assert guest(None, "0312345678", "ヤマダ") != guest(None, "0312345678", "スズキ")


def test_without_the_secret_nobody_can_test_a_guess():
    assert guest("a@example.jp", secret="one") != guest("a@example.jp", secret="two")
    assert guest("a@example.jp", store="own").removeprefix("own:") == guest("a@example.jp", store="base").removeprefix(
        "base:"
    )


def test_amounts_keep_the_second_place_exactly():
    assert understood(values.amount, ["0.01", "19.99", "100.10"]) == [
        Decimal("0.01"),
        Decimal("19.99"),
        Decimal("100.10"),
    ]
