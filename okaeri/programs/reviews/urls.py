"""The reviews' addresses."""

from django.urls import path, re_path

from okaeri.programs.reviews import views

app_name = "reviews"
urlpatterns = [
    path("r/<str:token>/", views.write, name="write"),
    path("reviews/", views.product, name="product"),
    path("reviews/rating.json", views.structured, name="structured"),
    path("reviews/vote/", views.vote, name="vote"),
    re_path(r"^reviews/photo/(?P<name>[0-9a-f]{40}\.jpg)$", views.photo, name="photo"),
]
