"""Customer lifetime value by okaeri's peers, step by step: lifetimes and pymc-marketing (see ``benchmarks/clv.py``)."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WEEKS = 52

Told = dict[str, Any]


class Clock:
    """CPU seconds and peak memory, step by step."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.steps[name] = {"cpu": round(time.process_time() - begun, 4)}

    def told(self, customers: int, parameters: dict[str, float], **more: Any) -> Told:
        import resource

        peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        rounded = {name: round(float(value), 4) for name, value in parameters.items()}
        return {"customers": customers, "parameters": rounded, "steps": self.steps, "peak_mb": peak, **more}


def by_lifetimes(path: Path) -> Told:
    warnings.filterwarnings("ignore")
    import numpy as np
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    clock = Clock()
    with clock.step("load"):
        rows = pd.read_parquet(path)
    model, spend = BetaGeoFitter(), GammaGammaFitter()
    with clock.step("fit"):
        model.fit(rows.x, rows.t_x, rows["T"])
    with clock.step("expected"):
        expected = model.conditional_expected_number_of_purchases_up_to_time(WEEKS, rows.x, rows.t_x, rows["T"])
    with clock.step("p_alive"):
        model.conditional_probability_alive(rows.x, rows.t_x, rows["T"])
    with clock.step("spend"):
        bought = rows[(rows.x > 0) & (rows.m > 0)]
        spend.fit(bought.x, bought.m)
    with clock.step("clv"):
        value = spend.customer_lifetime_value(
            model, rows.x, rows.t_x, rows["T"], rows.m, time=12, discount_rate=0.01, freq="W"
        )
    # it fits in units of its own, in which the density of every repeat order is another
    own = -float(model._negative_log_likelihood_) * len(rows) + float(rows.x.sum()) * np.log(model._scale)
    parameters = {**model.params_, **spend.params_}
    return clock.told(
        len(rows), parameters, log_likelihood=round(own, 2), total_value=round(float(np.nansum(value))),
        total_expected=round(float(np.nansum(expected)), 1),
    )  # fmt: skip


def by_pymc(path: Path) -> Told:
    warnings.filterwarnings("ignore")
    import numpy as np
    import pandas as pd

    clv = importlib.import_module("pymc_marketing.clv")
    clock = Clock()
    with clock.step("load"):
        rows = pd.read_parquet(path).rename(columns={"customer": "customer_id", "x": "frequency", "t_x": "recency"})
    seen, quiet = rows[["customer_id", "frequency", "recency", "T"]], {"progressbar": False}
    with clock.step("compile"):  # what it compiles it keeps: told apart
        clv.BetaGeoModel().fit(data=seen.head(1000), method="map", **quiet)
    model = clv.BetaGeoModel()
    with clock.step("fit"):
        model.fit(data=seen, method="map", **quiet)
    with clock.step("expected"):
        expected = model.expected_purchases(seen, future_t=WEEKS)
    with clock.step("p_alive"):
        model.expected_probability_alive(seen)
    bought = rows[(rows.frequency > 0) & (rows.m > 0)]
    spend = clv.GammaGammaModel()
    given = bought[["customer_id", "frequency"]].assign(monetary_value=bought.m)
    with clock.step("spend"):
        spend.fit(data=given, method="map", **quiet)
    with clock.step("clv"):
        everyone = rows[["customer_id", "frequency", "recency", "T"]].assign(monetary_value=rows.m)
        value = spend.expected_customer_lifetime_value(model, everyone, future_t=12, discount_rate=0.01, time_unit="W")
    summaries = {**model.fit_summary().to_dict(), **spend.fit_summary().to_dict()}
    parameters = {name: summaries[name] for name in ("r", "alpha", "a", "b", "p", "q", "v") if name in summaries}
    return clock.told(
        len(rows), parameters, total_value=round(float(np.nansum(value))),
        total_expected=round(float(np.nansum(expected)), 1),
    )  # fmt: skip
