"""What heads customers' lists is counted once each, with the row of the likeliest."""

from __future__ import annotations

import ibis
import pytest

from okaeri.measure.recommendations_summary import recommendations_summary
from okaeri.measure.step_up_summary import step_up_summary
from okaeri.schema.computed import TABLES
from okaeri.schema.types import ibis_schema


def rows_of(measure, name: str, rows: list[dict]) -> list[dict]:
    columns = ibis_schema(TABLES[name])
    given = ibis.memtable([{column: row.get(column) for column in columns} for row in rows], schema=columns)
    return sorted(measure(given).to_pyarrow().to_pylist(), key=lambda row: row["product_id"])


def listed(customer: str, product: str, chance: float | None, rank: int = 1, **more: object) -> dict:
    known = {"placement": "for_you", "score": 1.0, "is_new_to_customer": False, "bought_count": 2, "reason": "often"}
    return known | {"customer_id": customer, "rank": rank, "product_id": product, "chance": chance} | more


def test_the_likeliest_buyer_tells_why_and_an_unknown_chance_comes_last():
    soap, tea = rows_of(recommendations_summary, "recommendations", [
        listed("own:1", "soap", None), listed("own:2", "soap", 0.2, bought_count=7), listed("own:3", "soap", 0.4),
        listed("own:0", "soap", 0.4, reason="due", days_since_last=9, usual_days=8.5), listed("own:3", "soap", 0.9, 2),
        listed("own:4", "tea", None, reason="goes_with", reason_product_id="pot"), listed("own:5", "tea", None),
    ])  # fmt: skip
    assert (soap["customers"], soap["chance"]) == (4, pytest.approx((0.2 + 0.4 + 0.4) / 3))
    assert (soap["best_customer_id"], soap["best_chance"]) == ("own:0", 0.4)
    assert (soap["reason"], soap["days_since_last"], soap["usual_days"]) == ("due", 9, 8.5)
    assert (tea["customers"], tea["chance"], tea["best_chance"]) == (2, None, None)
    assert (tea["best_customer_id"], tea["reason_product_id"]) == ("own:4", "pot")


def offered(customer: str, product: str, chance: float, yen: float, rank: int = 1) -> dict:
    known = {"next_product_id": "large", "step": "size", "extra_value": yen / chance, "value_kind": "revenue"}
    told = {"customer_id": customer, "rank": rank, "product_id": product, "take_chance": chance}
    return known | told | {"expected_extra_value": yen, "moved_count": 1, "n": 2}


def test_every_customers_best_step_is_summed_once():
    small, tiny = rows_of(step_up_summary, "step_up", [
        offered("own:1", "small", 0.1, 100.0), offered("own:2", "small", 0.3, 50.0), offered("own:3", "tiny", 0.5, 10.0),
        offered("own:3", "small", 0.5, 9.0, rank=2),
    ])  # fmt: skip
    assert (small["customers"], small["take_chance"], small["expected_extra_value"]) == (2, pytest.approx(0.2), 150.0)
    assert (tiny["customers"], tiny["expected_extra_value"]) == (1, 10.0)
