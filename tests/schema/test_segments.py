"""The language of segments: what is written is read back, and what is wrong is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.schema.errors import RuleRefused
from okaeri.schema.people import people
from okaeri.schema.segment_words import COLUMNS, OPERATORS, describe
from okaeri.schema.segment_words import DEEDS as DEED_WORDS
from okaeri.schema.segments import DEEDS, EVERYBODY, All, Any, Compare, Did, Not, both, parse, read, told, written
from okaeri.schema.segments import OPERATORS as ALLOWED
from tests.schema.rules import rules


@given(rules())
def test_a_rule_written_as_text_is_read_back_as_it_was(rule):
    assert read(written(rule)) == rule
    assert parse(told(rule)) == rule


@given(rules(), st.sampled_from(["ja", "en"]))
def test_every_rule_can_be_said_in_words(rule, language):
    said = describe(rule, language)
    assert said
    assert "{" not in said


def test_every_column_deed_and_comparison_has_its_words():
    assert set(COLUMNS) == set(people.column_names)
    assert set(DEED_WORDS) == set(DEEDS)
    assert set(OPERATORS) >= {op for ops in ALLOWED.values() for op in ops} | {"empty"}


def test_a_rule_reads_as_a_sentence_in_both_languages():
    rule = read(
        '{"all": [{"column": "status", "op": "is", "value": ["dormant"]}, {"any": [{"column": "residual_value", "op": '
        '"at_least", "value": 3000}, {"did": "review"}]}, {"not": {"did": "bought", "product": "SK-01", "times": 2, '
        '"days": 90}}]}'
    )
    assert describe(rule, "ja") == (
        "状態が「dormant」、かつ(今後の期待額が3,000以上、またはレビューの投稿が1回以上)、"
        "かつ「直近90日の「SK-01」の購入が2回以上」に当てはまらない"
    )
    assert describe(rule, "en", lambda column, value: f"<{value}>") == (
        "Status is <dormant> and (Expected value at least 3,000 or wrote a review at least 1 times) and "
        "not (bought “<SK-01>” at least 2 times in the last 90 days)"
    )


@pytest.mark.parametrize(("window", "ja", "en"), [
    ('"since": "2026-03-01", "before": "2026-04-01"', "2026-03-01から2026-03-31までの", " from 2026-03-01 to 2026-03-31"),
    ('"since": "2026-03-01"', "2026-03-01以降の", " since 2026-03-01"),
    ('"before": "2026-04-01"', "2026-03-31までの", " until 2026-03-31"),
    ('"first_days": 60', "初回購入から60日間の", " in the 60 days from the first order on"),
])  # fmt: skip
def test_the_days_counted_are_said_with_the_last_of_them(window, ja, en):
    rule = read(f'{{"did": "click", {window}}}')
    assert describe(rule, "ja") == f"{ja}メッセージのクリックが1回以上"
    assert describe(rule, "en") == f"clicked in a message at least 1 times{en}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "The rule is no JSON text"),
        ("[1]", "Part 1: a rule is an object with all, any, not, column or did"),
        ('{"all": {}}', "Part 1: a group is a list of rules"),
        ('{"all": [{"all": []}, {"column": "name", "op": "is", "value": "x"}]}', "Part 2: there is no column name"),
        ('{"any": [{"not": {"column": "revenue", "op": "at_least", "value": "1"}}]}',
         "Part 1.1: revenue is compared with a number"),
        ('{"column": "revenue", "op": "at_least", "value": true}', "Part 1: revenue is compared with a number"),
        ('{"column": "revenue", "op": "at_least", "value": 1e400}', "Part 1: revenue is compared with a number"),
        ('{"column": "revenue", "op": "at_least", "value": 1e20}', "Part 1: revenue: this number is too large"),
        ('{"column": "status", "op": "; DROP", "value": "x"}', "Part 1: status cannot be compared by ; DROP"),
        ('{"column": "status", "op": "is", "value": []}',
         "Part 1: status: choose at least one value, and 200 at most"),
        ('{"column": "status", "op": "is", "value": "\\ud800"}',
         "Part 1: status is compared with a text of 1 to 200 letters"),
        ('{"column": "last_order_on", "op": "since", "value": "soon"}',
         "Part 1: last_order_on is compared with a day, as 2026-04-01"),
        ('{"column": "last_order_on", "op": "last_days", "value": 0}',
         "Part 1: days are a whole number from 1 to 36500"),
        ('{"column": "is_buyer", "op": "is", "value": ["yes"]}', "Part 1: is_buyer is yes or no"),
        ('{"column": "is_buyer", "op": "empty", "value": true}', "Part 1: is_buyer cannot be compared by empty"),
        ('{"column": "cpm", "op": "empty", "value": 3}', "Part 1: cpm: empty or not?"),
        ('{"did": "sleep"}', "Part 1: there is nothing to count called sleep"),
        ('{"did": "bought", "times": 0}', "Part 1: times is a whole number from 1 to 1000"),
        ('{"did": "bought", "days": 1.5}', "Part 1: days are a whole number from 1 to 36500"),
        ('{"did": "bought", "op": "is"}', "Part 1: a count is at_least or below"),
        ('{"did": "bought", "product": "a", "category": "b"}', "Part 1: choose a product or a category, not both"),
        ('{"did": "bought", "days": 9, "first_days": 9}',
         "Part 1: count the last days, days between two dates, or the first days: one of them"),
        ('{"did": "bought", "since": "2026-04-01", "before": "2026-04-01"}',
         "Part 1: the first day comes after the last"),
        ('{"did": "bought", "since": "soon"}', "Part 1: day is compared with a day, as 2026-04-01"),
        ('{"did": "bought", "where": "1=1"}', "Part 1: where has no meaning here"),
        ("[" * 5000, "The rule is no JSON text"),
    ],
)  # fmt: skip
def test_a_bad_rule_is_refused_with_a_sentence_naming_the_part(text, sentence):
    with pytest.raises(RuleRefused) as refused:
        read(text)
    assert str(refused.value) == sentence


def test_a_rule_too_deep_or_too_long_is_refused():
    deep = {"all": []}
    for _ in range(9):
        deep = {"not": deep}
    with pytest.raises(RuleRefused, match="8 deep"):
        parse(deep)
    with pytest.raises(RuleRefused, match="60 parts"):
        parse({"all": [{"did": "bought"}] * 60})
    assert parse({"all": [{"did": "bought"}] * 59})


def test_rules_put_together_stay_flat():
    one, two = Compare("r", "is", (5,)), Did("open", "below", 1)
    assert both(All((one,)), two) == All((one, two))
    assert both(one) == one
    assert both(EVERYBODY, Any((one, two))) == Any((one, two))
    assert both(EVERYBODY, EVERYBODY) == EVERYBODY
    assert both(Not(one), two) == All((Not(one), two))
