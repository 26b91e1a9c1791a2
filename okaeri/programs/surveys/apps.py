"""How Django finds the surveys."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Surveys of a shop."""

    name = "okaeri.programs.surveys"
    label = "surveys"
