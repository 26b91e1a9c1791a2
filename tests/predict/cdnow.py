"""The CDNOW sample as the papers reduce it."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd


def repeat_spend() -> pd.DataFrame:
    """Repeat days ``x`` and their total ``z`` per customer up to 1997-09-30; a customer's orders of a day are one."""
    rows = pd.read_parquet(Path(os.environ["OKAERI_REFERENCE_DATA"]) / "cdnow" / "cdnow_sample.parquet")
    rows["date"] = pd.to_datetime(rows.date)
    days = rows[rows.date <= "1997-09-30"].groupby(["customer_id", "date"], as_index=False).amount.sum()
    later = days[days.date > days.groupby("customer_id").date.transform("min")]
    return later.groupby("customer_id").agg(x=("amount", "size"), z=("amount", "sum"))
