"""The sample of customers: evenly chosen, never too many, and no fewer than need be."""

from __future__ import annotations

import ibis
import pytest

from okaeri.measure import sample
from okaeri.measure.sample import one_in, sampled


@pytest.mark.parametrize("most", [1, 3, 10, 100])
def test_the_step_is_the_least_that_takes_at_most_as_many(most):
    counts = ibis.memtable({"count": list(range(1, 350))})
    found = counts.mutate(step=one_in(counts["count"], most)).to_pandas()
    for count, step in zip(found["count"], found["step"], strict=True):
        assert len(range(0, count, step)) <= most
        assert step == 1 or len(range(0, count, step - 1)) > most


def test_every_second_or_third_customer_by_id_is_in_the_sample(monkeypatch):
    monkeypatch.setattr(sample, "MOST_CUSTOMERS", 4)
    people = ibis.memtable({"customer_id": [f"c{number}" for number in (7, 3, 1, 9, 5, 2, 8, 4, 6)]})
    rows = sampled(people).to_pandas().sort_values("sample_id")
    assert rows.sample_id.tolist() == [f"c{number}" for number in range(1, 10)]
    assert rows[rows.is_sampled].sample_id.tolist() == ["c1", "c4", "c7"]
