"""How Django finds the records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The records of a shop."""

    name = "okaeri.records"
    label = "records"
