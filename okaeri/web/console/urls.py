"""The console's addresses, each behind its permission."""

from django.urls import path
from django.views.generic import RedirectView

from okaeri.web.console.page import guarded
from okaeri.web.console.pages import OUTSIDE_THE_MENU, PAGES

app_name = "console"
ROUTES = (*OUTSIDE_THE_MENU, *(route for page in PAGES for route in page.routes))
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="console:today"), name="root"),
    *(path(f"console/{route.path}", guarded(route), name=route.name) for route in ROUTES),
]
