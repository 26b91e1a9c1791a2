"""Every sign of a feeling, dated, with the step of the journey it is about and what the customer did after it."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.days import day_literal, whole
from okaeri.measure.persons import as_person
from okaeri.measure.sample import sampled
from okaeri.schema.measured.emotion import COUNTED_DAYS, REPEAT_DAYS, STEP_OF_SOURCE, STEPS, VALUED_DAYS
from okaeri.schema.measured.emotion import emotion_signals as TABLE

#: An order is quick that comes after this share of the customer's usual days or less.
QUICK = 0.5
#: Sources that tell the step more surely than their words: hopes for an effect are no effect.
CERTAIN = ("survey_before", "return")
#: Names a survey's touchpoint may have where it asks whether the customer would recommend the shop.
RECOMMENDING = ("nps", "recommend", "推奨")


def emotion_signals(
    voices: ir.Table,
    feelings: ir.Table,
    feeling_aspects: ir.Table,
    events: ir.Table,
    orders: ir.Table,
    order_lines: ir.Table,
    purchases: ir.Table,
    rhythm: ir.Table,
    personas: ir.Table,
    customer_history: ir.Table,
    products: ir.Table,
    links: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """Scores and scored words, returns, blocks and quick reorders of customers who ever bought.

    A voice with a score is known by its score alone: its words would say the same again, less exactly.
    """
    said = _said(as_person(voices.filter(voices.customer_id.notnull(), voices.voice_date < as_of), links), feelings,
                 feeling_aspects)  # fmt: skip
    done = _blocks(as_person(events.filter(events.kind == "block", events.event_date < as_of), links))
    back = _returns(as_person(orders.filter(orders.status == "returned", orders.order_date < as_of), links), said)
    rows = ibis.union(said, done, back, _quick(purchases, rhythm))
    rows = _followed(rows, purchases, as_of)
    for table, key, there in (
        (personas.select("persona", persona_of="customer_id"), "persona_of", "customer_id"),
        (sampled(customer_history), "sample_id", "customer_id"),
        (products.select("category", goods="product_id"), "goods", "product_id"),
        (customer_history.select("first_day", first_of="customer_id"), "first_of", "customer_id"),
        (orders.select("carrier", brought="order_id"), "brought", "order_id"),
    ):
        rows = rows.left_join(table, [(there, key)])
    rows = _with_lot(rows, order_lines)
    place = ibis.cases(*((rows.step == name, whole(at)) for at, name in enumerate(STEPS, 1)), else_=ibis.null("int64"))
    rows = rows.mutate(step_place=place).filter(rows.persona.notnull())
    return rows.mutate(days_since_first=rows.signal_day - rows.first_day).select(*TABLE.column_names)


def _signals(rows: ir.Table, kind: str, key: str, day: ir.DateColumn | ir.IntegerColumn, **columns: object) -> ir.Table:
    """The columns all signals have before they meet the orders."""
    number = day if isinstance(day, ir.IntegerColumn) else day.delta(EPOCH, unit="day").cast("int64")
    none = ibis.null("string")
    found = {"voice_id": none, "about_id": none, "product_id": none, **columns}
    return rows.select(
        "customer_id", signal_id=ibis.literal(f"{kind}:") + rows[key], signal_day=number, channel=found["channel"],
        value=found["value"], step=found["step"], voice_id=found["voice_id"], about_id=found["about_id"],
        product_id=found["product_id"],
    )  # fmt: skip


def _said(voices: ir.Table, feelings: ir.Table, feeling_aspects: ir.Table) -> ir.Table:
    """Voices with a score of the customer's own, or words scored."""
    found = feelings.filter(feelings.confidence > 0)
    told = found.select(felt_id="voice_id", felt="score")
    rows = voices.left_join(told, [("voice_id", "felt_id")])
    rows = rows.left_join(_main_aspects(feeling_aspects), [("voice_id", "aspect_of")])
    scored = rows.rating.notnull()
    value = scored.ifelse(rows.rating * 2.0 - 1.0, rows.felt)
    acts = rows.source.isin(("return",)) | (rows.source == "inquiry") & value.isnull()
    rows = rows.mutate(
        value=acts.ifelse(ibis.literal(-1.0), value),
        channel=_channel(rows, scored),
        step=ibis.coalesce(
            _named(rows.touchpoint), _usual(rows.source, CERTAIN), _named(rows.aspect), _usual(rows.source)
        ),
    )
    rows = rows.filter(rows.value.notnull())
    return _signals(rows, "voice", "voice_id", rows.voice_date, channel=rows.channel, value=rows.value, step=rows.step,
                    voice_id=rows.voice_id, about_id=rows.order_id, product_id=rows.product_id)  # fmt: skip


def _channel(rows: ir.Table, scored: ir.BooleanColumn) -> ir.StringColumn:
    source, surveyed = rows.source, rows.source.isin(("survey_before", "survey_after"))
    return ibis.cases(
        (source == "return", "return"),
        (scored & surveyed & rows.touchpoint.lower().isin(RECOMMENDING), "nps"),
        (scored & (source == "survey_before"), "hope"),
        (scored & (source == "survey_after"), "survey"),
        (scored & (source == "review"), "stars"),
        (scored, "score"),
        (surveyed, "words_survey"),
        (source == "review", "words_review"),
        ((source == "inquiry") & rows.felt.isnull(), "complaint"),
        (source == "inquiry", "words_inquiry"),
        (source == "social", "words_social"),
        else_="words_reply",
    )


def _main_aspects(aspects: ir.Table) -> ir.Table:
    """What each voice speaks of most strongly; ties by name."""
    strongest = ibis.window(group_by=aspects.voice_id, order_by=(aspects.score.abs().desc(), aspects.aspect))
    ranked = aspects.mutate(place=ibis.row_number().over(strongest))
    return ranked.filter(ranked.place == 0).select("aspect", aspect_of="voice_id")


def _named(word: ir.StringColumn) -> ir.StringColumn:
    """The step a shop's word names; empty where none."""
    plain = word.strip().lower()
    return ibis.cases(*((plain.isin(words), name) for name, words in STEPS.items()), else_=ibis.null("string"))


def _usual(source: ir.StringColumn, of: tuple[str, ...] = tuple(STEP_OF_SOURCE)) -> ir.StringColumn:
    """The step a source speaks of where nothing else tells."""
    return ibis.cases(*((source == name, STEP_OF_SOURCE[name]) for name in of), else_=ibis.null("string"))


def _blocks(events: ir.Table) -> ir.Table:
    rows = events.filter(events.customer_id.notnull())
    return _signals(rows, "event", "event_id", rows.event_date, channel=ibis.literal("block"), value=ibis.literal(-1.0),
                    step=ibis.null("string"))  # fmt: skip


def _returns(orders: ir.Table, said: ir.Table) -> ir.Table:
    """Returned orders nobody spoke of, dated by the order: no file tells the day of the return."""
    told = said.filter(said.channel == "return").select(told="about_id")
    rows = orders.anti_join(told, [("order_id", "told")])
    rows = rows.filter(rows.customer_id.notnull())
    return _signals(rows, "order", "order_id", rows.order_date, channel=ibis.literal("return"),
                    value=ibis.literal(-1.0), step=ibis.literal("return"), about_id=rows.order_id)  # fmt: skip


def _quick(purchases: ir.Table, rhythm: ir.Table) -> ir.Table:
    usual = rhythm.select("usual_interval", usual_of="customer_id")
    bought = purchases.filter(purchases.is_purchase, purchases.subscription_id.isnull())
    rows = bought.inner_join(usual, [("customer_id", "usual_of")])
    rows = rows.filter(rows.days_since_previous > 0, rows.days_since_previous <= rows.usual_interval * QUICK)
    return _signals(rows, "reorder", "order_id", rows.order_day, channel=ibis.literal("quick_reorder"),
                    value=ibis.literal(1.0), step=ibis.literal("repeat"), about_id=rows.order_id)  # fmt: skip


def _followed(rows: ir.Table, purchases: ir.Table, as_of: date) -> ir.Table:
    """Each signal with the order it is about, else the latest by then, and with what came after that order.

    After the order, not after the signal: who has already ordered again when speaking has come back all the same.
    Signals from before the first order are left out.
    """
    orders = _with_future(purchases.semi_join(rows, "customer_id"))
    both = rows.inner_join(orders, [("customer_id", "buyer")])
    both = both.mutate(is_about=(both.about_id == both.order_id).fill_null(False))
    both = both.filter(both.is_about | (both.bought_on <= both.signal_day))
    best = ibis.window(group_by=both.signal_id, order_by=(both.is_about.desc(), both.order_no.desc(), both.order_id))
    found = both.mutate(place=ibis.row_number().over(best))
    found = found.filter(found.place == 0)
    seen = day_literal(as_of) - found.bought_on
    return found.mutate(
        order_day=found.bought_on,
        is_mature=seen > REPEAT_DAYS,
        is_followed=(found.days_to_next <= REPEAT_DAYS).fill_null(False),
        is_counted=seen > COUNTED_DAYS,
        is_valued=seen > VALUED_DAYS,
    )


def _with_lot(rows: ir.Table, order_lines: ir.Table) -> ir.Table:
    """The lot of the product a signal is about; where it names none, that of the whole order. Empty where there are several."""
    known = order_lines.filter(order_lines.lot.notnull())
    pieces = known.group_by(lot_order=known.order_id, lot_product=known.product_id).agg(
        lots=known.lot.nunique(), lot=known.lot.min()
    )
    whole = known.group_by(whole_order=known.order_id).agg(whole_lots=known.lot.nunique(), whole_lot=known.lot.min())
    rows = rows.left_join(pieces, [("order_id", "lot_order"), ("product_id", "lot_product")])
    rows = rows.left_join(whole, [("order_id", "whole_order")])
    unnamed = rows.product_id.isnull() & (rows.whole_lots == 1)
    none = ibis.null("string")
    return rows.mutate(lot=ibis.cases((rows.lots == 1, rows.lot), (unnamed, rows.whole_lot), else_=none))


def _with_future(purchases: ir.Table) -> ir.Table:
    """Orders with how many came in the days after them, and with what revenue."""
    bought = purchases.filter(purchases.is_purchase)
    counted, valued = (
        ibis.range_window(group_by=bought.customer_id, order_by=bought.order_day, following=(1, days))
        for days in (COUNTED_DAYS, VALUED_DAYS)
    )
    return bought.select(
        "order_id", "order_no", "store", "days_to_next", buyer="customer_id", bought_on="order_day",
        orders_after=bought.order_id.count().over(counted),
        revenue_after=bought.revenue.sum().over(valued).fill_null(0.0),
    )  # fmt: skip
