"""Jobs are asked for once, done once, one after the other, and outlive whoever does them."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

import okaeri


@pytest.fixture
def shop(tmp_path):
    opened = okaeri.init(tmp_path / "shop")
    with opened.workspace.records():
        yield opened


def ask(key="k", **arguments):
    from okaeri.records import jobs

    return jobs.ask("refresh", {"as_of": "2026-01-01", **arguments}, key=key, actor="someone")


def test_asking_twice_for_the_same_is_asking_once_until_it_is_done(shop):
    from okaeri.records import jobs
    from okaeri.records.models import AuditEntry, Job

    first, second = ask(), ask()
    assert first.pk == second.pk
    assert jobs.claim("w").pk == first.pk
    assert ask().pk == first.pk
    assert jobs.end(first, "w", result={"x": 1})
    assert ask().pk != first.pk
    assert Job.objects.count() == 2
    assert AuditEntry.objects.filter(action="job").count() == 2


def test_a_job_is_one_workers_and_another_waits_until_it_is_done(shop):
    from okaeri.records import jobs

    one, two = ask("1"), ask("2")
    assert jobs.claim("a").pk == one.pk
    assert jobs.claim("b") is None
    assert jobs.end(one, "a")
    assert jobs.claim("b").pk == two.pk
    assert jobs.claim("b").pk == two.pk, "a worker that died takes up its own job in its next life"


def test_a_job_whose_worker_says_nothing_more_goes_to_the_next_and_the_first_may_not_end_it(shop):
    from okaeri.records import jobs
    from okaeri.records.models import Job

    job = ask()
    jobs.claim("a")
    Job.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert jobs.claim("b").pk == job.pk
    assert not jobs.keep(job, "a")
    assert not jobs.end(job, "a", result={"by": "a"})
    jobs.tell(job, "a", "writing", 0.9)
    assert jobs.end(job, "b", result={"by": "b"})
    told = Job.objects.get()
    assert (told.state, told.result, told.step) == ("done", {"by": "b"}, "")


def test_a_job_that_kills_its_worker_is_not_begun_for_ever(shop):
    from okaeri.records import jobs
    from okaeri.records.models import Job
    from okaeri.web.console.sentences import all_said

    ask()
    assert [jobs.claim("a") is not None for _ in range(4)] == [True, True, True, False]
    assert Job.objects.get().state == "failed"
    assert "3" in all_said(Job.objects.get().error)[0]


def test_a_job_given_back_is_begun_again_and_counts_no_attempt(shop):
    from okaeri.records import jobs

    job = ask()
    for _ in range(5):
        jobs.let_go(jobs.claim("a"), "a")
    assert jobs.claim("b").attempts == 1
    assert job.pk


def test_what_a_job_is_refused_is_kept_as_a_sentence_to_be_translated(shop):
    from django.utils import translation

    from okaeri.loop import jobs as loop
    from okaeri.records.models import Job
    from okaeri.web.console.sentences import all_said

    ask()
    assert loop.work(shop.workspace, "w")
    job = Job.objects.get()
    assert job.state == "failed"
    said = {}
    for language in ("ja", "en"):
        with translation.override(language):
            [said[language]] = all_said(job.error)
    assert said["en"].startswith("This shop has no orders yet")
    assert said["ja"] != said["en"]


def test_what_nobody_foresaw_ends_the_job_and_not_the_worker(shop, monkeypatch, capsys):
    from okaeri.loop import jobs as loop
    from okaeri.records.models import Job

    def broken(workspace, job, tell):
        raise ZeroDivisionError

    monkeypatch.setitem(loop.KINDS, "refresh", broken)
    ask()
    assert loop.work(shop.workspace, "w")
    assert Job.objects.get().state == "failed"
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_worker_killed_in_the_middle_is_replaced_and_the_job_taken_up_again(shop, tmp_path):
    """The process that works is killed as the system would for lack of memory; its minder starts another."""
    from django.db import connections

    from okaeri.records.models import Job

    job = ask()
    told = tmp_path / "lives"
    program = f"""
from okaeri.loop.workspace import start_django
start_django()
import os, time
from okaeri.loop import jobs
def slow(workspace, job, tell):
    with open({str(told)!r}, "a") as out:
        print(os.getpid(), file=out)
    time.sleep(600 if job.attempts < 2 else 0)
    return {{"attempts": job.attempts}}
jobs.KINDS["refresh"] = slow
from pathlib import Path
from okaeri.config.worker import run
run(Path({str(shop.workspace.path)!r}))
"""
    with subprocess.Popen([sys.executable, "-c", program]) as minder:
        try:
            until(lambda: told.exists() and told.read_text().strip())
            os.kill(int(told.read_text().split()[0]), signal.SIGKILL)
            until(lambda: Job.objects.get(pk=job.pk).state == "done")
        finally:
            minder.terminate()
    connections.close_all()
    assert Job.objects.get(pk=job.pk).result == {"attempts": 2}
    lives = told.read_text().split()
    assert len(lives) == len(set(lives)) == 2
    assert minder.returncode == 0


def until(reached, seconds=60):
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_worker_told_to_stop_gives_its_job_back(shop, tmp_path):
    from okaeri.records.models import Job

    job = ask()
    begun = tmp_path / "begun"
    program = f"""
from okaeri.loop.workspace import start_django
start_django()
import time
from okaeri.loop import jobs
def slow(workspace, job, tell):
    open({str(begun)!r}, "w").close()
    time.sleep(600)
jobs.KINDS["refresh"] = slow
from pathlib import Path
from okaeri.config.worker import run
run(Path({str(shop.workspace.path)!r}))
"""
    with subprocess.Popen([sys.executable, "-c", program]) as minder:
        until(begun.exists)
        minder.terminate()
    held = Job.objects.get(pk=job.pk)
    assert (held.state, held.attempts, held.worker) == ("waiting", 0, "")
    assert json.dumps(held.error) == "[]"
