"""What is begun outside the worker is seen while it lasts, also by how far it is, and no longer, however it ends."""

import os
import signal
import subprocess
import sys
import time

import pytest

import okaeri
from okaeri.loop.at_work import at_work, others

#: Works until it is killed.
WORKING = """
import sys, time
from pathlib import Path
import okaeri
from okaeri.loop.at_work import at_work
with at_work(okaeri.open(Path(sys.argv[1])).workspace, "refresh") as tell:
    tell("measuring", 0.25)
    print("at it", flush=True)
    time.sleep(60)
"""
COSTS = "spent_on,acquired_via,amount\n2026-01-01,ad,5\n"


@pytest.fixture
def shop(tmp_path):
    return okaeri.init(tmp_path / "shop")


def test_work_is_seen_with_its_step_until_it_ends(shop):
    with at_work(shop.workspace, "import", "注文.csv") as tell:
        tell("reading a very long step", 0.5)
        tell("writing", 7.0)
        (seen,) = others(shop.workspace)
        assert (seen.kind, seen.file, seen.step, seen.share) == ("import", "注文.csv", "writing", 1.0)
        with at_work(shop.workspace, "refresh"):
            assert [work.kind for work in others(shop.workspace)] == ["import", "refresh"]
    assert others(shop.workspace) == []
    with pytest.raises(ValueError, match="x"), at_work(shop.workspace, "refresh"):
        raise ValueError("x")
    assert others(shop.workspace) == []


def test_work_of_a_process_that_was_killed_is_not_seen(shop):
    command = [sys.executable, "-c", WORKING, str(shop.workspace.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as working:
        assert working.stdout.readline() == "at it\n"
        (seen,) = others(shop.workspace)
        assert (seen.kind, seen.step, seen.share) == ("refresh", "measuring", 0.25)
        os.kill(working.pid, signal.SIGKILL)
        working.wait()
    until = time.monotonic() + 5
    while others(shop.workspace) and time.monotonic() < until:
        time.sleep(0.05)
    assert others(shop.workspace) == []
    assert list((shop.workspace.work / "at-work").iterdir()) == []


def test_the_verbs_of_a_shop_are_seen_and_a_dry_run_is_not(shop, tmp_path):
    (tmp_path / "costs.csv").write_text(COSTS)
    for dry_run, expected in ((True, []), (False, [("import", "costs.csv")])):
        seen = []
        shop.import_files(
            [tmp_path / "costs.csv"], dry_run=dry_run,
            progress=lambda text, seen=seen: seen.extend((work.kind, work.file) for work in others(shop.workspace)),
        )  # fmt: skip
        assert seen == expected
    assert others(shop.workspace) == []
