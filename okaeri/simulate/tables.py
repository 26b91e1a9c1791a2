"""The made-up shop as columns of the fact tables, in memory: for tests of everything that reads facts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from okaeri.schema.facts import EVENT_KINDS, ORDER_STATUS
from okaeri.simulate.block import Block, blocks_of
from okaeri.simulate.parcels import lot_names
from okaeri.simulate.people import PREFECTURES
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.traits import GENDERS, SKINS, STORES
from okaeri.simulate.visits import DAY, DETAILS, visits_of
from okaeri.simulate.voices import voices_of

Column = list | np.ndarray
Columns = dict[str, Column]
UTC_OFFSET = 9 * 3600


def shop_tables(plan: ShopPlan) -> dict[str, Columns]:
    """The fact tables of the shop as columns by name, every column of the schema, equal in length.

    Instants are ``datetime64[us]`` in UTC, days ``datetime64[D]`` in the shop's zone, money whole yen as int32 (which
    casts to DECIMAL(18, 2)), text as lists with None where empty, maps as lists of dicts. ``links`` holds only those
    who bought in several stores: each of their ids, and the id of their first order.
    """
    blocks = [block_tables(block) for block in blocks_of(plan)]
    tables = {name: {c: _join([b[name][c] for b in blocks]) for c in blocks[0][name]} for name in blocks[0]}
    tables["products"] = product_columns(plan)
    return tables


def _join(parts: Sequence[Column]) -> Column:
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return [value for part in parts for value in part]


def block_tables(block: Block) -> dict[str, Columns]:
    """The facts of one block but for the catalogue; call once."""
    order_ids = [block.order_id(row) for row in range(len(block.orders))]
    return {
        "customers": _customers(block),
        "orders": _orders(block, order_ids),
        "order_lines": _order_lines(block, order_ids),
        "events": _events(block),
        "voices": _voices(block, order_ids),
        "costs": _costs(block),
        "links": _links(block),
    }


def instants(block: Block, seconds: np.ndarray) -> np.ndarray:
    """Seconds of shop time since the plan's start as UTC instants."""
    start = np.datetime64(block.plan.start, "s")
    return (start + np.asarray(seconds, dtype=np.int64) - UTC_OFFSET).astype("datetime64[us]")


def days(block: Block, seconds: np.ndarray) -> np.ndarray:
    """The shop's days of the same seconds."""
    return np.datetime64(block.plan.start) + np.asarray(seconds, dtype=np.int64) // DAY


def memberships(block: Block) -> np.ndarray:
    """Rows of the orders that are a customer's first in a store, in order of time."""
    orders = block.orders
    _, rows = np.unique(orders.person * len(STORES) + orders.store, return_index=True)
    return np.sort(rows)


def first_ids(block: Block) -> dict[int, str]:
    """The customer id of each person's first order."""
    found: dict[int, str] = {}
    for row in memberships(block).tolist():
        person = int(block.orders.person[row])
        found.setdefault(person, block.customer_id(person, int(block.orders.store[row])))
    return found


def attributes(block: Block, person: int) -> dict[str, str]:
    """What the shop asked the customer: skin, favourite scent, and who recommended the shop."""
    known = {"skin": SKINS[block.traits.skin[person]]}
    if scent := block.shelf.scents[block.traits.scent[person]]:
        known["favourite_scent"] = scent
    if (referrer := int(block.referrer[person])) >= 0:
        known["referred_by"] = str(referrer + block.first_number)
    return known


def _customers(block: Block) -> Columns:
    traits, orders, rows = block.traits, block.orders, memberships(block)
    person, store = orders.person[rows], orders.store[rows]
    seen = orders.day[rows] * DAY + orders.second[rows] - 900
    source = [block.plan.sources[i] for i in traits.source[person].tolist()]
    first = orders.order_no[rows] == 1
    return {
        "customer_id": [block.customer_id(p, s) for p, s in zip(person.tolist(), store.tolist(), strict=True)],
        "first_seen_at": instants(block, seen),
        "first_seen_date": days(block, seen),
        "acquired_via": [s.via for s in source],
        "acquired_campaign": [s.campaign for s in source],
        "acquisition_cost": np.where(first, traits.cost[person], 0).astype(np.int32),
        "gender": [GENDERS[g] for g in traits.gender[person].tolist()],
        "birth_year": block.birth_year[person],
        "region": [PREFECTURES[r] for r in traits.region[person].tolist()],
        "country": ["JP"] * len(rows),
        "is_member": traits.member[person] | (store != 0),
        "attributes": [attributes(block, p) for p in person.tolist()],
    }


def _orders(block: Block, order_ids: list[str]) -> Columns:
    orders, amounts = block.orders, block.amounts
    seconds = orders.day * DAY + orders.second
    days_of = days(block, seconds)
    person, store = orders.person.tolist(), orders.store.tolist()
    subscription = zip(person, orders.subscription.tolist(), strict=True)
    delivered = amounts.delivered_day < block.plan.days
    source = block.traits.source[orders.person].tolist()
    return {
        "order_id": order_ids,
        "customer_id": [block.customer_id(p, s) for p, s in zip(person, store, strict=True)],
        "ordered_at": instants(block, seconds),
        "order_date": days_of,
        "order_month": np.datetime_as_string(days_of, unit="M"),
        "status": [ORDER_STATUS[s] for s in amounts.status.tolist()],
        "store": [STORES[s] for s in store],
        "subtotal": amounts.subtotal,
        "discount": amounts.discount,
        "shipping": amounts.shipping,
        "tax": amounts.tax,
        "points_used": amounts.points,
        "refunded": amounts.refunded,
        "total": amounts.total,
        "currency": ["JPY"] * len(orders),
        "coupon_code": ["THANKS10" if used else None for used in orders.coupon.tolist()],
        "campaign": [
            block.plan.sources[s].campaign if no == 1 else None
            for s, no in zip(source, orders.order_no.tolist(), strict=True)
        ],
        "subscription_id": [f"T{p + block.first_number}-{n + 1}" if n >= 0 else None for p, n in subscription],
        "delivery_no": [no or None for no in orders.delivery_no.tolist()],
        "delivered_at": np.where(
            delivered & (amounts.status >= 2) & (amounts.status != 3),
            instants(block, amounts.delivered_day * DAY + 14 * 3600),
            np.datetime64("NaT"),
        ),
        "carrier": block.carriers(),
    }


def goods_lines(block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Order row, line number from 1, product and pieces of every goods line, order by order."""
    rows, slots = np.nonzero(block.orders.products >= 0)
    starts = np.r_[0, np.flatnonzero(np.diff(rows)) + 1]
    sizes = np.diff(np.r_[starts, len(rows)])
    line_no = np.arange(len(rows)) - np.repeat(starts, sizes) + 1
    return rows, line_no, block.orders.products[rows, slots], block.orders.pieces[rows, slots]


def _order_lines(block: Block, order_ids: list[str]) -> Columns:
    rows, line_no, product, pieces = goods_lines(block)
    ids = [order_ids[row] for row in rows.tolist()]
    month = np.datetime_as_string(days(block, block.orders.day[rows] * DAY), unit="M")
    return {
        "order_id": ids,
        "line_no": line_no,
        "order_month": month,
        "product_id": block.shelf.codes[product].tolist(),
        "kind": ["goods"] * len(rows),
        "quantity": pieces,
        "unit_price": block.shelf.price[product].astype(np.int32),
        "discount": np.zeros(len(rows), dtype=np.int32),
        "unit_cost": block.shelf.cost[product].astype(np.int32),
        "lot": lot_names(block.shelf, product, block.orders.day[rows]),
    }


def _events(block: Block) -> Columns:
    visits = visits_of(block)
    person, stranger = visits.person.tolist(), visits.stranger.tolist()
    codes = [*block.shelf.codes.tolist(), None]
    who = zip(person, visits.store.tolist(), strict=True)
    return {
        "event_id": [f"e{n}" for n in block.numbering.next("event", len(visits))],
        "at": instants(block, visits.at),
        "event_date": days(block, visits.at),
        "visitor_id": [visitor_id(block, p, s) for p, s in zip(person, stranger, strict=True)],
        "customer_id": [signed_in(block, p, s) for p, s in who],
        "kind": [EVENT_KINDS[k] for k in visits.kind.tolist()],
        "product_id": [codes[p] for p in visits.product.tolist()],
        "session_id": [f"s{n}" if n >= 0 else None for n in visits.session.tolist()],
        "detail": [DETAILS[d] or None for d in visits.detail.tolist()],
    }


def visitor_id(block: Block, person: int, stranger: int) -> str:
    """The browser's id: ``v`` and the person's number, or ``x`` and the stranger's."""
    return f"v{person + block.first_number}" if person >= 0 else f"x{stranger}"


def signed_in(block: Block, person: int, store: int) -> str | None:
    """The customer id the shop's page knows: none of strangers and guests."""
    if person < 0 or (store == 0 and not block.traits.member[person]):
        return None
    return block.customer_id(person, store)


def _voices(block: Block, order_ids: list[str]) -> Columns:
    voices = voices_of(block)
    rows = voices.row.tolist()
    person, store = block.orders.person[voices.row].tolist(), block.orders.store[voices.row].tolist()
    return {
        "voice_id": [f"w{n}" for n in block.numbering.next("voice", len(voices))],
        "at": instants(block, voices.at),
        "voice_date": days(block, voices.at),
        "customer_id": [block.customer_id(p, s) for p, s in zip(person, store, strict=True)],
        "source": voices.source_names(),
        "touchpoint": voices.touchpoint_names(),
        "product_id": block.shelf.codes[block.orders.products[voices.row, 0]].tolist(),
        "order_id": [order_ids[row] for row in rows],
        "rating": [None if r < 0 else r for r in voices.rating.tolist()],
        "text": voices.text,
        "language": ["ja"] * len(voices),
    }


def _costs(block: Block) -> Columns:
    """Spending by source and day: the sum of what its customers cost."""
    place, amount = daily_costs(block)
    source, day = place // block.plan.days, place % block.plan.days
    named = [block.plan.sources[s] for s in source.tolist()]
    return {
        "cost_id": [f"c{n}" for n in block.numbering.next("cost", len(place))],
        "spent_on": np.datetime64(block.plan.start) + day,
        "acquired_via": [s.via for s in named],
        "campaign": [s.campaign for s in named],
        "customer_id": [None] * len(place),
        "amount": amount.astype(np.int32),
    }


def daily_costs(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """Each source and day with spending, as ``source * days + day``, and the yen spent."""
    key = block.traits.source * block.plan.days + block.traits.arrival
    sums = np.bincount(key, weights=block.traits.cost, minlength=len(block.plan.sources) * block.plan.days)
    place = np.flatnonzero(sums)
    return place, np.rint(sums[place]).astype(np.int64)


def _links(block: Block) -> Columns:
    first = first_ids(block)
    rows = [(int(block.orders.person[r]), int(block.orders.store[r])) for r in memberships(block)]
    times = np.bincount([person for person, _ in rows], minlength=len(block.traits))
    several = [(person, store) for person, store in rows if times[person] > 1]
    return {
        "customer_id": [block.customer_id(person, store) for person, store in several],
        "person_id": [first[person] for person, _ in several],
    }


def product_columns(plan: ShopPlan) -> Columns:
    """The catalogue as columns."""
    goods = plan.products
    return {
        "product_id": [p.product_id for p in goods],
        "name": [p.name for p in goods],
        "category": [p.category for p in goods],
        "brand": [p.brand for p in goods],
        "price": np.array([p.price for p in goods], dtype=np.int32),
        "unit_cost": np.array([p.unit_cost for p in goods], dtype=np.int32),
        "features": [dict(p.features) for p in goods],
        "days_of_supply": [p.days_of_supply or None for p in goods],
        "tier": [p.tier for p in goods],
        "kind": [p.kind for p in goods],
    }
