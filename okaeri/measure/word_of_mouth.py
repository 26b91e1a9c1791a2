"""First orders that word of mouth brought."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.bounds import sen
from okaeri.measure.persons import as_person
from okaeri.schema.measured.emotion import word_of_mouth as TABLE

#: What an answer to "how did you come to know us?" says of it.
ANSWERS = ("友達", "友人", "知人", "家族", "紹介", "すすめ", "勧め", "口コミ", "クチコミ", "インスタ", "SNS", "friend", "recommend",
           "word of mouth")  # fmt: skip
#: Marks of a friend's code among coupons, and of posts and friends in followed links.
CODES = ("REF", "FRIEND", "紹介")
LINKS = ("ref=", "referral", "friend", "social", "instagram", "twitter", "tiktok", "紹介")


def word_of_mouth(
    customer_history: ir.Table, purchases: ir.Table, voices: ir.Table, events: ir.Table, links: ir.Table, *, as_of: date
) -> ir.Table:
    """Each customer counts once, by the surest trace: a code, then a link, then an answer, then the source."""
    rows = customer_history.select("customer_id", "cohort_month", "first_day", "acquired_via", "revenue",
                                   "first_order_revenue")  # fmt: skip
    for traced in (_by_code(purchases), _by_link(events, links, as_of), _by_answer(voices, links, as_of)):
        rows = rows.left_join(traced, [("customer_id", traced.columns[0])])
    rows = rows.mutate(trace=ibis.cases(
        ((rows.acquired_via == "referral") | rows.by_code.notnull(), "code"),
        ((rows.by_link <= rows.first_day).fill_null(False), "link"),
        (rows.by_answer.notnull(), "answer"),
        (rows.acquired_via == "social", "posts"),
        else_="none",
    ))  # fmt: skip
    months = rows.group_by("cohort_month", "trace").agg(
        customer_count=rows.count(),
        revenue=sen(rows.revenue.sum().fill_null(0.0)),
        first_order_revenue=sen(rows.first_order_revenue.sum().fill_null(0.0)),
    )
    whole_month = ibis.window(group_by=months.cohort_month)
    share = months.customer_count / months.customer_count.sum().over(whole_month)
    return months.mutate(customer_share=share).select(*TABLE.column_names)


def _holds(text: ir.StringColumn, words: tuple[str, ...]) -> ir.BooleanColumn:
    plain = text.lower()
    found = [plain.contains(word.lower()) for word in words]
    return ibis.or_(*found)


def _by_code(purchases: ir.Table) -> ir.Table:
    first = purchases.filter(purchases.order_no == 1, purchases.coupon_code.notnull())
    first = first.filter(_holds(first.coupon_code, CODES))
    return first.select(code_id="customer_id", by_code="order_id")


def _by_link(events: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    """A followed link or a friend's recommendation on record, of the customer."""
    clicks = events.filter(events.kind == "click", events.customer_id.notnull(), events.detail.notnull(),
                           events.event_date < as_of)  # fmt: skip
    clicks = as_person(clicks.filter(_holds(clicks.detail, LINKS)), links)
    return clicks.group_by(link_id=clicks.customer_id).agg(
        by_link=clicks.event_date.min().delta(EPOCH, unit="day").cast("int64")
    )


def _by_answer(voices: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    said = voices.filter(voices.source == "survey_before", voices.customer_id.notnull(), voices.text.notnull(),
                         voices.voice_date < as_of)  # fmt: skip
    said = as_person(said.filter(_holds(said.text, ANSWERS)), links)
    return said.group_by(answer_id=said.customer_id).agg(by_answer=said.voice_id.min())
