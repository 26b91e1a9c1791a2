"""A shop from Python: the verbs of the command line as methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.loop import workspace as workspaces
from okaeri.loop.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.loop.importing import Imported, Progress
    from okaeri.loop.reading import TableState
    from okaeri.loop.refresh import Refreshed
    from okaeri.loop.reviews import Reviews
    from okaeri.loop.surveys import Surveys


class Shop:
    """An opened shop. Made by :func:`okaeri.init` and :func:`okaeri.open`."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    @classmethod
    def init(cls, path: Path, *, name: str = "", timezone: str = "Asia/Tokyo", language: str = "ja") -> Shop:
        """Make a new shop workspace at ``path``; raises RuleRefused where one is already."""
        return cls(workspaces.init(path, name=name, timezone=timezone, language=language))

    @classmethod
    def open(cls, path: Path) -> Shop:
        """Open the shop at ``path``; raises RuleRefused where there is none."""
        return cls(workspaces.open_workspace(path))

    def import_files(
        self,
        files: Iterable[str | Path],
        *,
        source: str | None = None,
        mapping: str | Path | None = None,
        store: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> list[Imported]:
        """Take files in, each wholly or not at all; with ``dry_run`` only say what would be taken.

        ``source`` names the kind of file where its header does not tell; ``mapping`` is a saved mapping for a file of
        no known kind; ``store`` says which shop the orders are of. Raises DataRejected naming file, row and column.
        """
        from okaeri.loop.importing import import_files
        from okaeri.loop.jobs import SHARES

        paths = [Path(file) for file in files]
        chosen = Path(mapping) if mapping is not None else None
        named = paths[0].name if len(paths) == 1 else ""
        with self._seen("import", named, seen=not dry_run) as tell:
            return import_files(
                self.workspace, paths, source=source, mapping=chosen, store=store, dry_run=dry_run, progress=progress,
                at_step=lambda step: tell(step, SHARES[step]),
            )  # fmt: skip

    def refresh(self, *, as_of: date | None = None, progress: Callable[[str, float], None] | None = None) -> Refreshed:
        """Measure everything as of a date (default: today in the shop's zone); ``progress`` hears table and seconds."""
        from okaeri.loop.measuring import COMPUTED
        from okaeri.loop.refresh import refresh

        made: list[str] = []
        with self._seen("refresh") as tell:

            def told(name: str, seconds: float) -> None:
                made.append(name)
                tell("measuring", len(made) / (len(COMPUTED) + 1))
                if progress is not None:
                    progress(name, seconds)

            return refresh(self.workspace, as_of=as_of, progress=told)

    def _seen(
        self, kind: str, file: str = "", *, seen: bool = True
    ) -> AbstractContextManager[Callable[[str, float], None]]:
        """While the block lasts the console shows what is done here."""
        from okaeri.loop.at_work import at_work

        return at_work(self.workspace, kind, file) if seen else nullcontext(lambda step, share: None)

    @property
    def surveys(self) -> Surveys:
        """The shop's surveys: make them, and the links to send."""
        from okaeri.loop.surveys import Surveys

        return Surveys(self.workspace)

    @property
    def reviews(self) -> Reviews:
        """The shop's reviews: ask for them, answer, moderate, bring those written elsewhere."""
        from okaeri.loop.reviews import Reviews

        return Reviews(self.workspace)

    def unlink(self, customer_id: str) -> None:
        """Undo the link of a customer to the person it was joined to, for good; raises RuleRefused where none is."""
        from okaeri.loop.people import unlink

        with self.workspace.records():
            unlink(customer_id, actor="command line")

    def tables(self) -> list[TableState]:
        """Every table with its meaning, rows, freshness and quality."""
        from okaeri.loop.reading import tables

        return tables(self.workspace)

    def show(self, table: str, *, as_of: date | None = None) -> pa.Table:
        """A table as Arrow, of the latest refresh or as of another date."""
        from okaeri.loop.reading import show

        return show(self.workspace, table, as_of=as_of)

    def report(self, out: Path, *, language: str | None = None) -> Path:
        """Write the latest refresh to ``out`` as one HTML page in ``language`` (ja or en; default: the shop's).

        The page needs nothing beside itself. Raises RuleRefused before the first refresh.
        """
        from okaeri.web.report import write

        return write(self.workspace, Path(out), language=language)
