"""A shop's own server, started as its owner would, for tests that speak HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(shop: Path, *, workers: int = 1) -> Iterator[str]:
    """``okaeri serve`` for ``shop``; gives its address and stops it afterwards."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [Path(sys.executable).with_name("okaeri"), "serve", "--shop", shop, "--port", port, "--workers", workers]
    with subprocess.Popen([str(word) for word in command], env={**os.environ, "OKAERI_LANGUAGE": "en"}) as process:
        try:
            _wait(address, process)
            yield address
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/alive/", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")
