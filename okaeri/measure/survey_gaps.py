"""What being let down, or surprised, does to the next order."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.intervals import wilson
from okaeri.schema.measured.surveys import ALL, BANDS
from okaeri.schema.measured.surveys import survey_gaps as TABLE
from okaeri.schema.rules import Rules


def survey_gaps(survey_pairs: ir.Table, *, rules: Rules) -> ir.Table:
    """Repeat rates by band, for all products together and for each one with enough customers in the band."""
    known = survey_pairs.filter(survey_pairs.has_repeated.notnull())
    band = ibis.cases(*[(known.gap <= top, whole(no)) for no, (_, top) in enumerate(BANDS) if top is not None],
                      else_=whole(len(BANDS) - 1))  # fmt: skip
    told = known.select("product_id", "has_repeated", "expected", "judged", band_no=band)
    every = told.mutate(product_id=ibis.literal(ALL, "string")).union(told)
    rows = every.group_by("product_id", "band_no").agg(
        n=every.count(),
        repeat_count=every.has_repeated.ifelse(1, 0).sum(),
        mean_expected=every.expected.mean(),
        mean_judged=every.judged.mean(),
    )
    rows = rows.filter((rows.product_id == ALL) | (rows.n >= rules.min_support))
    low, high = wilson(rows.repeat_count, rows.n)
    names = ibis.cases(*[(rows.band_no == no, name) for no, (name, _) in enumerate(BANDS)])
    rate = rows.repeat_count.cast("float64") / rows.n
    return rows.mutate(band=names, repeat_rate=rate, low=low, high=high).select(*TABLE.column_names)
