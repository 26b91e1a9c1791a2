"""Files of reviews as carts and malls give them: any table with stars, words and days, by the names in its header."""

from __future__ import annotations

import hashlib
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import ibis
from ibis.backends.duckdb import Backend

from okaeri.ingest.files import raw_file
from okaeri.ingest.parsed import narrow
from okaeri.ingest.reading import every_column
from okaeri.lib.plain_text import plain
from okaeri.loop.workspace import Workspace
from okaeri.schema.errors import DataRejected, Problem

#: What the columns are called, by what they hold; the first name found in the header counts.
KNOWN: dict[str, tuple[str, ...]] = {
    "stars": ("stars", "rating", "評価", "総合評価", "評価点", "評点", "おすすめレベル", "おすすめ度", "星", "review rating"),
    "text": ("text", "body", "レビュー本文", "本文", "レビュー内容", "内容", "コメント", "口コミ", "review", "comment"),
    "title": ("title", "レビュータイトル", "タイトル", "件名", "review title"),
    "at": ("at", "date", "created at", "review date", "投稿日時", "投稿日", "レビュー投稿日", "登録日", "作成日"),
    "product_id": ("product_id", "product code", "sku", "商品コード", "商品管理番号", "商品番号", "商品id", "product handle"),
    "product_name": ("product_name", "product", "product title", "商品名"),
    "author": ("author", "reviewer", "nickname", "投稿者", "投稿者名", "ニックネーム", "レビュアー名", "reviewer name"),
    "order_id": ("order_id", "order", "注文番号", "受注番号"),
    "given": ("given", "reward", "incentive", "特典", "モニター", "提供"),
}  # fmt: skip
NEEDED = ("stars", "at", "product_id")
#: Words of the column `given` that say that nothing was.
NOTHING = ("", "0", "no", "none", "false", "なし", "無", "無し", "いいえ", "-")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\d{1,2})[:時](\d{2})(?:[:分](\d{2}))?)?")
#: An offset behind a time; without one it is the shop's own.
_OFFSET = re.compile(r"(?:[.]\d+)?秒?\s*(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2}))\b", re.IGNORECASE)
_STARS = re.compile(r"([1-5])(?:[.]0+)?(?:[/／]5)?(?:点|つ|stars?)?")
SHOWN_PROBLEMS = 20


def rows_of(workspace: Workspace, path: Path, store: str, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """The reviews of ``path`` as columns of the records; raises DataRejected where one cannot be read."""
    if not path.is_file():
        raise DataRejected(Problem(str(path), "There is no such file"))
    shop = workspace.settings.shop
    problems: list[Problem] = []
    rows = [
        _row(_Cells(path.name, int(record["row_no"]), cells, problems), store, ZoneInfo(shop.timezone), shop.language)
        for record, cells in _records(workspace, path, columns)
    ]
    if problems:
        raise DataRejected(problems[:SHOWN_PROBLEMS])
    return _numbered(rows)


def _records(
    workspace: Workspace, path: Path, columns: Mapping[str, str]
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Each record, and its cells by what they hold."""
    with tempfile.TemporaryDirectory(dir=workspace.work, prefix="reviews-") as scratch:
        connection = cast(Backend, ibis.duckdb.connect(Path(scratch) / "reviews.duckdb"))
        raw = raw_file(path, connection, Path(scratch), every_column)
        if raw.torn is not None and raw.torn.count().execute():
            raise DataRejected(Problem(path.name, "Some rows have more or fewer columns than the header"))
        places = _places(path.name, raw.header, columns)
        for record in raw.rows.order_by("row_no").to_pyarrow().to_pylist():
            yield record, {name: plain(str(record[f"c{place}"] or "")) for name, place in places.items()}


def _places(file: str, header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where in the header each thing stands; raises DataRejected where one that is needed does not."""
    if unknown := sorted(set(columns) - set(KNOWN)):
        raise DataRejected(Problem(file, "There is no such field", column=unknown[0]))
    names = [narrow(name).lower() for name in header]
    found = {}
    for thing, known in KNOWN.items():
        wanted = [narrow(columns[thing]).lower()] if thing in columns else list(known)
        place = next((names.index(name) for name in wanted if name in names), None)
        if place is not None:
            found[thing] = place
        elif thing in columns or thing in NEEDED:
            raise DataRejected(Problem(file, "No column holds this; name it with --column", column=thing))
    return found


@dataclass(frozen=True)
class _Cells:
    """One record's cells, and where its problems are noted."""

    file: str
    row_no: int
    cells: Mapping[str, str]
    problems: list[Problem]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    def refuse(self, problem: Problem) -> None:
        self.problems.append(replace(problem, row=self.row_no))


def _row(cells: _Cells, store: str, zone: ZoneInfo, language: str) -> dict[str, Any]:
    order = cells.get("order_id")
    given = cells.get("given")
    return {
        "origin": store,
        "order_id": f"{store}:{order}" if order else "",
        "product_id": _product(cells),
        "product_name": cells.get("product_name"),
        "stars": _stars(cells),
        "text": "\n".join(filter(None, (cells.get("title"), cells.get("text")))),
        "author": cells.get("author")[:40],
        "language": language,
        "at": _instant(cells, zone),
        "given": "" if given.lower() in NOTHING else given,
    }


def _product(cells: _Cells) -> str:
    product = cells.get("product_id")
    if not product:
        cells.refuse(Problem(cells.file, "A review is of a product", column="product_id"))
    return product


def _stars(cells: _Cells) -> int:
    told = unicodedata.normalize("NFKC", cells.get("stars")).lower().replace(" ", "")
    told = str(told.count("★")) if "★" in told else told
    found = _STARS.fullmatch(told)
    if found is None:
        cells.refuse(Problem(cells.file, "Stars are a whole number from 1 to 5", column="stars", value=told))
        return 1
    return int(found[1])


def _instant(cells: _Cells, zone: ZoneInfo) -> datetime:
    told = unicodedata.normalize("NFKC", cells.get("at"))
    found = _DATE.match(told)
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()) if found else (0,) * 6
        where = _offset(told[found.end() :]) if found and found[4] else None
        return datetime(year, month, day, hour, minute, second, tzinfo=where or zone).astimezone(UTC)
    except (ValueError, OverflowError):
        cells.refuse(Problem(cells.file, "This is no day okaeri can read", column="at", value=told))
        return datetime(2000, 1, 1, tzinfo=UTC)


def _offset(told: str) -> timezone | None:
    """The zone said behind a time; None where none is."""
    found = _OFFSET.match(told)
    if found is None:
        return None
    away = timedelta(hours=int(found[3] or 0), minutes=int(found[4] or 0))
    return timezone(-away if found[2] == "-" else away)


def _numbered(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with a key of what they say, so that a longer export brings only what is new; twins are numbered."""
    seen: Counter[str] = Counter()
    keyed = []
    for row in rows:
        said = "\x1f".join(str(row[name]) for name in ("origin", "order_id", "product_id", "author", "at", "text"))
        seen[said] += 1
        digest = hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest()[:24]
        keyed.append({**row, "key": f"{row['origin'][:50]}:{digest}"})
    return keyed
