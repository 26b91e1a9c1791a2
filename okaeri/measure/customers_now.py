"""Everything measured of each known customer in one row."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.belt import named
from okaeri.measure.days import as_date
from okaeri.measure.persons import known_people
from okaeri.schema.measured.belt import customers_now as TABLE

#: Columns taken from each table that has one row per buyer.
TAKEN = {
    "rhythm": ("usual_interval",),
    "customer_status": (
        "status", "status_label", "is_lapsing", "is_revived", "dormant_after", "recency_days",
    ),
    "cpm": ("cpm", "cpm_label"),
    "rfm": ("r", "f", "m", "rank"),
    "decile": ("decile",),
    "clusters": ("cluster", "cluster_label"),
}  # fmt: skip


def customers_now(
    customers: ir.Table,
    links: ir.Table,
    customer_history: ir.Table,
    rhythm: ir.Table,
    customer_status: ir.Table,
    cpm: ir.Table,
    rfm: ir.Table,
    decile: ir.Table,
    clusters: ir.Table,
    station_entries: ir.Table,
    stock_at_home: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """Buyers with their history and every class they are in, and leads with what is known of them."""
    rows = _people(known_people(customers, links, as_of), customer_history)
    measured = {"rhythm": rhythm, "customer_status": customer_status, "cpm": cpm, "rfm": rfm, "decile": decile,
                "clusters": clusters}  # fmt: skip
    for name, table in measured.items():
        own = table.select(*TAKEN[name], **{f"{name}_id": table.customer_id})
        rows = rows.left_join(own, [("customer_id", f"{name}_id")])
    rows = rows.left_join(_standing(station_entries), [("customer_id", "standing_id")])
    rows = rows.left_join(_at_home(stock_at_home), [("customer_id", "stock_id")])
    return rows.mutate(
        stock_items=rows.stock_items.fill_null(0),
        run_out_items=rows.run_out_items.fill_null(0),
        is_lapsing=rows.is_lapsing.fill_null(False),
        is_revived=rows.is_revived.fill_null(False),
        mean_order_value=rows.revenue / rows.order_count.nullif(0),
        first_order_on=as_date(rows.first_day),
        last_order_on=as_date(rows.last_day),
        next_order_expected_on=as_date(rows.last_day + (rows.usual_interval + 0.5).floor().cast("int64")),
        station_label=named(rows.station, 1),
    ).select(*TABLE.column_names)


def _people(known: ir.Table, customer_history: ir.Table) -> ir.Table:
    """All known customers: what their history says first, else what the shop's records say."""
    ids = known.select(customer_id="person_id").union(customer_history.select("customer_id"), distinct=True)
    facts = ("acquired_via", "acquired_campaign", "acquisition_cost", "region", "gender", "age_band")
    said = known.select(
        "person_id", first_seen_on="first_seen_date", **{f"known_{name}": known[name] for name in facts}
    )
    rows = ids.left_join(said, [("customer_id", "person_id")])
    rows = rows.left_join(customer_history.rename(buyer_id="customer_id"), [("customer_id", "buyer_id")])
    merged = {name: ibis.coalesce(rows[name], rows[f"known_{name}"]) for name in facts}
    return rows.mutate(
        **merged | {"acquired_via": merged["acquired_via"].fill_null("unknown")},
        is_buyer=rows.buyer_id.notnull(),
        order_count=rows.order_count.fill_null(0),
        revenue=rows.revenue.fill_null(0.0),
    )


def _standing(station_entries: ir.Table) -> ir.Table:
    there = station_entries.filter(station_entries.outcome == "still")
    return there.select("station", standing_id="customer_id", days_in_station="days_inside")


def _at_home(stock_at_home: ir.Table) -> ir.Table:
    """Per customer: products at home, those used up by now, and the first to run out."""
    order = ibis.window(
        group_by=stock_at_home.customer_id, order_by=(stock_at_home.runs_out_on, stock_at_home.product_id)
    )
    ranked = stock_at_home.mutate(place=ibis.row_number().over(order))
    return ranked.group_by(stock_id=ranked.customer_id).agg(
        stock_items=ranked.count(),
        run_out_items=(ranked.days_left <= 0).ifelse(1, 0).sum(),
        next_runs_out_on=ranked.runs_out_on.min(),
        next_runs_out_product=ranked.product_id.max(where=ranked.place == 0),
    )
