"""How Django finds the reviews."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Reviews of a shop's products."""

    name = "okaeri.programs.reviews"
    label = "reviews"
