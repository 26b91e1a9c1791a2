"""What each product sells, what follows, what comes back and what is said of it, against the same in plain Python."""

from collections import defaultdict
from statistics import mean

import pytest

from okaeri.lib.periods import day_number
from tests.web.console.shops import AS_OF, measured_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("judged"))


@pytest.fixture(scope="module")
def said(shop):
    """Voices about products, those before buying left out, with their score."""
    scores = {row["voice_id"]: row["score"] for row in shop.show("feelings").to_pylist()}
    rows = [row for row in shop.show("voices").to_pylist()
            if row["product_id"] and row["source"] != "survey_before" and row["voice_date"] < AS_OF]  # fmt: skip
    return [row | {"score": scores.get(row["voice_id"])} for row in rows]


def test_sales_and_who_ordered_again_are_those_of_the_orders(shop):
    orders = {row["order_id"]: row for row in shop.show("purchases").to_pylist()}
    bought = defaultdict(lambda: defaultdict(list))
    for line in shop.show("purchase_lines").to_pylist():
        bought[line["product_id"]][line["customer_id"]].append(line)
    window = shop.workspace.settings.rules.conversion_window
    rows = shop.show("product_sales").to_pylist()
    assert {row["product_id"] for row in rows} == set(bought)
    for row in rows:
        own = bought[row["product_id"]]
        lines = [line for lines in own.values() for line in lines]
        firsts = [orders[min(lines, key=lambda line: line["order_no"])["order_id"]] for lines in own.values()]
        over = [one for one in firsts if one["order_day"] < day_number(AS_OF) - window]
        assert (row["order_count"], row["buyer_count"]) == (len(lines), len(own))
        assert row["rebuyer_count"] == sum(len(lines) > 1 for lines in own.values())
        assert row["pieces"] == sum(line["quantity"] for line in lines)
        assert row["revenue"] == pytest.approx(sum(line["revenue"] or 0 for line in lines))
        assert row["n"] == len(over)
        assert row["again_count"] == sum(
            one["days_to_next"] is not None and one["days_to_next"] <= window for one in over
        )


def test_goods_that_came_back_are_those_of_returned_orders(shop):
    states = {row["order_id"]: row["status"] for row in shop.show("orders").to_pylist()
              if row["order_date"] < AS_OF and row["subtotal"] >= 0}  # fmt: skip
    sent = defaultdict(set)
    for line in shop.show("order_lines").to_pylist():
        if line["kind"] == "goods" and states.get(line["order_id"], "cancelled") != "cancelled":
            sent[line["product_id"]].add(line["order_id"])
    rows = shop.show("product_sales").to_pylist()
    assert {row["product_id"]: (row["sent_count"], row["return_count"]) for row in rows} == {
        row["product_id"]: (
            len(sent[row["product_id"]]),
            sum(states[one] == "returned" for one in sent[row["product_id"]]),
        )
        for row in rows
    }
    assert sum(row["return_count"] for row in rows) > 0


def test_voices_are_summed_by_product_and_month_and_ranked_by_unhappiness_beyond_the_usual(shop, said):
    felt = [row for row in said if row["score"] is not None]
    usual = sum(row["score"] < -0.15 for row in felt) / len(felt)
    rows = shop.show("product_voices").to_pylist()
    assert {row["product_id"] for row in rows} == {row["product_id"] for row in said}
    for row in rows:
        own = [one for one in said if one["product_id"] == row["product_id"]]
        ratings = [one["rating"] for one in own if one["rating"] is not None]
        scores = [one["score"] for one in own if one["score"] is not None]
        assert (row["voice_count"], row["rating_n"], row["felt_n"]) == (len(own), len(ratings), len(scores))
        assert row["unhappy_count"] == sum(score < -0.15 for score in scores)
        assert row["mean_rating"] == (pytest.approx(mean(ratings)) if ratings else None)
        assert row["excess"] == pytest.approx(sum(score < -0.15 for score in scores) - usual * len(scores))
    assert sum(row["excess"] for row in rows) == pytest.approx(0, abs=1e-6)
    ranked = sorted(rows, key=lambda row: row["rank"])
    assert [row["excess"] for row in ranked] == sorted((row["excess"] for row in rows), reverse=True)
    months = shop.show("product_voice_months").to_pylist()
    for name in ("voice_count", "rating_n", "felt_n", "unhappy_count"):
        by_product = defaultdict(int)
        for row in months:
            by_product[row["product_id"]] += row[name]
        assert dict(by_product) == {row["product_id"]: row[name] for row in rows}, name
    newest = max(row["voice_date"] for row in said)
    assert max(row["month"] for row in months) == newest.year * 12 + newest.month - 1


def test_what_voices_speak_of_is_counted_by_product(shop, said):
    aspects, topics = defaultdict(list), defaultdict(list)
    about = {row["voice_id"]: row for row in said}
    words = {row["topic"]: row["words"] for row in shop.show("voice_topics").to_pylist()}
    for row in shop.show("feeling_aspects").to_pylist():
        if row["voice_id"] in about:
            aspects[about[row["voice_id"]]["product_id"], "aspect", row["aspect"]].append(row["score"])
    for row in shop.show("feeling_topics").to_pylist():
        if row["voice_id"] in about:
            one = about[row["voice_id"]]
            topics[one["product_id"], "topic", words[row["topic"]]].append(one["score"])
    wanted = {
        key: (len(scores), sum(score < -0.15 for score in scores)) for key, scores in {**aspects, **topics}.items()
    }
    rows = shop.show("product_subjects").to_pylist()
    assert {
        (row["product_id"], row["kind"], row["subject"]): (row["voice_count"], row["unhappy_count"]) for row in rows
    } == wanted
    for row in rows:
        above = [one for one in rows if (one["product_id"], one["kind"]) == (row["product_id"], row["kind"])
                 and one["rank"] < row["rank"]]  # fmt: skip
        assert len(above) == row["rank"] - 1
        assert all(one["unhappy_count"] >= row["unhappy_count"] for one in above)
