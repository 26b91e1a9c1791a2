import ibis
import numpy as np
import pytest
from scipy import stats

from okaeri.measure.intervals import Z, around_mean, bound_of_sum, student, wilson
from okaeri.measure.weighted import quantiles


def _value(expression):
    return ibis.duckdb.connect().execute(expression)


def test_the_normal_quantile_is_scipys():
    assert pytest.approx(stats.norm.ppf(0.975), abs=1e-15) == Z


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (0, 50), (50, 50), (3, 10), (123, 4567), (1, 10**8)])
def test_wilson_is_scipys(hits, n):
    low, high = (_value(end) for end in wilson(ibis.literal(hits), ibis.literal(n)))
    exact = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-12)
    assert 0 <= low <= hits / n <= high <= 1


def test_without_trials_there_is_no_interval():
    assert all(np.isnan(_value(end)) for end in wilson(ibis.literal(0), ibis.literal(0)))


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 10, 31, 400, 10**6])
def test_students_quantile_is_scipys(n):
    assert _value(student(ibis.literal(n))) == pytest.approx(stats.t.ppf(0.975, n - 1), rel=1.5e-3)


def test_one_value_has_no_interval():
    assert np.isnan(_value(student(ibis.literal(1))))


def test_a_long_right_tail_moves_only_the_upper_end():
    low, high = (_value(end) for end in around_mean(*(ibis.literal(v) for v in (100.0, 4.0, 2.0, 50))))
    plain = stats.t.ppf(0.975, 49) * 2
    assert low == pytest.approx(100 - plain, rel=1e-3)
    assert high == pytest.approx(100 + plain + 2.0 / 4.0 * (1 + 2 * Z * Z) / 6, rel=1e-3)
    mirrored = [_value(end) for end in around_mean(*(ibis.literal(v) for v in (-100.0, 4.0, -2.0, 50)))]
    assert mirrored == pytest.approx([-high, -low])


def test_weighted_quantiles_are_those_of_the_values_written_out():
    chance = np.random.default_rng(5)
    values, counts = np.arange(40), chance.integers(0, 9, 40)
    table = ibis.memtable({"g": ["x"] * 40, "days": values, "count": counts})
    shares = {"p10": 0.1, "p50": 0.5, "p75": 0.75, "p100": 1.0}
    row = ibis.duckdb.connect().to_pyarrow(quantiles(table, ["g"], "days", shares)).to_pylist()[0]
    written_out = np.repeat(values, counts)
    for name, share in shares.items():
        assert row[name] == np.quantile(written_out, share, method="inverted_cdf")


@pytest.mark.parametrize(("mean", "ways"), [(100.0, (30.0, 40.0)), (20.0, (30.0, 40.0)), (0.0, (0.0, 0.0))])
def test_the_bounds_of_a_sum_lie_as_far_from_it_as_independent_parts_do_together(mean, ways):
    far = float(np.hypot(*ways))
    squares = ibis.literal(sum(way**2 for way in ways))
    low, high = (_value(bound_of_sum(f"{end}_80", ibis.literal(mean), squares)) for end in ("low", "high"))
    assert (low, high) == pytest.approx((max(mean - far, 0.0), mean + far))
