"""What a suite needs besides Python: skipped with the reason where it is absent, failed where it is required.

``OKAERI_TEST_REQUIRE=spark,browser`` names suites that have to run: a skipped test of theirs fails, and so does a run in
which such a suite passed no test at all.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes on a busy machine says nothing of what it shows.
settings.register_profile("okaeri", deadline=None)
settings.load_profile("okaeri")
# Playwright keeps an event loop in this thread for the whole session; Django would take it for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

REQUIRED = {name for name in os.environ.get("OKAERI_TEST_REQUIRE", "").split(",") if name}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Chromium without a sandbox (it has none when started by root) and without traffic of its own.
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str | None:
    """The browser to test with: OKAERI_CHROMIUM, else the system's."""
    named = os.environ.get("OKAERI_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def _no_spark() -> str | None:
    if importlib.util.find_spec("pyspark") is None:
        return "needs pyspark"
    return None if os.environ.get("JAVA_HOME") or shutil.which("java") else "needs Java"


def _no_browser() -> str | None:
    return None if chromium() else "needs Chromium (found on the path, or named in OKAERI_CHROMIUM)"


def _no_reference_data() -> str | None:
    folder = os.environ.get("OKAERI_REFERENCE_DATA")
    return None if folder and Path(folder).is_dir() else "needs reference data in the folder OKAERI_REFERENCE_DATA"


def _no_postgres() -> str | None:
    url = os.environ.get("OKAERI_TEST_DATABASE_URL", "")
    return None if url.startswith("postgres") else "needs PostgreSQL at OKAERI_TEST_DATABASE_URL"


#: Per marker: what is missing for it, or None.
SUITES = {"spark": _no_spark, "browser": _no_browser, "reference": _no_reference_data, "postgres": _no_postgres}


def suites_of(item: pytest.Item) -> list[str]:
    """The suites a test belongs to."""
    return [name for name in SUITES if item.get_closest_marker(name)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in suites_of(item):
        if missing := SUITES[name]():
            pytest.skip(missing)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    required = sorted(REQUIRED.intersection(suites_of(item)))
    report.required_suites = required
    if report.skipped and required and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but {', '.join(required)} must run: {report.longrepr[2]}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    if report.skipped and REQUIRED:
        report.outcome = "failed"
        report.longrepr = f"a whole file is skipped, but {', '.join(sorted(REQUIRED))} must run: {report.longrepr[2]}"
    return report


class RequiredSuites:
    """Watches that each required suite passes at least one test."""

    def __init__(self) -> None:
        self.absent = set(REQUIRED)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.absent.difference_update(report.required_suites)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.absent and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name in sorted(self.absent):
            terminalreporter.write_line(f"ERROR no test of the suite {name!r} passed, but it must run", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if unknown := REQUIRED - set(SUITES):
        raise pytest.UsageError(f"OKAERI_TEST_REQUIRE names unknown suites: {', '.join(sorted(unknown))}")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(RequiredSuites())


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """pytest-playwright starts the system's Chromium, not one of its own.

    Its event loop goes on running in this thread for the rest of the session, and Django, which takes that for
    asynchronous code, is told that it is not.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": chromium(), "args": CHROMIUM_ARGS}
