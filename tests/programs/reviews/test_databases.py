"""Reviews from first to last, alike in SQLite and PostgreSQL."""

import pytest

from tests.programs.shops import TOMORROW, client_of, path_of, shop_with_orders, voices_of
from tests.records.test_databases import new_database


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_reviews_are_asked_for_written_hidden_answered_and_found_helpful(database, tmp_path):
    told = f'[database]\nurl = "{new_database()}"\n' if database == "postgresql" else ""
    shop = shop_with_orders(tmp_path, [("1", "ann", 16), ("2", "bob", 16)], settings=told)
    shop.reviews.offer("特典", "a reward", TOMORROW, TOMORROW)
    ann, bob = [path_of(asked.link) for asked in shop.reviews.links(as_of=TOMORROW)]
    client = client_of(shop)
    for link, stars in ((ann, "2"), (ann, "2"), (bob, "5")):
        client.post(link, {"stars": stars, "text": "x\x00y"})
    assert sorted(voice["rating"] for voice in voices_of(shop)) == [0.25, 1.0]
    low = next(row["review"] for row in shop.reviews.newest() if row["stars"] == 2)
    shop.reviews.hide(low, "abuse", "xy")
    shop.reviews.answer(low, "返信")
    for _ in range(2):
        client.post("/reviews/vote/", {"review": low})
    page = client.get("/reviews/?product=P1").content.decode()
    assert client.get("/reviews/", {"product": "P1\x00"}).status_code == 200
    assert client.get("/reviews/rating.json", {"product": "P1\x00"}).json()["aggregateRating"]["reviewCount"] == 2
    assert (page.count("PR："), page.count(">xy<"), page.count("返信"), "1人が" in page) == (2, 1, 2, True)
