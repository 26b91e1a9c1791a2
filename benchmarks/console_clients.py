"""Clients that ask a served shop for its pages, and what each answer took."""

from __future__ import annotations

import http.client
import math
import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil

OWNER, PASSWORD = "benchmark", "kumo-no-ito-2026"


@dataclass
class Times:
    """Milliseconds of one page's answers: wall, and CPU of all processes that made them."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")

    def add(self, wall: float, cpu: float, status: int, path: str) -> None:
        self.wall.append(wall)
        self.cpu.append(cpu)
        self.statuses[status] += 1
        self.slowest = max(self.slowest, (wall, path))

    def told(self) -> dict[str, Any]:
        return {
            "p50_ms": round(statistics.median(self.wall), 1), "p95_ms": round(part(self.wall, 0.95), 1),
            "cpu_p50_ms": round(statistics.median(self.cpu), 1), "cpu_p95_ms": round(part(self.cpu, 0.95), 1),
            "first_ms": round(self.wall[0], 1), "slowest_ms": round(self.slowest[0], 1), "slowest": self.slowest[1],
            "n": len(self.wall),
        }  # fmt: skip


def part(values: list[float], share: float) -> float:
    """The value that ``share`` of ``values`` do not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


class Server:
    """The CPU the server's processes have used, and PostgreSQL's where it is of this machine."""

    def __init__(self, seconds: float, with_database: bool):
        self.seconds = seconds
        me = psutil.Process()
        self.processes = [child for child in me.children(recursive=True) if child.name() != "chromium"]
        self.with_database = with_database

    def cpu(self) -> float:
        """Milliseconds since they began."""
        found = list(self.processes)
        if self.with_database:
            found += [one for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres"]
        total = 0.0
        for process in found:
            try:
                used = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += used.user + used.system
        return total * 1000


def one_page(address: str, cookies: str, paths: list[str], requests: int, server: Server) -> Times:
    """One page asked by one client, each time about something else; a page of one address again and again."""
    times, client = Times(), Client(address, cookies)
    for number in range(requests):
        path = paths[number % len(paths)]
        before = server.cpu()
        wall, status = client.get(path)
        times.add(wall, server.cpu() - before, status, path)
    return times


class Client:
    """A browser that keeps its connection."""

    def __init__(self, address: str, cookies: str):
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self.headers = {"Cookie": cookies, "Accept-Encoding": "gzip"}

    def get(self, path: str) -> tuple[float, int]:
        """Milliseconds until the last byte, and the status."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        return (time.perf_counter() - started) * 1000, answer.status


def at_once(address: str, cookies: str, pages: dict[str, list[str]], clients: int, seconds: float) -> dict[str, Times]:
    """Several clients that open pages of the console as people do: one after the other, a second to look between."""
    found: dict[str, Times] = {name: Times() for name in pages if not name.startswith("api")}
    until = time.perf_counter() + seconds

    def ask(seed: int) -> None:
        dice, client = random.Random(seed), Client(address, cookies)
        while time.perf_counter() < until and found:
            name = dice.choice(list(found))
            path = dice.choice(pages[name])
            wall, status = client.get(path)
            found[name].add(wall, 0.0, status, path)
            time.sleep(dice.uniform(0.5, 1.5))

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def signed_in(address: str) -> str:
    """The cookies of the owner."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    connection.request("GET", "/console/sign-in/")
    first = connection.getresponse()
    token = first.read().decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    body = urlencode({"username": OWNER, "password": PASSWORD, "csrfmiddlewaretoken": token})
    head = {"Cookie": _cookies(first), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/console/sign-in/", body, head)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise SystemExit(f"sign-in failed: {answer.status}")
    return _cookies(answer)


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")


def charts(address: str, cookies: str) -> dict[str, dict[str, float]]:
    """Milliseconds from asking for a page to its last chart drawn and painted, by Chromium's own clock."""
    from playwright.sync_api import sync_playwright

    from benchmarks.console_pages import CHARTS
    from tests.conftest import CHROMIUM_ARGS, chromium

    painted = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        name_values = [cookie.split("=", 1) for cookie in cookies.split("; ")]
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in name_values])
        page = context.new_page()
        for path in CHARTS:
            took = [_painted(page, address + path) for _ in range(7)]
            painted[path] = {"first_ms": round(took[0], 1), "median_ms": round(statistics.median(took[1:]), 1)}
        browser.close()
    return painted


#: Drawn: every chart has its lines; painted: the frame after that has been shown. Then the page's own clock.
PAINTED = """new Promise((done) => {
  const drawn = (one) => one.offsetParent === null || one.querySelector("svg path, svg rect, canvas");
  const look = () => document.readyState === "complete" && Array.from(document.querySelectorAll(".chart")).every(drawn)
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))
    : requestAnimationFrame(look);
  look();
})"""


def _painted(page: Any, address: str) -> float:
    page.goto(address, wait_until="commit")
    return float(page.evaluate(PAINTED))
