"""The house rules, measured on the code: who imports whom, sizes, names, and what no file may hold."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "okaeri"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)

DATA = {"ibis", "numpy", "pyarrow"}
#: What each package may import beside the standard library and okaeri: all of it, listed.
ALLOWED = {
    "lib": set(),
    "schema": {"ibis"},
    "records": {"django", "pyotp"},
    "ingest": DATA | {"django", "duckdb", "openpyxl", "sqlglot"},
    "measure": DATA | {"scipy", "sklearn"},
    "predict": {"numpy", "scipy", "sklearn", "lightgbm", "vaderSentiment"},
    "decide": {"numpy", "scipy", "sklearn", "lightgbm"},
    "act": {"django"},
    "learn": {"ibis", "numpy", "scipy"},
    "programs": {"PIL", "django"},
    "simulate": {"numpy"},
    "loop": DATA | {"deltalake", "django", "duckdb", "pyspark", "sqlglot", "tomlkit"},
    "web": {"axes", "django", "django_htmx", "ninja", "pyarrow", "pyotp", "pydantic", "segno"},
    "config": {"django", "gunicorn"},
    "shop": {"pyarrow"},
    "demo": {"rich"},
    "cli": {"django", "pyarrow", "rich", "typer"},
    "": set(),
}

FORBIDDEN_NAMES = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
LONGEST_FUNCTION = 50
LONGEST_MODULE = 300


def imported(tree: ast.AST) -> Iterator[str]:
    """Top-level names of the modules a file imports, wherever in the file it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file, as ``file:line name``, and its number of lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            yield place, (node.end_lineno or node.lineno) - node.lineno + 1


def package_of(path: Path) -> str:
    """The part of okaeri a file belongs to: ``measure`` for ``okaeri/measure/rfm.py``, ``cli`` for ``okaeri/cli.py``."""
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py").replace("__init__", "")


def test_the_import_contracts_hold():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_each_package_imports_only_the_libraries_it_is_allowed():
    standard = set(sys.stdlib_module_names) | {"okaeri"}
    breaches = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in MODULES
        for name in sorted(set(imported(ast.parse(path.read_text(encoding="utf-8")))) - standard)
        if name not in ALLOWED[package_of(path)]
    ]
    assert breaches == []


def test_no_function_is_longer_than_a_look():
    assert [f"{place}: {lines} lines" for path in MODULES for place, lines in functions(path)
            if lines > LONGEST_FUNCTION] == []  # fmt: skip


def test_functions_are_short_as_a_rule():
    lengths = sorted(lines for path in MODULES for _, lines in functions(path))
    assert statistics.median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_no_module_is_longer_than_a_sitting():
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_every_module_is_named_for_what_it_holds():
    named = {path: {part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts} for path in MODULES}
    assert [str(path.relative_to(ROOT)) for path, names in named.items() if names & FORBIDDEN_NAMES] == []


def test_every_module_says_what_it_is():
    silent = [
        path for path in MODULES if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


UNWANTED = {
    "the absolute path of a machine": re.compile(r"(?<![\w.~$}])/(?:home|root|Users|work|mnt|media)/\w|\b[A-Z]:\\\w"),
    "the address of a package registry": re.compile(r"(?:pypi|pythonhosted|npmjs|deb[.]debian)[.](?:org|com)"),
    "work left undone": re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|NotImplemented[E]rror)\b"),
}


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of every file of the project; binary files and what tools leave behind are left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


@pytest.mark.parametrize("thing", UNWANTED)
def test_no_file_holds(thing):
    found = [
        f"{name}:{number} {line.strip()[:100]}"
        for name, text in texts()
        if UNWANTED[thing].search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if UNWANTED[thing].search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        ("the absolute path of a machine", "open('/" + "home/ann/orders.csv')"),
        ("the absolute path of a machine", "C:" + "\\orders.csv"),
        ("the address of a package registry", "https://pypi" + ".org/simple"),
        ("work left undone", "# TO" + "DO: later"),
    ],
)
def test_what_no_file_may_hold_would_be_found(thing, text):
    assert UNWANTED[thing].search(text)


def test_pages_and_looks_at_tables_load_no_models():
    loads = (
        "import sys; from okaeri.loop.workspace import start_django; start_django(); "
        "import okaeri.config.server, okaeri.loop.reading, okaeri.web.api.urls, okaeri.web.console.urls; "
        "print(sorted({'sklearn', 'scipy', 'pandas', 'openpyxl', 'okaeri.loop.predictions'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"
