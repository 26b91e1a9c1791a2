"""Rows that a small shop has none of, put where ``okaeri show`` and the pages both read them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.shop import Shop

Row = dict[str, Any]
POINT: Row = {
    "is_friction": True, "is_main": True, "since_on": date(2025, 11, 3), "below_share": 0.31, "repeat_rate_below": 0.21,
    "repeat_rate_above": 0.57, "is_verified": True, "affected_share": 0.127, "affected_orders": 163.4,
    "heard_customers": 37, "loss_each": 1234.4, "loss": 201_700.6, "loss_low_90": 12_345.0, "loss_high_90": 398_765.0,
    "basis": "survey", "loss_rank": 1,
}  # fmt: skip
CAUSE: Row = {"scope": "step", "segment": "all", "place": 1, "voice_count": 14, "z": 3.1}
REPAIR: Row = {
    "step": "use", "repaired_on": date(2026, 1, 19), "origin": "entered", "began_on": date(2025, 9, 8), "is_better": True,
    "reason": "", **{
        f"{name}_{part}": value * times
        for name, value in {"score": 0.414, "repeat": 0.2345, "revenue": 5432.1}.items()
        for part, times in {"before": 1, "after": 2.1, "change": 1.1, "low_90": -0.3, "high_90": 1.7, "p": 0.1}.items()
    },
}  # fmt: skip


def fill(shop: Shop) -> None:
    """Two friction points, one of them without a price, their causes, and a repair."""
    points = {row["step"]: row for row in shop.show("friction_points").to_pylist() if row["scope"] == "step"}
    dear, unpriced = points["delivery"] | POINT, points["use"] | POINT
    for name in ("loss", "loss_each", "loss_low_90", "loss_high_90", "loss_rank"):
        unpriced[name] = None
    rest = [row for row in points.values() if row["step"] not in ("delivery", "use")]
    _write(shop, "friction_points", [*rest, dear, unpriced])
    _write(shop, "friction_causes", [
        CAUSE | {"step": "delivery", "phrase": "届くのが遅い", "voice_share": 0.382},
        CAUSE | {"step": "delivery", "phrase": "箱がつぶれ", "place": 2, "voice_share": 0.164},
        CAUSE | {"step": "use", "phrase": "使いにくい", "voice_share": 0.096},
    ])  # fmt: skip
    _write(shop, "friction_repairs", [REPAIR])


def _write(shop: Shop, table: str, rows: list[Row]) -> None:
    from okaeri.loop.reading import measured_folder

    folder, _ = measured_folder(shop.workspace)
    path = folder / f"{table}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, pq.read_schema(path)), path)
