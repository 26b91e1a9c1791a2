"""Answers on their way to the facts: one voice per question of a sheet, its key the same however often it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from okaeri.programs.surveys.actions import questions_of
from okaeri.programs.surveys.models import Answer
from okaeri.programs.surveys.questions import TOP_SCORE, Question
from okaeri.records.chunks import chunks
from okaeri.records.database import current
from okaeri.records.models import ImportRun

NAME = "surveys"


def pending(limit: int) -> tuple[list[int], list[dict[str, Any]]]:
    """Up to ``limit`` answers that are no facts yet, oldest first: their ids and their voices.

    Of several answers to one question only the last of them is told.
    """
    rows = list(Answer.objects.filter(import_run=None).select_related("sheet").order_by("pk")[:limit])
    newest = {(row.sheet_id, row.question): row for row in sorted(rows, key=lambda row: row.number)}
    return [row.pk for row in rows], [_voice(row) for row in newest.values()]


def taken(ids: Sequence[int], run: ImportRun) -> None:
    """These answers are facts from ``run`` on. Inside a transaction."""
    for part in chunks(ids):
        Answer.objects.filter(pk__in=part).update(import_run=run)


def _voice(answer: Answer) -> dict[str, Any]:
    sheet = answer.sheet
    question = next(each for each in questions_of(current(), sheet.version_id) if each.id == answer.question)
    return {
        "voice_id": f"survey:{sheet.key}:{answer.question}",
        "at": answer.at,
        "customer_id": sheet.customer_id or None,
        "source": question.source,
        "touchpoint": question.touchpoint or None,
        "product_id": sheet.product_id or None,
        "order_id": sheet.order_id or None,
        "rating": None if answer.score is None else answer.score / TOP_SCORE,
        "text": said(question, answer.choices, answer.words, answer.language) or None,
        "language": answer.language,
    }


def said(question: Question, choices: Sequence[str], words: str, language: str) -> str:
    """What was chosen and written, as words."""
    chosen = question.chosen(choices, language)
    return "\n".join(
        [*(["、".join(chosen) if language == "ja" else "; ".join(chosen)] if chosen else []), words]
    ).strip()
