"""Topics of texts with their words: non-negative factors (Lee and Seung 1999) of the correlations of nouns over texts.

How many there are is told by parallel analysis (Horn 1965): nouns that stand together more than when each is dealt out anew
over the texts. Where none do there are no topics. The same texts give the same topics.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files

import numpy as np
from sklearn.decomposition import NMF

from okaeri.predict.sentiment.feelings import Floats
from okaeri.predict.sentiment.nouns import nouns

MOST_TOPICS, MOST_NOUNS = 12, 300
#: Texts a noun has to stand in, and the share of them it may stand in.
FEWEST_TEXTS, COMMON = 5, 0.5
#: Words shown of a topic, and how strong each has to be beside the first.
SHOWN, STRONG = 6, 0.15
DEALS, STEPS = 3, 300
#: Standard errors above 0 from which two nouns count as standing together.
SURE = 2.0
_MADE_OF = ("lexicon.tsv", "aspects.tsv", "scanning.py", "nouns.py", "topics.py")


@dataclass(frozen=True)
class Topic:
    """``weights`` of its nouns, from the strongest on; their squares add up to 1."""

    weights: dict[str, float]

    @property
    def words(self) -> list[str]:
        """Those to show."""
        least = STRONG * max(self.weights.values())
        return [word for word, weight in self.weights.items() if weight >= least][:SHOWN]

    def told(self) -> str:
        """The topic as JSON."""
        return json.dumps(self.weights, ensure_ascii=False)

    @classmethod
    def read(cls, told: str) -> Topic:
        """The topic :meth:`told` told."""
        return cls(json.loads(told))


def topics(texts: Sequence[str]) -> list[Topic]:
    """The topics of ``texts``, the one with the most texts first; [] where their nouns stand together as by chance."""
    said = list(nouns(texts))
    words, there = _there(said)
    if min(there.shape) < 2:
        return []
    together = _correlations(there)
    count = _count(there, together)
    if count < 2:
        return []
    factors = (
        NMF(count, init="nndsvd", max_iter=STEPS, tol=0, random_state=0).fit(_linked(together, len(there))).components_
    )
    found = [_topic(words, factor) for factor in factors if factor.any()]
    spoken = Counter(topic_of(said, found))
    return [topic for number, topic in sorted(enumerate(found), key=lambda pair: (-spoken[pair[0]], pair[0]))
            if spoken[number]]  # fmt: skip


def topic_of(said: Sequence[set[str]], known: Sequence[Topic]) -> list[int | None]:
    """Which of the ``known`` topics each set of nouns is most about; None with none of their words."""
    of: dict[str, list[tuple[int, float]]] = {}
    for number, topic in enumerate(known):
        for word, weight in topic.weights.items():
            of.setdefault(word, []).append((number, weight))
    return [_strongest(words, of) for words in said]


def _strongest(words: set[str], of: dict[str, list[tuple[int, float]]]) -> int | None:
    sums: dict[int, float] = {}
    for word in sorted(words & of.keys()):
        for number, weight in of[word]:
            sums[number] = sums.get(number, 0.0) + weight
    return min(sums, key=lambda number: (-sums[number], number)) if sums else None


def _there(said: Sequence[set[str]]) -> tuple[list[str], Floats]:
    """The nouns looked at, and which of them (columns) stand in each text; texts of two nouns or more."""
    counts = Counter(word for words in said for word in words)
    kept = [word for word, count in counts.items() if FEWEST_TEXTS <= count <= COMMON * len(said)]
    words = sorted(kept, key=lambda word: (-counts[word], word))[:MOST_NOUNS]
    place = {word: at for at, word in enumerate(words)}
    rows = [found for mine in said if len(found := [place[word] for word in mine & place.keys()]) > 1]
    there = np.zeros((len(rows), len(words)))
    for at, found in enumerate(rows):
        there[at, found] = 1
    return words, there


def _count(there: Floats, together: Floats) -> int:
    """One topic more than the nouns' correlations have eigenvalues above those of nouns each dealt out anew."""
    dice = np.random.default_rng(0)
    dealt = (_correlations(dice.permuted(there, axis=0)) for _ in range(DEALS))
    chance = max(np.linalg.eigvalsh(one)[-1] for one in dealt)
    return min(int((np.linalg.eigvalsh(together) > chance).sum()) + 1, MOST_TOPICS)


def _linked(together: Floats, texts: int) -> Floats:
    """The correlations surely above 0; of each noun with itself, which says nothing, the largest that it has with another
    (Thurstone 1947)."""
    linked = np.where(together > SURE / np.sqrt(texts), together, 0.0)
    np.fill_diagonal(linked, 0)
    np.fill_diagonal(linked, linked.max(axis=0))
    return linked


def _correlations(there: Floats) -> Floats:
    """Of each noun with each; 0 of one that stands in every text."""
    centred = there - there.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=0)
    scaled = centred / np.where(lengths > 0, lengths, 1)
    found: Floats = scaled.T @ scaled
    return found


def _topic(words: Sequence[str], factor: Floats) -> Topic:
    order = np.argsort(-factor, kind="stable")
    scaled = np.round(factor / np.linalg.norm(factor), 4)
    return Topic({words[at]: float(scaled[at]) for at in order.tolist() if scaled[at] > 0})


@cache
def topics_version() -> str:
    """Changes with the rules by which texts are given topics."""
    folder = files("okaeri.predict.sentiment")
    return blake2b(b"".join(folder.joinpath(name).read_bytes() for name in _MADE_OF), digest_size=4).hexdigest()
