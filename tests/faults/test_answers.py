"""Answers over HTTP while servers die and race: each link ends with exactly one answer, whatever happened."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

import okaeri
from benchmarks.answers import answered, held, links_of
from tests.browser.served import served
from tests.faults.lives import lives_of


def run(told: Coroutine[Any, Any, Any]) -> Any:
    """What ``told`` comes to, in a thread of its own: browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, told).result()


@pytest.mark.slow
def test_no_answer_is_lost_or_doubled_while_workers_are_killed(tmp_path):
    shop = okaeri.init(tmp_path / "shop", name="test")
    paths = links_of(shop, 400)
    kills = []
    with served(shop.workspace.path, workers=2) as address:
        server = next(each for each in psutil.Process().children() if "serve" in each.cmdline())
        over = threading.Event()
        killer = threading.Thread(target=_kill_workers, args=(server, over, kills))
        killer.start()
        statuses, _ = run(answered(address, paths + paths[::3], 8))
        over.set()
        killer.join()
    assert len(kills) >= 5
    assert set(statuses) <= {200, 303}
    assert held(shop) == (400, 400)


def _kill_workers(server: psutil.Process, over: threading.Event, kills: list[int]) -> None:
    chance = random.Random(4)
    while not over.wait(chance.uniform(0.05, 0.4)):
        if workers := server.children():
            victim = chance.choice(workers).pid
            os.kill(victim, signal.SIGKILL)
            kills.append(victim)


@pytest.mark.slow
def test_two_servers_of_one_shop_keep_each_answer_once(tmp_path):
    shop = okaeri.init(tmp_path / "shop", name="test")
    paths = links_of(shop, 150)

    async def both(one: str, other: str) -> list[tuple]:
        return list(await asyncio.gather(answered(one, paths, 4), answered(other, paths, 4)))

    with served(shop.workspace.path) as one, served(shop.workspace.path) as other:
        told = run(both(one, other))
    statuses = [status for answers, _ in told for status in answers]
    assert set(statuses) <= {200, 303}
    assert len(statuses) == 300
    assert held(shop) == (150, 150)


@pytest.mark.slow
def test_answers_on_their_way_to_the_facts_survive_a_kill_anywhere(tmp_path):
    lives = lives_of("tests.faults.taking_points", tmp_path, 24, 20260101)
    assert [life for life in lives if not life["whole"]] == []
    assert sum(life["killed"] for life in lives) >= 12
