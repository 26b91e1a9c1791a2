"""Ratings told in surveys, of persons."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.persons import as_person
from okaeri.schema.measured.surveys import RECOMMENDATION


def survey_voices(voices: ir.Table, links: ir.Table, source: str, as_of: date) -> ir.Table:
    """What was told in surveys of ``source``, under the person: as in voices, with ``day`` as a day number."""
    told = voices.filter(voices.source == source, voices.voice_date < as_of)
    return as_person(told.mutate(day=told.voice_date.delta(EPOCH, unit="day")), links)


def survey_ratings(voices: ir.Table, links: ir.Table, source: str, as_of: date) -> ir.Table:
    """The rated ones of :func:`survey_voices` that are about what was bought."""
    told = survey_voices(voices, links, source, as_of)
    return told.filter(told.rating.notnull(), told.touchpoint.fill_null("") != RECOMMENDATION)
