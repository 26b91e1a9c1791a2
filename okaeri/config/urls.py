"""Every address of the server: each program brings its own."""

from django.urls import include, path

from okaeri.web.alive import alive

urlpatterns = [
    path("", include("okaeri.web.console.urls")),
    path("alive/", alive),
    path("", include("okaeri.web.api.urls")),
    path("", include("okaeri.programs.surveys.urls")),
    path("", include("okaeri.programs.reviews.urls")),
]
handler404 = "okaeri.web.sorry.not_found"
