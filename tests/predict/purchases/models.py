"""Models with given parameters, as if fitted, and the space of parameters and histories they must stand."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from okaeri.predict.purchases import BetaBernoulli, BetaGeometric, Histories, ParetoNBD

EVIDENCE = {
    "log_covariance": ((0.01, 0.0, 0.0, 0.0), (0.0, 0.01, 0.0, 0.0), (0.0, 0.0, 0.04, 0.0), (0.0, 0.0, 0.0, 0.04)),
    "log_likelihood": -100.0,
    "customers": 50.0,
    "repeat_orders": 80.0,
    "rows": 40,
}


def beta_geometric(r: float, alpha: float, a: float, b: float, *, modified: bool = True, k: int = 1) -> BetaGeometric:
    return BetaGeometric(r=r, alpha=alpha, a=a, b=b, modified=modified, k=k, **EVIDENCE)


def pareto(r: float, alpha: float, s: float, beta: float) -> ParetoNBD:
    return ParetoNBD(r=r, alpha=alpha, s=s, beta=beta, **EVIDENCE)


def beta_bernoulli(alpha: float, beta: float, gamma: float, delta: float) -> BetaBernoulli:
    return BetaBernoulli(alpha=alpha, beta=beta, gamma=gamma, delta=delta, **EVIDENCE)


def _positive(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(np.log(low), np.log(high)).map(lambda log: float(np.exp(log)))


@st.composite
def histories(draw: st.DrawFn) -> Histories:
    """One to five customers: newcomers, one-off buyers, daily habits of years; gaps from minutes to decades."""
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        x = draw(st.one_of(st.integers(0, 5), st.integers(0, 3000)))
        age = draw(st.one_of(st.just(0.0), _positive(1e-3, 2000))) if x == 0 else draw(_positive(1e-2, 2000))
        last = 0.0 if x == 0 else age * draw(st.one_of(st.just(1.0), st.floats(1e-3, 1)))
        rows.append((x, last, age))
    return Histories.of(*np.array(rows).T)


@st.composite
def opportunities(draw: st.DrawFn) -> Histories:
    """One to five customers with whole opportunities."""
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        age = draw(st.integers(0, 60))
        last = draw(st.integers(0, age))
        rows.append((draw(st.integers(min(1, last), last)), last, age))
    return Histories.of(*np.array(rows).T)


WEEKLY_MODELS = st.one_of(
    st.builds(
        beta_geometric, _positive(1e-3, 1e3), _positive(1e-4, 1e4), _positive(1e-3, 1e3), _positive(1e-3, 1e4),
        modified=st.booleans(), k=st.integers(1, 6),
    ),
    st.builds(pareto, _positive(1e-3, 1e3), _positive(1e-4, 1e4), _positive(1e-3, 1e3), _positive(1e-3, 1e4)),
)  # fmt: skip
DISCRETE_MODELS = st.builds(
    beta_bernoulli, _positive(1e-3, 1e3), _positive(1e-3, 1e3), _positive(1e-3, 1e3), _positive(1e-3, 1e4)
)
EVERY_KIND = [
    beta_geometric(0.6, 6.0, 0.8, 2.0, modified=False),
    beta_geometric(0.6, 6.0, 0.8, 2.0, modified=True),
    beta_geometric(1.2, 3.0, 0.8, 2.0, modified=False, k=2),
    beta_geometric(1.2, 3.0, 0.8, 2.0, modified=True, k=3),
    beta_geometric(1.2, 1.0, 1.0, 0.4, modified=True, k=6),
    pareto(0.6, 8.0, 0.6, 12.0),
    pareto(1.5, 3.0, 1.0, 40.0),
]
