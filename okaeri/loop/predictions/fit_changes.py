"""How the models' parameters have moved since earlier dates."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from okaeri.loop.predictions.models import model_of
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.purchases import PurchaseModel
from okaeri.predict.spend import SpendModel

#: The target of the report card whose rows carry a role's model.
TARGETS = {"purchases": "orders", "spend": "revenue"}


def fit_changes(model_fits: pa.Table, report_card: pa.Table) -> pa.Table:
    """The models in use beside the same kind of model as fitted at each origin of the report card."""
    used = {row["role"]: row["parameters"] for row in model_fits.to_pylist() if row["is_used"]}
    earlier = [row for row in report_card.to_pylist() if row["is_model"] and row["parameters"]]
    return from_rows("fit_changes", [
        row
        for role, numbers in used.items()
        for past in earlier
        if past["target"] == TARGETS[role]
        for row in _changes(role, model_of(numbers), past)
    ])  # fmt: skip


def _changes(role: str, now: PurchaseModel | SpendModel, past: dict[str, object]) -> Iterator[dict[str, object]]:
    """One row per parameter that both models have."""
    then = model_of(str(past["parameters"]))
    known, before = (getattr(model, "parameters", {}) for model in (now, then))
    errors, earlier_errors = (getattr(model, "standard_errors", {}) for model in (now, then))
    for name in known:
        if name in before:
            moved = known[name] - before[name]
            yield {
                "role": role, "parameter": name, "earlier_on": past["origin_on"], "value": known[name],
                "standard_error": errors[name], "earlier_value": before[name],
                "earlier_standard_error": earlier_errors[name],
                "change_in_errors": moved / earlier_errors[name] if earlier_errors[name] > 0 else None,
            }  # fmt: skip
