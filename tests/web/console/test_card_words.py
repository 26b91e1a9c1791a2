"""What a card says is made of that customer's facts, and unsaid where they are not there."""

from datetime import UTC, date, datetime, timedelta

import pytest

from okaeri.loop.workspace import start_django
from okaeri.schema.people import people

start_django()

from django.utils import translation  # noqa: E402

from okaeri.loop.card import TABLES, Card, mood, part_of_day  # noqa: E402
from okaeri.records.models import Person  # noqa: E402
from okaeri.web.console.card_pictures import HEIGHT, WIDTH, feelings, time_line  # noqa: E402
from okaeri.web.console.card_words import channel, hour, reasons, sentences  # noqa: E402

AS_OF = date(2026, 4, 1)
NAMES = {"P1": "しずく化粧水", "P2": "青汁"}
BUYER = {
    "customer_id": "own:1", "is_buyer": True, "order_count": 3, "recency_days": 30, "usual_interval": 32.0,
    "status": "repeat", "is_revived": False, "first_order_on": date(2025, 5, 1), "last_order_on": date(2026, 3, 2),
    "first_store": "own", "first_seen_on": date(2025, 4, 1),
}  # fmt: skip
PERSON = Person(customer_id="own:1", name="山田 花子", phone="090", address="東京都", email="a@b.jp")


def ago(days, hour_utc=3):
    return datetime(2026, 4, 1, hour_utc, 30, tzinfo=UTC) - timedelta(days=days)


def voice(days, source="inquiry", score=None, rating=None, product="P1", number=0):
    return {"voice_id": f"w{days}-{number}", "at": ago(days), "voice_date": AS_OF - timedelta(days=days), "source": source,
            "score": score, "rating": rating, "product_id": product, "text": "…", "touchpoint": "use"}  # fmt: skip


def order(days, hour_utc=3, status="shipped", number=1):
    at = ago(days, hour_utc)
    return {"order_id": f"o{number}-{days}", "ordered_at": at, "order_date": at.date(), "status": status, "store": "own",
            "total": 1980}  # fmt: skip


def card(*, row=None, deeds=None, persons=(PERSON,), **rows):
    told = dict.fromkeys(people.column_names) | BUYER | (row or {})
    return Card(told, {name: rows.get(name, []) for name in TABLES}, persons, (), deeds or {}, AS_OF, "Asia/Tokyo")


@pytest.fixture(autouse=True, params=["ja"])
def language(request):
    with translation.override(request.param):
        yield


def test_trouble_is_open_until_an_order_or_a_good_word_comes_after_it():
    bad = voice(20, score=-0.8)
    assert card(customer_voices=[bad]).trouble == bad
    assert card(customer_voices=[bad], customer_orders=[order(30)]).trouble == bad
    assert card(customer_voices=[bad], customer_orders=[order(10)]).trouble is None
    assert card(customer_voices=[bad], customer_orders=[order(10, status="cancelled")]).trouble == bad
    assert card(customer_voices=[bad, voice(5, "review", score=0.9)]).trouble is None
    assert card(customer_voices=[bad, voice(5, "survey_before", score=0.9)]).trouble == bad
    assert card(customer_voices=[bad, voice(5, "reply", score=0.0)]).trouble == bad
    assert card(customer_voices=[voice(181, score=-0.8)]).trouble is None
    assert card(customer_voices=[voice(3, "return")]).trouble is not None
    assert card(customer_voices=[voice(3, "inquiry", score=0.1)]).trouble is None


def test_words_are_believed_before_ratings():
    assert mood(voice(1, score=0.9, rating=0.0)) == "happy"
    assert mood(voice(1, rating=0.0)) == "unhappy"
    assert mood(voice(1, rating=1.0)) == "happy"
    assert mood(voice(1, "survey_before", rating=1.0)) == "neutral"
    assert mood(voice(1)) == "neutral"


def test_the_first_sentence_is_about_open_trouble_and_praise_is_not_thanked_for_beside_it():
    said = sentences(card(customer_voices=[voice(5, score=-0.9), voice(40, "review", score=0.9)]), NAMES)
    assert said[0].text == "先日はしずく化粧水の件でご不便をおかけしました。その後いかがでしょうか。"
    assert "2026年3月27日" in said[0].because
    assert not any("うれしいお声" in one.text for one in said)


def test_a_sentence_names_the_product_running_out_and_why_it_is_thought_so():
    stock = {"product_id": "P2", "days_left": 5, "runs_out_on": date(2026, 4, 6), "last_bought_on": date(2026, 3, 7),
             "days_of_supply": 30.0}  # fmt: skip
    said = sentences(card(stock_at_home=[stock]), NAMES)
    assert said[0].text == "青汁がそろそろ少なくなる頃かと思い、ご連絡しました。"
    assert said[0].because == "2026年3月7日に購入、通常は約30日分"
    gone = sentences(card(stock_at_home=[stock | {"days_left": -3}]), NAMES)
    assert gone[0].text == "青汁をそろそろ使い切られた頃かと思い、ご連絡しました。"
    for days in (15, -31):
        assert not any(
            "青汁" in one.text for one in sentences(card(stock_at_home=[stock | {"days_left": days}]), NAMES)
        )


def test_hopes_let_down_are_asked_after_and_hopes_met_are_not():
    pair = {"product_id": "P1", "after_day": 20500, "gap": -0.25}
    assert "ご期待に届かなかった" in sentences(card(survey_pairs=[pair]), NAMES)[0].text
    assert not any("ご期待" in one.text for one in sentences(card(survey_pairs=[pair | {"gap": 0.0}]), NAMES))


def test_there_are_three_sentences_at_most_and_each_stands_on_a_fact():
    line = {"order_no": 3, "order_id": "o", "product_id": "P1"}
    full = card(
        customer_voices=[voice(3, "review", score=0.9)], purchase_lines=[line], survey_pairs=[
            {"product_id": "P1", "after_day": 20500, "gap": -0.25}],
        recommendations=[{"placement": "for_you", "rank": 1, "reason": "goes_with", "reason_product_id": "P1",
                          "product_id": "P2"}],
    )  # fmt: skip
    said = sentences(full, NAMES)
    assert len(said) == 3
    assert all(one.because for one in said)
    empty = card(row={"is_buyer": False, "order_count": 0, "recency_days": None, "first_order_on": None,
                      "first_seen_on": None, "status": None}, persons=())  # fmt: skip
    assert sentences(empty, NAMES) == []
    assert reasons(empty, NAMES) == []


def test_somebody_long_away_is_not_asked_how_the_goods_do():
    line = {"order_no": 1, "order_id": "o", "product_id": "P1"}
    away = card(row={"status": "dormant", "recency_days": 700, "order_count": 1}, purchase_lines=[line])
    said = [one.text for one in sentences(away, NAMES)]
    assert said[0].startswith("ご無沙汰しております。しずく化粧水をお届けしてから700日")
    assert not any("調子は" in text for text in said)


def test_the_usual_rhythm_is_a_reason_to_come_back_only_around_its_day():
    told = "ふだんは32日ごとのご注文で、前回から{}日たちました"
    assert told.format(30) in reasons(card(), NAMES)
    for days in (22, 49):
        assert reasons(card(row={"recency_days": days}), NAMES) == []
    assert told.format(48) in reasons(card(row={"recency_days": 48}), NAMES)


def test_the_hour_is_that_of_most_orders_in_the_shops_zone_and_unknown_where_none_stands_out():
    evening = [order(days, hour_utc=11) for days in (10, 40, 70)]  # 20:30 in Tokyo
    assert card(customer_orders=[*evening, order(100, hour_utc=0)]).hours == ("evening", 3, 4)
    assert hour(card(customer_orders=evening)) == "夜(18〜22時) — 注文3回のうち3回"
    assert card(customer_orders=evening[:2]).hours is None
    assert card(customer_orders=[*evening[:2], order(5, 0), order(6, 0)]).hours is None
    dated = [order(days) | {"ordered_at": datetime(2026, 3, days, 15, tzinfo=UTC)} for days in (1, 2, 3, 4)]
    assert card(customer_orders=dated).hours is None
    assert hour(card()).startswith("不明")


@pytest.mark.parametrize(
    ("hour_of_day", "part"),
    [(5, "night"), (6, "morning"), (11, "noon"), (17, "afternoon"), (18, "evening"), (22, "night")],
)
def test_every_hour_falls_into_one_part_of_the_day(hour_of_day, part):
    assert part_of_day(datetime(2026, 4, 1, hour_of_day, 0, tzinfo=UTC)) == part


def test_the_channel_is_what_they_use_and_said_to_be_unknown_where_nothing_tells():
    read = {"open": (AS_OF - timedelta(days=9),), "click": (AS_OF - timedelta(days=8),)}
    assert card(deeds=read).channel == ("mail", 2)
    blocked = read | {"block": (AS_OF - timedelta(days=2),)}
    assert card(deeds=blocked).channel[0] == "phone"
    assert card(deeds=blocked, persons=(Person(customer_id="own:1", address="東京都"),)).channel[0] == "letter"
    assert card(deeds=blocked, persons=()).channel[0] == "blocked"
    assert card(deeds={"open": (AS_OF - timedelta(days=400),)}).channel[0] == "unknown"
    assert card(row={"first_store": "phone"}).channel[0] == "phone"
    assert channel(card()).startswith("不明")
    assert channel(card(deeds=blocked)) == "電話(メッセージはブロック済み)"


def test_the_picture_of_feelings_keeps_to_its_frame_and_its_order():
    signals = [
        {"signal_id": str(day), "signal_day": day, "value": value, "step": "use"}
        for day, value in ((20500, 1.0), (20400, -1.0), (20450, 0.0))
    ]
    drawn = feelings(card(emotion_signals=signals))
    assert [dot["value"] for dot in drawn["dots"]] == [-1.0, 0.0, 1.0]
    assert [dot["x"] for dot in drawn["dots"]] == [6.0, WIDTH / 2, WIDTH - 6]
    assert [dot["y"] for dot in drawn["dots"]] == [HEIGHT - 6, HEIGHT / 2, 6.0]
    assert feelings(card(emotion_signals=signals[:1]))["dots"][0]["x"] == WIDTH / 2
    assert feelings(card()) is None


def test_the_time_line_holds_everything_once_newest_first():
    orders, voices = [order(day, number=day) for day in range(1, 20)], [voice(day) for day in range(2, 9)]
    lines = [{"order_id": "o5-5", "order_no": 5, "product_id": "P1"}]
    last = AS_OF - timedelta(days=1)
    deeds = {"open": (AS_OF - timedelta(days=30), last, last), "view": (last,), "cancel": (last,)}
    whole = card(customer_orders=orders, customer_voices=voices, purchase_lines=lines, deeds=deeds)
    shown, older = time_line(whole, lambda column, value: NAMES.get(value, value))
    assert len(shown) == 12
    assert len(shown) + len(older) == 26 + 3
    assert [(entry["did"], entry["times"]) for entry in shown[:2]] == [("open", 2), ("cancel", 1)]
    assert [entry["at"] for entry in shown + older] == sorted((entry["at"] for entry in shown + older), reverse=True)
    assert ["しずく化粧水"] in [entry["goods"] for entry in shown if entry["kind"] == "order"]
