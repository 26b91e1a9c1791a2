"""Who moved between CPM classes from one day to another, whichever two a user asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from okaeri.lib.table_files import files_of
from okaeri.loop.engine import DuckDBEngine
from okaeri.loop.published import Published
from okaeri.loop.workspace import Workspace
from okaeri.measure.cpm import cpm_class
from okaeri.measure.days import day_literal
from okaeri.measure.earlier_history import earlier_history
from okaeri.measure.movement import movement
from okaeri.schema.measured import MEASURED
from okaeri.schema.measured.segments import NOT_YET
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
        then = earlier_history(purchases, as_of=last, rules=rules)
        known = then.order_count > 0
        earlier = then.select(
            "customer_id", "revenue_between", from_class=known.ifelse(cpm_class(then, first, rules), NOT_YET)
        )
        now = earlier_history(purchases, as_of=last, rules=replace(rules, compare_days=0))
        now = now.filter(now.order_count > 0)
        rows = movement(earlier, now.select(now_id="customer_id", to_class=cpm_class(now, last, rules)))
        found: list[dict[str, Any]] = rows.to_pyarrow().to_pylist()
        return found
    finally:
        engine.close()
