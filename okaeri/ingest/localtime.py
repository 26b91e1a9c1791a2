"""Between the clocks of the shop's zone and instants, quickly.

Zones without summer time (Asia/Tokyo) need an addition, not a calendar: ten times quicker over millions of rows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from okaeri.ingest.values import UTC, clock_at, instant_at

_YEARS = range(1990, 2101)


@ibis.udf.scalar.builtin(name="epoch_us")
def _micros_shown(local: dt.Timestamp()) -> int:  # type: ignore[valid-type,empty-body]
    """Microseconds since 1970-01-01 00:00 on the same clock."""


@ibis.udf.scalar.builtin(name="epoch_us")
def _micros(instant: dt.Timestamp(timezone="UTC")) -> int:  # type: ignore[valid-type,empty-body]
    """Microseconds since 1970-01-01 00:00 UTC."""


@ibis.udf.scalar.builtin(name="make_timestamp")
def _shown(micros: int) -> dt.Timestamp():  # type: ignore[valid-type]
    """Inverse of ``_micros_shown``."""


@ibis.udf.scalar.builtin(name="make_timestamptz")
def _instant(micros: int) -> dt.Timestamp(timezone="UTC"):  # type: ignore[valid-type]
    """Inverse of ``_micros``."""


@cache
def fixed_offset(zone: str) -> int | None:
    """Microseconds the zone is ahead of UTC, where that never changes from 1990 to 2100."""
    clocks = ZoneInfo(zone)
    offsets = {datetime(year, month, 1, tzinfo=clocks).utcoffset() for year in _YEARS for month in range(1, 13)}
    return None if len(offsets) > 1 else (offsets.pop() or timedelta()) // timedelta(microseconds=1)


def is_instant(at: ir.Value) -> bool:
    """Whether a column holds instants; else it shows what the shop's clocks show."""
    return at.type().is_timestamp() and at.type().timezone is not None


def instant_of(at: ir.Value, zone: str) -> ir.TimestampValue:
    """The instant of ``at``: a day or time on the shop's clocks, or an instant already."""
    if is_instant(at):
        return at.cast(UTC)
    ahead = fixed_offset(zone)
    local = at.cast("timestamp")
    return instant_at(zone, local) if ahead is None else _instant(_micros_shown(local) - ahead)


def local_of(at: ir.Value, zone: str) -> ir.TimestampValue:
    """What the shop's clocks show at ``at``."""
    if not is_instant(at):
        return at.cast("timestamp")
    ahead = fixed_offset(zone)
    return clock_at(zone, at) if ahead is None else _shown(_micros(at) + ahead)
