"""The UCI Online Retail data as fact rows, and a made-up shop of the same shape."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.measure.plain import Buyer, buyers
from tests.measure.shops import fact_table, line, measured, order

TABLES = (
    "customer_history", "rhythm", "lapses", "dormancy_check", "customer_status", "customer_status_summary", "rfm",
    "rfm_grid", "rfm_bounds", "rfm_movement", "decile", "decile_summary", "cpm", "cpm_summary", "cpm_movement",
    "clusters", "cluster_profiles",
)  # fmt: skip


def online_retail() -> dict[str, pa.Table]:
    """One order per invoice (a C invoice is a credit note) with its lines; no customer, no order here."""
    path = Path(os.environ["OKAERI_REFERENCE_DATA"]) / "online_retail_2010_2011.parquet"
    rows = pd.read_parquet(path).dropna(subset=["customer_id"])
    rows["customer_id"] = "own:" + rows.customer_id.astype(int).astype(str)
    rows["unit_price"] = rows.unit_price.round(2)
    rows["amount"] = (rows.quantity * rows.unit_price).round(2)
    rows["line_no"] = rows.groupby("invoice").cumcount() + 1
    rows["at"] = rows.groupby("invoice").invoice_date.transform("min")
    return {"orders": _orders(rows), "order_lines": _lines(rows)}


def _orders(rows: pd.DataFrame) -> pa.Table:
    whole = rows.groupby("invoice").agg(customer_id=("customer_id", "first"), at=("at", "first"), sub=("amount", "sum"))
    return fact_table("orders", [
        {
            "order_id": "own:" + row.Index, "customer_id": row.customer_id, "ordered_at": row.at.tz_localize(UTC),
            "order_date": row.at.date(), "order_month": row.at.strftime("%Y-%m"), "store": "own",
            "status": "returned" if row.Index.startswith("C") else "paid", "subtotal": Decimal(f"{row.sub:.2f}"),
        }
        for row in whole.itertuples()
    ])  # fmt: skip


def _lines(rows: pd.DataFrame) -> pa.Table:
    return pa.table({
        "order_id": "own:" + rows.invoice, "line_no": rows.line_no.astype("int64"),
        "order_month": rows["at"].dt.strftime("%Y-%m"), "product_id": rows.stock_code, "kind": ["goods"] * len(rows),
        "quantity": rows.quantity.astype("int64"),
        "unit_price": pa.array([Decimal(f"{price:.2f}") for price in rows.unit_price], pa.decimal128(18, 2)),
        "discount": pa.nulls(len(rows), pa.decimal128(18, 2)), "unit_cost": pa.nulls(len(rows), pa.decimal128(18, 2)),
    })  # fmt: skip


def made_up_shop(seed: int = 1, customers: int = 300, end: date = date(2026, 1, 1)) -> dict[str, list[dict]]:
    """Customers with rhythms from weekly to twice a year over three years; cancellations, credit notes, equal sums."""
    chance = np.random.default_rng(seed)
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for customer in range(customers):
        pace, day = chance.choice([7, 30, 90, 200]), end - timedelta(days=int(chance.integers(10, 1100)))
        for number in range(int(chance.geometric(0.25))):
            _add_order(shop, chance, f"own:{customer}", f"own:{customer}-{number}", day)
            day += timedelta(days=int(chance.exponential(pace)))
    return shop


def _add_order(shop: dict[str, list[dict]], chance: np.random.Generator, name: str, number: str, day: date) -> None:
    product, price = f"P{chance.integers(6)}", float(chance.choice([980, 3500, 12000, 35000]))
    status = "cancelled" if chance.random() < 0.05 else "paid"
    shop["orders"].append(order(name, day.isoformat(), price, number, status=status))
    shop["order_lines"].append(line(number, 1, product, 1, price, day.isoformat()))
    if chance.random() < 0.08:
        back = (day + timedelta(days=5)).isoformat()
        shop["orders"].append(order(name, back, -500, number + "-back", status="returned"))


def rows_of(facts: object) -> list[dict]:
    """Fact rows as plain dicts, whether they came as Arrow or as a list."""
    return facts.to_pylist() if isinstance(facts, pa.Table) else list(facts)  # type: ignore[call-overload]


#: Shops to measure, each with its ``as_of``: parametrize over these.
SHOPS = [
    pytest.param((made_up_shop, date(2026, 1, 1)), id="made-up"),
    pytest.param((online_retail, date(2011, 12, 10)), id="online-retail", marks=pytest.mark.reference),
]


@cache
def measured_shop(make: Callable[[], dict], as_of: date) -> tuple[dict[str, pa.Table], dict[str, Buyer]]:
    """The tables about who the customers are, and the plain implementation's view of the same shop."""
    facts = make()
    tables = measured(facts, as_of, wanted=TABLES)
    return tables, buyers(rows_of(facts["orders"]), rows_of(facts["order_lines"]), as_of)


def by_customer(table: pa.Table) -> dict[str, dict]:
    """Rows by customer_id."""
    return {row["customer_id"]: row for row in table.to_pylist()}
