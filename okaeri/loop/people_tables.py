"""What the console chooses people by, laid out by a refresh: a row per person, and what each of them did.

``people`` is in the order of customer ids; ``bought``, ``acted`` and ``spoke`` name people by their place in it, from 0,
as such numbers are counted many times faster than ids.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from okaeri.loop.columns import write_columns
from okaeri.schema.measured.belt import customers_now
from okaeri.schema.people import VALUE_COLUMNS, people
from okaeri.schema.segments import RUN_OUT

#: Tables of which each column has a file of its own, as all rows of some columns are looked at together.
BY_COLUMN = {
    "people": people.column_names,
    "bought": ("person_no", "day", "product_id", "category", "is_order", "is_category"),
    "acted": ("person_no", "day", "did", "product_id", "category"),
    "spoke": ("person_no", "day", "did", "product_id", "category"),
}
#: Tables in the order of their customers.
BY_CUSTOMER = ("customer_voices", "customer_orders")
#: What the queries below read.
READS = (
    "churn_risk", "customer_value", "customers_now", "earlier_classes", "events", "feelings", "links", "orders", "personas",
    "products", "purchase_lines", "recommendations", "step_up", "stock_at_home", "voices",
)  # fmt: skip
ROWS_TOGETHER = 16_384
EPOCH = "DATE '1970-01-01'"

_PEOPLE = f"""
    SELECT CAST(row_number() OVER (ORDER BY now.customer_id) - 1 AS INTEGER) AS person_no,
        {", ".join(f"now.{name}" for name in customers_now.column_names)},
        {", ".join(f"worth.{name}" for name in VALUE_COLUMNS)},
        risk.leaving_chance_90, risk.yen_at_stake, faces.persona, before.cpm_before, before.rank_before,
        risk.leaving_reason, risk.cancelling_reason, first.product_id AS next_product, step.product_id AS step_up_from,
        step.next_product_id AS step_up_to, step.step AS step_up
    FROM customers_now AS now
    LEFT JOIN customer_value AS worth USING (customer_id)
    LEFT JOIN (
        SELECT customer_id, max(leaving_chance_90) AS leaving_chance_90, sum(yen_at_stake) AS yen_at_stake,
            arg_max(coalesce(reason_1, 'none'), leaving_chance_90) FILTER (kind = 'one_off') AS leaving_reason,
            arg_max(coalesce(reason_1, 'none'), leaving_chance_90) FILTER (kind = 'subscription') AS cancelling_reason
        FROM churn_risk GROUP BY customer_id
    ) AS risk USING (customer_id)
    LEFT JOIN personas AS faces USING (customer_id)
    LEFT JOIN earlier_classes AS before USING (customer_id)
    LEFT JOIN (SELECT * FROM recommendations WHERE rank = 1 AND placement = 'for_you') AS first USING (customer_id)
    LEFT JOIN (SELECT * FROM step_up WHERE rank = 1) AS step USING (customer_id)
    ORDER BY person_no
"""

#: One row per product of an order; the two flags tell the one row that stands for its order, and for a category in it.
_BOUGHT = """
    SELECT person_no, CAST(order_day AS INTEGER) AS day, product_id, category,
        row_number() OVER (PARTITION BY person_no, order_no ORDER BY product_id) = 1 AS is_order,
        row_number() OVER (PARTITION BY person_no, order_no, category ORDER BY product_id) = 1 AS is_category
    FROM purchase_lines AS lines
    JOIN people USING (customer_id)
    LEFT JOIN products USING (product_id)
    ORDER BY person_no, day, product_id
"""

_ACTED = f"""
    SELECT person_no, CAST(event_date - {EPOCH} AS INTEGER) AS day, acts.kind AS did, product_id, category
    FROM (
        SELECT coalesce(links.person_id, events.customer_id) AS customer_id, event_date, kind, product_id
        FROM events LEFT JOIN links ON links.customer_id = events.customer_id
        WHERE events.customer_id IS NOT NULL AND event_date < getvariable('as_of')
        UNION ALL SELECT customer_id, runs_out_on, '{RUN_OUT}', product_id FROM stock_at_home
    ) AS acts
    JOIN people USING (customer_id)
    LEFT JOIN products USING (product_id)
    ORDER BY person_no, day, did
"""

_VOICES = """
    SELECT coalesce(links.person_id, voices.customer_id) AS customer_id, voice_id, voices.at, voice_date, source,
        touchpoint, product_id, order_id, rating, text, language, feelings.score, feelings.confidence
    FROM voices
    LEFT JOIN links ON links.customer_id = voices.customer_id
    LEFT JOIN feelings USING (voice_id)
    WHERE voices.customer_id IS NOT NULL AND voice_date < getvariable('as_of')
    ORDER BY customer_id, voices.at, voice_id
"""

_SPOKE = f"""
    SELECT person_no, CAST(voice_date - {EPOCH} AS INTEGER) AS day, source AS did, product_id, category
    FROM customer_voices
    JOIN people USING (customer_id)
    LEFT JOIN products USING (product_id)
    ORDER BY person_no, day, did
"""

_ORDERS = """
    SELECT coalesce(links.person_id, orders.customer_id) AS customer_id, order_id, ordered_at, order_date, status, store,
        total, coupon_code, campaign, subscription_id, delivered_at
    FROM orders LEFT JOIN links ON links.customer_id = orders.customer_id
    WHERE orders.customer_id IS NOT NULL AND order_date < getvariable('as_of')
    ORDER BY customer_id, ordered_at, order_id
"""

#: In the order they are made: later ones read earlier ones.
_QUERIES = {
    "people": _PEOPLE, "bought": _BOUGHT, "acted": _ACTED, "customer_voices": _VOICES, "spoke": _SPOKE,
    "customer_orders": _ORDERS,
}  # fmt: skip


def lay_out(connection: duckdb.DuckDBPyConnection, place: Path, as_of: date) -> None:
    """Write these tables into ``place``, each file appearing when it is whole; ``connection`` knows all of READS."""
    connection.execute("SET VARIABLE as_of = CAST(? AS DATE)", [as_of])
    for name, query in _QUERIES.items():
        written = place / f"{name}.parquet"
        partial = written.with_name(f"{name}.partial")
        connection.sql(query).write_parquet(str(partial), compression="zstd", row_group_size=ROWS_TOGETHER)
        partial.replace(written)
        connection.read_parquet(str(written)).create_view(name, replace=True)
    for name, columns in BY_COLUMN.items():
        write_columns(connection, place / f"{name}.parquet", columns, place / name)
        (place / f"{name}.parquet").unlink()
