"""Who shops: the person behind an event, as far as it can be told.

A visitor is the customer the same browser was signed in as, where that is one.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.persons import as_person


def with_shopper(events: ir.Table, links: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """Events of ``kinds`` with ``shopper`` (the person, else the visitor, else the session), ``person_id`` where the
    shopper is one, and ``day``."""
    rows = as_person(events.filter(events.kind.isin(kinds)), links)
    signed_in = as_person(events.filter(events.customer_id.notnull(), events.visitor_id.notnull()), links)
    seen = signed_in.group_by(browser="visitor_id").agg(
        people=signed_in.customer_id.nunique(), known_as=signed_in.customer_id.max()
    )
    browsers = seen.filter(seen.people == 1).select("browser", "known_as")
    rows = rows.left_join(browsers, [("visitor_id", "browser")])
    person = ibis.coalesce(rows.customer_id, rows.known_as)
    shopper = ibis.coalesce(
        person, "visitor " + rows.visitor_id, "session " + rows.session_id, "event " + rows.event_id
    )
    day = rows.event_date.delta(EPOCH, unit="day")
    told = rows.mutate(shopper=shopper, person_id=person, day=day)
    return told.select("shopper", "person_id", "session_id", "at", "day", "kind", "product_id")
