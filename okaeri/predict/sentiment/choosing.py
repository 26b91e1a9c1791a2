"""Whether the shop's own model reads its texts better than the lexicon: told by texts held back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from okaeri.predict.sentiment.feelings import Engine, Floats
from okaeri.predict.sentiment.grams import grams
from okaeri.predict.sentiment.lexicon import Lexicon
from okaeri.predict.sentiment.shop import BAD, CLASSES, GOOD, MIDDLING, ShopModel, covariates, fit, temperature

#: Labels from which the shop's model is a candidate, and of each class present.
FEWEST, FEWEST_OF_CLASS = 200, 10
FOLDS = 3
#: Lexicon scores nearer to nought than this are middling.
BAND = 0.15
#: Ratings (0..1) up to the first are bad, from the second on good.
RATED_BAD, RATED_GOOD = 0.4, 0.6


@dataclass(frozen=True)
class Judged:
    """One engine on texts it did not learn from. ``auc``: of good against bad; NaN where one of them is missing."""

    engine: str
    labels: int
    accuracy: float
    macro_f1: float
    auc: float
    is_used: bool
    model: ShopModel | None = None


def classes(ratings: Floats) -> NDArray[np.int64]:
    """Class of each rating 0..1."""
    rated = np.asarray(ratings, float)
    return np.where(rated <= RATED_BAD, BAD, np.where(rated >= RATED_GOOD, GOOD, MIDDLING)).astype(np.int64)


def choose(
    texts: Sequence[str],
    y: NDArray[np.int64],
    languages: Sequence[str | None] | None = None,
    lexicon: Engine | None = None,
    fewest: int = FEWEST,
    always: bool = False,
    weights: Floats | None = None,
) -> list[Judged]:
    """The lexicon and, from ``fewest`` labels on, the shop's model, judged on the same held-back texts; the one with the
    higher macro F1 is used, the lexicon on a tie; with ``always`` the shop's model however it did.
    ``weights`` (n,) say how many texts each counts for where a model learns, not where it is judged."""
    read = lexicon or Lexicon()
    said = read.score(texts, languages)
    plain = np.where(said.score > BAND, GOOD, np.where(said.score < -BAND, BAD, MIDDLING))
    ours = _judged(_name(read), y, plain, said.score)
    if not enough(y, fewest):
        return [_used(ours, True)]
    x = covariates(grams(texts), said)
    odds = _held_back(x, y, read.id, weights)
    theirs = _judged("shop", y, odds.argmax(axis=1), odds[:, GOOD] - odds[:, BAD])
    better = always or theirs.macro_f1 > ours.macro_f1
    model = fit(x, y, read.id, temperature(odds, y), weights) if better else None
    return [_used(ours, not better), _used(theirs, better, model)]


def _name(engine: Engine) -> str:
    """lexicon, mlask, embed: the engine's id without its version."""
    return engine.id.partition("-")[0]


def enough(y: NDArray[np.int64], fewest: int = FEWEST) -> bool:
    """Whether there are labels enough to learn from, of two classes at least."""
    counts = np.bincount(y, minlength=CLASSES)
    few = min(FEWEST_OF_CLASS, fewest // 10)
    return len(y) >= fewest and int((counts > 0).sum()) > 1 and int(counts[counts > 0].min()) >= max(few, 2)


def _held_back(x: sparse.csr_matrix, y: NDArray[np.int64], lexicon_id: str, weights: Floats | None = None) -> Floats:
    """Log-odds (n, 3) of every text by a model that did not see it."""
    odds = np.zeros((len(y), CLASSES))
    for train, test in _folds(y):
        model = fit(x[train], y[train], lexicon_id, weights=None if weights is None else weights[train])
        odds[test] = x[test] @ model.weights.astype(np.float32) + model.intercepts
    return odds


def _folds(y: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    folds = min(FOLDS, int(np.bincount(y)[np.unique(y)].min()))
    yield from StratifiedKFold(folds, shuffle=True, random_state=0).split(np.zeros(len(y)), y)


def _judged(engine: str, y: NDArray[np.int64], told: NDArray[np.int64], score: Floats) -> Judged:
    clear = y != MIDDLING
    both = len(np.unique(y[clear])) == 2
    auc = float(roc_auc_score(y[clear] == GOOD, score[clear])) if both else float("nan")
    f1 = float(f1_score(y, told, average="macro", labels=np.unique(y), zero_division=0)) if len(y) else float("nan")
    return Judged(engine, len(y), float((told == y).mean()) if len(y) else float("nan"), f1, auc, False)


def _used(judged: Judged, is_used: bool, model: ShopModel | None = None) -> Judged:
    return Judged(judged.engine, judged.labels, judged.accuracy, judged.macro_f1, judged.auc, is_used, model)
