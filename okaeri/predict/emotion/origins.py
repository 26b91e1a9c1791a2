"""Where discontent comes from: the carriers, lots, products and stores of which more is heard than of the others.

Of each fact (a carrier, say): the share of its voices that are struck, against that of the others of its kind, within
strata of voices alike, customers as clusters (see ``dips.within_channel``), corrected for all facts looked at (Bonferroni).
The clearest is named, its voices set aside, and the next one sought among the rest: goods are not blamed for one bad lot of
theirs, nor a store for the carrier it sends by. Of the voices about everything, not of those at the step alone: where only
those speak of a step whom it failed, all its voices are alike, and what tells is how often it is spoken of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predict.emotion import dips

Flags = NDArray[np.bool_]
Names = NDArray[np.str_]
Places = NDArray[np.intp]

SIGNIFICANT = 0.05
#: Customers who speak of goods of it, and of those struck, below which nothing is named.
FEWEST, FEWEST_STRUCK = 30, 10
#: The most frequent facts of each kind are looked at: each look makes the others' harder.
MOST_FACTS = 40


@dataclass(frozen=True)
class Origin:
    """A fact of a ``kind`` with its ``name``: ``n`` voices of ``customers``, the ``share`` of them that is struck, that of
    the ``others`` of its kind (like them in strata), how many standard errors lie between (``z``), and the chance to see as
    much where there is nothing, corrected for all looks."""

    kind: str
    name: str
    n: int
    customers: int
    share: float
    others: float
    z: float
    p: float


def origins(
    struck: Flags, facts: Mapping[str, Names], alike: Places, customer: ArrayLike, most: int = 3
) -> list[Origin]:
    """Up to ``most`` origins of the ``struck`` voices (n,), the clearest first. ``facts`` are names (n,) by kind, '' where
    not known; ``alike`` (n,) numbers the strata; ``customer`` (n,) says whose voices they are."""
    who = np.unique(np.asarray(customer), return_inverse=True)[1].reshape(-1)
    left = np.ones(len(struck), dtype=bool)
    candidates = [(kind, name) for kind, names in facts.items() for name in _often(names, who)]
    found: list[Origin] = []
    while len(found) < most:
        looks = [_look(kind, name, facts[kind], struck, left, alike, who, len(candidates)) for kind, name in candidates]
        named = [look for look in looks if look is not None and look.p <= SIGNIFICANT]
        if not named:
            break
        best = max(named, key=lambda look: look.z)
        found.append(best)
        left &= facts[best.kind] != best.name
    return found


def _often(names: Names, who: Places) -> list[str]:
    """Names with enough customers, the most frequent ones."""
    told, place = np.unique(names, return_inverse=True)
    pairs = np.unique(place.reshape(-1) * (who.max(initial=0) + 1) + who) // (who.max(initial=0) + 1)
    customers = np.bincount(pairs, minlength=len(told))
    often = [at for at in np.argsort(-customers, kind="stable").tolist() if told[at] and customers[at] >= FEWEST]
    return [str(told[at]) for at in often[:MOST_FACTS]]


def _look(
    kind: str, name: str, names: Names, struck: Flags, left: Flags, alike: Places, who: Places, looks: int
) -> Origin | None:
    """One fact against the others of its kind among those ``left``; None of too few."""
    rows = np.flatnonzero(left & (names != ""))
    own, hit = names[rows] == name, struck[rows]
    if len(np.unique(who[rows][own & hit])) < FEWEST_STRUCK:
        return None
    look = dips.within_channel(-hit.astype(float), own, alike[rows], who[rows], FEWEST)
    if np.isnan(look.p):
        return None
    share = float(hit[own].mean())
    return Origin(kind, name, int(own.sum()), len(np.unique(who[rows][own])), share, share + look.fall,
                  -look.fall / look.error, min(1.0, look.p * looks))  # fmt: skip
