"""Who stands at a station of the belt, and who there is about to fall off; chosen by a refresh."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.compute as pc

from okaeri.loop.reviews import Reviews
from okaeri.loop.surveys import Surveys
from okaeri.loop.workspace import Workspace

if TYPE_CHECKING:
    from okaeri.loop.published import Published

MOST_SHOWN = 20
#: From this chance on somebody is likely to leave.
LIKELY = 0.5
_CHOSEN = {
    "station_counts": f"""
        SELECT now.station, count(DISTINCT now.customer_id) AS people,
            count(risk.customer_id) FILTER (risk.leaving_chance_90 >= {LIKELY}) AS at_risk,
            coalesce(sum(risk.yen_at_stake) FILTER (risk.leaving_chance_90 >= {LIKELY}), 0) AS at_stake
        FROM customers_now now LEFT JOIN churn_risk risk USING (customer_id) GROUP BY now.station ORDER BY now.station
    """,
    "station_by_value": f"""
        SELECT now.station, now.customer_id, now.order_count, now.last_order_on, now.revenue, now.days_in_station,
            worth.residual_value, worth.p_alive, row_number() OVER (
                PARTITION BY now.station
                ORDER BY now.revenue + coalesce(worth.residual_value, 0) DESC NULLS LAST, now.customer_id
            ) AS turn
        FROM customers_now now LEFT JOIN customer_value worth USING (customer_id)
        QUALIFY turn <= {MOST_SHOWN} ORDER BY now.station, turn
    """,
    "station_by_risk": f"""
        SELECT now.station, risk.customer_id, risk.kind, risk.days_silent, risk.usual_days, risk.leaving_chance_90,
            risk.yen_at_stake, risk.reason_1, row_number() OVER (
                PARTITION BY now.station ORDER BY risk.yen_at_stake DESC NULLS LAST, risk.customer_id, risk.subscription_id
            ) AS turn
        FROM churn_risk risk JOIN customers_now now USING (customer_id)
        QUALIFY turn <= {MOST_SHOWN} ORDER BY now.station, turn
    """,
}


@dataclass(frozen=True)
class Crowd:
    """People at a station by value, and by what leaving would cost; both the first MOST_SHOWN, and how many in all."""

    people: int
    at_risk: int
    at_stake: float
    by_value: list[dict[str, Any]]
    by_risk: list[dict[str, Any]]


def lay_out(connection: duckdb.DuckDBPyConnection, place: Path) -> None:
    """Write who is shown of every station, from the tables known to ``connection`` by their names."""
    for name, query in _CHOSEN.items():
        partial = place / f"{name}.partial"
        connection.sql(query).write_parquet(str(partial), compression="zstd")
        partial.replace(place / f"{name}.parquet")


def crowd_of(laid: Published, station: int) -> Crowd:
    """The people at ``station``, as the latest refresh saw them."""
    counts, by_value, by_risk = (_rows(laid, name, station) for name in _CHOSEN)
    if not counts:
        return Crowd(0, 0, 0.0, [], [])
    return Crowd(counts[0]["people"], counts[0]["at_risk"], counts[0]["at_stake"], by_value, by_risk)


def _rows(laid: Published, name: str, station: int) -> list[dict[str, Any]]:
    rows = laid.table(name)
    found: list[dict[str, Any]] = rows.filter(pc.equal(rows["station"], station)).drop_columns("station").to_pylist()
    return found


def work_of(workspace: Workspace) -> dict[str, Any]:
    """What the shop does for those who order: its surveys with their counts, and how many reviews have come."""
    reviews = sum(row["reviews"] for row in Reviews(workspace).state())
    return {"surveys": Surveys(workspace).state(), "reviews": reviews}
