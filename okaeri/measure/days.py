"""Day numbers and dates in queries."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH, day_number


def day_literal(day: date) -> ir.IntegerScalar:
    """The day number of ``day`` as an expression."""
    return ibis.literal(day_number(day), "int64")


def whole(number: int) -> ir.IntegerScalar:
    """``number`` as a 64-bit literal in every engine (Spark reads a bare one as 32 bits)."""
    return ibis.literal(number, "int32").cast("int64")


def as_date(day: ir.IntegerColumn) -> ir.DateColumn:
    """The date of a day number; empty where it is empty."""
    return (ibis.date(EPOCH) + day.as_interval("D")).cast("date")


def silence(history: ir.Table, as_of: date) -> ir.IntegerColumn:
    """Days from a customer's latest order to ``as_of``."""
    return day_literal(as_of) - history.last_day
