"""The addresses of the HTTP API."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from okaeri.web.api.document import api
from okaeri.web.api.problems import problem


def nothing(request: HttpRequest) -> HttpResponse:
    """An address below the API's at which there is nothing."""
    return problem(404, "There is nothing at this address")


urlpatterns = [path("api/", api.urls), re_path(r"^api(?:/|$)", nothing)]
