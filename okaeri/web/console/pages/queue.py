"""Files brought together: what became of each, and which still wait to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from okaeri.loop import jobs as loop
from okaeri.loop import uploads
from okaeri.loop.workspace import Workspace
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.page import Route, show
from okaeri.web.console.sentences import all_said, sentences
from okaeri.web.serving import ConsoleRequest

#: Where a session keeps the files of the last batch that were refused, until they are told.
REFUSED = "files_refused"


def keep_all(request: ConsoleRequest, files: Iterable[UploadedFile]) -> HttpResponse:
    """Keep several files, whatever becomes of the others, and show what became of each."""
    keys, refused = [], []
    for file in files:
        try:
            keys.append(uploads.keep(request.workspace, file.name or "", file.chunks()))
        except RuleRefused as why:
            refused.append({"file": uploads.safe_name(file.name or ""), "sentences": sentences(why)})
    request.session[REFUSED] = refused
    return HttpResponseRedirect(resolve_url("console:queue") + "?keys=" + ",".join(keys), status=303)


def queue(request: ConsoleRequest) -> HttpResponse:
    """The files of one batch, or without one all that wait, in the order they came; refused ones are told once."""
    asked = [key for key in request.GET.get("keys", "").split(",") if key][: uploads.MOST_TOGETHER]
    rows = [_told(request.workspace, key) for key in asked or uploads.held(request.workspace)]
    about = {"rows": rows, "keys": ",".join(asked), "refused": request.session.pop(REFUSED, [])}
    return show(request, "okaeri/console/queue.html", about)


def _told(workspace: Workspace, key: str) -> dict[str, Any]:
    """A file, and what became of it."""
    path, job = uploads.find(workspace, key), loop.import_of(key)
    state = job.state if job is not None else "new" if path is not None else "gone"
    name = path.name if path is not None else job.arguments.get("file", "") if job is not None else ""
    return {
        "key": key, "file": name, "size": path.stat().st_size if path is not None else None, "state": state, "job": job,
        "counts": job.result.get("counts", {}) if job is not None else {},
        "errors": all_said(job.error) if job is not None else [],
    }  # fmt: skip


ROUTES = (Route("data/uploads/", "queue", queue, "import"),)
