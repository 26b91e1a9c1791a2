"""The made-up shop's files, for the demo and for planning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from okaeri import simulate
from okaeri.simulate import ShopPlan


def simulate_files(
    directory: Path,
    *,
    customers: int,
    years: float = 3,
    seed: int = 1,
    truth: Path | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> ShopPlan:
    """Write a made-up shop's export files to ``directory``; gives back the plan, whose ``end`` is the natural as_of."""
    plan = ShopPlan(customers=customers, years=years, seed=seed)
    written = simulate.simulate(directory, plan, truth=truth, progress=progress)
    progress(str(written))
    return plan
