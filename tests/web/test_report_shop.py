"""The report of a shop that was really imported and refreshed."""

from __future__ import annotations

import re

import pytest

import okaeri
from okaeri.loop.demo import simulate_files
from okaeri.schema.errors import RuleRefused

pytestmark = pytest.mark.slow


def test_a_report_before_the_first_refresh_is_refused(tmp_path):
    shop = okaeri.init(tmp_path / "shop")
    with pytest.raises(RuleRefused, match="okaeri refresh"):
        shop.report(tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_a_shop_of_one_store_gets_its_page_in_its_language(tmp_path):
    plan = simulate_files(tmp_path / "files", customers=150)
    shop = okaeri.init(tmp_path / "shop", name="試しの店", language="ja")
    shop.import_files([tmp_path / "files" / name for name in ("products.csv", "shopify_orders.csv")])
    shop.refresh(as_of=plan.end)
    out = shop.report(tmp_path / "out" / "report.html")
    text = out.read_text(encoding="utf-8")
    assert '<html lang="ja">' in text
    assert "<h1>試しの店</h1>" in text
    customers = sum(row["customers"] for row in shop.show("customer_status_summary").to_pylist())
    assert re.search(rf"<dt>顧客</dt><dd>{customers:,}</dd>", text)
    assert "okaeri import costs.csv" in text
    english = shop.report(tmp_path / "out" / "report.html", language="en").read_text(encoding="utf-8")
    assert '<html lang="en">' in english
    assert [path.name for path in out.parent.iterdir()] == ["report.html"]
