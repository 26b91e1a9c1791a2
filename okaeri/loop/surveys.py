"""The verbs of surveys: list, create, links to send, and what has come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from okaeri.loop import snapshots
from okaeri.loop.workspace import Workspace
from okaeri.schema.errors import RuleRefused

if TYPE_CHECKING:
    from okaeri.loop.asking import Asked
    from okaeri.programs.surveys.ready import Ready


@dataclass(frozen=True)
class Surveys:
    """The surveys of an opened shop."""

    workspace: Workspace

    def ready(self) -> dict[str, Ready]:
        """The surveys okaeri brings, by name."""
        from okaeri.programs.surveys.ready import READY

        return READY

    def create(
        self,
        name: str,
        questions: list[dict[str, Any]] | None = None,
        *,
        asks_one: bool | None = None,
        is_anonymous: bool = False,
    ) -> int:
        """Make the survey ``name``, or a new version of it; returns the version's number.

        Without ``questions`` it is okaeri's own of that name. The same questions again change nothing. Raises
        DataRejected for questions that cannot be put, RuleRefused for a name nothing is known of.
        """
        from okaeri.programs.surveys import actions

        ready = self.ready().get(name)
        if questions is None and ready is None:
            raise RuleRefused("okaeri brings no survey {name}; write its questions in a file", name=name)
        told = questions if questions is not None else ready.questions if ready else []
        one = asks_one if asks_one is not None else bool(ready and ready.asks_one)
        with self.workspace.records():
            made = actions.create(name, told, snapshots.now(), asks_one=one, is_anonymous=is_anonymous)
            return made.number

    def links(
        self, name: str, *, event: str | None = None, days: int | None = None, as_of: date | None = None
    ) -> list[Asked]:
        """The personal links to send on a day (default: today), by :func:`okaeri.loop.asking.survey_links`.

        ``event`` and ``days`` default to those of okaeri's own survey of the name, else 14 days after delivery.
        """
        from okaeri.loop.asking import survey_links

        ready = self.ready().get(name)
        event = event or (ready.event if ready else "delivered")
        after = days if days is not None else ready.days if ready else 14
        return survey_links(self.workspace, name, event=event, days=after, as_of=as_of)

    def state(self) -> list[dict[str, Any]]:
        """Each survey with its version, and how many were asked, began and finished."""
        from okaeri.programs.surveys import actions

        with self.workspace.records():
            return actions.state()
