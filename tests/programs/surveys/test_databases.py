"""Answers raced by several threads are kept alike in SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import okaeri
from benchmarks.answers import held, links_of
from okaeri.loop import snapshots
from okaeri.programs.surveys import actions, links
from tests.programs.shops import voices_of
from tests.records.test_databases import new_database

THREADS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop(request, tmp_path):
    made = okaeri.init(tmp_path / "shop", name="試験")
    if request.param == "postgresql":
        settings = made.workspace.path / "okaeri.toml"
        told = settings.read_text(encoding="utf-8") + f'[database]\nurl = "{new_database()}"\n'
        settings.write_text(told, encoding="utf-8")
        made = okaeri.open(made.workspace.path)
    return made


def test_the_same_answer_from_many_threads_at_once_is_kept_once(shop):
    from django.db import connections

    paths = links_of(shop, 8)

    def send(number: int) -> None:
        with shop.workspace.records():
            for path in paths[number:] + paths[:number]:
                ticket = links.read(path.split("/")[2], shop.workspace.secret, snapshots.now())
                asked = actions.put(ticket, "ja")
                given = actions.Given(ticket.invitation % 11)
                actions.record(asked, asked.questions[0], given, snapshots.now(), finishes=True)
        connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(send, range(THREADS)))
    assert held(shop) == (8, 8)
    assert [voice["rating"] for voice in voices_of(shop)] == [number / 10 for number in range(1, 9)]
    assert len(voices_of(shop)) == 8
