"""Texts as counts of their runs of one to three letters, hashed: what a linear model learns from without a tokeniser."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from okaeri.predict.sentiment.scanning import codes_of, mixed, plain

#: Runs fall into so many places; different runs that share one cannot be told apart.
PLACES = 1 << 16
LONGEST = 3
#: Texts turned together.
TOGETHER = 2_000
#: Letters of a text that are looked at: later ones of very long texts say nothing new.
MOST_LETTERS = 5_000
_BETWEEN = 0x0A


def grams(texts: Sequence[str]) -> sparse.csr_matrix:
    """One row (PLACES,) per text: 1 + log of each run's count, the row of length 1 (0 without letters)."""
    parts = [_grams(texts[first : first + TOGETHER]) for first in range(0, len(texts), TOGETHER)]
    return sparse.vstack(parts, format="csr") if parts else sparse.csr_matrix((0, PLACES), dtype=np.float32)


def _grams(texts: Sequence[str]) -> sparse.csr_matrix:
    written = [plain(text)[:MOST_LETTERS].replace("\n", " ") for text in texts]
    codes = codes_of("\n".join(written) + "\n")
    row = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in written])
    found = [_runs(codes, row, width) for width in range(1, LONGEST + 1)]
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    rows, places = np.divmod(keys, PLACES)
    values = (1 + np.log(counts)).astype(np.float32)
    lengths = np.sqrt(np.bincount(rows, values.astype(float) ** 2, minlength=len(texts)))
    return sparse.csr_matrix((values / lengths[rows], (rows, places)), shape=(len(texts), PLACES), dtype=np.float32)


def _runs(codes: NDArray[np.uint32], row: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Row and place, as one number, of each run of ``width`` letters that lies within one text."""
    whole = codes != _BETWEEN
    inside = whole[: len(codes) - width + 1].copy()
    for further in range(1, width):
        inside &= whole[further : further + len(inside)]
    place = (mixed(codes, width)[: len(inside)] + np.uint32(width * 977)) % np.uint32(PLACES)
    return row[: len(inside)][inside] * PLACES + place[inside]
