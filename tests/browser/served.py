"""A shop's own server, started as its owner would, for tests that speak HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

#: Words that would rename the page if they ever ran.
SCRIPT = "<script>document.title='in'</script><img src=x onerror=\"document.title='in'\">"
VIEWPORTS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


#: Seconds a server may take to start on a machine that has much else to do.
PATIENCE = 120


@contextmanager
def served(shop: Path, *, workers: int = 1, worker: bool = False) -> Iterator[str]:
    """``okaeri serve`` for ``shop``; gives its address and stops it afterwards."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [Path(sys.executable).with_name("okaeri"), "serve", "--shop", shop, "--port", port, "--workers", workers]
    command += [] if worker else ["--no-worker"]
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
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/alive/", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


@contextmanager
def looking(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens pages of a served shop; in the end no cookie may be set, nothing said on the console, nobody else asked."""
    said: list[str] = []
    asked: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(path: str, viewport: str = "phone", scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            viewport=VIEWPORTS[viewport], color_scheme=scheme, java_script_enabled=script, has_touch=viewport == "phone"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address + path)
        return page

    yield opened
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert cookies == []
    assert [text for text in said if "responded with a status of 4" not in text] == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
