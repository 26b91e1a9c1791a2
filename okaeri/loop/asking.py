"""Which orders customers are asked about today: facts become candidates, and candidates personal links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from okaeri.loop import snapshots
from okaeri.loop.workspace import Workspace
from okaeri.measure.persons import as_person
from okaeri.programs.reviews.models import Request
from okaeri.programs.surveys import actions, links, rules
from okaeri.programs.surveys.models import Invitation
from okaeri.schema.asking import Candidate
from okaeri.schema.errors import RuleRefused
from okaeri.schema.facts import links as LINKS
from okaeri.schema.types import ibis_schema

#: Deliveries are looked for among orders up to so many days older than the event.
SLOWEST_DELIVERY = 60


@dataclass(frozen=True)
class Asked:
    """One personal link to be sent."""

    customer_id: str
    order_id: str
    product_id: str
    kind: str
    expires_on: date
    link: str


def survey_links(
    workspace: Workspace, name: str, *, event: str = "delivered", days: int = 14, as_of: date | None = None
) -> list[Asked]:
    """The links of the survey ``name`` to be sent on ``as_of`` (default: today): first ones, then reminders.

    Asked are the customers of orders whose ``event`` (ordered or delivered) was ``days`` ago. The same day again gives
    the same links; those of an anonymous survey only once. Raises RuleRefused for an unknown survey or event.
    """
    if event not in rules.EVENTS:
        raise RuleRefused("{event} is no event; choose ordered or delivered", event=event)
    with workspace.records():
        survey = actions.named(name)
        today, settings = as_of or workspace.today(), workspace.settings.surveys
        due = [
            one for one in candidates(workspace, event, today - timedelta(days=days + settings.catch_up_days), today)
            if one.is_due(today, days, settings.catch_up_days)
        ]  # fmt: skip
        invited = actions.invite(survey, due, today, links_end(workspace, today), settings)
        reminded = actions.remind(survey, today, snapshots.now(), settings)
        first = [_asked(workspace, invitation, "first") for invitation in invited]
        return first + [_asked(workspace, invitation, "reminder") for invitation in reminded]


def _asked(workspace: Workspace, invitation: Invitation, kind: str) -> Asked:
    return asked(workspace, invitation, kind, f"s/{links.written(links.of(invitation), workspace.secret)}/")


def asked(workspace: Workspace, one: Invitation | Request, kind: str, path: str) -> Asked:
    """The link at ``path`` of the shop's address for somebody who is asked."""
    zone = ZoneInfo(workspace.settings.shop.timezone)
    last = (one.expires_at.astimezone(zone) - timedelta(days=1)).date()
    address = workspace.settings.web.address.rstrip("/")
    return Asked(one.customer_id, one.order_id, one.product_id, kind, last, f"{address}/{path}")


def links_end(workspace: Workspace, day: date) -> datetime:
    """When links sent on ``day`` end: with the last of the days they are good for."""
    shop = workspace.settings
    return datetime.combine(day + timedelta(days=shop.surveys.link_days + 1), time.min, ZoneInfo(shop.shop.timezone))


def candidates(workspace: Workspace, event: str, since: date, until: date) -> list[Candidate]:
    """Orders that count whose ``event`` fell between two days, both included, with the product most was paid for."""
    snapshot = snapshots.current()
    if snapshot is None or "orders" not in snapshot.versions:
        raise RuleRefused("This shop has no orders yet; import a file first: okaeri import FILE")
    connection, store = ibis.duckdb.connect(), snapshots.store_of(workspace)
    tables = {name: store.read(connection, name, snapshot.versions) for name in ("orders", "order_lines", "products")}
    exported = snapshots.export_links(workspace.work / "links.parquet")
    linked = connection.read_parquet(str(exported)).select(*ibis_schema(LINKS))
    rows = _with_product(_counted(tables["orders"], linked, since, until), tables["order_lines"], tables["products"])
    zone, later = ZoneInfo(workspace.settings.shop.timezone), workspace.settings.surveys.delivery_days
    found = [_candidate(row, event, zone, later) for row in rows.order_by("order_id").to_pyarrow().to_pylist()]
    return [one for one in found if since <= one.event_on <= until]


def _counted(orders: ir.Table, linked: ir.Table, since: date, until: date) -> ir.Table:
    near = orders.filter(
        orders.customer_id.notnull(),
        orders.status.isin(("placed", "paid", "shipped")),
        orders.subtotal.fill_null(0) >= 0,
        orders.order_date.between(since - timedelta(days=SLOWEST_DELIVERY), until),
    )
    return as_person(near.mutate(store_customer=near.customer_id), linked)


def _with_product(orders: ir.Table, lines: ir.Table, products: ir.Table) -> ir.Table:
    """The goods line most was paid for, its product and name; orders without goods are nobody's to judge."""
    goods = lines.filter(lines.kind == "goods", lines.product_id.notnull(), lines.quantity > 0)
    paid = goods.unit_price.cast("float64").fill_null(0.0) * goods.quantity
    place = ibis.row_number().over(group_by=goods.order_id, order_by=(paid.desc(), goods.line_no))
    most = goods.mutate(place=place).filter(lambda rows: rows.place == 0)
    most = most.select(line_order="order_id", product_id="product_id")
    named = products.select(catalogue_id="product_id", product_name="name")
    rows = orders.inner_join(most, [("order_id", "line_order")]).left_join(named, [("product_id", "catalogue_id")])
    return rows.select(
        "order_id", "store_customer", "customer_id", "product_id", "product_name", "order_date", "delivered_at"
    )


def _candidate(row: dict[str, Any], event: str, zone: ZoneInfo, later: int) -> Candidate:
    delivered = row["delivered_at"]
    if event == "ordered":
        day = row["order_date"]
    elif delivered is None:
        day = row["order_date"] + timedelta(days=later)
    else:
        day = delivered.astimezone(zone).date()
    return Candidate(
        row["order_id"], row["store_customer"], row["customer_id"], row["product_id"], row["product_name"] or "", day
    )
