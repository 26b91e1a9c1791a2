"""How Django finds pages and reports."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages and reports."""

    name = "okaeri.web"
    label = "web"
