"""The truth file: every hidden parameter, as JSON lines; the plan first, then one line per person."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from okaeri.simulate.block import Block
from okaeri.simulate.losses import true_losses
from okaeri.simulate.ltv import true_effects, true_ltv
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.traits import STORES
from okaeri.simulate.walk import FOLLOW_ON

HORIZONS = (90, 365)
SAMPLE = 20_000


class TruthFile:
    """Written block by block beside the shop's files, never among them."""

    def __init__(self, path: Path, plan: ShopPlan):
        self.path = path
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._write({"plan": asdict(plan), "end": plan.end, **_worth(plan)})

    def add(self, block: Block) -> None:
        """Append the block's persons."""
        for person in persons(block):
            self._write(person)

    def close(self) -> None:
        self._file.close()

    def _write(self, record: dict[str, object]) -> None:
        self._file.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")


def _worth(plan: ShopPlan) -> dict[str, object]:
    ltv = {str(horizon): round(true_ltv(plan, horizon, SAMPLE), 1) for horizon in HORIZONS}
    return {
        "true_ltv": ltv,
        "true_effects": true_effects(plan, customers=SAMPLE),
        "true_losses": true_losses(plan, customers=SAMPLE),
    }


def persons(block: Block) -> list[dict[str, object]]:
    """One record per person: hidden traits, what was assigned and what it truly does, path and planted happenings."""
    rows = _rows_by_person(block)
    return [
        {
            "person": block.first_number + person,
            "ids": _ids(block, person, rows[person]),
            **_traits(block, person),
            **_path(block, rows[person]),
            "referrer": int(block.referrer[person]) + block.first_number if block.referrer[person] >= 0 else None,
        }
        for person in range(len(block.traits))
    ]


def _rows_by_person(block: Block) -> list[np.ndarray]:
    """Each person's order rows, by time."""
    order = np.argsort(block.orders.person, kind="stable")
    ends = np.cumsum(np.bincount(block.orders.person, minlength=len(block.traits)))
    return np.split(order, ends[:-1])


def _ids(block: Block, person: int, rows: np.ndarray) -> list[str]:
    stores = dict.fromkeys(block.orders.store[rows].tolist())
    return [block.customer_id(person, store) for store in stores]


def _traits(block: Block, person: int) -> dict[str, object]:
    traits, plan = block.traits, block.plan
    kind = plan.kinds[traits.kind[person]]
    return {
        "kind": kind.name, "source": plan.sources[traits.source[person]].campaign,
        "acquisition_cost": int(traits.cost[person]), "orders_per_day": _short(traits.rate[person]),
        "leave_chance": _short(traits.leave[person]), "refill_chance": _short(traits.refill[person]),
        "use_pace": _short(traits.pace[person]), "usual_satisfaction": _short(traits.satisfaction[person]),
        "stores": dict(zip(STORES, traits.stores[person].round(3).tolist(), strict=True)),
        "age": int(traits.age[person]), "favourite_category": int(traits.category[person]),
        "coupon": bool(traits.coupon[person]), "coupon_effect": kind.coupon,
        "mail": bool(traits.mail[person]), "mail_effect": kind.mail,
    }  # fmt: skip


def _path(block: Block, rows: np.ndarray) -> dict[str, object]:
    """What the person went through, in the order of the rows."""
    orders, felt = block.orders, block.orders.satisfaction[rows]
    struck = rows[orders.happening[rows] >= 0]
    left = rows[orders.leaves[rows]]
    names = [h.name for h in block.plan.happenings]
    return {
        "orders": len(rows),
        "left_after": block.order_id(int(left[0])) if len(left) else None,
        "satisfaction": {"first": _short(felt[0]), "lowest": _short(felt.min()), "highest": _short(felt.max()),
                         "mean": _short(felt.mean()), "last": _short(felt[-1])},
        "happenings": {block.order_id(r): names[orders.happening[r]] for r in struck.tolist()},
        "follow_ons": [block.order_id(r) for r in rows[orders.reason[rows] == FOLLOW_ON].tolist()],
    }  # fmt: skip


def _short(value: float) -> float:
    return round(float(value), 5)
