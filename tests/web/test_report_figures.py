"""Numbers as the report writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from okaeri.loop.workspace import start_django
from okaeri.web.report import figures

start_django()


@pytest.mark.parametrize(
    ("value", "currency", "japanese", "english"),
    [
        (1234567.4, "JPY", "1,234,567円", "¥1,234,567"),
        (-1234.0, "JPY", "−1,234円", "−¥1,234"),
        (0.0, "JPY", "0円", "¥0"),
        (-0.2, "JPY", "0円", "¥0"),
        (1234.0, "USD", "USD 1,234", "USD 1,234"),
        (None, "JPY", "–", "–"),
    ],
)
def test_money_has_separators_and_its_sign_before_the_unit(value, currency, japanese, english):
    with override("ja"):
        assert figures.money(value, currency) == japanese
    with override("en"):
        assert figures.money(value, currency) == english


def test_a_share_is_a_percentage_with_one_decimal():
    assert [figures.share(value) for value in (0.4551, 0.0, 1.0, None)] == ["45.5%", "0.0%", "100.0%", "–"]
    assert figures.share(0.995, 0) == "100%"


def test_days_and_people_carry_their_unit():
    with override("ja"):
        assert (figures.days(1234), figures.people(5), figures.days(None)) == ("1,234日", "5人", "–")
    with override("en"):
        assert (figures.days(45), figures.people(5)) == ("45 days", "5 people")
        assert (figures.days(1), figures.people(1)) == ("1 day", "1 person")


def test_a_day_is_written_as_the_language_has_it():
    for value in (date(2026, 4, 1), datetime(2026, 4, 1, 12, tzinfo=UTC)):
        with override("ja"):
            assert figures.day(value) == "2026年4月1日"
        with override("en"):
            assert figures.day(value) == "1 Apr 2026"


def test_an_interval_is_empty_where_an_end_is_missing():
    assert figures.interval(0.1, 0.2, "share") == "10.0% – 20.0%"
    assert figures.interval(None, 0.2, "share") == "–"
