"""Runs the Python blocks of ``docs/guide.md``, in order and in one namespace, and writes what each prints below it.

``make docs`` does so for the committed guide; a test does the same and compares.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parent / "guide.md"
#: A block of Python, and the block of text that may follow it: its output.
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n.*?```\n)?", re.DOTALL)


def run(text: str, folder: Path) -> str:
    """The guide with its outputs made anew by running its code in ``folder``."""
    names: dict[str, Any] = {"__name__": "guide"}

    def with_output(block: re.Match[str]) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block["code"], "<guide>", "exec"), names)  # noqa: S102
        output = "".join(line.rstrip() + "\n" for line in printed.getvalue().rstrip().splitlines())
        return f"```python\n{block['code']}```\n" + (f"\n```text\n{output}```\n" if output else "")

    with contextlib.chdir(folder):
        return BLOCK.sub(with_output, text)


def main() -> None:
    """Write the outputs into the guide."""
    with tempfile.TemporaryDirectory() as folder:
        made = run(GUIDE.read_text(encoding="utf-8"), Path(folder))
    GUIDE.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
