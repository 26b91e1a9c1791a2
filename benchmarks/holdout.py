"""How near each model's forecast comes to what a real shop's customers then did, beside naive forecasts.

    python benchmarks/holdout.py --data online_retail_2010_2011.parquet [--until 2011-06-09] [--json]

Orders of the UCI Online Retail data (or of a file of the same form: invoice, stock_code, quantity, invoice_date,
unit_price, customer_id) up to and including ``--until`` are what the models know; the days after it, to the end of the
file, are forecast for every customer known by then. Cancelled invoices and lines that are no goods are left out. Of
each forecast of orders and of revenue: total bias, mean absolute error, root mean squared error, decile error,
normalised Gini, rank correlation.

"Same again" says that each customer does as much as in as many days before; where the file begins later than that, what
was seen is scaled up to as many days. Prints a table, or JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import okaeri  # noqa: F401  (pins the threads of NumPy before it works)
from okaeri.predict.accuracy import accuracy
from okaeri.predict.purchases import Histories, choose
from okaeri.predict.spend import fit as fit_spend

MODELS = {
    "chosen": ("MBG/NBD", "BG/NBD", "Pareto/NBD"), "MBG/NBD-k": ("MBG/NBD",), "BG/NBD-k": ("BG/NBD",),
    "Pareto/NBD": ("Pareto/NBD",),
}  # fmt: skip
REDUCED = """
WITH days AS (
    SELECT customer_id, invoice_date::DATE AS day, sum(quantity * unit_price) AS revenue
    FROM read_parquet($path)
    WHERE customer_id IS NOT NULL AND quantity > 0 AND unit_price > 0 AND left(invoice, 1) <> 'C'
        AND regexp_matches(stock_code, '^[0-9]{5}')
    GROUP BY ALL
), known AS (SELECT *, lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS before FROM days)
SELECT
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

Columns = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="Parquet file of the form of Online Retail")
    parser.add_argument("--until", type=date.fromisoformat, default=date(2011, 6, 9), help="last day the models know")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    told = judged(arguments.data, arguments.until)
    if arguments.json:
        json.dump(told, sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        show(told)


def judged(path: Path, until: date) -> dict[str, Any]:
    """Accuracy by target and way to forecast."""
    first, last = duckdb.execute(SPAN, {"path": str(path)}).fetchone()  # type: ignore[misc]
    reach = (last - until).days
    given = {"path": str(path), "until": until, "reach": reach}
    rows = {name: values.astype(float) for name, values in duckdb.execute(REDUCED, given).fetchnumpy().items()}
    seen = min(reach, (until - first).days + 1)
    said = forecasts(rows, reach / 7, reach / seen)
    return {
        "until": until.isoformat(), "days": reach, "customers": len(rows["x"]),
        "models": {name: label for name, (label, _) in said.items()},
        "accuracy": {
            target: {name: asdict(accuracy(rows[f"{target}_after"], found[target])) for name, (_, found) in said.items()}
            for target in ("orders", "revenue")
        },
    }  # fmt: skip


def forecasts(rows: Columns, weeks: float, scale: float) -> dict[str, tuple[str, Columns]]:
    """By name: the model's label, and orders and revenue of each customer within ``weeks``."""
    histories = Histories.of(rows["x"], rows["recency"], rows["age"], None, rows["log_gaps"])
    spend = fit_spend(rows["x"] + 1, rows["spend"])
    value = spend.expected_order_value(rows["x"] + 1, rows["spend"])
    said = {}
    for name, candidates in MODELS.items():
        model = choose(histories, candidates).model
        orders = model.expected_orders(histories, weeks)
        said[name] = (f"{model.label}, Gamma-Gamma", {"orders": orders, "revenue": orders * value})
    again = {target: rows[f"{target}_before"] * scale for target in ("orders", "revenue")}
    said["same again"] = ("", again)
    said["mean"] = ("", {target: np.full_like(values, values.mean()) for target, values in again.items()})
    said["zero"] = ("", {target: np.zeros_like(values) for target, values in again.items()})
    return said


def show(told: dict[str, Any]) -> None:
    """The figures as a table."""
    print(f"{told['customers']:,} customers known by {told['until']}, {told['days']} days forecast")
    for target, ways in told["accuracy"].items():
        figures = list(next(iter(ways.values())))
        print(f"\n{target:<14}{''.join(f'{name:>14}' for name in figures)}")
        for name, found in ways.items():
            cells = "".join(f"{'-' if value is None else f'{value:,.3f}':>14}" for value in found.values())
            print(f"{name:<14}{cells}  {told['models'][name]}")


if __name__ == "__main__":
    main()
