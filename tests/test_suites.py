"""The guard in ``conftest.py``: a suite that has to run may not be skipped quietly."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDY = """
import pytest

@pytest.mark.postgres
def test_with_a_database():
    pass

@pytest.mark.postgres
def test_of_its_own_mind():
    pytest.skip("not today")
"""
PLAIN = "def test_plain():\n    pass\n"


@pytest.fixture
def run(tmp_path: Path):
    """Run pytest, with this suite's conftest, on a file holding some tests; gives exit code and output."""
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path / "conftest.py")

    def run_tests(tests: str, *more: str, **environment: str) -> tuple[int, str]:
        (tmp_path / "test_sample.py").write_text(tests)
        keep = {name: value for name, value in os.environ.items() if not name.startswith("OKAERI_")}
        quick = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = [sys.executable, "-m", "pytest", "-ra", "-p", "xdist.plugin", *more, "."]
        done = subprocess.run(command, cwd=tmp_path, env=keep | quick | environment, capture_output=True, text=True)
        return done.returncode, done.stdout

    return run_tests


def test_a_suite_without_its_need_is_skipped_with_the_reason(run):
    code, output = run(NEEDY + PLAIN)
    assert code == 0
    assert "needs PostgreSQL at OKAERI_TEST_DATABASE_URL" in output
    assert "1 passed, 2 skipped" in output


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_a_required_suite_fails_where_it_would_be_skipped(run, more):
    code, output = run(NEEDY + PLAIN, *more, OKAERI_TEST_REQUIRE="postgres")
    assert code == 1
    assert "skipped, but postgres must run: Skipped: needs PostgreSQL" in output


def test_a_required_suite_fails_where_a_test_skips_itself(run):
    needs = {"OKAERI_TEST_REQUIRE": "postgres", "OKAERI_TEST_DATABASE_URL": "postgresql://localhost/x"}
    code, output = run(NEEDY, **needs)
    assert code == 1
    assert "skipped, but postgres must run: Skipped: not today" in output
    assert "1 failed, 1 passed" in output


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_a_required_suite_of_which_no_test_is_left_fails(run, more):
    code, output = run(PLAIN, *more, OKAERI_TEST_REQUIRE="spark")
    assert code == 1
    assert "no test of the suite 'spark' passed" in output


def test_a_file_that_skips_itself_fails_where_suites_are_required(run):
    code, output = run("import pytest\npytest.importorskip('no_such_module')\n", OKAERI_TEST_REQUIRE="spark")
    assert code != 0
    assert "a whole file is skipped, but spark must run" in output


def test_an_unknown_suite_is_refused(run):
    code, _ = run(PLAIN, OKAERI_TEST_REQUIRE="sparc")
    assert code == pytest.ExitCode.USAGE_ERROR
