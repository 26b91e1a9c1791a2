"""Batches sent by programs are taken once, however often the taking dies."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import okaeri

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_batches_on_their_way_to_the_facts_survive_a_kill_anywhere(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.receiving_points", str(tmp_path), "16", "20260401"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "okaeri.config.settings"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    killed, whole = (int(number) for number in told.stdout.split())
    assert killed >= 8
    assert whole == 16


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
