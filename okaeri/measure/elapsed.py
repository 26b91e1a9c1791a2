"""Elapsed-day buckets: how long after a purchase the next order came."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from okaeri.measure.bounds import in_bounds
from okaeri.schema.rules import Rules

#: Days after a purchase in which the next order counts as following it; the last bucket ends there.
WINDOW = 365
#: What stands for all buckets together.
ANY_DAY = "all"


@dataclass(frozen=True)
class Bucket:
    """Days ``first`` to ``end - 1`` after a purchase."""

    label: str
    first: int
    end: int


def buckets(rules: Rules) -> tuple[Bucket, ...]:
    """The shop's buckets in order.

    The last ends a year after the purchase, or at twice its first day where the shop lets it start later than that. A
    next order before the first bucket (by default: on the same day) is in none.
    """
    firsts = rules.elapsed_buckets
    window = WINDOW if firsts[-1] < WINDOW else 2 * firsts[-1]
    ends = (*firsts[1:], window)
    return tuple(Bucket(_label(first, end), first, end) for first, end in zip(firsts, ends, strict=True))


def all_days(parts: tuple[Bucket, ...]) -> Bucket:
    """The buckets together."""
    return Bucket(ANY_DAY, parts[0].first, parts[-1].end)


def _label(first: int, end: int) -> str:
    return str(first) if end == first + 1 else f"{first}-{end - 1}"


def bucket_place(elapsed: ir.IntegerColumn, parts: tuple[Bucket, ...]) -> ir.IntegerColumn:
    """Place of ``elapsed`` days in ``parts``, from 0; -1 before the first bucket, ``len(parts)`` after the last."""
    return in_bounds(elapsed, (*(part.first for part in parts), parts[-1].end)) - 1


def by_bucket(place: ir.IntegerColumn, values: tuple[ir.Value, ...]) -> ir.Value:
    """The one of ``values`` that belongs to the bucket at ``place``."""
    return ibis.cases(*((place == number, value) for number, value in enumerate(values)))
