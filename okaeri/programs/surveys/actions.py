"""What can be done with surveys. Each verb is one transaction and may be repeated without harm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from okaeri.programs.surveys import questions as wording
from okaeri.programs.surveys import rules
from okaeri.programs.surveys.links import Ticket
from okaeri.programs.surveys.models import Answer, Invitation, Sheet, Survey, Version
from okaeri.programs.surveys.questions import Question
from okaeri.records.chunks import CHUNK, chunks
from okaeri.records.database import atomic, current
from okaeri.records.models import AuditEntry
from okaeri.schema.asking import Candidate
from okaeri.schema.errors import DataRejected, Problem, RuleRefused
from okaeri.schema.settings import SurveySettings


@dataclass(frozen=True)
class Given:
    """What was given to one question."""

    score: int | None = None
    choices: tuple[str, ...] = ()
    words: str = ""

    def __bool__(self) -> bool:
        return self.score is not None or bool(self.choices) or bool(self.words)


def create(
    name: str, told: list[dict[str, Any]], at: datetime, *, asks_one: bool = False, is_anonymous: bool = False
) -> Version:
    """Make the survey ``name``, or a further version of it where the questions changed.

    Raises DataRejected for questions that cannot be put, RuleRefused where a survey with answers under a name would
    become anonymous, or the reverse: customers were promised one or the other.
    """
    _check_alone(wording.read(told), asks_one)
    with atomic():
        survey, is_new = Survey.objects.get_or_create(
            name=name, defaults={"asks_one": asks_one, "is_anonymous": is_anonymous, "made_at": at}
        )
        if survey.is_anonymous != is_anonymous or survey.asks_one != asks_one:
            raise RuleRefused("The survey {name} is there already and is put in another way", name=name)
        newest = None if is_new else newest_version(survey)
        if newest is not None and newest.questions == told:
            return newest
        number = newest.number + 1 if newest else 1
        detail = {"survey": name, "version": number}
        AuditEntry.objects.create(at=at, actor="command line", action="survey", detail=detail)
        return Version.objects.create(survey=survey, number=number, questions=told, made_at=at)


def _check_alone(questions: Sequence[Question], asks_one: bool) -> None:
    dependent = [question.id for question in questions if question.only_after]
    if asks_one and dependent:
        raise DataRejected(Problem("questions", "A question put alone cannot wait for another", column=dependent[0]))


def named(name: str) -> Survey:
    """The survey ``name``; raises RuleRefused where there is none."""
    survey = Survey.objects.filter(name=name).first()
    if survey is None:
        raise RuleRefused("There is no survey {name}; make one with: okaeri survey create {name}", name=name)
    return survey


def state() -> list[dict[str, Any]]:
    """Each survey with its version, and how many were asked, began and finished."""
    return [
        {
            "survey": survey.name,
            "version": newest_version(survey).number,
            "asks_one": survey.asks_one,
            "is_anonymous": survey.is_anonymous,
            "asked": survey.invitations.count(),
            "began": Sheet.objects.filter(version__survey=survey).count(),
            "finished": Sheet.objects.filter(version__survey=survey, finished=True).count(),
        }
        for survey in Survey.objects.order_by("name")
    ]


def newest_version(survey: Survey) -> Version:
    """The questions as they are put now."""
    return survey.versions.order_by("-number")[0]


def invite(
    survey: Survey, candidates: Iterable[Candidate], today: date, expires_at: datetime, settings: SurveySettings
) -> list[Invitation]:
    """Ask those who may be asked; returns the invitations made today, those of an earlier call included.

    Nobody is asked twice about an order, nor within the quiet days of another survey, nor twice on one day.
    """
    with atomic():
        Survey.objects.select_for_update().get(pk=survey.pk)
        version = newest_version(survey)
        fresh = [candidate for chunk in chunks(list(candidates)) for candidate in _not_asked(survey, chunk)]
        last, before = _last_asked(fresh), _asked_before(survey, fresh)
        made = []
        for candidate in fresh:
            if rules.is_left_alone(last.get(candidate.person_id), today, settings.quiet_days):
                continue
            last[candidate.person_id] = today
            asked = _asked(version, before.get(candidate.person_id, []))
            made.append(_invitation(version, candidate, asked, today, expires_at))
        Invitation.objects.bulk_create(made, batch_size=CHUNK)
        if survey.is_anonymous:
            return made  # their links differ each time, so an earlier call's are not given out again
        return list(survey.invitations.select_related("survey").filter(asked_on=today).order_by("pk"))


def _not_asked(survey: Survey, candidates: Sequence[Candidate]) -> list[Candidate]:
    orders = [candidate.order_id for candidate in candidates]
    held = set(survey.invitations.filter(order_id__in=orders).values_list("order_id", flat=True))
    return [candidate for candidate in candidates if candidate.order_id not in held]


def _last_asked(candidates: Sequence[Candidate]) -> dict[str, date]:
    """The day each person was last asked anything, by any survey."""
    found: dict[str, date] = {}
    for chunk in chunks([candidate.person_id for candidate in candidates]):
        for person, day in Invitation.objects.filter(person_id__in=chunk).values_list("person_id", "asked_on"):
            found[person] = max(day, found.get(person, day))
    return found


def _asked_before(survey: Survey, candidates: Sequence[Candidate]) -> dict[str, list[str]]:
    """The questions of this survey each person was put before."""
    found: dict[str, list[str]] = {}
    if not survey.asks_one:
        return found
    for chunk in chunks([candidate.person_id for candidate in candidates]):
        for person, asked in survey.invitations.filter(person_id__in=chunk).values_list("person_id", "asked"):
            found.setdefault(person, []).extend(asked)
    return found


def _asked(version: Version, before: Sequence[str]) -> list[str]:
    ids = [question["id"] for question in version.questions]
    return [rules.next_of_stream(ids, before)] if version.survey.asks_one else ids


def _invitation(
    version: Version, candidate: Candidate, asked: list[str], today: date, expires_at: datetime
) -> Invitation:
    return Invitation(
        survey=version.survey, version=version, order_id=candidate.order_id, customer_id=candidate.customer_id,
        person_id=candidate.person_id, product_id=candidate.product_id, product_name=candidate.product_name,
        asked=asked, asked_on=today, expires_at=expires_at,
    )  # fmt: skip


def remind(survey: Survey, today: date, now: datetime, settings: SurveySettings) -> list[Invitation]:
    """The invitations to be reminded of today, each once; an anonymous survey cannot know who has not answered."""
    if survey.is_anonymous:
        return []
    asked_by = today - timedelta(days=settings.reminder_days)
    with atomic():
        waiting = survey.invitations.filter(expires_at__gt=now, asked_on__lte=asked_by, reminded_on=None)
        for chunk in chunks(list(waiting.order_by("pk"))):
            open_ones = [invitation.pk for invitation in _unfinished(chunk)]
            Invitation.objects.filter(pk__in=open_ones).update(reminded_on=today)
        return list(survey.invitations.select_related("survey").filter(reminded_on=today).order_by("pk"))


def _unfinished(invitations: Sequence[Invitation]) -> list[Invitation]:
    keys = [sheet_key(invitation.pk) for invitation in invitations]
    done = set(Sheet.objects.filter(key__in=keys, finished=True).values_list("key", flat=True))
    return [invitation for invitation in invitations if sheet_key(invitation.pk) not in done]


def sheet_key(invitation: int) -> str:
    """The key of the sheet that belongs to an invitation."""
    return f"i{invitation}"


@dataclass(frozen=True)
class Put:
    """What a link puts to whom: the sheet as it is to be, unsaved, with its questions and the product's name."""

    sheet: Sheet
    questions: tuple[Question, ...]
    product_name: str


def put(ticket: Ticket, language: str) -> Put:
    """What the ticket's holder is asked."""
    if ticket.invitation:
        invitation = Invitation.objects.get(pk=ticket.invitation)
        sheet = Sheet(
            key=sheet_key(invitation.pk), version_id=invitation.version_id, customer_id=invitation.customer_id,
            order_id=invitation.order_id, product_id=invitation.product_id, language=language,
        )  # fmt: skip
        return Put(sheet, _asked_of(invitation.version_id, invitation.asked), invitation.product_name)
    sheet = Sheet(key="b" + ticket.key, version_id=ticket.version, product_id=ticket.product_id, language=language)
    named_so = Invitation.objects.filter(version=ticket.version, product_id=ticket.product_id)
    name = named_so.values_list("product_name", flat=True).first()
    return Put(sheet, _asked_of(ticket.version, ticket.asked), name or "")


def _asked_of(version: int, ids: Sequence[str]) -> tuple[Question, ...]:
    return tuple(question for question in questions_of(current(), version) if question.id in ids)


@lru_cache(maxsize=256)
def questions_of(database: str, version: int) -> tuple[Question, ...]:
    """The questions of a version, which never changes; ``database`` tells shops apart."""
    return wording.read(Version.objects.get(pk=version).questions)


def answered(sheet: Sheet) -> tuple[bool, dict[str, Given]]:
    """Whether the sheet is finished, and what stands on it now by question."""
    held = Sheet.objects.filter(key=sheet.key).first()
    if held is None:
        return False, {}
    rows = held.answers.order_by("question", "number")
    return held.finished, {row.question: Given(row.score, tuple(row.choices), row.words) for row in rows}


def record(asked: Put, question: Question, given: Given, at: datetime, *, finishes: bool) -> bool:
    """Keep what was given to a question, and close the sheet where it ``finishes``; False where it was closed before.

    The same answer again changes nothing; another one is added and counts from then on.
    """
    with atomic():
        sheet, is_new = _kept(asked.sheet, finishes)
        if sheet.finished and not is_new:
            return False
        newest = None if is_new else sheet.answers.filter(question=question.id).order_by("-number").first()
        if _is_news(newest, given):
            Answer.objects.create(
                sheet=sheet, question=question.id, number=newest.number + 1 if newest else 1, score=given.score,
                choices=list(given.choices), words=given.words, language=asked.sheet.language, at=at,
            )  # fmt: skip
        if finishes and not is_new:
            Sheet.objects.filter(pk=sheet.pk).update(finished=True)
        return True


def _kept(sheet: Sheet, finishes: bool) -> tuple[Sheet, bool]:
    """The sheet as the database holds it, locked, and whether it was made now because it was not there yet."""
    wanted: Mapping[str, Any] = {
        name: getattr(sheet, name) for name in ("version_id", "customer_id", "order_id", "product_id", "language")
    }
    return Sheet.objects.select_for_update().get_or_create(key=sheet.key, defaults={**wanted, "finished": finishes})


def _is_news(newest: Answer | None, given: Given) -> bool:
    if newest is None:
        return bool(given)
    return (newest.score, tuple(newest.choices), newest.words) != (given.score, given.choices, given.words)
