"""The ``shop`` engine: a linear model over runs of letters, learnt from the shop's own rated texts.

What the lexicon says is among its covariates, so that it begins where the lexicon ends. Chances of bad, middling and good
are calibrated by a temperature (Guo et al. 2017) fitted on texts that were held back. The model is its numbers: 16-bit
weights of 65,536 places, three classes, well below a megabyte.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special
from sklearn.linear_model import LogisticRegression

from okaeri.predict.sentiment.feelings import Engine, Feelings, Floats
from okaeri.predict.sentiment.grams import grams
from okaeri.predict.sentiment.lexicon import Lexicon

CLASSES = 3
BAD, MIDDLING, GOOD = range(CLASSES)
#: Inverse strength of the prior; the weight of the lexicon's word among the runs of letters.
LOOSENESS, LEXICON_WEIGHT = 10.0, 0.5
SIGNALS = 4
#: The fit stops when no part of its loss's slope is steeper: ten times this is too early (0.002 less macro F1 at 2,000
#: texts), a tenth of it costs half as much again and changes nothing.
AT_REST, MOST_STEPS = 1e-4, 1_000
#: Runs of letters in fewer of the texts learnt from have no weight.
FEWEST_TEXTS = 1
#: Temperatures tried.
_TEMPERATURES = np.geomspace(0.5, 4, 60)


@dataclass(frozen=True)
class ShopModel:
    """``weights`` (PLACES + SIGNALS, 3), ``intercepts`` (3,) and the ``temperature`` its log-odds are divided by."""

    weights: NDArray[np.float16]
    intercepts: Floats
    temperature: float
    lexicon_id: str

    def chances(self, covariates: sparse.csr_matrix) -> Floats:
        """Chances (n, 3) of bad, middling and good."""
        odds = covariates @ self.weights.astype(np.float32) + self.intercepts
        return special.softmax(np.asarray(odds, dtype=float) / self.temperature, axis=1)

    def told(self) -> str:
        """The model as JSON."""
        packed = base64.b85encode(zlib.compress(self.weights.tobytes(), 6)).decode("ascii")
        return json.dumps({
            "weights": packed, "intercepts": self.intercepts.tolist(), "temperature": self.temperature,
            "lexicon_id": self.lexicon_id,
        })  # fmt: skip

    @classmethod
    def read(cls, told: str) -> ShopModel:
        """The model :meth:`told` told."""
        kept = json.loads(told)
        weights = np.frombuffer(zlib.decompress(base64.b85decode(kept["weights"])), np.float16)
        return cls(
            weights.reshape(-1, CLASSES), np.array(kept["intercepts"]), float(kept["temperature"]), kept["lexicon_id"]
        )


class ShopEngine:
    """Reads texts with a model; ``score`` is the chance of good less that of bad, ``confidence`` how far the chances are
    from all alike (1 - their entropy over its largest). The evidence is the lexicon's."""

    def __init__(self, model: ShopModel, lexicon: Engine | None = None):
        self.model, self.lexicon = model, lexicon or Lexicon()

    @cached_property
    def id(self) -> str:
        digest = blake2b(self.model.told().encode(), digest_size=4)
        digest.update(self.lexicon.id.encode())
        return f"shop-{digest.hexdigest()}"

    def score(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Feelings:
        """Feelings of ``texts`` in any language the shop's customers rated in."""
        if not texts:
            return self.lexicon.score(texts)
        said = self.lexicon.score(texts, languages)
        chances = self.model.chances(covariates(grams(texts), said))
        confidence = np.clip(1 - special.entr(chances).sum(axis=1) / np.log(CLASSES), 0, 1)
        return Feelings(chances[:, GOOD] - chances[:, BAD], confidence, said.evidence, [self.id] * len(texts))


def covariates(runs: sparse.csr_matrix, said: Feelings) -> sparse.csr_matrix:
    """Runs of letters and what the lexicon said of each text, (n, PLACES + SIGNALS)."""
    score, sure = said.score, said.confidence
    signals = np.column_stack([score, np.abs(score), sure, score * sure]) * LEXICON_WEIGHT
    return sparse.hstack([runs, sparse.csr_matrix(signals.astype(np.float32))], format="csr")


def fit(
    x: sparse.csr_matrix, y: NDArray[np.int64], lexicon_id: str, temperature: float = 1.0, weights: Floats | None = None
) -> ShopModel:
    """A model of classes ``y`` (n,) on covariates (n, PLACES + SIGNALS), each text counted ``weights`` (n,) times."""
    present = np.unique(y)
    found_weights, intercepts = np.zeros((x.shape[1], CLASSES), np.float16), np.full(CLASSES, -20.0)
    if len(present) == 1:
        intercepts[present] = 0.0
    else:
        # what stands in none of the texts has no weight, and need not be carried through the fit
        known = np.flatnonzero(x.getnnz(axis=0) >= FEWEST_TEXTS)
        found = LogisticRegression(C=LOOSENESS, max_iter=MOST_STEPS, tol=AT_REST).fit(
            x[:, known], y, sample_weight=weights
        )
        # two classes have one set of weights, of the second against the first
        signs = np.array([[-0.5], [0.5]]) if len(present) == 2 else np.eye(len(present))
        found_weights[np.ix_(known, present)] = (signs @ found.coef_).T
        intercepts[present] = signs @ found.intercept_
    return ShopModel(found_weights, intercepts, temperature, lexicon_id)


def temperature(odds: Floats, y: NDArray[np.int64]) -> float:
    """What log-odds (n, 3) of held-back texts have to be divided by for the likeliest chances."""
    losses = [-special.log_softmax(odds / one, axis=1)[np.arange(len(y)), y].mean() for one in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])
