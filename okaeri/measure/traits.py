"""Names for clusters from what sets them apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Per trait, in the order of the features: code and label of a low value, then of a high one.
TRAITS = (
    (("recent", "最近"), ("away", "ご無沙汰")),
    (("rare", "少回数"), ("frequent", "多回数")),
    (("small", "低単価"), ("big", "高単価")),
    (("short", "短期"), ("long", "長期")),
    (("regular", "規則的"), ("irregular", "不規則")),
)
#: Traits in a name at first, and the least distance from the mean (in sd) that is worth a word.
WORDS = 2
LEAST = 0.3


def cluster_names(centres: NDArray[np.float64]) -> list[tuple[str, str]]:
    """Code and Japanese label of each row of ``centres`` (k, 5), all different: more words where two would be alike."""
    names = [_name(centre, WORDS) for centre in centres]
    for words in range(WORDS + 1, len(TRAITS) + 1):
        codes = [code for code, _ in names]
        names = [
            _name(centre, words) if codes.count(code) > 1 else (code, label)
            for centre, (code, label) in zip(centres, names, strict=True)
        ]
    return [_numbered(names, place) for place in range(len(names))]


def _name(centre: NDArray[np.float64], words: int) -> tuple[str, str]:
    strongest = sorted(range(len(centre)), key=lambda trait: (-abs(centre[trait]), trait))[:words]
    told = [TRAITS[trait][int(centre[trait] > 0)] for trait in strongest if abs(centre[trait]) >= LEAST]
    if not told:
        return "average", "平均的"
    return "_".join(code for code, _ in told), "・".join(label for _, label in told)


def _numbered(names: list[tuple[str, str]], place: int) -> tuple[str, str]:
    code, label = names[place]
    before = sum(other == code for other, _ in names[:place])
    return (code, label) if before == 0 else (f"{code}_{before + 1}", f"{label} {before + 1}")
