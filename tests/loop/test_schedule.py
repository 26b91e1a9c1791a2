"""A shop is measured by itself once a day, at its own hour, whoever looks and however often."""

import contextlib
import multiprocessing
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

import okaeri
from okaeri.loop.workspace import start_django

start_django()

from okaeri.loop import jobs, schedule, snapshots  # noqa: E402
from okaeri.records.models import Job, Received, RefreshRun, Snapshot  # noqa: E402
from okaeri.schema.errors import DataRejected  # noqa: E402
from okaeri.schema.settings import settings_in  # noqa: E402

#: 04:00 in Tokyo.
DUE = datetime(2026, 5, 10, 19, tzinfo=UTC)
FILE = "order_id,ordered_at,customer_id,subtotal,total\n" + "".join(
    f"{n},2026-05-0{n} 10:00:00,c{n % 3},1000,1000\n" for n in range(1, 10)
)


def at(hour: str, zone: str = "Asia/Tokyo"):
    return settings_in(f'[shop]\ntimezone = "{zone}"\n[schedule]\nrefresh_at = "{hour}"\n'.encode(), "okaeri.toml")


def test_the_hour_is_that_of_the_shops_zone_and_the_day_turns_with_it():
    told = [schedule.due_and_next(at("04:00"), DUE + timedelta(minutes=minutes)) for minutes in (-1, 0, 1439, 1440)]
    assert [due for due, _ in told] == [DUE - timedelta(days=1), DUE, DUE, DUE + timedelta(days=1)]
    assert all(following - due == timedelta(days=1) for due, following in told)
    summer, winter = (
        schedule.due_and_next(at("02:00", "Europe/Berlin"), datetime(2026, month, 20, 12, tzinfo=UTC))[0].astimezone(
            UTC
        )
        for month in (7, 12)
    )
    assert (summer.hour, winter.hour) == (0, 1)
    assert schedule.due_and_next(at("off"), DUE) is None
    with pytest.raises(DataRejected):
        at("04:30")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schedule")
    shop = okaeri.init(folder / "shop")
    (folder / "orders.csv").write_text(FILE)
    shop.import_files([folder / "orders.csv"])
    return shop


@pytest.fixture
def shop(made, monkeypatch):
    """A shop whose orders were there a day before it is due, and of which nobody has asked anything yet."""
    monkeypatch.setattr(schedule, "_nothing_new", {})
    monkeypatch.setattr(type(made.workspace), "today", lambda self: date(2026, 5, 11))
    with made.workspace.records():
        for model in (Job, RefreshRun, Received):
            model.objects.all().delete()
        Snapshot.objects.update(made_at=DUE - timedelta(days=1))
        yield made


def looked(shop, hours: float):
    return schedule.look(shop.workspace, DUE + timedelta(hours=hours))


def asked_at(job: Job, moment: datetime) -> None:
    Job.objects.filter(pk=job.pk).update(asked_at=moment)


def test_it_is_asked_for_once_a_day_from_its_hour_on(shop):
    first = looked(shop, 0.01)
    assert (first.kind, first.actor, first.arguments) == ("refresh", "schedule", {"as_of": "2026-05-11"})
    asked_at(first, DUE + timedelta(hours=0.01))
    assert [looked(shop, hours) for hours in (0.02, 5, 23.9)] == [None] * 3
    Job.objects.update(state="failed")
    assert looked(shop, 20) is None, "what failed is asked for again the next day"
    assert looked(shop, 24.1) is not None


def test_a_night_switched_off_is_made_up_for_once_and_a_shop_younger_than_its_hour_missed_nothing(shop):
    job = looked(shop, 24 * 5 + 7)
    assert job is not None
    asked_at(job, DUE + timedelta(hours=24 * 5 + 7))
    assert looked(shop, 24 * 5 + 8) is None
    Job.objects.all().delete()
    Snapshot.objects.update(made_at=DUE + timedelta(hours=1))
    assert looked(shop, 2) is None
    assert looked(shop, 24.1) is not None


def test_where_somebody_measured_since_nothing_is_asked_for(shop):
    snapshot = snapshots.current()
    RefreshRun.objects.create(
        key="x", as_of=date(2026, 5, 11), snapshot=snapshot, started_at=DUE + timedelta(hours=2),
        finished_at=DUE + timedelta(hours=3), tables={},
    )  # fmt: skip
    assert looked(shop, 4) is None
    assert looked(shop, 24.1) is not None


def test_nothing_is_measured_again_where_nothing_is_new(shop):
    from okaeri.loop.refresh import folder_of

    snapshot = snapshots.current()
    key = folder_of(shop.workspace, date(2026, 5, 11), snapshot.pk).name
    before = DUE - timedelta(hours=9)
    RefreshRun.objects.create(
        key=key, as_of=date(2026, 5, 11), snapshot=snapshot, started_at=before, finished_at=before, tables={}
    )
    assert looked(shop, 1) is None
    assert not schedule.daily(shop.workspace, DUE + timedelta(hours=1)).is_late
    schedule._nothing_new.clear()
    received("events")
    assert looked(shop, 1).arguments == {"as_of": "2026-05-11"}


def received(kind: str) -> None:
    from okaeri.records.models import ApiKey

    key = ApiKey.objects.create(name=kind, made_by="t", made_at=DUE, permissions=[], digest=kind, start="x")
    Received.objects.create(
        receipt=kind, key=key, idempotency_key="1", kind=kind, sha256="x", body="[]", row_count=1,
        received_at=DUE - timedelta(hours=1),
    )  # fmt: skip


def test_orders_that_only_programs_sent_are_measured_and_other_rows_alone_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "_nothing_new", {})
    shop = okaeri.init(tmp_path / "shop")
    with shop.workspace.records():
        assert looked(shop, 1) is None
        received("events")
        assert looked(shop, 1) is None
        assert not jobs.is_measurable(snapshots.current())
        received("orders")
        assert looked(shop, 1).kind == "refresh"


def test_facts_that_end_long_ago_are_measured_as_of_the_day_chosen_last(shop, monkeypatch):
    monkeypatch.setattr(type(shop.workspace), "today", lambda self: date(2027, 5, 11))
    assert looked(shop, 1).arguments == {"as_of": "2026-05-10"}
    Job.objects.all().delete()
    snapshot, before = snapshots.current(), DUE - timedelta(hours=9)
    RefreshRun.objects.create(
        key="x", as_of=date(2026, 8, 1), snapshot=snapshot, started_at=before, finished_at=before, tables={}
    )
    assert looked(shop, 1).arguments == {"as_of": "2026-08-01"}


def test_switched_off_nothing_is_asked_for(shop):
    workspace = replace(shop.workspace, settings=at("off"))
    assert schedule.look(workspace, DUE + timedelta(hours=1)) is None
    assert schedule.daily(workspace, DUE) is None


def _look(directory, begin) -> None:
    from okaeri.loop.workspace import open_workspace

    workspace = open_workspace(directory)
    begin.wait()
    schedule.look(workspace, DUE + timedelta(hours=1))


def test_two_workers_that_look_at_once_ask_once(shop):
    told = multiprocessing.get_context("spawn")
    begin = told.Barrier(2)
    lookers = [told.Process(target=_look, args=(shop.workspace.path, begin)) for _ in range(2)]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join(60)
        assert looker.exitcode == 0
    assert Job.objects.filter(actor="schedule").count() == 1


WORKER = """
import sys
from pathlib import Path
from okaeri.loop.workspace import start_django
start_django()
from okaeri.loop import jobs, schedule
jobs.KINDS["refresh"] = lambda workspace, job, tell: {"compare_days": workspace.settings.rules.compare_days}
schedule.LOOK_SECONDS = 0.2
from okaeri.config.worker import run
run(Path(sys.argv[1]))
"""


def test_a_worker_asks_by_itself_and_works_by_the_settings_as_they_are_now(shop):
    """Switched on, and given other bounds, while the worker waits."""
    file = shop.workspace.path / "okaeri.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + '\n[schedule]\nrefresh_at = "off"\n', encoding="utf-8")
    with subprocess.Popen([sys.executable, "-c", WORKER, str(shop.workspace.path)]) as worker:
        try:
            time.sleep(4)
            assert not Job.objects.exists()
            file.write_text(before + "\n[rules]\ncompare_days = 31\n", encoding="utf-8")
            until = time.monotonic() + 60
            while not Job.objects.filter(state="done").exists():
                assert time.monotonic() < until
                time.sleep(0.1)
        finally:
            worker.terminate()
            file.write_text(before, encoding="utf-8")
    (job,) = Job.objects.all()
    assert (job.actor, job.result) == ("schedule", {"compare_days": 31})


def test_a_worker_told_to_stop_while_it_forks_stops_though_the_exception_is_lost(monkeypatch):
    from okaeri.config import worker

    monkeypatch.setattr(worker, "_told", [])
    with contextlib.suppress(SystemExit):  # as Python does with what callbacks of a fork raise
        worker._stop(signal.SIGTERM, None)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        with pytest.raises(SystemExit):
            worker._minded(child.pid, None)
        child.kill()
