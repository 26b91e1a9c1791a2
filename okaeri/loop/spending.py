"""Costs entered by hand: one amount for each month, source and campaign.

Entering is an import of one row, so it stands in the history and the log and can be undone there like any file. A later
amount for the same month, source and campaign replaces the earlier; taking back leaves a row that no figure counts.
"""

from __future__ import annotations

import csv
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import ibis

from okaeri.loop import snapshots, uploads
from okaeri.loop.importing import import_files
from okaeri.loop.workspace import Workspace
from okaeri.schema.facts import ACQUIRED_VIA

SOURCE = "plain_costs"
#: Sources money can be spent on.
VIAS = tuple(via for via in ACQUIRED_VIA if via != "unknown")
#: What the ids of entered costs begin with.
ENTERED = "console:"
#: Months that are listed.
MOST_MONTHS = 24
LONGEST_CAMPAIGN = 100
_MONTH = re.compile(r"(?:20|21)\d\d-(?:0[1-9]|1[0-2])")
_AROUND = re.compile(r"[\s,¥円]")
#: An amount beyond this was mistyped.
MOST = Decimal(10) ** 12


@dataclass(frozen=True)
class Cost:
    """What was spent on a source, or on one campaign of it, in a month; ``amount`` None takes it back."""

    month: str
    via: str
    campaign: str
    amount: Decimal | None

    @property
    def cost_id(self) -> str:
        return f"{ENTERED}{self.month}:{self.via}:{self.campaign}"


def read(month: str, via: str, campaign: str, amount: str) -> tuple[Cost | None, tuple[str, ...]]:
    """The cost that was typed, and the names of the fields that hold none; full-width figures are figures too."""
    month, campaign = unicodedata.normalize("NFKC", month).strip(), " ".join(campaign.split())[:LONGEST_CAMPAIGN]
    value = _amount(amount)
    faults = {"month": not _MONTH.fullmatch(month), "via": via not in VIAS, "amount": value is None}
    wrong = tuple(name for name, is_wrong in faults.items() if is_wrong)
    return (None, wrong) if wrong else (Cost(month, via, campaign, value), ())


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(_AROUND.sub("", unicodedata.normalize("NFKC", text)))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= MOST else None


def enter(workspace: Workspace, cost: Cost, *, key: str, actor: str) -> bool:
    """Take ``cost`` in; False where this very form was taken in before. ``key`` tells one form from another, so that an
    amount can be set, changed and set back. Raises what an import raises. Call it with the records in use."""
    row = {
        "cost_id": cost.cost_id, "spent_on": f"{cost.month}-01", "acquired_via": cost.via, "campaign": cost.campaign,
        "amount": cost.amount, "form": key,
    }  # fmt: skip
    if cost.amount is None:  # belongs to nobody and no source: no figure counts it
        row |= {"acquired_via": "", "campaign": "", "amount": ""}
    told = "taken back" if cost.amount is None else f"{cost.amount:f}"
    name = uploads.safe_name(" ".join(filter(None, ("costs", cost.month, cost.via, cost.campaign, told))) + ".csv")
    with tempfile.TemporaryDirectory(dir=workspace.work, prefix="cost-") as folder:
        path = Path(folder) / name
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, row)
            writer.writeheader()
            writer.writerow(row)
        (taken,) = import_files(workspace, [path], source=SOURCE, actor=actor)
    return taken.outcome == "imported"


def entered(workspace: Workspace) -> list[dict[str, Any]]:
    """Costs of sources by month, the newest first: ``month``, ``rows`` and their ``total``. A row has ``via``, ``campaign``,
    ``amount`` and ``is_entered``; those of files are summed. As the facts stand now. Call it with the records in use."""
    snapshot = snapshots.current()
    versions = snapshot.versions if snapshot else {}
    costs = snapshots.store_of(workspace).read(ibis.duckdb.connect(), "costs", versions)
    own = costs.filter(costs.customer_id.isnull(), costs.acquired_via.notnull(), costs.amount.notnull())
    keyed = own.group_by(
        month=own.spent_on.strftime("%Y-%m"), via=own.acquired_via, campaign=own.campaign.fill_null(""),
        is_entered=own.cost_id.startswith(ENTERED),
    )  # fmt: skip
    rows = keyed.agg(amount=own.amount.sum()).to_pyarrow().to_pylist()
    rows.sort(key=lambda row: (row["via"], row["campaign"], row["is_entered"]))
    months = sorted({row["month"] for row in rows}, reverse=True)[:MOST_MONTHS]
    by_month = {month: [row for row in rows if row["month"] == month] for month in months}
    return [
        {"month": month, "rows": own, "total": sum(row["amount"] for row in own)} for month, own in by_month.items()
    ]
