"""The verbs of reviews: ask, promise a reward, moderate, answer, bring those written elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okaeri.loop import snapshots
from okaeri.loop.workspace import Workspace

if TYPE_CHECKING:
    from okaeri.loop.asking import Asked
    from okaeri.schema.asking import Candidate

ACTOR = "command line"


@dataclass(frozen=True)
class Reviews:
    """The reviews of an opened shop."""

    workspace: Workspace

    def links(self, *, as_of: date | None = None) -> list[Asked]:
        """The personal links to send on a day (default: today), for each product when half of it is used up.

        The same day again gives the same links; nobody is asked twice about a product.
        """
        from okaeri.loop.asking import asked, links_end
        from okaeri.programs.reviews import actions, links

        with self.workspace.records():
            today, secret = as_of or self.workspace.today(), self.workspace.secret
            return [
                asked(self.workspace, one, "first", f"r/{links.written(one, secret)}/")
                for one in actions.ask(self._due(today), today, links_end(self.workspace, today))
            ]

    def _due(self, today: date) -> list[Candidate]:
        """Orders delivered so long ago that half of the product is used up, or up to a week more."""
        from okaeri.loop.asking import candidates
        from okaeri.programs.reviews import rules

        lasting, catch_up = self._lasting(), self.workspace.settings.surveys.catch_up_days
        since = today - timedelta(days=rules.MOST_DAYS + catch_up)
        return [
            one for one in candidates(self.workspace, "delivered", since, today)
            if one.is_due(today, lasting.get(one.product_id, rules.USUAL_DAYS), catch_up)
        ]  # fmt: skip

    def _lasting(self) -> dict[str, int]:
        """Days after which a review is asked for by product, from the latest refresh; nothing before the first."""
        from okaeri.loop import reading
        from okaeri.programs.reviews import rules

        if snapshots.latest_refresh() is None:
            return {}
        rows = reading.show(self.workspace, "use_up_time").to_pylist()
        return {row["product_id"]: rules.days_to_ask(row["median_days"], row["n"], row["stated_days"]) for row in rows}

    def offer(self, text_ja: str, text_en: str, starts_on: date, ends_on: date) -> None:
        """Promise all who are asked in a time the same reward; raises RuleRefused where it is not the same for all."""
        from okaeri.programs.reviews import actions

        with self.workspace.records():
            today, now = self.workspace.today(), snapshots.now()
            actions.offer(text_ja, text_en, starts_on, ends_on, today, now, ACTOR)

    def hide(self, number: int, reason: str, passage: str) -> None:
        """Take a review's words from sight, its stars stay; raises RuleRefused without a reason of the list."""
        from okaeri.programs.reviews import actions

        with self.workspace.records():
            actions.hide(number, reason, passage, snapshots.now(), ACTOR)

    def restore(self, number: int) -> None:
        """Show a hidden review's words again."""
        from okaeri.programs.reviews import actions

        with self.workspace.records():
            actions.restore(number, snapshots.now(), ACTOR)

    def answer(self, number: int, text: str) -> None:
        """Answer a review in the shop's name."""
        from okaeri.programs.reviews import actions

        with self.workspace.records():
            actions.reply(number, text, snapshots.now(), ACTOR)

    def bring(self, path: Path, *, store: str, columns: dict[str, str] | None = None) -> int:
        """Take reviews of a cart's or mall's file, wholly or not at all; returns how many are new.

        ``columns`` names those the header does not tell (stars, text, at, product_id, author, order_id, given).
        Raises DataRejected naming row and column.
        """
        from okaeri.loop.review_files import rows_of
        from okaeri.programs.reviews import actions

        with self.workspace.records():
            return actions.bring(rows_of(self.workspace, path, store, columns or {}))

    def newest(self, product_id: str | None = None) -> list[dict[str, Any]]:
        """The newest reviews (of a product) with what a moderator needs."""
        from okaeri.programs.reviews import actions
        from okaeri.programs.reviews.models import Review

        with self.workspace.records():
            rows = Review.objects.order_by("-at", "-pk")
            found = list(rows.filter(product_id=product_id)[:200] if product_id else rows[:200])
            gone = actions.hidden([row.pk for row in found])
            return [
                {"review": row.pk, "at": row.at.isoformat(), "product_id": row.product_id, "stars": row.stars,
                 "text": row.text, "photo": bool(row.photo), "hidden_for": gone.get(row.pk, "")}
                for row in found
            ]  # fmt: skip

    def state(self) -> list[dict[str, Any]]:
        """By stars: how many reviews there are, and how many have their words hidden."""
        from okaeri.programs.reviews import actions

        with self.workspace.records():
            return actions.state()
