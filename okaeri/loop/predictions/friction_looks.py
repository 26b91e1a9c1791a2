"""Every look taken for friction: steps against each other, and categories, products and stores at a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.loop.predictions.emotion_rows import CHANNEL_NAMES, Floats, Places, Signals, texts
from okaeri.predict.emotion import dips, stages
from okaeri.predict.emotion.scale import ALIKE_FROM
from okaeri.predict.emotion.stages import FEWEST
from okaeri.schema.measured.emotion import ASKED, SAID, SCORED, STEPS

Row = dict[str, Any]
#: A score this many standard deviations below its channel's mean is below.
BELOW = -0.5
#: Chance, over all looks together, at which a fall is called friction where nothing is wrong. Scores are skewed, so that
#: chances are smaller than they should be: at 0.05 some 8 of 100 made-up shops without friction were alarmed, at 0.01
#: some 2 were, and whatever struck 3% of orders is still found (``benchmarks/emotion.py``).
FALSE_ALARM = 0.01
STEP_NAMES = tuple(STEPS)
#: What steps are cut by, and the column that tells.
CUTS = {"category": "category", "product": "product_id", "store": "store"}
#: The most frequent ones of each at each step are looked at: each look makes the others' harder.
MOST_SEGMENTS = 12
#: From so many signals on: scores are skewed, and of fewer the tails are heavier than Student's.
FEWEST_CUT = 80


@dataclass(frozen=True)
class Looked:
    """What was said at a known step (n,), and one row per look; ``scores`` are in standard deviations of the channel,
    ``next_score`` that of the same customer's next signal (nan without one), ``category`` a number."""

    signals: Signals
    scores: Floats
    next_score: Floats
    sent_back: Floats
    day: Places
    category: Places
    rows: list[Row]

    @property
    def below(self) -> NDArray[np.bool_]:
        return self.scores < BELOW

    @property
    def asked(self) -> NDArray[np.bool_]:
        return np.isin(self.signals.channel, [CHANNEL_NAMES.index(name) for name in ASKED])

    @property
    def scored(self) -> NDArray[np.bool_]:
        return np.isin(self.signals.channel, [CHANNEL_NAMES.index(name) for name in SCORED])

    @property
    def calm(self) -> NDArray[np.bool_]:
        """Signals where no look finds a fall beyond chance."""
        found = np.zeros(len(self.signals), dtype=bool)
        for row in self.rows:
            if row["is_friction"]:
                found |= self.at(row)
        return ~found

    def at(self, look: Row) -> NDArray[np.bool_]:
        """Which signals a look is about; of all steps where it names none."""
        step = look["step"]
        own = self.signals.step == STEP_NAMES.index(step) if step else np.ones(len(self.signals), dtype=bool)
        if look["scope"] == "step":
            return own
        return own & (texts(self.signals.table[CUTS[look["scope"]]]) == look["segment"])


def looks(emotion_signals: pa.Table) -> Looked | None:
    """All looks, with what is friction beyond chance; None where nothing was said."""
    said = np.isin(emotion_signals["channel"].to_numpy(zero_copy_only=False), SAID)
    known = emotion_signals.filter(pa.array(said)).filter(emotion_signals.filter(pa.array(said))["step"].is_valid())
    signals = Signals.of(known)
    if not len(signals):
        return None
    scores = signals.scores()
    rows = [*_steps(signals, scores), *_cuts(signals, scores)]
    _correct(rows)
    day = signals.table["signal_day"].to_numpy()
    category = np.unique(texts(signals.table["category"]), return_inverse=True)[1].reshape(-1)
    back = _sent_back(emotion_signals, signals, day)
    return Looked(signals, scores, _next(signals, scores, day), back, day, category, rows)


def _steps(signals: Signals, scores: Floats) -> Iterator[Row]:
    found = stages.fit(scores, signals.step, signals.channel, signals.customer, len(STEP_NAMES))
    for at in np.flatnonzero(found.n >= FEWEST).tolist():
        rest, before = dips.against_rest(found, at), dips.against_before(found, at)
        yield {"scope": "step", "segment": "all", "step": STEP_NAMES[at], "n": int(found.n[at]),
               "customer_count": int(found.customers[at]), "fall": _known(rest.fall), "p": _known(rest.p),
               "fall_before": _known(before.fall), "p_before": _known(before.p)}  # fmt: skip


def _cuts(signals: Signals, scores: Floats) -> Iterator[Row]:
    # within as many orders, too: what newcomers buy is judged by people whom nothing has sorted out yet
    orders = np.minimum(signals.number("order_no"), ALIKE_FROM).astype(np.intp)
    alike = signals.channel * (ALIKE_FROM + 1) + orders
    for scope, column in CUTS.items():
        names, code = np.unique(texts(signals.table[column]), return_inverse=True)
        for step in np.unique(signals.step).tolist():
            there = np.flatnonzero(signals.step == step)
            n = np.bincount(code[there], minlength=len(names)) * (names != "")
            largest = np.argsort(-n, kind="stable")[:MOST_SEGMENTS]
            for at in (place for place in largest.tolist() if n[place] >= FEWEST_CUT):
                own = code[there] == at
                look = dips.within_channel(scores[there], own, alike[there], signals.customer[there])
                if not np.isnan(look.p):
                    yield {"scope": scope, "segment": str(names[at]), "step": STEP_NAMES[step], "n": int(n[at]),
                           "customer_count": len(np.unique(signals.customer[there][own])), "fall": look.fall,
                           "p": look.p, "fall_before": None, "p_before": None}  # fmt: skip


def _correct(rows: list[Row]) -> None:
    """Holm's correction over every chance of every look; friction is a fall against the rest that passes it.

    Of a step's looks the clearest is its main one, by which losses add up.
    """
    chances = [(row, name) for row in rows for name in ("p", "p_before")]
    corrected = dips.holm([np.nan if row[name] is None else row[name] for row, name in chances])
    for (row, name), p in zip(chances, corrected.tolist(), strict=True):
        if not np.isnan(p):
            row["p_corrected"] = min(row.get("p_corrected", 1.0), p)
        if name == "p":
            row["is_friction"], row["p_rest"] = bool(p <= FALSE_ALARM), p
    for step in {row["step"] for row in rows if row["is_friction"]}:
        there = [row for row in rows if row["step"] == step and row["is_friction"]]
        main = min(there, key=lambda row: (row["p_rest"], row["fall"]))
        main["is_main"] = True


def _next(signals: Signals, scores: Floats, day: Places) -> Floats:
    """The same customer's next score on a later day."""
    order = np.lexsort((day, signals.customer))
    found = np.full(len(scores), np.nan)
    now, after = order[:-1], order[1:]
    same = (signals.customer[now] == signals.customer[after]) & (day[after] > day[now])
    found[now[same]] = scores[after[same]]
    return found


def _sent_back(every: pa.Table, signals: Signals, day: Places) -> Floats:
    """Whether the customer sent something back on that day or later: 1 or 0."""
    returns = every.filter(pa.array(every["channel"].to_numpy(zero_copy_only=False) == "return"))
    latest: dict[str, int] = {}
    for who, when in zip(returns["customer_id"].to_pylist(), returns["signal_day"].to_pylist(), strict=True):
        latest[who] = max(when, latest.get(who, when))
    last = np.array([latest.get(who, -1) for who in signals.table["customer_id"].to_pylist()])
    return (last >= day).astype(float)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
