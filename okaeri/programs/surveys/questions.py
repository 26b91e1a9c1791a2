"""Questions as a shop writes them: JSON, checked word by word, with every text in Japanese and English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from okaeri.schema.errors import DataRejected, Problem
from okaeri.schema.facts import VOICE_SOURCES

Text = Mapping[str, str]

LANGUAGES = ("ja", "en")
KINDS = ("score", "choice", "choices", "words")
#: Scores run from 0 to this, both included.
TOP_SCORE = 10
LONGEST_WORDS = 2000
SURVEY_SOURCES = tuple(source for source in VOICE_SOURCES if source.startswith("survey_"))
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELDS = {"id", "kind", "source", "touchpoint", "label", "low", "high", "options", "words", "only_after"}


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    id: str
    label: Text


@dataclass(frozen=True)
class Question:
    """One question.

    ``kind`` is score (0 to 10), choice, choices (several) or words. ``words`` labels a free text asked beside it.
    ``only_after`` maps an earlier question to those of its options after which this one is asked at all.
    """

    id: str
    kind: str
    source: str
    touchpoint: str
    label: Text
    low: Text
    high: Text
    options: tuple[Option, ...]
    words: Text
    only_after: Mapping[str, tuple[str, ...]]

    @property
    def is_required(self) -> bool:
        """A score is what the question is for; all else may be left out."""
        return self.kind == "score"

    @property
    def takes_words(self) -> bool:
        return self.kind == "words" or bool(self.words)

    def chosen(self, ids: Iterable[str], language: str) -> list[str]:
        """The labels of the options ``ids``."""
        return [option.label[language] for option in self.options if option.id in set(ids)]

    def shown(self, language: str) -> dict[str, Any]:
        """What a page in ``language`` shows of the question."""
        return {
            "id": self.id, "kind": self.kind, "label": self.label[language], "low": self.low.get(language, ""),
            "high": self.high.get(language, ""), "takes_words": self.takes_words, "words": self.words.get(language, ""),
            "options": [(option.id, option.label[language]) for option in self.options],
            "scores": [str(score) for score in range(TOP_SCORE + 1)], "is_required": self.is_required,
        }  # fmt: skip


def read(told: object, place: str = "questions") -> tuple[Question, ...]:
    """Questions from JSON values; raises DataRejected naming the question and the field that is wrong."""
    if not isinstance(told, list) or not told:
        raise DataRejected(Problem(place, "Write a list of questions"))
    questions = tuple(_question(item, f"{place}[{number}]") for number, item in enumerate(told, 1))
    seen: dict[str, Question] = {}
    for question in questions:
        if question.id in seen:
            raise DataRejected(Problem(place, "Two questions have the same id", value=question.id))
        _check_only_after(question, seen, place)
        seen[question.id] = question
    return questions


def on_the_way(questions: Sequence[Question], chosen: Mapping[str, Sequence[str]]) -> list[Question]:
    """The questions to put, given what was ``chosen`` so far, by question."""
    return [
        question
        for question in questions
        if all(set(wanted) & set(chosen.get(earlier, ())) for earlier, wanted in question.only_after.items())
    ]


def _question(told: object, place: str) -> Question:
    if not isinstance(told, dict) or set(told) - _FIELDS:
        unknown = ", ".join(sorted(set(told) - _FIELDS)) if isinstance(told, dict) else str(told)
        raise DataRejected(Problem(place, "There is no such field", value=unknown))
    kind = _one_of(told.get("kind"), KINDS, place, "kind")
    options = tuple(_option(item, f"{place}.options") for item in _list(told.get("options", []), place))
    if bool(options) != (kind in ("choice", "choices")):
        raise DataRejected(Problem(place, "A choice needs options, and nothing else has them", column="options"))
    return Question(
        id=_id(told.get("id"), place),
        kind=kind,
        source=_one_of(told.get("source"), SURVEY_SOURCES, place, "source"),
        touchpoint=str(told.get("touchpoint", "")),
        label=_text(told.get("label"), place, "label"),
        low=_optional_text(told, place, "low"),
        high=_optional_text(told, place, "high"),
        options=options,
        words=_optional_text(told, place, "words"),
        only_after={str(key): tuple(_list(ids, place)) for key, ids in dict(told.get("only_after", {})).items()},
    )


def _check_only_after(question: Question, seen: Mapping[str, Question], place: str) -> None:
    for earlier, ids in question.only_after.items():
        known = {option.id for option in seen[earlier].options} if earlier in seen else set()
        if not ids or not set(ids) <= known:
            raise DataRejected(
                Problem(place, "only_after must name options of an earlier question", column=question.id, value=earlier)
            )


def _option(told: object, place: str) -> Option:
    if not isinstance(told, dict) or set(told) != {"id", "label"}:
        raise DataRejected(Problem(place, "An option has an id and a label", value=str(told)))
    return Option(_id(told["id"], place), _text(told["label"], place, "label"))


def _id(told: object, place: str) -> str:
    if not isinstance(told, str) or not _ID.fullmatch(told):
        raise DataRejected(
            Problem(place, "An id is a word of a-z, 0-9 and _ that begins with a letter", column="id", value=str(told))
        )
    return told


def _text(told: object, place: str, column: str) -> Text:
    if not isinstance(told, dict) or any(not str(told.get(language, "")).strip() for language in LANGUAGES):
        raise DataRejected(Problem(place, "Write the text in ja and en", column=column, value=str(told)))
    return {language: str(told[language]).strip() for language in LANGUAGES}


def _optional_text(told: Mapping[str, Any], place: str, column: str) -> Text:
    return _text(told[column], place, column) if told.get(column) else {}


def _one_of(told: object, known: Sequence[str], place: str, column: str) -> str:
    if told not in known:
        allowed = f"{told}; {', '.join(known)}"
        raise DataRejected(Problem(place, "This is none of the words allowed here", column=column, value=allowed))
    return str(told)


def _list(told: object, place: str) -> list[Any]:
    if not isinstance(told, list):
        raise DataRejected(Problem(place, "This must be a list", value=str(told)))
    return told
