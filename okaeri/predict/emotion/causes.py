"""Causes in customers' words: phrases told below more often than above, by weighted log-odds.

Monroe, Colaresi and Quinn (2008), "Fightin' Words", Political Analysis 16:372: with y_w texts of n that hold phrase w,
and a prior a_w in proportion to the phrase's share in all texts,

    delta_w = log((y1 + a) / (n1 + A - y1 - a)) - log((y2 + a) / (n2 + A - y2 - a)),   z_w = delta_w / sd(delta_w)

Phrases are character n-grams, so no tokeniser is needed and Japanese and English are alike. The best phrase is named, the
texts holding it set aside, and the next one sought among the rest: so three causes are three, not one told thrice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

SHORTEST, LONGEST = 2, 5
#: Phrases are told with the letters that stand around them in this share of texts, up to so many.
ALWAYS, LONGEST_TOLD = 0.9, 16
#: A phrase is in so many texts below at least, and this many standard deviations more often there.
FEWEST_TEXTS, CLEAR = 4, 2.5
PRIOR = 10.0
MOST_TEXTS = 4000
#: What no phrase begins or ends with, or holds.
EDGES = frozenset(" 　、。！？!?…・「」（）()♪〜~\n")
BETWEEN = re.compile(f"[{re.escape(''.join(sorted(EDGES)))}]+")
TELLING = re.compile("[\u4e00-\u9fff\u30a1-\u30fa]")
#: Small words that are no cause by themselves.
EMPTY = frozenset(
    [
        "です",
        "ます",
        "した",
        "ない",
        "した。",
        "って",
        "から",
        "ので",
        "のに",
        "けど",
        "たら",
        "という",
        "もう",
        "この",
        "その",
        "とても",
        "して",
        "いる",
        "ある",
        "なる",
        "さん",
        "ました",
        "でした",
        "ません",
        "the",
        "and",
        "was",
        "for",
        "not",
        "with",
        "this",
        "that",
        "very",
        "but",
    ]
)


@dataclass(frozen=True)
class Cause:
    """A phrase, in how many texts ``below`` of how many, how many standard deviations more than above (``z``), and the
    places of texts below that hold it."""

    phrase: str
    count: int
    share: float
    z: float
    examples: tuple[int, ...]


def causes(below: Sequence[str], above: Sequence[str], most: int = 3, examples: int = 3) -> list[Cause]:
    """The ``most`` weighty phrases of texts ``below`` against those ``above``, weightiest first."""
    low, high = [_grams(t) for t in below[:MOST_TEXTS]], [_grams(t) for t in above[:MOST_TEXTS]]
    counted = Counter(gram for text in high for gram in text)
    found: list[Cause] = []
    rest = list(range(len(low)))
    while len(found) < most and rest:
        best = _weightiest(Counter(gram for at in rest for gram in low[at]), len(rest), counted, len(high))
        if best is None:
            break
        phrase, z = best
        holding = [at for at in range(len(low)) if phrase in low[at]]
        whole = _grown(phrase, [below[at].lower() for at in holding])
        found.append(Cause(whole, len(holding), len(holding) / len(low), z, tuple(holding[:examples])))
        rest = [at for at in rest if phrase not in low[at]]
    return found


def _weightiest(below: Counter[str], n1: int, above: Counter[str], n2: int) -> tuple[str, float] | None:
    often = [(gram, count) for gram, count in below.items() if count >= FEWEST_TEXTS]
    scored = [(_z(count, n1, above[gram], n2), gram) for gram, count in often if _tells(gram)]
    scored = [(z, gram) for z, gram in scored if z >= CLEAR]
    if not scored:
        return None
    z, gram = max(scored)
    return gram, z


def _grown(phrase: str, texts: Sequence[str]) -> str:
    """``phrase`` with the letters that nearly always stand around it: 遅れて rather than 遅れ where it says no less."""
    for side in (1, -1):
        while len(phrase) < LONGEST_TOLD:
            beside = Counter(_beside(text, phrase, side) for text in texts)
            letter, count = beside.most_common(1)[0]
            if not letter or letter in EDGES or count < ALWAYS * beside.total():
                break
            phrase = phrase + letter if side > 0 else letter + phrase
    return phrase


def _beside(text: str, phrase: str, side: int) -> str:
    """The letter after (1) or before (-1) the phrase; none at the end."""
    at = text.find(phrase)
    place = at + len(phrase) if side > 0 else at - 1
    return text[place] if at >= 0 and 0 <= place < len(text) else ""


def _z(y1: int, n1: int, y2: int, n2: int) -> float:
    prior = PRIOR * (y1 + y2 + 0.5) / (n1 + n2 + 1.0)
    in1, in2 = y1 + prior, y2 + prior
    out1, out2 = max(n1 + PRIOR - in1, 0.5), max(n2 + PRIOR - in2, 0.5)
    return (log(in1 / out1) - log(in2 / out2)) / sqrt(1 / in1 + 1 / in2)


def _grams(text: str) -> frozenset[str]:
    """All parts of a text of phrase length, each once; none reaches over an edge."""
    return frozenset(
        piece[start : start + size]
        for piece in BETWEEN.split(text.lower())
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(len(piece) - size + 1)
    )


def _tells(gram: str) -> bool:
    """Whether it is more than endings: a kanji or katakana is in it, or four letters."""
    return gram not in EMPTY and (len(gram) >= 4 or any(TELLING.match(letter) for letter in gram))


def sample(count: int, most: int, chance: np.random.Generator) -> list[int]:
    """At most ``most`` of ``count`` places, in order."""
    return list(range(count)) if count <= most else sorted(chance.choice(count, most, replace=False).tolist())
