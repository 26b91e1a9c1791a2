"""What customers are worth, worked out a second time: plain pandas over order rows, slow and without any reduction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import stats

Z = stats.norm.ppf(0.975)


def frame(rows: object) -> pd.DataFrame:
    """Fact rows, as Arrow or plain dicts, as a frame."""
    return pd.DataFrame(rows.to_pylist() if isinstance(rows, pa.Table) else list(rows))  # type: ignore[call-overload]


class Truth:
    """``orders``: counted orders and credit notes with value, profit, age, order number. ``people``: one row each."""

    def __init__(self, facts: Mapping[str, object], as_of: date, margin: float | None = None):
        self.as_of = pd.Timestamp(as_of)
        self.orders = self._orders(frame(facts["orders"]), frame(facts["order_lines"]), margin)
        self.lines = frame(facts["order_lines"])
        self.people = self._people()
        self._steps: dict[tuple[str, tuple[int, ...]], tuple[np.ndarray, np.ndarray]] = {}

    def _orders(self, orders: pd.DataFrame, lines: pd.DataFrame, margin: float | None) -> pd.DataFrame:
        orders = orders.assign(day=pd.to_datetime(orders.order_date), value=orders.subtotal.astype(float))
        kept = orders[(orders.day < self.as_of) & ((orders.value < 0) | ~orders.status.isin(["cancelled", "returned"]))]
        cost = pd.to_numeric(lines.unit_cost.astype(object))
        if margin is not None:
            cost = cost.fillna(lines.unit_price.astype(float) * (1 - margin))
        whole = (cost * lines.quantity).groupby(lines.order_id).agg(lambda costs: costs.sum(skipna=False))
        kept = kept.assign(profit=kept.value - kept.order_id.map(whole), bought=kept.value >= 0)
        parts = [self._one(history) for _, history in kept.groupby("customer_id") if history.bought.any()]
        return pd.concat(parts, ignore_index=True)

    @staticmethod
    def _one(history: pd.DataFrame) -> pd.DataFrame:
        history = history.sort_values(["ordered_at", "order_id"])
        first = history[history.bought].day.min()
        history = history[history.day >= first].copy()
        history["age"] = (history.day - first).dt.days
        history["number"] = np.where(history.bought, history.bought.cumsum(), np.nan)
        days = history[history.bought].day
        history["next"] = (days.shift(-1) - days).dt.days
        return history

    def _people(self) -> pd.DataFrame:
        bought = self.orders[self.orders.bought]
        people = bought.groupby("customer_id").agg(
            first=("day", "min"), last=("day", "max"), orders=("day", "size"), days=("day", "nunique")
        )
        people["observed"] = (self.as_of - people["first"]).dt.days
        people["cohort"] = people["first"].dt.strftime("%Y-%m")
        return people

    def first_products(self) -> pd.Series:
        """The product with the most money in each first order."""
        first = self.orders[self.orders.number == 1][["order_id", "customer_id"]]
        goods = self.lines[(self.lines.quantity > 0)].merge(first, on="order_id")
        goods = goods.assign(money=goods.quantity * goods.unit_price.astype(float))
        sums = goods.groupby(["customer_id", "product_id"]).money.sum().round(2).reset_index()
        best = sums.sort_values(["money", "product_id"], ascending=[False, True]).groupby("customer_id").first()
        return best.product_id

    def steps(self, kind: str, grid: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Value of every customer in each step, and whether the customer was observed through it."""
        if (kind, grid) not in self._steps:
            values = np.zeros((len(self.people), len(grid)))
            orders = self.orders[self.orders.age <= grid[-1]]
            place = self.people.index.get_indexer(orders.customer_id)
            np.add.at(values, (place, np.searchsorted(grid, orders.age)), orders[kind])
            self._steps[kind, grid] = values, self.people.observed.to_numpy()[:, None] > np.array(grid)[None, :]
        return self._steps[kind, grid]

    def curve(self, ids: Iterable[str], kind: str, grid: tuple[int, ...]) -> list[dict[str, float]]:
        """LTV at each age with Student's interval lengthened by Johnson's term, from a dense customer by step table."""
        place = self.people.index.get_indexer(list(ids))
        values, seen = (table[place] for table in self.steps(kind, grid))
        rows, total, influence = [], 0.0, np.zeros(len(values))
        for step, age in enumerate(grid):
            inside = seen[:, step]
            n = int(inside.sum())
            if not n:
                break
            mean = values[inside, step].mean()
            total += mean
            influence[inside] += (values[inside, step] - mean) / np.sqrt(max(n * (n - 1), 1))
            rows.append({"age_days": age, "ltv": total, "n": n} | interval(total, influence, n))
        return rows


def interval(mean: float, influence: np.ndarray, n: int) -> dict[str, float]:
    """Standard error, low and high."""
    if n < 2:
        return {"standard_error": np.nan, "low": np.nan, "high": np.nan}
    error = float(np.sqrt((influence**2).sum()))
    skewness = (influence**3).sum() / error**3 if error else 0.0
    shift = skewness * error * (1 + 2 * Z * Z) / 6
    reach = stats.t.ppf(0.975, n - 1) * error
    return {"standard_error": error, "low": mean - reach + min(shift, 0), "high": mean + reach + max(shift, 0)}


def wilson(hits: float, n: float) -> tuple[float, float]:
    """SciPy's Wilson interval; empty without trials."""
    if not n:
        return np.nan, np.nan
    found = stats.binomtest(int(hits), int(n)).proportion_ci(method="wilson")
    return found.low, found.high


def agree(measured: Mapping[str, object], expected: Mapping[str, object], where: object, rel: float = 1e-9) -> None:
    """Every expected figure stands in the measured row; nothing known equals nothing known."""
    for name, value in expected.items():
        found = measured[name]
        if value is None or (isinstance(value, float) and np.isnan(value)):
            assert found is None, (where, name, found)
        elif isinstance(value, str | bool):
            assert found == value, (where, name, found, value)
        else:
            assert found == pytest.approx(value, rel=rel, abs=1e-6), (where, name)


def keyed(table: pa.Table, *keys: str) -> dict[tuple, dict]:
    """Rows by their key; fails where two rows share one."""
    rows = {tuple(row[key] for key in keys): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows
    return rows
