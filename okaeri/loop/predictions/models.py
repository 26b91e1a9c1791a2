"""Fitting a shop's models, and getting them back from their saved numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.reduced import Reduced
from okaeri.predict import spend as spending
from okaeri.predict.purchases import MODELS, PurchaseModel, Score, choose, fit_again
from okaeri.predict.purchases.choosing import NAMES
from okaeri.predict.spend import FlatSpend, GammaGamma, SpendModel
from okaeri.schema.errors import NotConverged

FLAT = "mean order value"
#: Pareto/NBD takes 25 times as long as the others and rarely tells more: above so many distinct histories it is left out.
FEW_ROWS = 20_000
QUICK = tuple(name for name in NAMES if name != "Pareto/NBD")


@dataclass(frozen=True)
class Fits:
    """A shop's models; ``purchases`` is None where no history tells of a rhythm. ``scores`` are all candidates tried."""

    purchases: PurchaseModel | None
    scores: tuple[Score, ...]
    spend: SpendModel
    spend_note: str = ""
    refusal: NotConverged | None = None


def fit(rows: Reduced, names: tuple[str, ...] | None = None) -> Fits:
    """The most likely purchase model (one for all customers of ``names``, if given), and gamma-gamma on all orders; one mean for all where it
    has no fit."""
    spend, note = _spend(rows)
    try:
        tried = names or (NAMES if len(rows.histories) <= FEW_ROWS else QUICK)
        choice = choose(rows.histories, tried, cohorts=names is None)
    except NotConverged as reason:
        return Fits(None, (Score("MBG/NBD", None, str(reason)),), spend, note, reason)
    return Fits(choice.model, choice.scores, spend, note)


def fit_as(model: PurchaseModel, rows: Reduced) -> Fits:
    """Models of the same kind for other rows: what a forecast with ``model`` would have been, had it been made there."""
    spend, note = _spend(rows)
    try:
        again = fit_again(model, rows.histories)  # type: ignore[arg-type]
    except NotConverged as reason:
        return Fits(None, (Score(model.label, None, str(reason)),), spend, note, reason)
    return Fits(again, (Score(again.label, again.log_likelihood, again.note),), spend, note)


def _spend(rows: Reduced) -> tuple[SpendModel, str]:
    try:
        return spending.fit(rows.orders, rows.spend, rows.weight), ""
    except NotConverged as reason:
        orders = float(rows.weight @ rows.orders)
        return FlatSpend(float(rows.weight @ rows.spend) / orders if orders else 0.0), str(reason)


def saved(model: PurchaseModel | SpendModel) -> str:
    """A model's numbers as JSON."""
    if isinstance(model, FlatSpend):
        return json.dumps({"model": FLAT, "mean": model.mean})
    return json.dumps(model.to_json())  # type: ignore[union-attr]


def model_of(text: str) -> PurchaseModel | SpendModel:
    """A model from its saved numbers."""
    numbers = json.loads(text)
    if numbers["model"] == FLAT:
        return FlatSpend(numbers["mean"])
    return {**MODELS, GammaGamma.NAME: GammaGamma}[numbers["model"]].from_json(numbers)


def purchases_of(model_fits: pa.Table) -> PurchaseModel | None:
    """The purchase model in use; None where there is none."""
    text = _used(model_fits, "purchases")
    return cast(PurchaseModel, model_of(text)) if text else None


def spend_of(model_fits: pa.Table) -> SpendModel:
    """The spend model in use."""
    text = _used(model_fits, "spend")
    return cast(SpendModel, model_of(text)) if text else FlatSpend(0.0)


def _used(model_fits: pa.Table, role: str) -> str | None:
    used = [row for row in model_fits.to_pylist() if row["role"] == role and row["is_used"]]
    return used[0]["parameters"] if used else None


def chance() -> np.random.Generator:
    """Draws that are the same every time: the same facts give the same tables."""
    return np.random.default_rng(20_240_601)
