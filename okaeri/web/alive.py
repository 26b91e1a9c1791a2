"""Whether the server answers."""

from django.http import HttpRequest, HttpResponse

from okaeri.records.models import Snapshot


def alive(request: HttpRequest) -> HttpResponse:
    """``ok`` where the records can be read."""
    Snapshot.objects.exists()
    return HttpResponse("ok", content_type="text/plain")
