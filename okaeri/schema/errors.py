"""The few errors okaeri raises, each carrying what its catcher must decide."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the shop's data, and where.

    ``row`` counts records of the file with the header as row 1, as a spreadsheet shows them; ``row`` and ``column``
    are None where the problem is the file's as a whole. ``reason`` is an English sentence marked for translation.
    """

    file: str
    reason: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.reason}" + (f" ({self.value!r})" if self.value is not None else "")


class OkaeriError(Exception):
    """Anything okaeri refuses for a reason a user can act on. Exit code 1."""


class DataRejected(OkaeriError):
    """The shop's data cannot be taken as it is; nothing was written."""

    def __init__(self, problems: list[Problem] | Problem):
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems[:20]))


class RuleRefused(OkaeriError):
    """A rule said no (a lock is held, a table is unknown, nothing is there yet).

    ``sentence`` is English with ``{names}`` of ``values``, so that it can be translated before they are filled in.
    """

    def __init__(self, sentence: str, **values: object):
        self.sentence, self.values = sentence, values
        super().__init__(sentence.format(**values))


class NotConverged(OkaeriError):
    """A model has no fit on these data; the sentence says why, in the words of a shop.

    ``sentence`` is English with ``{names}`` of ``values``, so that it can be translated before they are filled in.
    """

    def __init__(self, sentence: str, **values: object):
        self.sentence, self.values = sentence, values
        super().__init__(sentence.format(**values))


class MappingNeeded(OkaeriError):
    """A file of no known kind: ``saved`` holds the mapping okaeri proposes, for the user to check and give back.

    ``explanation`` tells, a line per column, what each is taken to be; ``questions`` what only the shop can answer.
    """

    def __init__(self, file: str, saved: Path, explanation: list[str], questions: list[str]):
        self.file, self.saved, self.explanation, self.questions = file, saved, explanation, questions
        super().__init__(
            "\n".join([f"{file}: check {saved} and import with --mapping {saved}", *explanation, *questions])
        )


def told_of(refused: OkaeriError) -> list[dict[str, Any]]:
    """What was refused, as plain values to be kept: sentences in English, translated when they are shown."""
    if isinstance(refused, DataRejected):
        return [_told(problem) for problem in refused.problems[:20]]
    if isinstance(refused, RuleRefused | NotConverged):
        plain = {
            name: value if isinstance(value, int | float) else str(value) for name, value in refused.values.items()
        }
        return [{"sentence": refused.sentence, "values": plain}]
    return [{"sentence": "{what}", "values": {"what": str(refused)}}]


def _told(problem: Problem) -> dict[str, Any]:
    place = {"file": problem.file, "row": problem.row, "column": problem.column, "value": problem.value}
    return {"sentence": problem.reason, "values": {}, **place}
