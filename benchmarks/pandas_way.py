"""A shop's figures with pandas: the usual way, and the peer of ``benchmarks/measure.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass
class Shop:
    """Orders that count with their place in the customer's history, and their goods."""

    orders: pd.DataFrame
    lines: pd.DataFrame
    as_of: pd.Timestamp


def load(folder: Path) -> Shop:
    """Read the files and number each customer's orders."""
    orders = pd.concat(map(pd.read_parquet, sorted(folder.glob("orders-*.parquet"))))
    lines = pd.concat(map(pd.read_parquet, sorted(folder.glob("order_lines-*.parquet"))))
    as_of = pd.Timestamp((folder / "as_of").read_text())
    orders = orders[orders.status.isin(["placed", "paid", "shipped"]) & orders.customer_id.notna()]
    money = orders[["subtotal", "discount", "shipping", "tax", "points_used", "refunded"]].astype(float).fillna(0)
    taxed = money.subtotal - money.discount + money.shipping
    net = (money.subtotal - money.discount - money.refunded - money.points_used) * (1 - money.tax / taxed.replace(0, 1))
    orders = orders[["order_id", "customer_id", "ordered_at", "order_date"]].assign(revenue=net)
    orders = orders.sort_values(["customer_id", "ordered_at", "order_id"])
    orders["day"] = pd.to_datetime(orders.order_date)
    by_customer = orders.groupby("customer_id", sort=False)
    orders["order_no"] = by_customer.cumcount() + 1
    orders["age"] = (orders.day - by_customer.day.transform("min")).dt.days
    orders["next_in"] = (by_customer.day.shift(-1) - orders.day).dt.days
    return Shop(orders, lines[lines.kind == "goods"], as_of)


def customer_history(shop: Shop) -> pd.DataFrame:
    return shop.orders.groupby("customer_id").agg(
        first=("day", "min"), last=("day", "max"), orders=("order_id", "count"), revenue=("revenue", "sum")
    )


def rfm(shop: Shop) -> pd.DataFrame:
    past = customer_history(shop)
    recency = (shop.as_of - past["last"]).dt.days
    return past.assign(
        r=pd.cut(recency, [-1, 29, 89, 179, 364, np.inf], labels=False),
        f=pd.cut(past.orders, [0, 1, 2, 4, 9, np.inf], labels=False),
        m=pd.cut(past.revenue, [-np.inf, 5000, 15000, 30000, 70000, np.inf], labels=False),
    )


def ltv_curve(shop: Shop) -> pd.DataFrame:
    first = shop.orders.groupby("customer_id").day.transform("min")
    observed = (shop.as_of - first).dt.days
    grid = np.array([0, 7, 14, *range(30, 731, 30)])
    rows = []
    for lower, upper in zip(np.r_[-1, grid[:-1]], grid, strict=True):
        watched = observed > upper
        inside = watched & (shop.orders.age > lower) & (shop.orders.age <= upper)
        people = shop.orders.customer_id[watched].nunique()
        rows.append((upper, shop.orders.revenue[inside].sum() / max(people, 1), people))
    return pd.DataFrame(rows, columns=["age_days", "step", "n"]).assign(ltv=lambda table: table.step.cumsum())


def cohort_retention(shop: Shop) -> pd.DataFrame:
    month = shop.orders.day.dt.year * 12 + shop.orders.day.dt.month
    cohort = month.groupby(shop.orders.customer_id).transform("min")
    return shop.orders.groupby([cohort, month - cohort]).agg(
        active=("customer_id", "nunique"), orders=("order_id", "count"), revenue=("revenue", "sum")
    )


def next_product(shop: Shop) -> pd.DataFrame:
    goods = _goods(shop)
    after = goods.assign(order_no=goods.order_no - 1)[["customer_id", "order_no", "product_id"]]
    pairs = goods.merge(after, on=["customer_id", "order_no"], suffixes=("", "_next"))
    bucket = pd.cut(pairs.next_in, [0, 3, 7, 14, 30, 60, 90, np.inf], labels=False)
    return pairs.groupby(["product_id", "product_id_next", bucket]).size()


def basket_pairs(shop: Shop) -> pd.DataFrame:
    goods = _goods(shop)[["order_id", "product_id"]]
    pairs = goods.merge(goods, on="order_id", suffixes=("", "_with"))
    return pairs[pairs.product_id < pairs.product_id_with].groupby(["product_id", "product_id_with"]).size()


def _goods(shop: Shop) -> pd.DataFrame:
    lines = shop.lines[["order_id", "product_id"]].drop_duplicates()
    return lines.merge(shop.orders[["order_id", "customer_id", "order_no", "next_in"]], on="order_id")


TABLES: dict[str, Callable[[Shop], object]] = {
    "customer_history": customer_history,
    "rfm": rfm,
    "ltv_curve": ltv_curve,
    "cohort_retention": cohort_retention,
    "next_product": next_product,
    "basket_pairs": basket_pairs,
}
