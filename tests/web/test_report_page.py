"""The page as a file: whole, alone, and allowed to run nothing but its own scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest

from okaeri.loop.workspace import start_django
from okaeri.schema.settings import Settings
from okaeri.web.report import page as report_page
from okaeri.web.report import render
from okaeri.web.report.inlining import SCRIPTS, STATIC, STYLES
from tests.web.report_shop import NAME, about, readable, shop

start_django()


class Outline(HTMLParser):
    """Tags with their attributes, ids, and what is left open."""

    VOID = frozenset({"meta", "link", "br", "input", "hr", "img"})

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module", params=["ja", "en"])
def page(request) -> tuple[str, str, Outline]:
    text = render(readable(shop()), about(shop()), language=request.param)
    return request.param, text, Outline(text)


def test_every_tag_is_closed_and_every_id_is_there_once(page):
    _, _, outline = page
    assert outline.open == []
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_links_and_descriptions_lead_somewhere(page):
    _, _, outline = page
    ids = {attributes["id"] for _, attributes in outline.tags if "id" in attributes}
    for _, attributes in outline.tags:
        if "href" in attributes and attributes["href"] != "data:,":
            assert attributes["href"].startswith("#")
            assert attributes["href"][1:] in ids
        for name in ("aria-describedby", "aria-labelledby"):
            assert attributes.get(name) is None or attributes[name] in ids


def test_nothing_is_fetched_from_anywhere(page):
    _, text, outline = page
    loading = {
        name for _, attributes in outline.tags for name in attributes if name in ("src", "srcset", "action", "data")
    }
    assert loading == set()
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_the_page_own_scripts_and_no_other(page):
    _, text, outline = page
    policy = next(a["content"] for tag, a in outline.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts} == allowed
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    assert not re.search(r"https?:", policy)


def test_headings_go_down_one_level_at_a_time(page):
    _, _, outline = page
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_names_its_language_its_shop_and_its_day(page):
    language, text, outline = page
    assert outline.tags[0] == ("html", {"lang": language})
    assert NAME in text
    assert {"ja": "2026年4月1日", "en": "1 Apr 2026"}[language] in text


def test_the_drawn_figures_are_plain_json(page):
    _, text, _ = page
    data = json.loads(re.search(r'id="report-data" type="application/json">(.*?)</script>', text, re.DOTALL)[1])
    assert {"ltv", "kpis", "ladder", "status", "next_product", "words"} <= set(data)
    curve = next(curve for curve in data["ltv"]["dimensions"]["all"] if curve["value"] == "revenue")
    table = (
        shop()["ltv_curve"].to_pandas().query("dimension == 'all' and value_kind == 'revenue'").sort_values("age_days")
    )
    assert [point["x"] for point in curve["points"]] == table["age_days"].tolist()
    assert [point["y"] for point in curve["points"]] == pytest.approx(table["ltv"].tolist(), rel=1e-6)


def test_a_name_cannot_break_out_of_the_page():
    tables = dict(shop())
    products = tables["products"].to_pandas()
    evil = '</script><script>alert(1)</script><img src=x onerror="alert(1)">'
    products["name"] = evil
    tables["products"] = tables["products"].from_pandas(products, schema=tables["products"].schema)
    text = render(readable(tables), about(tables), language="ja")
    assert "alert(1)" in text
    assert "<script>alert" not in text
    tags = [tag for tag, _ in Outline(text).tags]
    assert "img" not in tags
    assert tags.count("script") == len(SCRIPTS) + 2


def test_every_static_file_of_the_report_is_in_the_page():
    there = {f"report/{path.name}" for path in (STATIC / "report").iterdir()}
    assert there == {name for name in (*STYLES, *SCRIPTS) if name.startswith("report/")} | {"report/theme.js"}


def test_a_page_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    out = tmp_path / "deep" / "report.html"
    monkeypatch.setattr(report_page, "gather", lambda workspace: (readable(shop()), about(shop())))
    workspace = SimpleNamespace(settings=Settings())
    assert report_page.write(workspace, out, language="en") == out
    first = out.read_text(encoding="utf-8")
    assert first.endswith("</html>\n")

    def broken(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(report_page.Path, "write_text", broken)
    with pytest.raises(OSError, match="no space"):
        report_page.write(workspace, out, language="ja")
    assert out.read_bytes().decode() == first
