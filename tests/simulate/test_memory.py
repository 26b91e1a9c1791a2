import tracemalloc
from dataclasses import replace
from pathlib import Path

from okaeri.simulate import ShopPlan, simulate

BLOCK = 250


def peak(directory: Path, blocks: int) -> int:
    """Most bytes held at once while writing so many blocks."""
    plan = replace(ShopPlan(years=2), customers=BLOCK * blocks)
    tracemalloc.start()
    try:
        simulate(directory, plan, block_size=BLOCK)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_blocks(tmp_path):
    peak(tmp_path / "warm", 1)
    one = peak(tmp_path / "one", 1)
    assert peak(tmp_path / "four", 4) < 1.4 * one
