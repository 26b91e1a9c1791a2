"""感情曲線: the curve of a persona, friction, LTV from it, who speaks, posts and word of mouth; one step with its voices."""

from __future__ import annotations

from functools import partial

from okaeri.web.console.plan_words import CHANNELS
from okaeri.web.report import labels
from okaeri.web.report.figures import count, day, interval, money, share
from okaeri.web.report.sections.emotion import FIGURES, TRACES
from tests.web.console.told import Row, Told, Truth, tells

PAGE, STEP = "/console/emotion/", "/console/emotion/delivery/"
#: A persona the made-up shop has.
FACE = "regular"
STAGES = {"0-6": "0–6", "7-13": "7–13", "14-29": "14–29", "30-59": "30–59", "60-89": "60–89", "90-179": "90–179",
          "180-364": "180–364", "365-": "365+"}  # fmt: skip
BY_DAYS = f"{PAGE}?axis=days&persona={FACE}"


def curve(t: Truth, persona: str = "all", axis: str = "steps") -> list[Row]:
    """A persona's curve along the steps, or the days since the first order."""
    rows = [row for row in t.rows("emotion_curve", persona=persona, axis=axis) if row["emotion"] is not None]
    return sorted(rows, key=lambda row: row["place"])


@tells(PAGE, "journey")
def journey(t: Truth, told: Told) -> None:
    _journey(told, "Step", [(str(labels.JOURNEY[row["stage"]]), row) for row in curve(t)])


@tells(BY_DAYS, "journey")
def journey_by_days(t: Truth, told: Told) -> None:
    rows = curve(t, FACE, "days")
    assert len(rows) > 2
    _journey(told, "Days since the first order", [(STAGES[row["stage"]], row) for row in rows])
    _ltv(t, told, FACE)


def _journey(told: Told, along: str, rows: list[tuple[str, Row]]) -> None:
    told.sheet(
        f"{along} | Emotion | 80% interval | Chance of an order within 90 days | n",
        [
            (name, count(row["emotion"], 2),
             f"{count(row['low_80'], 2)} – {count(row['high_80'], 2)}", share(row["repeat_chance"]), count(row["n"]))
            for name, row in rows
        ],
    )  # fmt: skip


@tells(PAGE, "emotion")
@tells(BY_DAYS, "emotion")
def emotion(t: Truth, told: Told) -> None:
    told.say("80", "100", "90 days")
    for row in curve(t):
        told.say(share(row["repeat_chance"]), count(row["n"]))
    friction(t, told)
    _repairs(t, told)
    _ltv(t, told)
    lifts = [row for row in t.rows("emotion_lift") if row["depth"] > 1.645 * row["depth_error"] and row["lift_each"]]
    if lifts:
        told.sheet(
            "Step | LTV gained per customer | 90% interval | In a year",
            [
                (str(labels.JOURNEY[row["step"]]), money(row["ltv_lift"]), interval(row["low_90"], row["high_90"], "money"),
                 money(row["year_lift"]))
                for row in lifts
            ],
        )  # fmt: skip
    _personas(t, told)
    _posts(t, told)
    _traces(t, told)


def friction(t: Truth, told: Told) -> None:
    """Friction points, the dearest first, with what they cost and their causes."""
    points = t.rows("friction_points", is_main=True)
    for number, row in enumerate(sorted(points, key=lambda row: (row["loss"] is None, -(row["loss"] or 0.0))), 1):
        told.say(count(number), *_point(t, row))
        if row["loss"] is not None:
            told.say(count(row["affected_orders"]), share(row["affected_share"], 1), money(row["loss_each"]), "90%")


def _point(t: Truth, row: Row) -> list[str]:
    """What every page says of a friction point."""
    causes = t.rows("friction_causes", scope=row["scope"], segment=row["segment"], step=row["step"])
    loss = [] if row["loss"] is None else [money(row[name]) for name in ("loss", "loss_low_90", "loss_high_90")]
    return [
        count(row["n"]), share(row["repeat_rate_below"], 0), share(row["repeat_rate_above"], 0), *loss,
        *(share(cause["voice_share"], 0) for cause in causes), *([day(row["since_on"])] if row["since_on"] else []),
    ]  # fmt: skip


def _repairs(t: Truth, told: Told) -> None:
    """The latest first, each with what is known before and after."""
    for row in sorted(t.rows("friction_repairs"), key=lambda row: row["repaired_on"], reverse=True):
        told.say(day(row["repaired_on"]), *([day(row["began_on"])] if row["began_on"] else []))
        writers = {"score": partial(count, digits=2), "repeat": share, "revenue": money}
        known = {name: writer for name, writer in writers.items() if row[f"{name}_change"] is not None}
        if known:
            told.sheet(
                "Figure | Before | After | Change | 90% interval",
                [
                    (str(FIGURES[name]), *(write(row[f"{name}_{part}"]) for part in ("before", "after", "change")),
                     " – ".join(write(row[f"{name}_{end}"]) for end in ("low_90", "high_90")))
                    for name, write in known.items()
                ],
            )  # fmt: skip


def _ltv(t: Truth, told: Told, persona: str = "all") -> None:
    row = t.row("emotion_ltv", persona=persona)
    told.sheet("", [
        ("Length x unit price x frequency", money(row["ltv_formula"]),
         f"{count(row['length_years'], 2)} years x {money(row['unit_price'])} x {count(row['frequency'], 1)} orders a year Length"),
        ("Orders so far and still expected, knowing what was felt", money(row["ltv_survival"]),
         f"90% interval {money(row['low_90'])} to {money(row['high_90'])}."),
        ("The same by recency and frequency alone", money(row["ltv_recency"]), ""),
        ("The same by a purchase model in which a bad order makes leaving likelier", money(row["ltv_purchases"]),
         "" if row["bad_odds"] is None else f"Odds of leaving after a bad order: times {count(row['bad_odds'], 2)}, 90% interval "
         f"{count(row['bad_odds_low_90'], 2)} to {count(row['bad_odds_high_90'], 2)}."),
    ])  # fmt: skip
    if row["gain"] is not None:
        told.say(count(row["held_back"]), share(row["auc_emotion"], 1), share(row["auc_recency"], 1))


def _personas(t: Truth, told: Told) -> None:
    rows = [row for row in t.rows("emotion_summary") if row["n"]]
    rows.sort(key=lambda row: (row["persona"] != "all", -row["customer_count"]))
    told.sheet(
        "Persona | Mean | Peak | Lowest | End | Ever spoke | Speakers who repeat | Silent who repeat | Signals",
        [
            ("Everybody" if row["persona"] == "all" else str(labels.PERSONAS[row["persona"]]),
             *(count(row[name], 2) for name in ("mean", "peak", "low", "end")),
             *(share(row[name], 0) for name in ("spoke_share", "speakers_repeat_rate", "silent_repeat_rate")),
             count(row["n"]))
            for row in rows
        ],
    )  # fmt: skip


def _posts(t: Truth, told: Told) -> None:
    weeks = sorted(t.rows("social_signal"), key=lambda row: row["week_on"])
    late, before = weeks[-26:], weeks[-52:-26]
    told.say(count(sum(row["post_count"] for row in late)), str(len(late)))
    if len(before) == 26:
        told.say(count(sum(row["post_count"] for row in before)))
    felt = [row for row in late if row["mood"] is not None]
    if felt:
        posts = sum(row["post_count"] for row in felt)
        told.say(count(sum(row["mood"] * row["post_count"] for row in felt) / posts, 2), "1")


def _traces(t: Truth, told: Told) -> None:
    rows = t.rows("word_of_mouth")
    whole = sum(row["customer_count"] for row in rows)
    traces = {name: [row for row in rows if row["trace"] == name] for name in TRACES}
    told.sheet(
        "Trace | Customers | Share | First orders | Revenue so far",
        [
            (str(TRACES[name]), count(people), share(people / whole, 0),
             money(sum(row["first_order_revenue"] for row in own)), money(sum(row["revenue"] for row in own)))
            for name, own in traces.items()
            if (people := sum(row["customer_count"] for row in own))
        ],
    )  # fmt: skip


@tells(STEP, "figures")
def step_figures(t: Truth, told: Told) -> None:
    row = next(row for row in curve(t) if row["stage"] == "delivery")
    told.say(
        count(row["emotion"], 2), count(row["low_80"], 2), count(row["high_80"], 2), count(row["n"]),
        share(row["repeat_chance"]), "80%", "90",
    )  # fmt: skip
    for lift in t.rows("emotion_lift", step="delivery"):
        told.say(money(lift["year_lift"]))
    for point in t.rows("friction_points", is_main=True, step="delivery"):
        told.say(*_point(t, point))


@tells(STEP, "voices")
def step_voices(t: Truth, told: Told) -> None:
    """The thirty lowest with words, each with its day, who spoke, how it is known, the feeling and the product."""
    said = {row["voice_id"]: row for row in t.rows("voices") if row["text"]}
    heard = [row for row in t.rows("emotion_signals", step="delivery") if row["voice_id"] in said]
    heard.sort(key=lambda row: (row["value"], -said[row["voice_id"]]["voice_date"].toordinal(), row["voice_id"]))
    for row in heard[:30]:
        product = f" · {t.products[row['product_id']]}" if row["product_id"] else ""
        told.line(
            f"{day(said[row['voice_id']]['voice_date'])} · {labels.PERSONAS[row['persona']]} · "
            f"{CHANNELS[row['channel']]} {count(row['value'], 2)}{product} · {row['customer_id']}"
        )
