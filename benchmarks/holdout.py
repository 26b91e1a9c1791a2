"""How near each model's forecast comes to what a real shop's customers then did, beside naive forecasts.

    python benchmarks/holdout.py --data online_retail_2010_2011.parquet [--until 2011-06-09] [--json]

Orders of the UCI Online Retail data (or of a file of the same form: invoice, stock_code, quantity, invoice_date,
unit_price, customer_id) up to and including ``--until`` are what the models know; the days after it, to the end of the
file, are forecast for every customer known by then. Cancelled invoices and lines that are no goods are left out. Of
each forecast of orders and of revenue: total bias, mean absolute error, root mean squared error, decile error,
normalised Gini, rank correlation; and of each by how much more it is off than "same again", as the 95% interval over
customers drawn anew (the same ones for both). "worse" names the figures on which that interval lies wholly above 0, and
"further" those on which the forecast is further off at all.

"okaeri" is what ``okaeri refresh`` writes into customer_value, computed by the same functions: the most likely model,
weighed with "same again" and set to a level as rolling origins *before* ``--until`` taught. The models by their names
are plain ones, one for all customers.

"Same again" says that each customer does as much as in as many days before; where the file begins later than that, what
was seen is scaled up to as many days. Prints a table, or JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import okaeri  # noqa: F401  (pins the threads of NumPy before it works)
from okaeri.lib.periods import EPOCH
from okaeri.loop.measuring import build, inputs_of
from okaeri.loop.predictions import PREDICTIONS
from okaeri.measure.one_by_one import one_by_one
from okaeri.predict.accuracy import accuracy
from okaeri.predict.purchases import Histories, choose
from okaeri.predict.report_card import DISTANCES
from okaeri.predict.spend import fit as fit_spend
from okaeri.schema.rules import Rules

MODELS = {"MBG/NBD-k": ("MBG/NBD",), "BG/NBD-k": ("BG/NBD",), "Pareto/NBD": ("Pareto/NBD",)}
#: The way from days with an order to customers' values, each table after those it needs.
REFRESHED = (
    "order_days", "value_histories", "model_fits", "rolling_outcomes", "report_card", "forecast_level",
    "value_predictions",
)  # fmt: skip
#: From there on customer_value only adds subscriptions and what customers have brought so far.
BOUGHT = "one_by_one"
DAYS = """
SELECT customer_id::VARCHAR AS customer_id, invoice_date::DATE AS day, sum(quantity * unit_price)::DOUBLE AS revenue
FROM read_parquet($path)
WHERE customer_id IS NOT NULL AND quantity > 0 AND unit_price > 0 AND left(invoice, 1) <> 'C'
    AND regexp_matches(stock_code, '^[0-9]{5}')
GROUP BY ALL
"""
REDUCED = f"""
WITH days AS ({DAYS}), known AS (SELECT *, lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS before FROM days)
SELECT
    customer_id,
    count(*) FILTER (day <= $until) - 1 AS x,
    (max(day) FILTER (day <= $until) - min(day)) / 7.0 AS recency,
    ($until - min(day)) / 7.0 AS age,
    sum(revenue) FILTER (day <= $until) AS spend,
    coalesce(sum(ln((day - before) / 7.0)) FILTER (day <= $until), 0.0) AS log_gaps,
    count(*) FILTER (day <= $until AND day > $until - $reach) AS orders_before,
    coalesce(sum(revenue) FILTER (day <= $until AND day > $until - $reach), 0.0) AS revenue_before,
    count(*) FILTER (day > $until) AS orders_after,
    coalesce(sum(revenue) FILTER (day > $until), 0.0) AS revenue_after
FROM known GROUP BY customer_id HAVING min(day) <= $until ORDER BY customer_id
"""
SPAN = "SELECT min(invoice_date)::DATE, max(invoice_date)::DATE FROM read_parquet($path)"

AGAIN = "same again"
#: How often customers are drawn anew, and where chance starts.
DRAWS, SEED = 400, 1
Columns = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="Parquet file of the form of Online Retail")
    parser.add_argument("--until", type=date.fromisoformat, default=date(2011, 6, 9), help="last day the models know")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    told = judged(arguments.data, arguments.until)
    if arguments.json:
        json.dump(told, sys.stdout, indent=1, default=str)
        sys.stdout.write("\n")
    else:
        show(told)


def judged(path: Path, until: date) -> dict[str, Any]:
    """Accuracy by target and way to forecast."""
    first, last = duckdb.execute(SPAN, {"path": str(path)}).fetchone()  # type: ignore[misc]
    reach = (last - until).days
    given = {"path": str(path), "until": until, "reach": reach}
    found = duckdb.execute(REDUCED, given).fetchnumpy()
    ids = found.pop("customer_id")
    rows = {name: values.astype(float) for name, values in found.items()}
    seen = min(reach, (until - first).days + 1)
    tables = refreshed(path, until, reach)
    said = {"okaeri": refreshed_forecast(tables, ids), **forecasts(rows, reach / 7, reach / seen)}
    return {
        "until": until.isoformat(), "days": reach, "customers": len(rows["x"]),
        "models": {name: label for name, (label, _) in said.items()},
        "accuracy": {
            target: {
                name: compared(rows[f"{target}_after"], found[target], said[AGAIN][1][target])
                for name, (_, found) in said.items()
            }
            for target in ("orders", "revenue")
        },
        "report_card": tables["report_card"].to_pylist(), "level": tables["forecast_level"].to_pylist(),
    }  # fmt: skip


def compared(actual: np.ndarray, forecast: np.ndarray, again: np.ndarray) -> dict[str, Any]:
    """Accuracy, and figure by figure by how much further off than the same again, with its 95% interval."""
    chance, count = np.random.default_rng(SEED), len(actual)
    often = chance.multinomial(count, np.full(count, 1 / count), size=DRAWS)
    drawn = [more_off(actual, forecast, again, weights) for weights in often]
    off = more_off(actual, forecast, again, np.ones(len(actual)))
    bounds = {name: np.quantile([one[name] for one in drawn], (0.025, 0.975)) for name in off}
    return {
        **asdict(accuracy(actual, forecast)),
        "more": {name: [float(value), *map(float, bounds[name])] for name, value in off.items()},
        "worse": [name for name, (low, _) in bounds.items() if low > 0],
        "further": [name for name, value in off.items() if value > 0],
    }


def more_off(actual: np.ndarray, forecast: np.ndarray, again: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    """Of the figures both have, how much further the forecast is from the best than the same again."""
    ours, theirs = (asdict(accuracy(actual, said, weights)) for said in (forecast, again))
    known = [name for name in DISTANCES if ours[name] is not None and theirs[name] is not None]
    return {name: DISTANCES[name](ours[name]) - DISTANCES[name](theirs[name]) for name in known}


def refreshed(path: Path, until: date, reach: int) -> dict[str, pa.Table]:
    """The tables of a refresh as of the day after ``until``, with a horizon of ``reach`` days."""
    connection = ibis.duckdb.connect(threads=1)
    bought = connection.create_table("days", duckdb.execute(DAYS, {"path": str(path)}).to_arrow_table())
    tables: dict[str, Any] = {
        "purchases": bought.select(
            "customer_id", "revenue", order_day=bought.day.delta(EPOCH, unit="day"), gross_profit=ibis.null("float64"),
            is_purchase=ibis.literal(True), subscription_id=ibis.null("string"),
        )
    }  # fmt: skip
    rules, as_of = Rules(forecast_weeks=reach / 7, discount_rate=0.0), until + timedelta(days=1)  # type: ignore[arg-type]
    for name in REFRESHED:
        given = {parent: tables[parent].to_pyarrow() for parent in inputs_of(name)} if name in PREDICTIONS else tables
        tables[name] = connection.create_table(name, build(name, given, as_of=as_of, rules=rules))
    told = [tables[name] for name in ("order_days", "value_predictions", "forecast_level")]
    tables[BOUGHT] = one_by_one(*told, as_of, rules)
    return {name: tables[name].to_pyarrow() for name in (*REFRESHED, BOUGHT)}


def refreshed_forecast(tables: dict[str, pa.Table], ids: np.ndarray) -> tuple[str, Columns]:
    """What customer_value holds of these customers."""
    rows = {row["reduced_id"]: row for row in tables[BOUGHT].to_pylist()}
    used = {row["target"]: row for row in tables["forecast_level"].to_pylist()}
    model = next(row["model"] for row in tables["model_fits"].to_pylist() if row["is_used"])
    how = "; ".join(f"{name}: {row['model_share']:.2f} x {row['level']:.3f}" for name, row in used.items())
    columns = {"orders": "expected_orders", "revenue": "residual_value"}
    said = {target: np.array([rows[one][name] for one in ids]) for target, name in columns.items()}
    return f"{model} ({used['revenue']['method']}; {how})", said


def forecasts(rows: Columns, weeks: float, scale: float) -> dict[str, tuple[str, Columns]]:
    """By name: the model's label, and orders and revenue of each customer within ``weeks``."""
    histories = Histories.of(rows["x"], rows["recency"], rows["age"], None, rows["log_gaps"])
    spend = fit_spend(rows["x"] + 1, rows["spend"])
    value = spend.expected_order_value(rows["x"] + 1, rows["spend"])
    said = {}
    for name, candidates in MODELS.items():
        model = choose(histories, candidates, cohorts=False).model
        orders = model.expected_orders(histories, weeks)
        said[name] = (f"{model.label}, Gamma-Gamma", {"orders": orders, "revenue": orders * value})
    again = {target: rows[f"{target}_before"] * scale for target in ("orders", "revenue")}
    said[AGAIN] = ("", again)
    said["mean"] = ("", {target: np.full_like(values, values.mean()) for target, values in again.items()})
    said["zero"] = ("", {target: np.zeros_like(values) for target, values in again.items()})
    return said


def show(told: dict[str, Any]) -> None:
    """The figures as a table."""
    print(f"{told['customers']:,} customers known by {told['until']}, {told['days']} days forecast")
    for target, ways in told["accuracy"].items():
        figures = list(DISTANCES)
        print(f"\n{target:<14}{''.join(f'{name:>14}' for name in figures)}")
        for name, found in ways.items():
            cells = "".join(f"{'-' if found[figure] is None else f'{found[figure]:,.3f}':>14}" for figure in figures)
            print(f"{name:<14}{cells}  {told['models'][name]}")
            if name != AGAIN:
                print(f"{'':<14}further off than {AGAIN}: {found['further']}; beyond chance: {found['worse']}")


if __name__ == "__main__":
    main()
