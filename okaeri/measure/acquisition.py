"""What winning each customer cost, as far as the shop's records tell."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.persons import as_person


def with_acquisition_cost(people: ir.Table, costs: ir.Table, links: ir.Table, *, as_of: date) -> ir.Table:
    """``people`` (one row per buyer) with ``acquisition_cost`` completed, in yen.

    In this order: what the customer's own record says; costs booked on the customer; else the source's costs, each
    campaign's spread over the buyers it brought and the rest over all the source's buyers; else the mean of those of
    the same source whose cost is known; else nothing was spent on that source, so 0, unless the shop records no
    acquisition cost at all: then empty. Costs without a source (``acquired_via``) are not for winning customers.
    """
    spent = costs.filter(costs.spent_on < as_of, costs.acquired_via.notnull())
    spent = spent.mutate(amount=spent.amount.cast("float64"))
    rows = _with_own(people, spent, links)
    rows = _with_spread(rows, spent.filter(spent.customer_id.isnull()))
    return _with_likeness(rows)


def _with_own(people: ir.Table, spent: ir.Table, links: ir.Table) -> ir.Table:
    """Add ``own_cost``: recorded on the customer, or booked on the customer in the costs."""
    booked = as_person(spent.filter(spent.customer_id.notnull()), links)
    by_person = booked.group_by(booked_id=booked.customer_id).agg(booked=booked.amount.sum())
    rows = people.left_join(by_person, [("customer_id", "booked_id")])
    return rows.mutate(own_cost=ibis.coalesce(rows.acquisition_cost, rows.booked)).drop("booked_id", "booked")


def _with_spread(rows: ir.Table, spent: ir.Table) -> ir.Table:
    """Add ``spread_cost``: the buyer's part of what was spent on the source and on the campaign."""
    named = rows.filter(rows.acquired_campaign.notnull())
    brought = named.group_by(via_of=named.acquired_via, campaign_of=named.acquired_campaign).agg(buyers=named.count())
    paid = spent.left_join(brought, [("acquired_via", "via_of"), ("campaign", "campaign_of")])
    named = paid.filter(paid.buyers.notnull())
    campaign = named.group_by(via_of=named.acquired_via, campaign_of=named.campaign).agg(
        campaign_part=named.amount.sum() / named.buyers.max()
    )
    general = paid.filter(paid.buyers.isnull()).group_by(source=paid.acquired_via).agg(rest=paid.amount.sum())
    buyers = rows.group_by(source_of=rows.acquired_via).agg(source_buyers=rows.count())
    source = general.inner_join(buyers, [("source", "source_of")])
    source = source.select("source", source_part=source.rest / source.source_buyers)
    joined = rows.left_join(campaign, [("acquired_via", "via_of"), ("acquired_campaign", "campaign_of")])
    joined = joined.left_join(source, [("acquired_via", "source")])
    parts = joined.campaign_part.fill_null(0.0) + joined.source_part.fill_null(0.0)
    known = joined.campaign_part.notnull() | joined.source_part.notnull()
    spread = joined.mutate(spread_cost=known.ifelse(parts, ibis.null("float64")))
    return spread.drop("via_of", "campaign_of", "campaign_part", "source", "source_part")


def _with_likeness(rows: ir.Table) -> ir.Table:
    """Settle ``acquisition_cost``, from buyers of the same source where nothing else is known."""
    stated = rows.mutate(stated_cost=ibis.coalesce(rows.own_cost, rows.spread_cost))
    alike = stated.group_by(alike_via=stated.acquired_via).agg(alike_cost=stated.stated_cost.mean())
    shop = alike.agg(recorded=alike.alike_cost.count())
    joined = stated.left_join(alike.cross_join(shop), [("acquired_via", "alike_via")])
    nothing = (joined.recorded > 0).ifelse(0.0, ibis.null("float64"))
    settled = joined.mutate(acquisition_cost=ibis.coalesce(joined.stated_cost, joined.alike_cost, nothing))
    return settled.drop("own_cost", "spread_cost", "stated_cost", "alike_via", "alike_cost", "recorded")
