"""What is asked of the console and the API: every address that shows something, each with many ids, words and filters."""

from __future__ import annotations

import random
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import duckdb

from okaeri.shop import Shop

#: Charts are drawn on these.
CHARTS = (
    "/console/", "/console/value/", "/console/belt/", "/console/plan/", "/console/emotion/", "/console/emotion/sketch/",
    "/console/segments/", "/console/products/", "/console/data/",
)  # fmt: skip
#: A file that is handed out as it lies, and what is counted anew when asked, beside a page that stands already.
NO_PAGES = {"upload_rejected", "movement_cells"}
WORDS = (
    "香り",
    "発送が遅い",
    "ありがとう",
    "箱",
    "肌に合わなかった",
    "乾燥",
    "cream",
    "です",
    "二度と",
    "ポンプ",
    "リピート",
    "zzz",
)

#: Tables with a row per customer or more.
LARGE = ("customer_value", "customers_now", "purchases", "purchase_lines", "emotion_signals", "ltv_curve")

Asked = dict[str, list[str]]


def addresses(shop: Shop, dice: random.Random) -> Asked:
    """Addresses by the page they are of; each page's are asked in turn."""
    from okaeri.loop.published import published
    from okaeri.web.console.urls import ROUTES

    with shop.workspace.records():
        laid = published(shop.workspace)
        assert laid is not None
        asked = _pages(laid, dice) | _people(laid, dice) | _voices(laid, dice) | _work(shop) | _api(laid, dice)
    shown = {name.partition(" ")[0] for name in asked}
    missing = {route.name for route in ROUTES if route.method != "POST" and route.permission} - shown - NO_PAGES
    if missing:
        raise SystemExit(f"nobody asks for {sorted(missing)}")
    return asked


def _pages(laid: Any, dice: random.Random) -> Asked:
    personas = [row["persona"] for row in laid.table("emotion_summary").to_pylist() if row["n"]]
    from okaeri.loop.rows import LONG, _cursor, row_count
    from okaeri.web.report.labels import JOURNEY

    split = [name for name in laid.table("ltv_curve")["dimension"].unique().to_pylist() if name != "all"]
    steps = [f"/console/emotion/{step}/?persona={quote(who)}" for step in JOURNEY for who in personas]
    dice.shuffle(steps)
    plans = [
        f"/console/plan/outlook/?newcomers={300 + 7 * k}&f2_rate={30 + k % 9}&repeat_rate={60 + k % 7}&order_value={4000 + 50 * k}"
        for k in range(20)
    ]
    return {
        "today": ["/console/"], "value": ["/console/value/"], "value_compare": [f"/console/value/compare/?dimension={name}" for name in split], "belt": ["/console/belt/"],
        "station": [f"/console/belt/{station}/" for station in range(1, 8)], "plan": ["/console/plan/"],
        "plan_outlook": plans, "emotion": [f"/console/emotion/?persona={quote(who)}" for who in personas],
        "sketch": [f"/console/emotion/sketch/?persona={quote(who)}" for who in personas], "emotion_step": steps,
        "segments": ["/console/segments/"], "movement": ["/console/segments/movement/"],
        "products": ["/console/products/"], "data": ["/console/data/"], "costs": ["/console/data/costs/"],
        "product": [f"/console/products/{quote(row['product_id'], safe='')}/" for row in laid.table("products").to_pylist()],
        "settings": ["/console/settings/"], "staff": ["/console/staff/"], "api_keys": ["/console/api-keys/"],
        "audit": ["/console/audit/", "/console/audit/?page=2"], "account": ["/console/account/"],
        "connect": ["/console/data/connect/"], "jobs": ["/console/jobs/"], "tables": ["/console/data/tables/"],
        "table": [f"/console/data/tables/{name}/" for name in LARGE],
        "table further on": [f"/console/data/tables/{name}/?" + urlencode({"cursor": _cursor(laid, [place])})
                             for name in LARGE if (rows := row_count(laid.path(name))) >= LONG
                             for place in (rows // 3, rows // 2, rows - 60)],
        "table filtered": [f"/console/data/tables/customer_value/?where=past_value:ge:{bound}" for bound in range(1000, 9000, 400)],
    }  # fmt: skip


def _people(laid: Any, dice: random.Random) -> Asked:
    from okaeri.loop.columns import column
    from okaeri.records.models import Person

    ids = column(laid.place("people"), "customer_id")
    some = [ids[dice.randrange(len(ids))].as_py() for _ in range(200)]
    persons = list(Person.objects.filter(customer_id__in=some))
    names = [person.name.split()[0] for person in persons if person.name]
    whole = [person.name for person in persons if person.name]
    kana = [person.kana.split()[-1] for person in persons if person.kana]
    phones = [person.phone_key for person in persons if person.phone_key]
    mails = [person.email for person in persons if person.email]
    goods = laid.table("products")["product_id"].to_pylist()
    return {
        "customers": ["/console/customers/"],
        "customers filtered": _lists({"status": status, "r": str(r)} for r in range(1, 6)
                                     for status in ("first", "repeat", "one_year", "dormant")),
        "customers sorted": _lists({"sort": sort, "page": str(page)} for page in (1, 3, 40)
                                   for sort in ("-revenue", "order_count", "-leaving_chance_90", "last_order_on", "-p_alive")),
        "customers by rules": _lists({"rule": rule} for rule in _rules(goods, dice)),
        "customers by kanji": _lists({"q": name} for name in names[:40]),
        "customers by one kanji": _lists({"q": name[0]} for name in names[:40]),
        "customers by whole name": _lists({"q": name} for name in whole[:40]),
        "customers by kana": _lists({"q": name} for name in kana[:40]),
        "customers by piece of phone": _lists({"q": phone[start : start + 5]} for phone in phones[:20] for start in (0, 4, 6)),
        "customers by phone": _lists({"q": phone} for phone in phones[:40]),
        "customers by piece of mail": _lists({"q": mail[:6]} for mail in mails[:40]),
        "customers by words of nobody": _lists({"q": word} for word in ("zzqx", "龍馬龍馬", "ヴヴヴ", "099999", "佐藤 zzqx")),
        "customer": [f"/console/customers/{quote(one)}/" for one in some],
        "tasks": ["/console/tasks/", "/console/tasks/?state=done"],
        "join": ["/console/data/merges/join/?" + urlencode({"q1": one, "id1": two, "id2": three})
                 for one, two, three in zip(whole[:40], some, some[1:], strict=False)],
    }  # fmt: skip


def _lists(told: Any) -> list[str]:
    return ["/console/customers/?" + urlencode(one) for one in told]


def _rules(goods: list[str], dice: random.Random) -> list[str]:
    """Rules of several parts, no two alike: and, or, not, event windows and counts."""
    from okaeri.schema.segments import All, Compare, Did, Not, written
    from okaeri.schema.segments import Any as Either

    return [
        written(All((
            Compare("revenue", "at_least", float(dice.randrange(1000, 60_000))),
            Either((Did("bought", "at_least", dice.randrange(1, 4), dice.choice((90, 180, 365)), product=dice.choice(goods)),
                 Did("open", "at_least", 1, dice.choice((30, 60, 90))))),
            Not(Compare("status", "is", ("dormant",))),
        )))
        for _ in range(40)
    ]  # fmt: skip


def _voices(laid: Any, dice: random.Random) -> Asked:
    with duckdb.connect() as connection:
        ids = [
            row[0]
            for row in connection.execute(
                f"SELECT voice_id FROM '{laid.path('feelings')}' USING SAMPLE 200 (reservoir, 7)"
            ).fetchall()
        ]
    goods = laid.table("products")["product_id"].to_pylist()
    place = lambda **told: "/console/voices/?" + urlencode(told)  # noqa: E731
    return {
        "voices": [place(state=state) for state in ("open", "all", "mine", "drafted", "closed")],
        "voices further on": [place(after=dice.randrange(0, 2_000_000)) for _ in range(40)],
        "voices filtered": [place(source=source, feeling=feeling, product=dice.choice(goods))
                            for source in ("review", "inquiry", "survey_after") for feeling in ("bad", "mixed", "good", "unread")],
        "voices by aspect and topic": [place(aspect="delivery", topic=topic) for topic in range(1, 9)],
        "voices by words": [place(words=word) for word in WORDS],
        "voices by words and feeling": [place(words=word, feeling="bad", state="all") for word in WORDS],
        "voice": ["/console/voices/one/?" + urlencode({"id": one}) for one in ids],
    }  # fmt: skip


def _work(shop: Shop) -> Asked:
    """An upload, a finished job, and an import that left rows out: made, so that there is one to look at."""
    from okaeri.loop import snapshots, uploads
    from okaeri.records.models import ImportRun, Job

    now = snapshots.now()
    lines = "\n".join(f"A{k},2026-03-{k % 28 + 1:02d},m{k % 700},P{k % 30},{1 + k % 3},{900 + k}" for k in range(2_000))
    head = "order_no,ordered_at,member,sku,qty,price\n"
    key = uploads.keep(shop.workspace, "orders.csv", [(head + lines).encode()])
    job, _ = Job.objects.get_or_create(
        key="benchmark", defaults={"kind": "refresh", "state": "done", "actor": "benchmark", "asked_at": now,
                                   "started_at": now, "finished_at": now, "share": 1.0})  # fmt: skip
    place = shop.workspace.path / "rejects" / "benchmark.csv"
    place.parent.mkdir(exist_ok=True)
    place.write_text("row,column,reason\n", encoding="utf-8")
    run, _ = ImportRun.objects.get_or_create(
        sha256="benchmark", defaults={"file_name": "orders.csv", "source": "plain", "started_at": now, "finished_at": now,
                                      "read_count": 1, "rejected_count": 1, "rejects_file": str(place)})  # fmt: skip
    return {
        "queue": ["/console/data/uploads/"], "upload": [f"/console/data/uploads/{key}/"], "job": [f"/console/jobs/{job.pk}/"],
        "rejects": [f"/console/data/imports/{run.pk}/rejects/"],
        "imports": ["/console/data/imports/"],
        "merges": ["/console/data/merges/", "/console/data/merges/?page=7", "/console/data/merges/?q=1042"],
    }  # fmt: skip


def _api(laid: Any, dice: random.Random) -> Asked:
    """Every table from its beginning, from the middle and by a filter; customers; the description."""
    from okaeri.loop.rows import LONG, _cursor, row_count
    from okaeri.schema.computed import TABLES

    asked: Asked = {
        "api status": ["/api/v1/status"], "api tables": ["/api/v1/tables"], "api docs": ["/api/docs", "/api/openapi.json"],
    }  # fmt: skip
    with duckdb.connect() as connection:
        for name, table in TABLES.items():
            place = f"/api/v1/tables/{name}"
            asked[f"api {name}"] = [place, f"{place}?limit=1000"]
            path = laid.path(name)
            keys = ", ".join(f'"{key}"' for key in table.key)
            rows = (
                connection.execute(f"SELECT {keys} FROM '{path}' USING SAMPLE 4 (reservoir, 7)").fetchall()
                if table.key
                else []
            )
            count = row_count(path)
            for row in rows:
                last = [value.isoformat() if isinstance(value, date) else value for value in row]
                last = last if count < LONG else [dice.randrange(count)]
                asked[f"api {name}"] += [f"{place}?" + urlencode({"cursor": _cursor(laid, last)})]
                first = table.key[0]
                if table[first].type == "string":
                    asked[f"api {name}"] += [f"{place}?" + urlencode({"where": f"{first}:eq:{row[0]}"})]
            number = next((column for column in table.columns if column.type == "float64"), None)
            if number is not None:
                asked[f"api {name}"] += [
                    f"{place}?" + urlencode({"where": f"{number.name}:ge:{bound}"}) for bound in (0.7, 9e9)
                ]
        ids = [
            row[0]
            for row in connection.execute(
                f"SELECT customer_id FROM '{laid.path('customers_now')}' USING SAMPLE 100 (reservoir, 7)"
            ).fetchall()
        ]
    return asked | {"api customer": [f"/api/v1/customers/{quote(one)}" for one in ids]}
