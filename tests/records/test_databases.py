"""The records behave alike in SQLite and PostgreSQL."""

import os
import random
import secrets
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit, urlunsplit

import pytest

import okaeri
from okaeri.schema.errors import RuleRefused
from tests.loop.files import eccube

GUEST = {"注文番号": "1002", "会員ID": "", "受注日": "2026-02-05 10:00:00"}


def new_database() -> str:
    import psycopg

    url = os.environ["OKAERI_TEST_DATABASE_URL"]
    name = f"okaeri_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop(request, tmp_path):
    made = okaeri.init(tmp_path / "shop", name="試験")
    if request.param == "postgresql":
        settings = made.workspace.path / "okaeri.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8") + f'[database]\nurl = "{new_database()}"\n', encoding="utf-8"
        )
        made = okaeri.open(made.workspace.path)
    return made


def test_an_import_is_recorded_with_its_people_links_and_versions(shop, tmp_path):
    from okaeri.records.models import ImportRun, Link, Person, Snapshot

    (done,) = shop.import_files([eccube(tmp_path / "a.csv", [{}, GUEST])])
    with shop.workspace.records():
        assert Person.objects.count() == 2
        assert Person.objects.get(customer_id="own:7").mail_key == "hanako@okaeri-mail.jp"
        assert ImportRun.objects.get().counts["orders"] == done.counts["orders"] == 2
        assert set(Snapshot.objects.get().versions) >= {"orders", "order_lines"}
        assert Link.objects.filter(undone_at=None, person_id="own:7").count() >= 1


def test_an_undone_link_is_not_made_again(shop, tmp_path):
    from okaeri.records.models import AuditEntry, Link

    shop.import_files([eccube(tmp_path / "a.csv", [{}, GUEST])])
    with shop.workspace.records():
        (guest,) = (
            Link.objects.filter(undone_at=None).exclude(customer_id="own:7").values_list("customer_id", flat=True)
        )
    shop.unlink(guest)
    shop.import_files([eccube(tmp_path / "b.csv", [{**GUEST, "注文番号": "1003", "TEL": "0901111-2222"}])])
    with shop.workspace.records():
        assert not Link.objects.filter(undone_at=None, customer_id=guest, person_id="own:7").exists()
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
            "import",
            "unlink",
            "import",
        ]
    with pytest.raises(RuleRefused):
        shop.unlink("own:nobody")


def test_a_person_named_anew_keeps_what_the_new_file_leaves_out(shop, tmp_path):
    from okaeri.records.models import Person

    shop.import_files([eccube(tmp_path / "a.csv", [{}])])
    shop.import_files([eccube(tmp_path / "b.csv", [{"注文番号": "1003", "TEL": "", "お名前(姓)": "鈴木"}])])
    with shop.workspace.records():
        person = Person.objects.get()
    assert (person.name, person.phone) == ("鈴木 花子", "090-1111-2222")


def test_of_two_owners_who_lower_each_other_at_once_one_stays(shop, monkeypatch):
    from django.db import connections

    from okaeri.records import staff

    with shop.workspace.records():
        for name in ("a", "b"):
            staff.take_on(name, "owner", "kumo-no-ito-2026", actor="test")

    def lower(name):
        with shop.workspace.records():
            try:
                staff.change(name, actor="test", role="support")
            except RuleRefused:
                return False
            finally:
                connections.close_all()
        return True

    both = threading.Barrier(2)

    def note(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):
            both.wait(1)

    monkeypatch.setattr(staff, "note", note)
    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(lower, ("a", "b"))) == [False, True]


def test_looking_at_another_day_is_no_refresh(shop, tmp_path):
    from okaeri.records.models import RefreshRun

    shop.import_files([eccube(tmp_path / "a.csv", [{}, GUEST])])
    first = shop.show("customer_history", as_of=date(2026, 3, 1))
    assert first.num_rows == 1
    with shop.workspace.records():
        assert RefreshRun.objects.count() == 0


def test_processes_that_open_a_shop_at_once_take_turns_to_make_its_tables(shop):
    """The server and its worker start together, also on the first day of a new version."""
    from django.core.management import call_command
    from django.db import connections

    alias, path = shop.workspace.database, shop.workspace.path
    if connections[alias].vendor == "sqlite":
        connections[alias].close()
        for file in path.glob("records.sqlite3*"):
            file.unlink()
    else:
        with connections[alias].cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connections[alias].close()
    command = [sys.executable, "-c", f"import okaeri; okaeri.open({str(path)!r})"]
    opened = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate()[1] for process in opened]
    assert [process.returncode for process in opened] == [0, 0, 0, 0], told
    call_command("migrate", database=alias, verbosity=0, check_unapplied=True, interactive=False)


#: What searches are made of: kanji, kana, one that is two in UTF-16, digits, ASCII, signs of other search languages.
LETTERS = "佐藤林サトウー𠮷0801kz@-%_\"'*"


def searches(texts: list[str], dice: random.Random) -> list[str]:
    """Pieces of texts of every length, some of two at once, some that stand nowhere."""
    found = []
    for _ in range(150):
        text = dice.choice(texts)
        start, length = dice.randrange(len(text)), dice.choice((1, 2, 3, 4, 7))
        found.append(text[start : start + length])
    return [*found, *(f"{one} {other}" for one, other in pairwise(found)), "龍", "龍馬", "zzz", "佐0", '"', "*", "佐 z"]


def test_people_are_found_by_pieces_as_by_reading_every_text_and_forgotten_with_their_row(shop):
    from okaeri.records.models import Person, PersonText
    from okaeri.records.models.searching import TOLD_BY, keep_texts

    dice = random.Random(7)
    people = [
        Person(customer_id=f"own:{number}", store="own", name="".join(dice.choices(LETTERS, k=dice.randrange(1, 9))))
        for number in range(300)
    ]

    def checked() -> None:
        texts = list(PersonText.objects.values_list("text", flat=True))
        for query in searches(texts, random.Random(8)):
            by_reading = [text.person_id for text in PersonText.objects.holding(query)]
            assert sorted(PersonText.objects.all().found(query, 1000)) == sorted(by_reading), query
        assert len(PersonText.objects.all().found("own:", 7)) == 7

    with shop.workspace.records():
        Person.objects.bulk_create(people)
        keep_texts({name: getattr(person, name) for name in TOLD_BY} for person in people)
        checked()
        for person in people[:100]:
            person.name = person.name[::-1] + "藤"
        keep_texts({name: getattr(person, name) for name in TOLD_BY} for person in people[:100])
        Person.objects.filter(customer_id__in=[person.customer_id for person in people[50:250]]).delete()
        checked()
        Person.objects.all().delete()
        assert PersonText.objects.all().found("藤", 1000) == []
        assert _pieces_kept(shop) == 0


def _pieces_kept(shop) -> int:
    """Texts the index knows something of: none is left when nobody is."""
    from django.db import connections

    with connections[shop.workspace.database].cursor() as cursor:
        if cursor.db.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM records_persontext")
        else:
            words = " OR ".join(f'"{letter.encode().hex()}"*' for letter in sorted(set(LETTERS)))
            cursor.execute(
                "SELECT count(*) FROM records_persontext_pieces WHERE records_persontext_pieces MATCH %s", [words]
            )
        return int(cursor.fetchone()[0])
