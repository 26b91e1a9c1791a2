"""What every request to the API passes before it is read, and every answer before it leaves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from okaeri.schema.posted import MOST_BYTES
from okaeri.web.serving import Answering

PLACE = "/api/"


class Door:
    """Refuses bodies that are too large or no JSON, and tells every error as a problem."""

    def __init__(self, answer: Answering):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PLACE):
            return self.answer(request)
        return _refusal(request) or _told(self.answer(request))


def _refusal(request: HttpRequest) -> HttpResponse | None:
    from okaeri.web.api.problems import problem

    if "\x00" in request.path_info:
        return problem(404, "There is nothing at this address")
    if request.method != "POST":
        return None
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return problem(413, f"A batch has at most {MOST_BYTES} bytes; send several")
    if request.content_type != "application/json":
        return problem(415, "Send application/json", headers={"Accept": "application/json"})
    return None


def _told(response: HttpResponse) -> HttpResponse:
    from okaeri.web.api.problems import MEDIA_TYPE, problem

    if response.status_code < 400 or response.get("Content-Type") == MEDIA_TYPE:
        return response
    said: dict[int, str] = {404: "There is nothing at this address", 405: "This address does not know this method"}
    kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    return problem(response.status_code, said.get(response.status_code, response.reason_phrase), headers=kept)
