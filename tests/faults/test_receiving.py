"""Batches sent by programs are taken once, however often the taking dies."""

import threading

import pytest

import okaeri
from tests.faults.lives import lives_of


@pytest.mark.slow
def test_batches_on_their_way_to_the_facts_survive_a_kill_anywhere(tmp_path):
    lives = lives_of("tests.faults.receiving_points", tmp_path, 16, 20260401)
    assert [life for life in lives if not life["whole"]] == []
    assert sum(life["killed"] for life in lives) >= 8


def test_of_many_requests_with_one_idempotency_key_at_once_one_is_kept(tmp_path):
    shop = okaeri.init(tmp_path / "shop", name="test")
    from okaeri.records import keys, received
    from okaeri.records.models import Received

    with shop.workspace.records():
        key, _ = keys.make("test", ["import"], actor="test")
    rows, told = [{"event_id": "e1"}], []

    def send():
        with shop.workspace.records():
            told.append(received.keep(key, "same", "events", rows).receipt)

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(told) == 8
    assert len(set(told)) == 1
    with shop.workspace.records():
        assert Received.objects.count() == 1
