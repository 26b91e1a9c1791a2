"""The files of others that pages carry are the ones their releases hold."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "okaeri" / "web" / "static" / "vendor"
FOLDERS = sorted(path for path in VENDOR.iterdir() if path.is_dir())


def told(folder: Path, what: str) -> str:
    """The value VENDORED.md gives for ``what``."""
    found = re.search(rf"^\| {what} \| (.+) \|$", (folder / "VENDORED.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"VENDORED.md does not name its {what}"
    return found[1]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_vendored_script_has_the_hash_its_note_names(folder):
    scripts = list(folder.glob("*.js"))
    assert len(scripts) == 1
    assert hashlib.sha256(scripts[0].read_bytes()).hexdigest() == told(folder, "sha256").strip("`")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_vendored_script_comes_with_its_version_and_licence(folder):
    version = re.escape(told(folder, "version"))
    assert re.search(rf'version="{version}"', next(folder.glob("*.js")).read_text(encoding="utf-8"))
    named = re.findall(r"`(LICENSE\S*|NOTICE)`", told(folder, "licence"))
    assert named
    assert all((folder / name).read_text(encoding="utf-8").strip() for name in named)


def test_a_vendored_script_can_stand_inside_a_page():
    assert all("</script" not in script.read_text(encoding="utf-8").lower() for script in VENDOR.rglob("*.js"))
