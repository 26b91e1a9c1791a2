"""お客さま and 声: the list, the size of a choice, the card of one customer, the inbox and one voice."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from okaeri.schema.segment_words import DEEDS
from okaeri.web.console.drafting import ASPECTS
from okaeri.web.console.words import FELT, SAID_IN
from okaeri.web.report import labels
from okaeri.web.report.figures import count, day, days, interval, money, people, share
from okaeri.web.report.reasons import reason
from okaeri.web.report.sections.belt import STATIONS
from tests.web.console.told import Beginning, Ending, Row, Told, Truth, tells

PAGE, VOICES = "/console/customers/", "/console/voices/"
EPOCH = date(1970, 1, 1)
ACTS = {"open", "click", "block", "subscribe", "skip", "cancel", "refer"}


def everybody(t: Truth) -> list[Row]:
    """Each known customer with what is expected of them and how likely they are to leave."""
    worth = {row["customer_id"]: row for row in t.rows("customer_value")}
    chances = {
        name: max((row["leaving_chance_90"] for row in rows if row["leaving_chance_90"] is not None), default=None)
        for name, rows in t.grouped("churn_risk", "customer_id").items()
    }
    names = ("residual_value", "lifetime_value", "p_alive", "low_80", "high_80", "next_order_on")
    return [
        row | {name: worth.get(row["customer_id"], {}).get(name) for name in names}
        | {"leaving_chance_90": chances.get(row["customer_id"])}
        for row in t.rows("customers_now")
    ]  # fmt: skip


def size(told: Told, rows: list[Row]) -> None:
    """How many, and what they brought, will bring and are worth."""
    n = len(rows)
    told.line(f"People {people(n)}")
    for word, name in (("So far", "revenue"), ("Expected", "residual_value"), ("LTV", "lifetime_value")):
        whole = sum(row[name] or 0.0 for row in rows)
        told.line(f"{word} {money(whole)} each {money(whole / n)}")


@tells(PAGE, "Who is shown")
def choice(t: Truth, told: Told) -> None:
    size(told, everybody(t))
    size(told, everybody(t))  # once for the list, once beside the conditions


@tells(PAGE, "list-title")
def customers_list(t: Truth, told: Told) -> None:
    stations = {row["station"]: str(STATIONS[row["code"]]) for row in t.rows("belt")}
    rows = sorted(
        everybody(t), key=lambda row: (row["lifetime_value"] is None, -(row["lifetime_value"] or 0), row["customer_id"])
    )
    told.say("1", "50", people(len(rows)))
    told.sheet(
        "Customer | Status | Orders | Latest order | Revenue so far | Expected value | LTV ↓ | Chance still a customer | "
        "Chance to leave in 90 days | Station of the belt",
        [
            (Ending(row["customer_id"]), str(labels.STATUSES.get(row["status"], "–")), count(row["order_count"]),
             day(row["last_order_on"]), money(row["revenue"]), money(row["residual_value"]), money(row["lifetime_value"]),
             share(row["p_alive"]), share(row["leaving_chance_90"]), stations.get(row["station"], "–"))
            for row in rows[:50]
        ],
    )  # fmt: skip


def worth(t: Truth, told: Told, customer: str) -> None:
    (row,) = [row for row in everybody(t) if row["customer_id"] == customer]
    span = "" if row["low_80"] is None else f" 80% interval {interval(row['low_80'], row['high_80'], 'money')}"
    told.line(
        f"So far {money(row['revenue'])} {count(row['order_count'])} orders, {money(row['mean_order_value'])} each"
    )
    told.line(f"Expected {money(row['residual_value'])}{span}")
    told.line(f"LTV {money(row['lifetime_value'])}")
    told.line(
        f"Still a customer {share(row['p_alive'])} Chance to leave within 90 days {share(row['leaving_chance_90'])}"
    )
    told.line(f"First order {day(row['first_order_on'])}")


def coming(t: Truth, told: Told, customer: str) -> None:
    """Why they may come back is tested beside the words; after it the next product and order, and what is at home."""
    (now,) = t.rows("customers_now", customer_id=customer)
    for line in _why(t, now):
        told.line(line)
    for row in t.rows("recommendations", customer_id=customer, placement="for_you", rank=1):
        told.line(f"Next product {t.products[row['product_id']]} {reason(row, t.products)}")
    for row in t.rows("next_order", customer_id=customer)[:1]:
        when = "Not expected within the forecast" if row["next_order_on"] is None else \
            f"{day(row['next_order_on'])} if still a customer" + (
                f": {day(row['early_on'])} – {day(row['late_on'])}" if row["early_on"] and row["late_on"] else "")  # fmt: skip
        told.line(f"Next order {when} Chance within 30 days {share(row['order_chance_30'])}")
    lines = t.rows("purchase_lines", customer_id=customer)
    newest = max((row["order_no"] for row in lines), default=0)
    goods = sorted(row["product_id"] for row in lines if row["order_no"] == newest)
    if goods:
        told.line(f"Last bought {', '.join(t.products[code] for code in goods)} {day(now['last_order_on'])}")
    for row in _stock(t, customer)[:4]:
        left = f"lasts about {days(row['days_left'])} more, until {day(row['runs_out_on'])}" if row["days_left"] >= 0 \
            else f"probably used up since {day(row['runs_out_on'])}"  # fmt: skip
        told.line(f"At home: {t.products[row['product_id']]} {left}")


def _stock(t: Truth, customer: str) -> list[Row]:
    return sorted(
        t.rows("stock_at_home", customer_id=customer), key=lambda row: (row["runs_out_on"], row["product_id"])
    )


def _why(t: Truth, now: Row) -> list[str]:
    customer, found = now["customer_id"], []
    for row in t.rows("subscriber_value", customer_id=customer):
        if row["next_delivery_on"]:
            found.append(f"The next delivery of the subscription is due on {day(row['next_delivery_on'])}")
    soon = [row for row in _stock(t, customer) if -30 <= row["days_left"] <= 14]
    if soon:
        found.append(f"{t.products[soon[0]['product_id']]} is probably used up around {day(soon[0]['runs_out_on'])}")
    usual, silent = now["usual_interval"], now["recency_days"]
    if usual and silent is not None and 0.7 * usual <= silent <= 1.5 * usual:
        found.append(f"Usually orders every {count(usual)} days; the last order was {count(silent)} days ago")
    return [*found, *(["Came back once before after a long silence"] if now["is_revived"] else [])]


def feeling(t: Truth, told: Told, customer: str) -> None:
    signals = [row for row in t.rows("emotion_signals", customer_id=customer) if row["value"] is not None]
    for row in signals:
        told.say(day(EPOCH + timedelta(row["signal_day"])), count(row["value"], 2))
    persons = _id_of(t)
    before = [row for row in t.rows("voices") if row["source"] == "survey_before" and row["text"]
              and persons.get(row["customer_id"], row["customer_id"]) == customer]  # fmt: skip
    for row in sorted(before, key=lambda row: (row["at"], row["voice_id"]))[-1:]:
        told.say(day(row["voice_date"]), row["text"])
    for row in t.rows("survey_pairs", customer_id=customer):
        told.say(share(row["expected"], 0), share(row["judged"], 0))


def _id_of(t: Truth) -> dict[str, str]:
    """The person each customer of a store is counted under."""
    from okaeri.records.models import Link

    with t.shop.workspace.records():
        return dict(Link.objects.filter(undone_at=None).values_list("customer_id", "person_id"))


def time_line(t: Truth, told: Told, customer: str) -> None:
    persons = _id_of(t)

    def own(table: str, on: str) -> list[Row]:
        return [row for row in t.rows(table)
                if persons.get(row["customer_id"], row["customer_id"]) == customer and row[on] < t.as_of]  # fmt: skip

    goods: dict[str, list[str]] = {}
    for line in t.rows("purchase_lines", customer_id=customer):
        goods.setdefault(line["order_id"], []).append(line["product_id"])
    entries = []
    for row in sorted(own("orders", "order_date"), key=lambda row: (row["ordered_at"], row["order_id"]), reverse=True):
        held = ", ".join(t.products[code] for code in sorted(goods.get(row["order_id"], [])))
        undone = f" · {row['status']}" if row["status"] in ("cancelled", "returned") else ""
        store = labels.SEGMENTS["store"].get(row["store"], row["store"])
        entries.append(
            (row["ordered_at"], f"{day(row['order_date'])} Order {held} {money(row['total'])} {store}{undone}")
        )
    for row in sorted(own("voices", "voice_date"), key=lambda row: (row["at"], row["voice_id"]), reverse=True):
        about = f" {t.products[row['product_id']]}" if row["product_id"] else ""
        words = f" “{row['text']}”" if row["text"] else ""
        entries.append((row["at"], f"{day(row['voice_date'])} {DEEDS[row['source']][0]}{about}{words}"))
    acted = Counter((row["event_date"], row["kind"]) for row in own("events", "event_date") if row["kind"] in ACTS)
    for (on, did), times in sorted(acted.items(), reverse=True):
        at = datetime.combine(on, time.max, ZoneInfo("Asia/Tokyo"))
        entries.append((at, f"{day(on)} {DEEDS[did][0]}" + (f" ×{times}" if times > 1 else "")))
    for _, line in sorted(entries, key=lambda entry: entry[0], reverse=True):
        told.line(" ".join(line.split()))
    if len(entries) > 12:
        told.say(count(len(entries) - 12))  # folded away


#: The sections of a card.
CARD = {"worth-title": worth, "next-title": coming, "feeling-title": feeling, "line-title": time_line}


def telling(t: Truth) -> list[str]:
    """Customers whose cards differ: the dearest, a lead, somebody with stock, a subscriber, survey answers, one order."""
    rows = sorted(everybody(t), key=lambda row: (-(row["lifetime_value"] or 0), row["customer_id"]))
    of = {
        table: [row["customer_id"] for row in t.rows(table)]
        for table in ("stock_at_home", "subscriber_value", "survey_pairs")
    }
    chosen = [
        rows[0],
        *[row for row in rows if not row["is_buyer"]][:1],
        *[row for row in rows if row["order_count"] == 1][:1],
    ]
    return list(dict.fromkeys([*(row["customer_id"] for row in chosen), *(ids[0] for ids in of.values())]))


def scored(t: Truth) -> list[Row]:
    """Voices with what was read out of them, the newest first."""
    scores = {row["voice_id"]: row["score"] for row in t.rows("feelings")}
    rows = [row | {"score": scores.get(row["voice_id"])} for row in t.rows("voices")]
    rows.sort(key=lambda row: row["voice_id"])
    return sorted(rows, key=lambda row: row["at"], reverse=True)


@tells(VOICES, "")
def inbox(t: Truth, told: Told) -> None:
    """Those of the last 90 days: nobody has closed any."""
    rows = [row for row in scored(t) if row["voice_date"] >= t.as_of - timedelta(days=90)]
    told.say(count(len(rows)), days(90), count(1_000))
    for row in rows[:40]:
        told.line(Beginning(head_of(t, row)))


def head_of(t: Truth, row: Row, *, with_product: bool = True) -> str:
    """How a voice begins: its feeling, where and when it was heard, and of which product."""
    score = row["score"]
    mood = "unread" if score is None else "bad" if score < -0.15 else "good" if score > 0.15 else "mixed"
    felt = str(FELT[mood]) + ("" if score is None else f" {count(score, 2)}")
    about = f" · {t.products[row['product_id']]}" if row["product_id"] and with_product else ""
    return f"{felt} · {SAID_IN[row['source']]} · {day(row['voice_date'])}{about}"


def aspects_of(t: Truth, voice: str) -> list[str]:
    """What a voice speaks of, the strongest first, each with its feeling."""
    rows = t.rows("feeling_aspects", voice_id=voice)
    rows.sort(key=lambda row: (-abs(row["score"]) * row["confidence"], row["aspect"]))
    return [f"{ASPECTS[row['aspect']]} {count(row['score'], 2)}" for row in rows]
