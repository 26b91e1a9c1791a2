"""Text as shops write it, understood: amounts, whole numbers, instants, dates, codes.

Each function takes a text expression and gives a typed one; text that is there but not understood becomes null, which
:class:`okaeri.ingest.cells.Cells` notices and reports. The usual way of writing is tried first, as it is quick; only
what is left goes through repair. The rules are macros of the engine, which :func:`prepare` must have set up in the
connection: spelled out in every query they would make it a hundred times longer.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

AMOUNT = "decimal(18, 2)"
UTC = "timestamp('UTC')"
ZERO = ibis.literal(0, type=AMOUNT)

_WIDE = "０１２３４５６７８９，．＋－−▲△￥\\（）：／　"
_NARROW = "0123456789,.+----¥¥():/ "
_DAY = "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_OFFSET = r"Z|UTC|JST|[+-][0-9]{2}:?[0-9]{2}"

#: Name with parameters, and meaning. Day 25569 of a spreadsheet's calendar is 1970-01-01.
MACROS = {
    # Translating is slow and hardly ever needed: plain letters but the backslash, a yen sign in Japan, pass.
    "okaeri_narrow(t)": rf"CASE WHEN regexp_matches(t, '[^ -\[\]-~]') THEN translate(t, '{_WIDE}', '{_NARROW}') ELSE t END",
    "okaeri_bare_amount(t)": r"""
        regexp_replace(regexp_replace(okaeri_narrow(t), '[¥円\s]|JPY', '', 'g'), '^\((.*)\)$', '-\1')""",
    "okaeri_written_amount(t)": r"""
        CASE WHEN regexp_full_match(t, '[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?')
        THEN try_cast(replace(t, ',', '') AS DECIMAL(18, 2)) END""",
    "okaeri_amount(t)": r"""
        CASE WHEN regexp_full_match(t, '[+-]?[0-9]+(\.[0-9]*)?') THEN try_cast(t AS DECIMAL(18, 2))
        WHEN t IS NOT NULL THEN okaeri_written_amount(okaeri_bare_amount(t)) END""",
    "okaeri_whole(a)": "CASE WHEN a = trunc(a) THEN a::BIGINT END",
    "okaeri_integer(t)": """
        CASE WHEN regexp_full_match(t, '[0-9]{1,15}') THEN try_cast(t AS BIGINT)
        WHEN t IS NOT NULL THEN okaeri_whole(okaeri_amount(t)) END""",
    "okaeri_spelled_day(t)": r"""
        regexp_replace(regexp_replace(okaeri_narrow(t), '[(][月火水木金土日祝]+[)]', ' '),
            '([0-9]+)年([0-9]+)月([0-9]+)日', '\1/\2/\3')""",
    "okaeri_spelled_time(t)": r"""
        regexp_replace(regexp_replace(regexp_replace(t,
            '([0-9]+)時([0-9]{2})分([0-9]{2})秒', '\1:\2:\3'), '([0-9]+)時([0-9]{2})分', '\1:\2'),
            '^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})$', '\1/\2/\3 \4:\5:\6')""",
    "okaeri_tidy_time(t)": r"""
        trim(regexp_replace(regexp_replace(okaeri_spelled_time(okaeri_spelled_day(t)),
            '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\1/\2/\3'), '\s+', ' ', 'g'))""",
    "okaeri_repaired_clock(t)": rf"""
        CASE WHEN regexp_full_match(t, '[0-9]{{5}}(\.[0-9]+)?')
            THEN make_timestamp((round((t::DOUBLE - 25569) * 86400) * 1000000)::BIGINT)
        WHEN regexp_full_match(t, '{_DAY}([ T]{_TIME})?') THEN try_cast(t AS TIMESTAMP) END""",
    "okaeri_clock(t)": f"""
        CASE WHEN regexp_full_match(t, '{_DAY}([ T]{_TIME})?') THEN try_cast(t AS TIMESTAMP)
        WHEN t IS NOT NULL THEN okaeri_repaired_clock(okaeri_tidy_time(t)) END""",
    "okaeri_with_offset(t)": r"""
        try_cast(regexp_replace(t, ' ?([+-][0-9]{2}):?([0-9]{2})$', '\1:\2') AS TIMESTAMPTZ)""",
    "okaeri_instant(t, zone)": f"""
        CASE WHEN regexp_full_match(t, '{_DAY}[ T]{_TIME} ?({_OFFSET})') THEN okaeri_with_offset(t)
        ELSE timezone(zone, okaeri_clock(t)) END""",
    "okaeri_code(t)": r"""
        CASE WHEN regexp_full_match(t, '[0-9](\.[0-9]+)?[Ee]\+?[0-9]+') THEN NULL
        WHEN starts_with(t, '''') THEN ltrim(t, '''') ELSE t END""",
    # Trimming by a list of letters is slow; nearly no cell begins or ends with a blank.
    "okaeri_trimmed(t)": r"""
        CASE WHEN t < '!' OR (t >= '　' AND t < '、') OR t[-1] < '!' OR t[-1] = '　'
        THEN nullif(trim(t, E' \t\r\n\v\f　'), '') ELSE t END""",
    "okaeri_padded_postal(t)": "CASE WHEN regexp_full_match(t, '[0-9]{5,7}') THEN right('00' || t, 7) END",
    "okaeri_postal(t)": """
        CASE WHEN regexp_full_match(t, '[0-9]{7}') THEN t ELSE coalesce(okaeri_padded_postal(
            regexp_replace(okaeri_narrow(t), '[^0-9A-Za-z]', '', 'g')), ltrim(t, '''')) END""",
}


def prepare(connection: Any) -> None:
    """Set the rules up in a DuckDB connection of Ibis; again and again does no harm."""
    connection.raw_sql(";".join(f"CREATE OR REPLACE TEMP MACRO {name} AS {body}" for name, body in MACROS.items()))


@ibis.udf.scalar.builtin(name="okaeri_amount")
def amount(text: str) -> dt.Decimal(18, 2):  # type: ignore[valid-type]
    """An amount: ``1,234``, ``¥1,234``, ``1234円``, ``１２３４``, ``(1,234)`` and ``▲1,234`` for minus 1234.

    Commas must stand before three digits each, so that a comma meant as a point is not misread.
    """


@ibis.udf.scalar.builtin(name="okaeri_integer")
def integer(text: str) -> int:  # type: ignore[empty-body]
    """A whole number, written as :func:`amount` allows; ``2.0`` is 2, ``2.5`` is none."""


@ibis.udf.scalar.builtin(name="okaeri_clock")
def clock(text: str) -> dt.Timestamp():  # type: ignore[valid-type]
    """Date and time as written, without a zone.

    ``2026-05-01 10:00:00``, ``2026/5/1 10:00``, ``2022/8/10``, ``2026年5月1日 10時05分``, ``20260501``,
    ``20260501103309`` and a spreadsheet's day number ``46143.4166``.
    """


@ibis.udf.scalar.builtin(name="okaeri_instant")
def instant(text: str, zone: str) -> dt.Timestamp(timezone="UTC"):  # type: ignore[valid-type]
    """The instant, UTC: by the offset the text gives, else by the clocks of the shop's ``zone``."""


@ibis.udf.scalar.builtin(name="timezone")
def instant_at(zone: str, local: dt.Timestamp()) -> dt.Timestamp(timezone="UTC"):  # type: ignore[valid-type]
    """The instant at which clocks in ``zone`` show ``local``."""


@ibis.udf.scalar.builtin(name="timezone")
def clock_at(zone: str, instant: dt.Timestamp(timezone="UTC")) -> dt.Timestamp():  # type: ignore[valid-type]
    """What clocks in ``zone`` show at ``instant``."""


@ibis.udf.scalar.builtin(name="okaeri_code")
def code(text: str) -> str:  # type: ignore[empty-body]
    """An id or code; null where a spreadsheet turned it into ``8.03E+11``, as the digits are lost."""


@ibis.udf.scalar.builtin(name="okaeri_trimmed")
def trimmed(text: str) -> str:  # type: ignore[empty-body]
    """Text without blanks around it, of any width; null where nothing else is there."""


@ibis.udf.scalar.builtin(name="okaeri_postal")
def postal_code(text: str) -> str:  # type: ignore[empty-body]
    """Seven digits with the zeros a spreadsheet dropped; what is no Japanese postal code stays as it is."""


@ibis.udf.scalar.builtin(name="okaeri_narrow")
def narrow_digits(text: str) -> str:  # type: ignore[empty-body]
    """Digits and signs of the usual width."""


def day_of(moment: ir.TimestampValue, zone: str) -> ir.DateValue:
    """The day of an instant in the shop's zone."""
    return clock_at(zone, moment).date()


def date(text: ir.StringValue) -> ir.DateValue:
    """A day, written as :func:`clock` allows."""
    return clock(text).date()


def on_clock(day: ir.StringValue, time: ir.StringValue) -> ir.StringValue:
    """One text of a date and a time column; ``93309`` is 09:33:09, its zero lost in a spreadsheet."""
    digits = time.re_search("^[0-9]{3,6}$")
    padded = ("000" + time).right(6)
    spelled = padded.left(2) + ":" + padded.substr(2, 2) + ":" + padded.right(2)
    only_day = day.re_extract(r"^(\S+)", 1)
    return time.isnull().ifelse(day, only_day + " " + digits.ifelse(spelled, time))


def quoted(text: ir.StringValue) -> ir.StringValue:
    """Text without the ``'`` that keeps a spreadsheet from counting with it."""
    return text.re_replace("^'", "")
