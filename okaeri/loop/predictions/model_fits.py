"""The models fitted to the shop as it is."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from okaeri import __version__
from okaeri.loop.predictions.models import FLAT, Fits, fit, saved
from okaeri.loop.predictions.reduced import Reduced, from_rows, reduced
from okaeri.predict.spend import FlatSpend

GAMMA_GAMMA = "Gamma-Gamma"


def model_fits(value_histories: pa.Table, *, as_of: date) -> pa.Table:
    """Every purchase model tried, best first, and the spend model."""
    rows = reduced(value_histories, "customer_count", "log_gap_sum")
    return fits_told(fit(rows), rows, as_of)


def fits_told(fits: Fits, rows: Reduced, as_of: date) -> pa.Table:
    """Models fitted on these rows, known before ``as_of``, as rows of the table."""
    customers, last = float(rows.weight.sum()), as_of - timedelta(days=1)
    first = last - timedelta(days=round(7 * float(rows.histories.age.max(initial=0.0))))
    shared = {"first_on": first, "last_on": last, "version": __version__}
    return from_rows("model_fits", [shared | row for row in (*_purchases(fits, customers), *_spend(fits, customers))])


def _purchases(fits: Fits, customers: float) -> list[dict[str, object]]:
    used = fits.purchases.label if fits.purchases else None
    return [
        {
            "model": score.label, "role": "purchases", "is_used": score.label == used, "customer_count": customers,
            "log_likelihood": score.log_likelihood, "note": score.note,
            "parameters": saved(fits.purchases) if fits.purchases and score.label == used else "",
        }
        for score in fits.scores
    ]  # fmt: skip


def _spend(fits: Fits, customers: float) -> list[dict[str, object]]:
    flat = isinstance(fits.spend, FlatSpend)
    return [{
        "model": FLAT if flat else GAMMA_GAMMA, "role": "spend", "is_used": True, "customer_count": customers,
        "log_likelihood": None if flat else fits.spend.log_likelihood,  # type: ignore[attr-defined]
        "note": fits.spend_note, "parameters": saved(fits.spend),
    }]  # fmt: skip
