"""What the sentences of a text are about, and how each of these aspects is felt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from okaeri.predict.sentiment.japanese import JapaneseLexicon
from okaeri.predict.sentiment.judging import Reading, weighed
from okaeri.predict.sentiment.scanning import Hit, Scanner, plain


@dataclass(frozen=True)
class Aspect:
    """How one aspect is felt in one text: ``score`` -1..1, ``confidence`` 0..1, and the words, the first being the one
    that told the aspect."""

    name: str
    score: float
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Cues:
    """Words that tell an aspect: ``of[n]`` is the aspect of the scanner's pattern n."""

    words: tuple[str, ...]
    of: tuple[str, ...]
    scanner: Scanner

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.of))


@cache
def cues() -> Cues:
    """The cues that come with okaeri."""
    found: dict[str, str] = {}
    for line in files("okaeri.predict.sentiment").joinpath("aspects.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, words = line.split("\t")
            for word in words.split():
                found.setdefault(plain(word), name)
    return Cues(tuple(found), tuple(found.values()), Scanner(found))


def aspects(texts: Sequence[str], engine: JapaneseLexicon) -> Iterator[list[Aspect]]:
    """The aspects of each of the Japanese ``texts``, in the order of the cues.

    A cue is judged by the words of feeling in its own clause; where that has none, by those of its sentence.
    """
    told = cues()
    written = [plain(text) for text in texts]
    for reading, hits in zip(engine.readings(written), told.scanner.scan(written), strict=True):
        yield list(_in_text(reading, hits, told))


def _in_text(reading: Reading, hits: Sequence[Hit], told: Cues) -> Iterator[Aspect]:
    spans: dict[str, dict[tuple[int, int], None]] = {}
    first_cue: dict[str, str] = {}
    for start, _, which in hits:
        name = told.of[which]
        first_cue.setdefault(name, told.words[which])
        spans.setdefault(name, {})[_span(reading, start)] = None
    for name in told.names:
        if name in spans:
            places = sorted({place for span in spans[name] for place in range(*span)})
            score, confidence = weighed([reading.amounts[place] for place in places])
            yield Aspect(name, score, confidence, (first_cue[name], *reading.evidence(places)))


def _span(reading: Reading, at: int) -> tuple[int, int]:
    """Which words of feeling speak of what stands at letter ``at``."""
    clause = _between(reading.clauses, at, len(reading.amounts))
    return clause if clause[0] < clause[1] else _between(reading.cuts, at, len(reading.amounts))


def _between(cuts: list[tuple[int, int]], at: int, count: int) -> tuple[int, int]:
    place = bisect_right(cuts, at, key=lambda cut: cut[0])
    first = cuts[place - 1][1] if place else 0
    return first, cuts[place][1] if place < len(cuts) else count
