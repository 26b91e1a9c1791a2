"""What came of a plan month by month, and what to set out for next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from okaeri.loop.planning.basis import Desk, rows_of
from okaeri.loop.published import Published
from okaeri.predict.plan import AS_NOW, PARTS, Factors, shortfall, way_to
from okaeri.records import plans
from okaeri.records.models import Plan

COUNTED = (
    "newcomers", "first_revenue", "second_candidates", "second_orders", "second_revenue", "later_candidates",
    "later_orders", "later_revenue", "credit_notes",
)  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """``months``: each planned month with its plan, what came (None while it is not over) and the parts of the
    difference in yen; ``parts``: their sums; ``planned`` and ``came``: sums over months that are over; ``missing``:
    what the months to come have to bring for the plan's whole sum."""

    months: list[dict[str, Any]]
    parts: dict[str, float]
    planned: float
    came: float
    missing: float
    months_left: tuple[str, ...]


def in_force() -> Plan | None:
    """The plan in force, the newest saved; call it with the records in use."""
    return plans.in_force()


def save(desk: Desk, levels: dict[str, float], *, key: str, actor: str) -> Plan:
    """Put a plan in force; sent twice under one ``key`` it is one plan. Call it with the records in use."""
    factors = desk.factors(levels)
    return plans.save(
        key, actor=actor, as_of=desk.as_of, factors=asdict(factors), levels=desk.at(factors), told=desk.told(factors)
    )


def progress(laid: Published, told: dict[str, Any]) -> Progress:
    """A plan, as :meth:`Desk.told` keeps it, against the months measured since."""
    over = {row["month"]: row for row in rows_of(laid, "sales_months") if row["is_over"]}
    latest = max(over, default="")
    months = [_held(month, over.get(month["month"]), month["month"] <= latest) for month in told["months"]]
    done = [month for month in months if month["came"] is not None]
    parts = {name: sum(month["parts"][name] for month in done) for name in PARTS}
    came, planned = (sum(month[name] for month in done) for name in ("came", "planned"))
    left = tuple(month["month"] for month in months if month["came"] is None)
    return Progress(months, parts, planned, came, told["total"] - came, left)


def _held(plan: dict[str, Any], came: dict[str, Any] | None, is_over: bool) -> dict[str, Any]:
    row = {"month": plan["month"], "planned": plan["revenue"], "low": plan["low"], "high": plan["high"]}
    if not is_over:
        return row | {"came": None, "parts": None}
    # a month without any sale has no row
    real = came or {**dict.fromkeys(COUNTED, 0.0), "revenue": 0.0}
    return row | {"came": real["revenue"], "parts": shortfall(plan, real)}


def proposals(desk: Desk, held: Progress | None) -> list[dict[str, Any]]:
    """New targets: what the months left have to reach for the plan's sum, and what the best quarters so far were.

    The first goes from the present towards the best quarters as far as it must; ``share`` of that way, None in a plan
    that no such way reaches. Newcomers stay as they are: they cost money, which a target of theirs would have to name.
    """
    goal = desk.factors({name: value for name, value in desk.best.items() if name != "newcomers"})
    found = [_proposal(desk, "best", goal, 1.0)]
    if held is not None and held.months_left and held.came:
        places = [place for place, month in enumerate(desk.months) if month in held.months_left]

        def brings(factors: Factors) -> float:
            return float(desk.outlook(factors).months.revenue[places].sum())

        share = way_to(held.missing, brings, goal) if places else None
        found.insert(0, _proposal(desk, "needed", AS_NOW.toward(goal, share), share) if share is not None else
                     {"kind": "needed", "share": None})  # fmt: skip
    return found


def _proposal(desk: Desk, kind: str, factors: Factors, share: float) -> dict[str, Any]:
    seen = desk.outlook(factors)
    return {
        "kind": kind, "share": share, "levels": desk.at(factors), "ltv": seen.ltv, "total": seen.total,
        "low": seen.total_low, "high": seen.total_high, "more": seen.total - desk.outlook(AS_NOW).total,
    }  # fmt: skip
