"""Signals as the models of emotion want them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.schema.measured.emotion import CHANNELS, STEPS
from okaeri.schema.predicted.emotion import AGES, VALUE_STEPS

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
CHANNEL_NAMES = tuple(CHANNELS)


@dataclass(frozen=True)
class Signals:
    """Signals of the sample (n,): ``step`` is -1 where none is known, ``age`` the stage by days since the first order."""

    table: pa.Table
    channel: Places
    value: Floats
    step: Places
    age: Places
    customer: Places
    persona: NDArray[np.str_]

    @classmethod
    def of(cls, signals: pa.Table) -> Signals:
        """The rows of ``emotion_signals`` that models are learned from."""
        rows = signals.filter(signals["is_sampled"])
        days = rows["days_since_first"].to_numpy()
        return cls(
            table=rows,
            channel=places(rows["channel"], CHANNEL_NAMES),
            value=rows["value"].to_numpy(),
            step=places(rows["step"], tuple(STEPS)),
            age=np.clip(np.searchsorted(AGES, days, side="right") - 1, 0, None),
            customer=np.unique(texts(rows["customer_id"]), return_inverse=True)[1].reshape(-1),
            persona=texts(rows["persona"]),
        )

    def __len__(self) -> int:
        return len(self.value)

    def flag(self, name: str) -> NDArray[np.bool_]:
        """A yes-or-no column."""
        return self.table[name].to_numpy(zero_copy_only=False).astype(bool)

    def number(self, name: str) -> Floats:
        """A column of numbers, empty ones as nan."""
        return self.table[name].to_numpy(zero_copy_only=False).astype(float)

    @property
    def cell(self) -> Places:
        """Channel and value as one number."""
        step = np.rint((self.value + 1) / 2 * (VALUE_STEPS - 1)).astype(int).clip(0, VALUE_STEPS - 1)
        return self.channel * VALUE_STEPS + step

    def emotion(self, emotion_scale: pa.Table) -> Floats:
        """Each signal on the one scale; 0 where its channel is too young to tell."""
        means = np.zeros(len(CHANNEL_NAMES) * VALUE_STEPS)
        at = places(emotion_scale["channel"], CHANNEL_NAMES) * VALUE_STEPS + emotion_scale["value_step"].to_numpy()
        means[at] = emotion_scale["emotion"].to_numpy()
        return means[self.cell]

    def scores(self) -> Floats:
        """Values in standard deviations off their channel's mean; 0 in a channel without differences."""
        n = np.maximum(np.bincount(self.channel), 1)
        off = self.value - (np.bincount(self.channel, self.value) / n)[self.channel]
        spread = np.sqrt(np.bincount(self.channel, off**2) / n)[self.channel]
        return np.divide(off, spread, out=np.zeros(len(off)), where=spread > 1e-9)


def texts(column: pa.ChunkedArray) -> NDArray[np.str_]:
    """Text, empty as ''."""
    return np.array(column.fill_null("").to_pylist(), dtype=str)


def places(column: pa.ChunkedArray, names: tuple[str, ...]) -> Places:
    """Each text's place among ``names``; -1 where it is none of them."""
    by_name = {name: at for at, name in enumerate(names)}
    return np.array([by_name.get(text, -1) for text in column.to_pylist()], dtype=np.intp)
