"""What is called friction: chance alone seldom is, a planted fall always."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.friction_looks import looks
from okaeri.schema.measured.emotion import STEPS

SHOPS = 40
SIGNALS = 2_000


def signals(seed: int, fall: float = 0.0) -> pa.Table:
    """Ratings that depend on nothing but who gives them; at the second step of category c1 they are lower by ``fall``."""
    rng = np.random.default_rng(seed)
    names = list(STEPS)[:5]
    customer = rng.integers(0, 700, SIGNALS)
    step, category = rng.integers(0, len(names), SIGNALS), rng.integers(0, 4, SIGNALS)
    struck = (step == 1) & (category == 1)
    value = rng.normal(0, 0.6, 700)[customer] + rng.normal(0, 1, SIGNALS) - fall * struck
    return pa.table({
        "channel": ["survey"] * SIGNALS, "step": [names[one] for one in step], "is_sampled": [True] * SIGNALS,
        "customer_id": [f"c{one}" for one in customer], "persona": ["all"] * SIGNALS, "value": value,
        "order_no": rng.integers(1, 6, SIGNALS), "category": [f"c{one}" for one in category],
        "product_id": [f"p{one}" for one in rng.integers(0, 8, SIGNALS)], "store": ["s1"] * SIGNALS,
        "days_since_first": rng.integers(0, 400, SIGNALS), "signal_day": rng.integers(20_000, 20_400, SIGNALS),
    })  # fmt: skip


def frictions(seed: int, fall: float = 0.0) -> list[tuple[str, str, str]]:
    found = looks(signals(seed, fall))
    assert found is not None
    return [(row["scope"], row["segment"], row["step"]) for row in found.rows if row["is_friction"]]


def test_of_40_shops_where_nothing_is_wrong_two_at_most_are_alarmed() -> None:
    # at one in a hundred, more than two of forty are alarmed in less than one run of a hundred (binomial .0075)
    alarmed = [seed for seed in range(SHOPS) if frictions(seed)]
    assert len(alarmed) <= 2


def test_a_planted_fall_is_found_where_it_is() -> None:
    second = list(STEPS)[1]
    for seed in range(5):
        assert ("category", "c1", second) in frictions(seed, fall=1.0)
