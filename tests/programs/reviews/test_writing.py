"""Writing a review: who is asked when, what is kept, and which photos are let in."""

from __future__ import annotations

import struct
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from okaeri.programs.reviews import rules
from okaeri.schema.errors import RuleRefused
from tests.programs.shops import TODAY, TOMORROW, client_of, path_of, shop_with_orders, voices_of

DAY = timedelta(days=1)
SCRIPT = "</script><script>alert(1)</script>"


@pytest.fixture
def shop(tmp_path):
    # delivered 14, 18 and 8 days ago; ann bought the same product twice
    return shop_with_orders(tmp_path, [("1", "ann", 16), ("2", "bob", 20), ("3", "cid", 10), ("4", "ann", 17)])


@pytest.fixture
def link(shop):
    return path_of(shop.reviews.links(as_of=TODAY)[0].link)


@pytest.fixture
def client(shop):
    return client_of(shop)


def kept(shop) -> list[tuple]:
    from okaeri.programs.reviews.models import Review

    with shop.workspace.records():
        return list(Review.objects.order_by("pk").values_list("product_id", "stars", "text", "author", "photo"))


def picture(kind: str = "JPEG", size: tuple[int, int] = (300, 200), **more: object) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return SimpleUploadedFile(f"photo.{kind.lower()}", out.getvalue(), "image/jpeg")


def test_each_person_is_asked_once_per_product_and_the_same_day_gives_the_same_links(shop):
    asked = shop.reviews.links(as_of=TODAY)
    assert [(one.order_id, one.customer_id, one.product_id) for one in asked] == [
        ("own:1", "own:ann", "P1"), ("own:2", "own:bob", "P1"),
    ]  # fmt: skip
    assert shop.reviews.links(as_of=TODAY) == asked
    assert [one.customer_id for one in shop.reviews.links(as_of=TODAY + 6 * DAY)] == ["own:cid"]


@pytest.mark.parametrize(
    ("median", "reorders", "stated", "days"),
    [
        (60, 50, 30, 30),  # learned from re-orders
        (60, 9, 30, 15),  # too few re-orders: the catalogue
        (None, 0, 30, 15),
        (None, 0, None, 14),
        (2, 99, None, 5),
        (900, 99, None, 60),
    ],
)
def test_a_review_is_asked_for_when_half_of_the_product_is_used_up(median, reorders, stated, days):
    assert rules.days_to_ask(median, reorders, stated) == days


def test_the_learned_time_decides_the_day(shop, monkeypatch):
    import pyarrow as pa

    from okaeri.loop import reading, snapshots

    lasts = pa.table({"product_id": ["P1"], "median_days": [16.0], "n": [40], "stated_days": [None]})
    monkeypatch.setattr(snapshots, "latest_refresh", lambda: object())
    monkeypatch.setattr(reading, "show", lambda workspace, name: lasts)
    assert [one.customer_id for one in shop.reviews.links(as_of=TODAY)] == ["own:ann", "own:cid"]


def test_a_review_is_published_at_once_and_kept_once(shop, client, link):
    told = {"stars": "2", "text": "香りが苦手。電話は090-1234-5678", "author": "はな"}
    assert client.get(link + "?stars=2").content.decode().count("checked") == 1
    assert kept(shop) == []
    for stars in ("2", "5"):
        client.post(link, {**told, "stars": stars})
    assert kept(shop) == [("P1", 2, told["text"], "はな", "")]
    page = client.get("/reviews/?product=P1").content.decode()
    assert "香りが苦手。電話は[phone]" in page
    assert "090-1234" not in page
    assert "ありがとうございました" in client.get(link).content.decode()


def test_a_review_becomes_a_voice_once(shop, client, link):
    client.post(link, {"stars": "4", "text": "よい"})
    assert voices_of(shop) == voices_of(shop)
    (voice,) = voices_of(shop)
    assert (voice["source"], voice["rating"], voice["text"], voice["customer_id"], voice["order_id"]) == (
        "review", 0.75, "よい", "own:ann", "own:1",
    )  # fmt: skip


def test_links_of_reviews_open_no_survey_and_the_reverse(shop, client, link):
    shop.surveys.create("after")
    other = path_of(shop.surveys.links("after", as_of=TODAY)[0].link)
    assert client.get(link.replace("/r/", "/s/")).status_code == 404
    assert client.get(other.replace("/s/", "/r/")).status_code == 404
    assert client.post(link[:-3] + "xx/", {"stars": "5"}).status_code == 404


def test_control_characters_are_left_out_and_line_ends_counted_once(shop, client, link):
    client.post(link, {"stars": "4", "text": "一行\r\n二\x00行\x07", "author": "は\x00な"})
    assert kept(shop) == [("P1", 4, "一行\n二行", "はな", "")]


@pytest.mark.parametrize("stars", ["", "0", "6", "five"])
def test_a_review_has_one_to_five_stars(shop, client, link, stars):
    page = client.post(link, {"stars": stars, "text": "<b>kept</b>"})
    assert page.status_code == 422
    assert "星を1つから5つ" in page.content.decode()
    assert "&lt;b&gt;kept&lt;/b&gt;" in page.content.decode()
    assert kept(shop) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_written_anew_without_what_the_camera_noted(shop, client, link, kind):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[2] = (35.0, 41.0, 22.0)
    client.post(link, {"stars": "5", "photo": picture(kind, (3000, 1000), exif=exif)})
    name = kept(shop)[0][4]
    answer = client.get(f"/reviews/photo/{name}")
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"SecretCamera" not in content
    with Image.open(BytesIO(content)) as image:
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        assert image.size == (533, 1600)
        assert image.getpixel((100, 100)) == pytest.approx((0, 128, 128), abs=6)


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that says it has so many pixels a side."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(3_000_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("script.jpg", b"<script>alert(1)</script>" * 1000, "写真として読み取れません"),
        ("page.jpg", b"\xff\xd8\xff\xe0" + b"<html>" * 5000, "写真として読み取れません"),
        ("forged.jpg", b"\xff\xd8\xff\xe0" + bytes(20_000_000), "10MBを超えています"),
        ("small-forged.png", b"\x89PNG\r\n\x1a\n" + bytes(5_000_000), "写真として読み取れません"),
        ("bomb.png", bomb(30_000), "画素数が大きすぎます"),
        ("smaller-bomb.png", bomb(7_000), "画素数が大きすぎます"),
        ("empty.jpg", b"", "写真として読み取れません"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "写真として読み取れません"),
        ("cut.jpg", picture(size=(900, 900)).read()[:2000], "写真として読み取れません"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence_and_nothing_is_written(
    shop, client, link, name, content, sentence
):
    page = client.post(link, {"stars": "5", "text": "よい", "photo": SimpleUploadedFile(name, content, "image/jpeg")})
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert kept(shop) == []
    assert not (shop.workspace.path / "photos").exists()


def test_a_photo_name_cannot_lead_out_of_the_folder(shop, client):
    for name in ("../secret.key", "..%2fsecret.key", "a" * 40 + ".jpg", "%2e%2e/okaeri.toml"):
        assert client.get(f"/reviews/photo/{name}").status_code == 404


def test_a_reward_is_the_same_for_all_fixed_before_and_told_beside_the_review(shop, client):
    ends = TODAY + 30 * DAY
    with pytest.raises(RuleRefused, match="before it begins"):
        shop.reviews.offer("100円クーポン", "100 yen coupon", TODAY - DAY, ends)
    shop.reviews.offer("100円クーポン", "100 yen coupon", TOMORROW, ends)
    shop.reviews.offer("100円クーポン", "100 yen coupon", TOMORROW, ends)
    with pytest.raises(RuleRefused, match="the same"):
        shop.reviews.offer("500円クーポン", "500 yen coupon", TODAY + 5 * DAY, ends)
    one, other = [path_of(asked.link) for asked in shop.reviews.links(as_of=TOMORROW)]
    assert "100円クーポン" in client.get(one).content.decode()
    client.post(one, {"stars": "1", "text": "わるい"})
    client.post(other, {"stars": "5", "text": "よい"})
    page = client.get("/reviews/?product=P1").content.decode()
    assert page.count("PR：") == 2
    assert page.count("100円クーポン") == 2
    assert client.get("/reviews/?product=P1&lang=en").content.decode().count("100 yen coupon") == 2
    assert "100円クーポン" in client.get(one).content.decode()


def test_a_script_in_a_review_its_name_or_its_product_is_text(shop, client, link):
    client.post(link, {"stars": "5", "text": SCRIPT, "author": SCRIPT})
    page = client.get("/reviews/?product=P1").content.decode()
    assert "<script>alert" not in page
    assert page.count("<script") == page.count('<script type="application/ld+json">') == 1
    assert page.count("</script>") == 1
