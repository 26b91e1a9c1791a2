"""Curves of segments of one's own choice: those asked for, in the order asked for, and no more than can be told apart."""

import json
import re
from html import unescape

import pytest

from okaeri.loop.workspace import start_django

start_django()

from okaeri.web.report.figures import money  # noqa: E402
from tests.web.console.shops import client_of, measured_shop  # noqa: E402

PATH = "/console/value/compare/"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("compare"))


@pytest.fixture(scope="module")
def analyst(shop):
    return client_of(shop, "analyst")


def drawn(text):
    """The curves of revenue in the page's data, by dimension."""
    data = json.loads(unescape(re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', text, re.S)[1]))
    return {
        name: [curve for curve in curves if curve["value"] == "revenue"]
        for name, curves in data["ltv"]["dimensions"].items()
    }


def ticked(text):
    return re.findall(r'name="segment" value="([^"]+)" checked', text)


def test_the_lines_asked_for_are_drawn_in_that_order_with_their_own_figures(shop, analyst):
    rows = [row for row in shop.show("ltv_curve").to_pylist() if row["dimension"] == "cohort_month"]
    months = sorted({row["segment"] for row in rows})
    asked = [months[5], months[2]]
    text = analyst.get(PATH, {"dimension": "cohort_month", "segment": asked}).content.decode()
    assert sorted(ticked(text)) == sorted(asked)
    (curves,) = drawn(text).values()
    assert len(curves) == 2
    for curve, month in zip(curves, asked, strict=True):
        held = {row["age_days"]: row["ltv"] for row in rows
                if row["segment"] == month and row["value_kind"] == "revenue" and row["n"]}  # fmt: skip
        assert {point["x"]: point["y"] for point in curve["points"]} == pytest.approx(held)
        assert money(held[90]) in text
    assert len(re.findall(r'name="segment"', text)) == len(months)


def test_more_lines_than_can_be_told_apart_are_refused_in_words(shop, analyst):
    months = sorted(
        {row["segment"] for row in shop.show("ltv_curve").to_pylist() if row["dimension"] == "cohort_month"}
    )
    text = analyst.get(PATH, {"dimension": "cohort_month", "segment": months[:7]}).content.decode()
    assert sorted(ticked(text)) == months[:6]
    assert 'role="alert"' in text


def test_what_is_no_dimension_or_segment_shows_the_usual_lines(analyst):
    usual = analyst.get(PATH).content.decode()
    for asked in ({"dimension": "nonsense"}, {"segment": "nonsense"}, {"dimension": "all"}):
        text = analyst.get(PATH, asked).content.decode()
        assert ticked(text) == ticked(usual) != []
        assert drawn(text) == drawn(usual)
