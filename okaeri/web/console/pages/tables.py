"""The measured tables themselves: what each tells, its rows as one chooses them, and these as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase

from okaeri.loop import downloads
from okaeri.loop.published import Published
from okaeri.loop.rows import MOST_CONDITIONS, READERS, chosen, page_of, permission_of
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.schema.computed import TABLES
from okaeri.schema.errors import RuleRefused
from okaeri.schema.table import Table
from okaeri.web.console.page import Route, published_of, show
from okaeri.web.console.sentences import sentences
from okaeri.web.report.figures import count
from okaeri.web.serving import ConsoleRequest

PAGE_ROWS = 50
SIGNS = {"eq": "=", "ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
#: Letters of a condition and of a cursor; longer ones were not made here.
LONGEST = 2_000


@dataclass(frozen=True)
class Asked:
    """What of a table is asked for: conditions as column:operator:value, and where to go on."""

    where: tuple[str, ...]
    cursor: str | None

    def address(self, **other: Any) -> str:
        """The address of the same with other conditions or another place."""
        parts = [("where", one) for one in other.get("where", self.where)]
        return "?" + urlencode([*parts, *((("cursor", other["cursor"]),) if other.get("cursor") else ())])

    @property
    def parts(self) -> list[dict[str, str]]:
        """Each condition in words, and the address without it."""
        told = []
        for place, one in enumerate(self.where):
            column, _, rest = one.partition(":")
            sign, _, value = rest.partition(":")
            others = (*self.where[:place], *self.where[place + 1 :])
            words = f"{column} {SIGNS.get(sign, sign)} {value}"
            told.append({"condition": one, "words": words, "without": self.address(where=others)})
        return told


def asked_for(sent: QueryDict) -> Asked:
    """What was sent: the conditions so far, and the one that is added by the form."""
    where = [one[:LONGEST] for one in sent.getlist("where")]
    if sent.get("column") and sent.get("value", "") != "":
        where.append(f"{sent['column']}:{sent.get('operator', 'eq')}:{str(sent['value']).strip()}"[:LONGEST])
    return Asked(tuple(dict.fromkeys(where))[:MOST_CONDITIONS], sent.get("cursor", "")[:LONGEST] or None)


def tables(request: ConsoleRequest) -> HttpResponse:
    """Every measured table, with what it tells and how many rows it has."""
    laid, wanted = published_of(request), request.GET.get("q", "").strip()
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    counts = downloads.row_counts(laid)
    rows = [
        {"name": name, "meaning": table.meaning, "grain": table.grain, "rows": counts[name], "key": ", ".join(table.key),
         "is_open": request.user.may(permission_of(table))}
        for name, table in sorted(TABLES.items())
        if wanted.lower() in f"{name} {table.meaning} {table.grain}".lower()
    ]  # fmt: skip
    return show(request, "okaeri/console/tables.html", {"rows": rows, "wanted": wanted, "as_of": laid.as_of})


def table(request: ConsoleRequest, name: str) -> HttpResponse:
    """One table: its columns, and a page of the rows that fit the conditions."""
    about, laid = _table(name), published_of(request)
    if not request.user.may(permission_of(about)):
        return show(request, "okaeri/console/refused.html", status=403)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    asked, problem = asked_for(request.GET), []
    try:
        told = _rows(request, laid, about, asked)
    except RuleRefused as refused:
        told, problem = {"rows": [], "count": 0, "as_of": laid.as_of}, sentences(refused)
    found = {
        # Not the table itself: asked by a template, it would answer with its column of that name.
        "table": {name: getattr(about, name) for name in ("name", "meaning", "grain", "columns")},
        "asked": asked, "problem": problem, "key": ", ".join(about.key), "signs": SIGNS.items(),
        "comparable": [column.name for column in about.columns if column.type in READERS],
        "may_download": request.user.may("export_figures") and not problem, **told,
    }  # fmt: skip
    return show(request, "okaeri/console/table.html", found, status=422 if problem else 200)


def _rows(request: ConsoleRequest, laid: Published, about: Table, asked: Asked) -> dict[str, Any]:
    page = page_of(request.workspace, laid, about.name, where=asked.where, limit=PAGE_ROWS, cursor=asked.cursor)
    numbers = {column.name: column.type in ("int64", "float64") for column in about.columns}
    cells = [[{"text": cell(value), "is_number": numbers[name]} for name, value in row.items()] for row in page.rows]
    return {
        "rows": cells, "as_of": page.as_of, "count": downloads.count_of(laid, about.name, asked.where),
        "after": asked.address(cursor=page.cursor) if page.cursor else "",
        "first": asked.address() if asked.cursor else "",
    }  # fmt: skip


def cell(value: object) -> str:
    """A value as it stands in a cell: numbers with as many digits as tell something, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return count(value, 2) if abs(value) >= 1 or value == 0 else f"{value:.4g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def download(request: ConsoleRequest, name: str) -> HttpResponseBase:
    """The rows that fit the conditions as a file; written into the log before the first leaves."""
    about, laid, kind = _table(name), published_of(request), request.POST.get("kind", "")
    if not request.user.may(permission_of(about)):
        return show(request, "okaeri/console/refused.html", status=403)
    if laid is None or kind not in downloads.KINDS:
        raise Http404
    where = asked_for(request.POST).where
    try:
        query, rows = chosen(laid, name, where), downloads.count_of(laid, name, where)
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=422)
    with atomic():
        told = {"table": name, "where": list(where) or None, "rows": rows, "file": kind}
        note(request.user.name, "export", what="table", **told, as_of=laid.as_of.isoformat())
    called = f"{name}-{laid.as_of.isoformat()}.{kind}"
    if kind == "parquet":
        file = downloads.parquet_file(request.workspace, query)
        return FileResponse(file, as_attachment=True, filename=called, content_type="application/vnd.apache.parquet")
    response = StreamingHttpResponse(downloads.csv_parts(query), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{called}"'
    return cast(HttpResponse, response)


def _table(name: str) -> Table:
    if name not in TABLES:
        raise Http404
    return TABLES[name]


ROUTES = (
    Route("data/tables/", "tables", tables, "figures"),
    Route("data/tables/<str:name>/", "table", table, "figures"),
    Route("data/tables/<str:name>/download/", "download_table", download, "export_figures", "POST"),
)
