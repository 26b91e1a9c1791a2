"""Reviews as visitors see them: all of them, their stars counted, what was decided about them in the open."""

from __future__ import annotations

import json
import re

import pytest

from okaeri.schema.errors import DataRejected, RuleRefused
from tests.programs.shops import TODAY, client_of, path_of, shop_with_orders, voices_of

MALL = """商品管理番号,商品名,評価,レビュータイトル,レビュー本文,投稿者,投稿日時,注文番号,特典
P1,化粧水,5,よい,すべすべになりました,hana,2026/01/05 10:11,A-1,なし
P1,化粧水,★★,うーん,においが苦手,,2026年2月3日,A-2,モニター商品提供
P2,石けん,3.0,,"ふつう。
二行目",taro,2026-03-04,,
"""


@pytest.fixture
def shop(tmp_path):
    made = shop_with_orders(tmp_path, [("1", "ann", 16)])
    (tmp_path / "mall.csv").write_bytes(MALL.encode("cp932"))
    made.reviews.bring(tmp_path / "mall.csv", store="rakuten")
    return made


@pytest.fixture
def client(shop):
    return client_of(shop)


def numbers(shop) -> dict[int, int]:
    return {row["stars"]: row["review"] for row in shop.reviews.newest()}


def structured(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


def test_a_malls_file_brings_each_review_once_and_a_longer_one_what_is_new(shop, tmp_path):
    longer = tmp_path / "longer.csv"
    longer.write_text(MALL + "P1,化粧水,4,,よかった,jiro,2026-03-05,,\n", encoding="utf-8")
    assert shop.reviews.bring(longer, store="rakuten") == 1
    assert shop.reviews.bring(longer, store="rakuten") == 0
    told = sorted(
        (voice["product_id"], voice["rating"], voice["text"], voice["at"].isoformat()) for voice in voices_of(shop)
    )
    assert told == [
        ("P1", 0.25, "うーん\nにおいが苦手", "2026-02-02T15:00:00+00:00"),
        ("P1", 0.75, "よかった", "2026-03-04T15:00:00+00:00"),
        ("P1", 1.0, "よい\nすべすべになりました", "2026-01-05T01:11:00+00:00"),
        ("P2", 0.5, "ふつう。\n二行目", "2026-03-03T15:00:00+00:00"),
    ]
    assert {voice["order_id"] for voice in voices_of(shop)} == {"rakuten:A-1", "rakuten:A-2", None}


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("2026-03-05 23:30:00 UTC", "2026-03-05T23:30:00+00:00"),
        ("2026-03-05T23:30:15.250Z", "2026-03-05T23:30:15+00:00"),
        ("2026-03-05T23:30:00+0900", "2026-03-05T14:30:00+00:00"),
        ("2026-03-05 23:30 -05:30", "2026-03-06T05:00:00+00:00"),
        ("2026/03/05 23:30", "2026-03-05T14:30:00+00:00"),
        ("2026年3月5日 23時30分15秒", "2026-03-05T14:30:15+00:00"),
    ],
)
def test_a_time_is_the_shops_own_unless_it_says_of_where(shop, tmp_path, told, utc):
    path = tmp_path / "times.csv"
    path.write_text(f"sku,stars,date\nP9,5,{told}\n", encoding="utf-8")
    shop.reviews.bring(path, store="judge")
    assert [row["at"] for row in shop.reviews.newest("P9")] == [utc]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("P1,,6,,,,2026-01-01,,", "stars"),
        ("P1,,0,,,,2026-01-01,,", "stars"),
        ("P1,,4.5,,,,2026-01-01,,", "stars"),
        (",,5,,,,2026-01-01,,", "product_id"),
        ("P1,,5,,,,yesterday,,", "at"),
        ("P1,,5,,,,2026-02-30,,", "at"),
    ],
)
def test_a_row_that_is_no_review_refuses_the_whole_file_with_its_place(shop, tmp_path, row, column):
    path = tmp_path / "bad.csv"
    path.write_text(MALL.replace("すべすべ", "つるつる") + row + "\n", encoding="utf-8")
    with pytest.raises(DataRejected) as refused:
        shop.reviews.bring(path, store="rakuten")
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(5, column)]
    assert len(shop.reviews.newest()) == 3


def test_a_column_the_header_does_not_tell_can_be_named(shop, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("品,点,日\nP9,4,2026-01-02\n", encoding="utf-8")
    with pytest.raises(DataRejected, match="stars"):
        shop.reviews.bring(path, store="own")
    assert shop.reviews.bring(path, store="own", columns={"stars": "点", "at": "日", "product_id": "品"}) == 1


def test_the_rating_is_told_to_search_engines_and_counts_every_review(shop, client):
    page = client.get("/reviews/?product=P1").content.decode()
    told = structured(page)
    assert told["@type"] == "Product"
    assert told["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": 3.5, "reviewCount": 2, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert client.get("/reviews/rating.json?product=P1").json() == told
    assert client.get("/reviews/rating.json?product=nothing").status_code == 404
    assert "まだありません" in client.get("/reviews/?product=nothing").content.decode()


def test_what_a_mall_says_was_given_stands_beside_that_review_only(shop, client):
    page = client.get("/reviews/?product=P1").content.decode()
    assert page.count("PR：") == 1
    assert "モニター商品提供" in page
    assert "PR：" not in client.get("/reviews/?product=P2").content.decode()


@pytest.mark.parametrize("reason", ["", "low_rating", "negative", "stars", "bad_for_sales"])
def test_how_a_review_judges_is_no_reason_to_hide_it(shop, client, reason):
    with pytest.raises(RuleRefused, match="one of these reasons"):
        shop.reviews.hide(numbers(shop)[2], reason, "においが苦手")
    assert "においが苦手" in client.get("/reviews/?product=P1").content.decode()


@pytest.mark.parametrize("passage", ["", " ", "a passage that is not there", "photo"])
def test_hiding_needs_the_passage_that_is_the_reason(shop, client, passage):
    from okaeri.records.models import AuditEntry

    with pytest.raises(RuleRefused, match="Quote"):
        shop.reviews.hide(numbers(shop)[2], "off_topic", passage)
    with shop.workspace.records():
        assert not AuditEntry.objects.filter(action="hide review").exists()


def test_hidden_words_leave_their_stars_a_sentence_and_an_entry_and_can_come_back(shop, client):
    from okaeri.records.models import AuditEntry

    low = numbers(shop)[2]
    for _ in range(2):
        shop.reviews.hide(low, "personal_data", "においが苦手")
    page = client.get("/reviews/?product=P1").content.decode()
    assert "においが苦手" not in page
    assert "★★☆☆☆" in page
    assert "個人を特定できる" in page
    assert structured(page)["aggregateRating"]["ratingValue"] == 3.5
    assert {row["stars"]: (row["reviews"], row["hidden"]) for row in shop.reviews.state()} == {
        5: (1, 0), 4: (0, 0), 3: (1, 0), 2: (1, 1), 1: (0, 0),
    }  # fmt: skip
    with shop.workspace.records():
        (entry,) = AuditEntry.objects.filter(action="hide review")
    assert entry.detail == {"review": low, "stars": 2, "reason": "personal_data", "passage": "においが苦手"}
    shop.reviews.restore(low)
    assert "においが苦手" in client.get("/reviews/?product=P1").content.decode()


def test_the_shop_answers_and_the_newest_answer_is_shown_as_text(shop, client):
    low = numbers(shop)[2]
    shop.reviews.answer(low, "ご不便をおかけしました")
    shop.reviews.answer(low, "<b>改善します</b>")
    page = client.get("/reviews/?product=P1").content.decode()
    assert "&lt;b&gt;改善します" in page
    assert "ご不便" not in page
    with pytest.raises(RuleRefused, match="no review 999"):
        shop.reviews.answer(999, "x")


def test_a_visitor_finds_a_review_helpful_once_however_often_he_says_so(shop, client):
    from okaeri.programs.reviews.models import Vote

    low = numbers(shop)[2]
    for address in ("203.0.113.5", "203.0.113.5", "203.0.113.6"):
        done = client.post("/reviews/vote/", {"review": low}, REMOTE_ADDR=address)
        assert done.status_code == 303
        assert done["Location"].endswith(f"#r{low}")
    client.post("/reviews/vote/", {"review": low}, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.6")
    assert "2人が参考になった" in client.get("/reviews/?product=P1").content.decode()
    with shop.workspace.records():
        assert not any("203" in vote.visitor for vote in Vote.objects.all())
    for bad in ("", "999", "x", "9" * 40):
        assert client.post("/reviews/vote/", {"review": bad}).status_code == 404
    assert client.get("/reviews/vote/").status_code == 405


def test_reviews_may_stand_in_another_page_and_nothing_else_may(shop, client):
    shown = client.get("/reviews/?product=P1")
    assert "frame-ancestors *" in shown["Content-Security-Policy"]
    assert "script-src" not in shown["Content-Security-Policy"]
    assert "X-Frame-Options" not in shown
    (asked,) = shop.reviews.links(as_of=TODAY)
    assert "frame-ancestors 'none'" in client.get(path_of(asked.link))["Content-Security-Policy"]


def test_pages_turn_and_odd_page_numbers_are_the_first(shop, client, tmp_path):
    path = tmp_path / "many.csv"
    rows = [f"P7,{1 + n % 5},words {n},2026-01-{1 + n % 28:02d}" for n in range(45)]
    path.write_text("\n".join(["sku,stars,text,date", *rows]) + "\n", encoding="utf-8")
    assert shop.reviews.bring(path, store="shopify") == 45
    counts = [
        client.get(f"/reviews/?product=P7&page={page}").content.decode().count("<article") for page in (1, 2, 3, 4)
    ]
    assert counts == [20, 20, 5, 0]
    for odd in ("0", "-1", "x", "９", "1" * 50):
        assert client.get(f"/reviews/?product=P7&page={odd}").content.decode().count("<article") == 20
