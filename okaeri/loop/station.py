"""Who stands at a station of the belt, and who there is about to fall off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb

from okaeri.loop.published import Published
from okaeri.loop.reviews import Reviews
from okaeri.loop.surveys import Surveys
from okaeri.loop.workspace import Workspace

MOST_SHOWN = 20


@dataclass(frozen=True)
class Crowd:
    """People at a station by value, and by what leaving would cost; both the first MOST_SHOWN, and how many in all."""

    people: int
    at_risk: int
    at_stake: float
    by_value: list[dict[str, Any]]
    by_risk: list[dict[str, Any]]


@lru_cache(maxsize=16)
def crowd_of(laid: Published, station: int) -> Crowd:
    """The people at ``station``, from the copies of the latest refresh; worked out once for each."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for name in ("customers_now", "customer_value", "churn_risk"):
            connection.read_parquet(str(laid.path(name)), hive_partitioning=False).create_view(name)
        people = connection.execute("SELECT count(*) FROM customers_now WHERE station = ?", [station]).fetchall()[0][0]
        by_value = connection.execute(
            "SELECT n.customer_id, n.order_count, n.last_order_on, n.revenue, n.days_in_station, v.residual_value,"
            " v.p_alive FROM customers_now n LEFT JOIN customer_value v USING (customer_id) WHERE n.station = ?"
            " ORDER BY n.revenue + coalesce(v.residual_value, 0) DESC NULLS LAST, n.customer_id LIMIT ?",
            [station, MOST_SHOWN],
        ).to_arrow_table()
        at_risk, at_stake = connection.execute(
            "SELECT count(*), coalesce(sum(r.yen_at_stake), 0) FROM churn_risk r JOIN customers_now n"
            " USING (customer_id) WHERE n.station = ? AND r.leaving_chance_90 >= 0.5",
            [station],
        ).fetchall()[0]
        by_risk = connection.execute(
            "SELECT r.customer_id, r.kind, r.days_silent, r.usual_days, r.leaving_chance_90, r.yen_at_stake, r.reason_1"
            " FROM churn_risk r JOIN customers_now n USING (customer_id) WHERE n.station = ?"
            " ORDER BY r.yen_at_stake DESC NULLS LAST, r.customer_id, r.subscription_id LIMIT ?",
            [station, MOST_SHOWN],
        ).to_arrow_table()
    return Crowd(people, at_risk, at_stake, by_value.to_pylist(), by_risk.to_pylist())


def work_of(workspace: Workspace) -> dict[str, Any]:
    """What the shop does for those who order: its surveys with their counts, and how many reviews have come."""
    reviews = sum(row["reviews"] for row in Reviews(workspace).state())
    return {"surveys": Surveys(workspace).state(), "reviews": reviews}
