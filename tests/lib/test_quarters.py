"""The best quarter is the best run of months that enough stand behind."""

import pytest

from okaeri.lib.quarters import best_mean

MONTHS = [(0.9, 1.0), (0.2, 40.0), (0.4, 60.0), (0.6, 50.0), (0.1, 50.0)]


def test_periods_weigh_by_how_many_stand_behind_them():
    runs = [(0.9 + 8 + 24) / 101, (8 + 24 + 30) / 150, (24 + 30 + 5) / 160]
    assert best_mean(MONTHS, 100) == pytest.approx(max(runs))
    assert best_mean(MONTHS, 100, least=True) == pytest.approx(min(runs))
    assert best_mean(MONTHS, 100, in_a_row=1) is None
    assert best_mean(MONTHS, 50, in_a_row=1) == 0.6


def test_a_run_with_too_few_behind_it_tells_nothing():
    assert best_mean(MONTHS, 155) == pytest.approx(59 / 160)
    assert best_mean(MONTHS, 161) is None
    assert best_mean(MONTHS[:2], 0) is None
    assert best_mean([(1.0, 0.0)] * 3, 0) is None
