"""Customer lifetime value of a bare transaction file: no shop, no records, one answer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis.backends.duckdb import Backend

from okaeri.ingest import transactions as bare
from okaeri.ingest.files import raw_file
from okaeri.ingest.tabular import as_text
from okaeri.lib.periods import EPOCH, day_number
from okaeri.loop.predictions.forecast_level import forecast_level
from okaeri.loop.predictions.model_fits import fits_told
from okaeri.loop.predictions.models import Fits, chance, fit
from okaeri.loop.predictions.order_forecast import levels
from okaeri.loop.predictions.reduced import Floats, Reduced, reduced
from okaeri.loop.predictions.report_card import report_card
from okaeri.loop.predictions.value_predictions import predicted
from okaeri.measure.order_days import order_days
from okaeri.measure.reduction import reduced as reduced_customers
from okaeri.measure.reduction import spend_bin
from okaeri.measure.rolling_outcomes import rolling_outcomes
from okaeri.measure.value_histories import value_histories
from okaeri.measure.value_sums import Z
from okaeri.predict.fitted import Fitted
from okaeri.predict.purchases import PurchaseModel
from okaeri.schema.errors import DataRejected, Problem, RuleRefused
from okaeri.schema.measured.prospects import HISTORY
from okaeri.schema.rules import Rules

SHOWN_PROBLEMS = 20
DRAWS = 100
KEY = [part.name for part in HISTORY]


@dataclass(frozen=True)
class CustomerValue:
    """What a file's customers are worth: the models, totals with intervals, and one row per customer.

    ``totals`` maps expected_orders and expected_value to their mean and the bounds of the 80% and 95% interval.
    Shops as a whole come out higher or lower than forecast; the intervals are as wide as earlier forecasts from the same
    file were wrong, ``report_card`` says by how much. ``rows``: customer_id, repeat_orders, last_order_age and age (weeks), p_alive, expected_orders, expected_value and
    its bounds. Money is in the file's currency, not discounted.
    """

    until: date
    horizon_weeks: float
    fits: Fits
    customers: int
    totals: dict[str, dict[str, float]]
    report_card: list[dict[str, Any]]
    rows: pa.Table

    def told(self) -> dict[str, Any]:
        """Plain values for JSON."""
        models = {"purchases": self.fits.purchases, "spend": self.fits.spend}
        return {
            "until": self.until.isoformat(), "horizon_weeks": self.horizon_weeks, "customers": self.customers,
            "models": {role: _told(model) for role, model in models.items()},
            "tried": [vars(score) for score in self.fits.scores], "spend_note": self.fits.spend_note, **self.totals,
            "report_card": self.report_card,
        }  # fmt: skip


def _told(model: object) -> dict[str, Any]:
    name = getattr(model, "label", type(model).__name__)
    if not isinstance(model, Fitted):
        return {"model": name, "parameters": vars(model)}
    return {
        "model": name, "parameters": model.parameters, "standard_errors": model.standard_errors,
        "log_likelihood": model.log_likelihood,
    }  # fmt: skip


def customer_values(
    path: Path,
    *,
    customer: str | None = None,
    day: str | None = None,
    amount: str | None = None,
    until: date | None = None,
    horizon_weeks: int = 52,
    model: str | None = None,
) -> CustomerValue:
    """Fit on what happened up to and including ``until`` (default: the last day of the file) and look ahead.

    Purchases of one customer on one day are one. Raises DataRejected naming row and column, NotConverged in a sentence.
    """
    with tempfile.TemporaryDirectory() as scratch:
        connection = cast(Backend, ibis.duckdb.connect())
        days = _order_days(connection, path, Path(scratch), (customer, day, amount))
        last = until or days.order_day.max().as_scalar().execute()
        end = last if isinstance(last, date) else EPOCH + timedelta(days=int(last))
        histories = value_histories(days, as_of=end + timedelta(days=1)).order_by(KEY).to_pyarrow()
        if not histories.num_rows:
            raise RuleRefused("Nobody has bought anything up to {until}", until=end.isoformat())
        rows = reduced(histories, "customer_count", "log_gap_sum")
        fits = fit(rows, (model,) if model else None)
        if fits.refusal is not None:
            raise fits.refusal
        found = predicted(rows, cast(PurchaseModel, fits.purchases), fits.spend, horizon_weeks)
        rules = Rules(forecast_weeks=horizon_weeks)
        card = _judged(days, end, rules, fits_told(fits, rows, end + timedelta(days=1)))
        totals = _totals(found, rows, fits, horizon_weeks, levels(forecast_level(card, rules=rules)))
        each = _each(connection, days, pa.table({**{name: histories[name] for name in KEY}, **found}), end)
        return CustomerValue(end, horizon_weeks, fits, each.num_rows, totals, card.to_pylist(), each)


def _order_days(connection: Backend, path: Path, scratch: Path, asked: tuple[str | None, ...]) -> ir.Table:
    """Rows as of the table order_days, from the file."""
    if not path.is_file():
        raise DataRejected(Problem(str(path), "There is no such file"))
    raw = as_text(raw_file(path, connection, scratch))
    usual = ((bare.CUSTOMER, "--customer"), (bare.DAY, "--date"), (bare.AMOUNT, "--amount"))
    names = [bare.find(raw, own, words, option) for own, (words, option) in zip(asked, usual, strict=True)]
    rows, problems = bare.transactions(raw, *names)
    found = problems.order_by("row_no").limit(SHOWN_PROBLEMS).to_pyarrow().to_pylist()
    if found:
        raise DataRejected(
            [Problem(path.name, row["reason"], row["row_no"], row["column"], row["value"]) for row in found]
        )
    bought = rows.select(
        "customer_id", order_day=rows.order_date.delta(EPOCH, unit="day"), revenue=rows.amount.cast("float64"),
        gross_profit=ibis.null("float64"), is_purchase=ibis.literal(True), subscription_id=ibis.null("string"),
    )  # fmt: skip
    return order_days(bought).cache()


def _judged(days: ir.Table, end: date, rules: Rules, model_fits: pa.Table) -> pa.Table:
    """How earlier forecasts from the same file came out; empty where it is too short to tell."""
    outcomes = rolling_outcomes(days, as_of=end + timedelta(days=1), rules=rules)
    return report_card(outcomes.order_by("origin_on", "customer_id").to_pyarrow(), model_fits)


def _totals(
    found: dict[str, Floats], rows: Reduced, fits: Fits, weeks: float, level: dict[str, float]
) -> dict[str, dict[str, float]]:
    """Sums over customers, with what chance, the models' own uncertainty and the shop's level make of them."""
    orders = found["expected_orders"]
    expected = {"expected_orders": orders, "expected_value": orders * found["expected_order_value"]}
    variance = {"expected_orders": found["orders_sd"] ** 2, "expected_value": found["residual_sd"] ** 2}
    drawn = np.array(list(_redrawn(rows, fits, weeks)))
    told = {}
    for place, (name, target) in enumerate(zip(expected, ("orders", "revenue"), strict=True)):
        mean = float(rows.weight @ expected[name])
        sd = float(np.sqrt(rows.weight @ variance[name] + drawn[:, place].var() + (level[target] * mean) ** 2))
        bounds = {f"high_{share}": mean + z * sd for share, z in Z.items()}
        told[name] = {"mean": mean, **bounds, **{f"low_{share}": max(mean - z * sd, 0.0) for share, z in Z.items()}}
    return told


def _redrawn(rows: Reduced, fits: Fits, weeks: float) -> Iterator[tuple[float, float]]:
    """Total orders and value under parameters that could as well be the true ones."""
    dice = chance()
    spends = fits.spend.draws(DRAWS, dice) if isinstance(fits.spend, Fitted) else [fits.spend] * DRAWS
    for purchases, spend in zip(cast(Fitted, fits.purchases).draws(DRAWS, dice), spends, strict=True):
        orders = rows.weight * purchases.expected_orders(rows.histories, weeks)[rows.place]  # type: ignore[attr-defined]
        yield float(orders.sum()), float(orders @ spend.expected_order_value(rows.orders, rows.spend))


def _each(connection: Backend, days: ir.Table, table: pa.Table, end: date) -> pa.Table:
    """Predictions back at the customers."""
    each = reduced_customers(days, day_number(end) + 1)
    each = each.mutate(spend_bin=spend_bin(each.spend))
    joined = each.inner_join(connection.create_table(ibis.util.gen_name("predicted"), table), KEY)
    return joined.select(
        "customer_id", "repeat_orders", "p_alive", "expected_orders", "low_80", "high_80", "low_95", "high_95",
        last_order_age=joined.last_order_days / 7.0, age=joined.age_days / 7.0,
        expected_value=joined.expected_orders * joined.expected_order_value,
    ).order_by("customer_id").to_pyarrow()  # fmt: skip
