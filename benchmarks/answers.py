"""Answers to surveys over HTTP: how many a minute one ``okaeri serve`` keeps, and whether all of them are there.

    python benchmarks/answers.py --json                      10,000 links, each answered once, on SQLite
    python benchmarks/answers.py --answers 2000 --again 0.2  a fifth of the forms sent twice

The load comes from the same machine, so both share its cores. A link that gets no answer is asked again, as a browser
would; afterwards the records must hold exactly one answer per link.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import okaeri
from okaeri.shop import Shop
from tests.browser.served import served


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--again", type=float, default=0.05, help="share of the forms sent twice at once")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measured(Path(folder) / "shop", told)
    print(
        json.dumps(result, indent=1) if told.json else "\n".join(f"{key:<22} {value}" for key, value in result.items())
    )
    sys.exit(0 if result["kept"] == result["links"] else 1)


def measured(path: Path, told: argparse.Namespace) -> dict[str, Any]:
    """Serve a new shop, answer every link, and count."""
    shop = okaeri.init(path, name="load")
    paths = links_of(shop, told.answers)
    twice = [paths[place] for place in range(0, len(paths), max(round(1 / told.again), 1))] if told.again else []
    with served(path, workers=told.workers) as address:
        started = time.perf_counter()
        statuses, waits = asyncio.run(answered(address, paths + twice, told.connections))
        seconds = time.perf_counter() - started
    server, load = (resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    kept, right = held(shop)
    waits.sort()
    return {
        "links": len(paths), "sent": len(paths) + len(twice), "kept": kept, "kept_right": right,
        "statuses": {str(status): statuses.count(status) for status in sorted(set(statuses))},
        "seconds": round(seconds, 2), "answers_a_minute": round(len(waits) / seconds * 60),
        "median_ms": round(waits[len(waits) // 2] * 1000, 1), "slowest_1_percent_ms": round(waits[-len(waits) // 100] * 1000, 1),
        "server_cpu_seconds": round(server.ru_utime + server.ru_stime, 1),
        "load_cpu_seconds": round(load.ru_utime + load.ru_stime, 1), "load_average": round(os.getloadavg()[0], 1),
        "workers": told.workers, "connections": told.connections, "cores": os.cpu_count(), "database": "sqlite",
    }  # fmt: skip


def links_of(shop: Shop, count: int) -> list[str]:
    """Paths of ``count`` personal links to one survey, invited directly."""
    from okaeri.programs.surveys import actions, links
    from okaeri.schema.asking import Candidate

    now = datetime.now(UTC)
    with shop.workspace.records():
        actions.create("nps", shop.surveys.ready()["nps"].questions, now)
        survey = actions.named("nps")
        asked = [Candidate(f"own:{n}", f"own:c{n}", f"own:c{n}", "P1", "", now.date()) for n in range(count)]
        made = actions.invite(survey, asked, now.date(), now + timedelta(days=9), shop.workspace.settings.surveys)
        return [f"/s/{links.written(links.of(one), shop.workspace.secret)}/" for one in made]


def held(shop: Shop) -> tuple[int, int]:
    """Answers kept, and those of them with the score that was sent (its invitation's number modulo 11), told once."""
    from okaeri.programs.surveys.models import Answer

    with shop.workspace.records():
        rows = list(Answer.objects.values_list("sheet__key", "score", "number"))
    return len(rows), sum(score == int(key[1:]) % 11 and number == 1 for key, score, number in rows)


async def answered(address: str, paths: list[str], connections: int) -> tuple[list[int], list[float]]:
    """Send a form to each path over so many connections kept open: statuses and seconds."""
    waiting = paths[::-1]
    statuses: list[int] = []
    waits: list[float] = []

    async def work() -> None:
        line = None
        while waiting:
            path = waiting.pop()
            started = time.perf_counter()
            while True:
                try:
                    line = line or await asyncio.open_connection(urlsplit(address).hostname, urlsplit(address).port)
                    statuses.append(await _sent(line, path, score_of(path)))
                    break
                except (OSError, asyncio.IncompleteReadError, ValueError):
                    line = None
                    await asyncio.sleep(0.05)
            waits.append(time.perf_counter() - started)

    await asyncio.gather(*(work() for _ in range(connections)))
    return statuses, waits


def score_of(path: str) -> int:
    """The score sent to a link: its invitation's number modulo 11."""
    payload = path.split("/")[2].split(".")[0]
    return int(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))[0]) % 11


async def _sent(line: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str, score: int) -> int:
    reader, writer = line
    body = f"question=recommend&score={score}&words="
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if "content-length:" in head:
        await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
    elif "chunked" in head:
        while (size := int((await reader.readline()).strip(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head.split(" ")[1])


if __name__ == "__main__":
    main()
