"""Text as shops write it, understood: amounts, whole numbers, instants, dates, codes.

Each function takes a text expression and gives a typed one; text that is there but not understood becomes null, which
:class:`okaeri.ingest.cells.Cells` notices and reports. The usual way of writing is tried first, as it is quick; only
what is left goes through repair.
"""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

AMOUNT = "decimal(18, 2)"
ZERO = ibis.literal(0, type=AMOUNT)
UTC = "timestamp('UTC')"
EXCEL_EPOCH_DAY = 25569  # 1970-01-01, counted as spreadsheets count
SECONDS_A_DAY = 86400

_WIDE = "０１２３４５６７８９，．＋－−▲△￥\\（）：／　"
_NARROW = "0123456789,.+----¥¥():/ "
_PLAIN_NUMBER = r"^[+-]?[0-9]+(\.[0-9]*)?$"
_WRITTEN_NUMBER = r"^[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?$"
_PLAIN_TIME = r"^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
_WITH_OFFSET = r"^([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})[ T]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?) ?(Z|UTC|JST|[+-][0-9]{2}:?[0-9]{2})$"
_SERIAL = r"^[0-9]{5}(\.[0-9]+)?$"
_ROUNDED = r"^[0-9](\.[0-9]+)?[Ee]\+?[0-9]+$"


@ibis.udf.scalar.builtin(name="timezone")
def instant_at(zone: str, local: dt.Timestamp()) -> dt.Timestamp(timezone="UTC"):  # type: ignore[valid-type,empty-body]
    """The instant at which clocks in ``zone`` show ``local``."""


@ibis.udf.scalar.builtin(name="timezone")
def clock_at(zone: str, instant: dt.Timestamp(timezone="UTC")) -> dt.Timestamp():  # type: ignore[valid-type,empty-body]
    """What clocks in ``zone`` show at ``instant``."""


@ibis.udf.scalar.builtin(name="make_timestamp")
def _from_microseconds(count: int) -> dt.Timestamp():  # type: ignore[valid-type,empty-body]
    """Microseconds since 1970 as a time without a zone."""


def amount(text: ir.StringValue) -> ir.DecimalValue:
    """An amount: ``1,234``, ``¥1,234``, ``1234円``, ``１２３４``, ``(1,234)`` and ``▲1,234`` for minus 1234.

    Commas must stand before three digits each, so that a comma meant as a point is not misread.
    """
    plain = text.re_search(_PLAIN_NUMBER)
    tidy = text.translate(_WIDE, _NARROW).re_replace(r"[¥円\s]|JPY", "").re_replace(r"^\((.*)\)$", r"-\1")
    written = tidy.re_search(_WRITTEN_NUMBER)
    digits = tidy.replace(",", "")
    return ibis.cases(
        (plain, text.try_cast(AMOUNT)), (written, digits.try_cast(AMOUNT)), else_=ibis.null(AMOUNT)
    )  # fmt: skip


def integer(text: ir.StringValue) -> ir.IntegerValue:
    """A whole number, written as :func:`amount` allows; ``2.0`` is 2, ``2.5`` is none."""
    exact = amount(text)
    whole = exact.cast("int64")
    return (exact == whole.cast(AMOUNT)).ifelse(whole, ibis.null("int64"))


def clock(text: ir.StringValue) -> ir.TimestampValue:
    """Date and time as written, without a zone.

    ``2026-05-01 10:00:00``, ``2026/5/1 10:00``, ``2022/8/10``, ``2026年5月1日 10時05分``, ``20260501``,
    ``20260501103309`` and a spreadsheet's day number ``46143.4166``.
    """
    plain = text.re_search(_PLAIN_TIME)
    tidy = _tidy_time(text)
    serial = tidy.re_search(_SERIAL)
    seconds = ((tidy.try_cast("float64") - EXCEL_EPOCH_DAY) * SECONDS_A_DAY).round().cast("int64")
    return ibis.cases(
        (plain, text.try_cast("timestamp")),
        (serial, _from_microseconds(seconds * 1_000_000)),
        (tidy.re_search(_PLAIN_TIME), tidy.try_cast("timestamp")),
        else_=ibis.null("timestamp"),
    )


def _tidy_time(text: ir.StringValue) -> ir.StringValue:
    narrow = text.translate(_WIDE, _NARROW).re_replace(r"[(][月火水木金土日祝]+[)]", " ")
    dated = narrow.re_replace(r"([0-9]+)年([0-9]+)月([0-9]+)日", r"\1/\2/\3")
    timed = dated.re_replace(r"([0-9]+)時([0-9]{2})分(([0-9]{2})秒)?", r"\1:\2:0\4").re_replace(
        r":0([0-9]{2})$", r":\1"
    )
    split = timed.re_replace(r"^([0-9]{4})([0-9]{2})([0-9]{2})(([0-9]{2})([0-9]{2})([0-9]{2}))?$", r"\1/\2/\3 \5:\6:\7")
    return split.re_replace(r":0$", ":00").re_replace(r"[ :]+$", "").re_replace(r"\s+", " ")


def instant(text: ir.StringValue, zone: str) -> ir.TimestampValue:
    """The instant, UTC: by the offset the text gives, else by the clocks of the shop's ``zone``."""
    with_offset = text.re_search(_WITH_OFFSET)
    offset = text.re_extract(_WITH_OFFSET, 3).re_replace("^(Z|UTC)$", "+00:00").replace("JST", "+09:00")
    colon = offset.re_replace("^(...)([0-9]{2})$", r"\1:\2")
    written = text.re_extract(_WITH_OFFSET, 1) + " " + text.re_extract(_WITH_OFFSET, 2) + colon
    return with_offset.ifelse(written.try_cast(UTC), instant_at(zone, clock(text)))


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
    spelled = padded.substr(0, 2) + ":" + padded.substr(2, 2) + ":" + padded.substr(4, 2)
    only_day = day.re_extract(r"^(\S+)", 1)
    return time.isnull().ifelse(day, only_day + " " + digits.ifelse(spelled, time))


def code(text: ir.StringValue) -> ir.StringValue:
    """An id or code; null where a spreadsheet turned it into ``8.03E+11``, as the digits are lost."""
    return text.re_search(_ROUNDED).ifelse(ibis.null("string"), text.re_replace("^'", ""))


def quoted(text: ir.StringValue) -> ir.StringValue:
    """Text without the ``'`` that keeps a spreadsheet from counting with it."""
    return text.re_replace("^'", "")


def postal_code(text: ir.StringValue) -> ir.StringValue:
    """Seven digits with the zeros a spreadsheet dropped; what is no Japanese postal code stays as it is."""
    digits = text.translate(_WIDE, _NARROW).re_replace(r"[^0-9A-Za-z]", "")
    padded = digits.re_search("^[0-9]{5,7}$").ifelse(("00" + digits).right(7), quoted(text))
    return text.re_search("^[0-9]{7}$").ifelse(text, padded)
