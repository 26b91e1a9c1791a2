"""Posts about the shop, week by week."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.days import as_date, whole
from okaeri.schema.measured.emotion import social_signal as TABLE

#: A score beyond this is good, or, below its negative, bad.
CLEAR = 0.2
WEEKS_BEFORE = 8
#: 1970-01-01 was a Thursday.
MONDAY = 3


def social_signal(voices: ir.Table, feelings: ir.Table, *, as_of: date) -> ir.Table:
    """One row per week with a voice, of customers known or not."""
    rows = voices.filter(voices.voice_date < as_of)
    found = feelings.filter(feelings.confidence > 0)
    rows = rows.left_join(found.select(felt_id="voice_id", felt="score"), [("voice_id", "felt_id")])
    day = rows.voice_date.delta(EPOCH, unit="day").cast("int64")
    rows = rows.mutate(week=((day + whole(MONDAY)) / whole(7)).floor().cast("int64"), is_post=rows.source == "social")
    scored = rows.is_post & rows.felt.notnull()
    weeks = rows.group_by("week").agg(
        voice_count=rows.count(),
        post_count=rows.is_post.ifelse(1, 0).sum(),
        mood=rows.felt.mean(where=scored),
        good_rate=(rows.felt > CLEAR).ifelse(1, 0).cast("float64").mean(where=scored),
        bad_rate=(rows.felt < -CLEAR).ifelse(1, 0).cast("float64").mean(where=scored),
    )
    before = ibis.range_window(order_by=weeks.week, preceding=(WEEKS_BEFORE, 1))
    usual = weeks.post_count.sum().over(before).cast("float64") / float(WEEKS_BEFORE)
    return weeks.mutate(
        week_on=as_date(weeks.week * whole(7) - whole(MONDAY)),
        post_share=weeks.post_count / weeks.voice_count,
        usual_posts=(weeks.week - weeks.week.min().over(ibis.window()) >= WEEKS_BEFORE).ifelse(
            usual.fill_null(0.0), ibis.null("float64")
        ),
    ).select(*TABLE.column_names)
