from __future__ import annotations

import os
from datetime import UTC, date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from tests.measure.shops import measured


@pytest.mark.reference
def test_the_published_cdnow_summary_comes_out_exactly():
    """Fader and Hardie's calibration summary: up to 1997-09-30; transactions of a customer and day are one."""
    folder = Path(os.environ["OKAERI_REFERENCE_DATA"]) / "cdnow"
    rows = pd.read_parquet(folder / "cdnow_sample.parquet")
    assert (len(rows), rows.customer_id.nunique()) == (6919, 2357)
    days = pd.to_datetime(rows.date)
    facts = {
        "orders": [
            {
                "order_id": str(row.Index), "customer_id": str(row.customer_id), "status": "paid", "store": "own",
                "ordered_at": day.to_pydatetime().replace(hour=12, tzinfo=UTC), "order_date": day.date(),
                "order_month": day.strftime("%Y-%m"),
                "subtotal": Decimal(f"{row.amount:.2f}"),
            }
            for row, day in zip(rows.itertuples(), days, strict=True)
        ]
    }  # fmt: skip
    found = measured(facts, date(1997, 10, 1), wanted=["purchase_summary"])["purchase_summary"].to_pandas()
    found.index = found.customer_id.astype(int)
    published = pd.read_csv(folder / "cdnow_customers_summary_with_transactions.csv").set_index("ID")
    found = found.loc[published.index]
    assert len(found) == 2357
    assert (found.repeat_orders == published.x).all()
    for mine, theirs in (("last_order_age", "t_x"), ("age", "T"), ("mean_repeat_spend", "zbar")):
        # printed with two decimals
        assert (found[mine] - published[theirs]).abs().max() <= 0.005 + 1e-9, mine
