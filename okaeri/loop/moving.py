"""Who moved between CPM classes from one day to another, whichever two a user asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from okaeri.lib.table_files import files_of
from okaeri.loop.engine import DuckDBEngine
from okaeri.loop.published import Published
from okaeri.loop.workspace import Workspace
from okaeri.measure.cpm import cpm
from okaeri.measure.cpm_movement import cpm_movement
from okaeri.measure.days import day_literal
from okaeri.measure.earlier_classes import earlier_classes
from okaeri.measure.earlier_history import earlier_history
from okaeri.schema.measured import MEASURED
from okaeri.schema.types import ibis_schema


def moved(workspace: Workspace, laid: Published, first: date, last: date) -> list[dict[str, Any]]:
    """Rows as those of ``cpm_movement``: from the class as of ``first`` to the class as of ``last``, a later day that is
    no later than the day the tables are measured from. Orders of the day itself count for neither."""
    settings = workspace.settings
    engine = DuckDBEngine(settings.engine.memory, 1, workspace.work)
    try:
        files = [str(file) for file in files_of(laid.folder / "purchases.parquet")]
        purchases = engine.read(files, ibis_schema(MEASURED["purchases"]))
        purchases = purchases.filter(purchases.order_day < day_literal(last))
        rules = replace(settings.rules, compare_days=(last - first).days)
        history = earlier_history(purchases, as_of=last, rules=rules)
        now = earlier_history(purchases, as_of=last, rules=replace(rules, compare_days=0))
        rows = cpm_movement(
            earlier_classes(history, as_of=last, rules=rules),
            cpm(now.filter(now.order_count > 0), as_of=last, rules=rules),
        )
        found: list[dict[str, Any]] = rows.to_pyarrow().to_pylist()
        return found
    finally:
        engine.close()
