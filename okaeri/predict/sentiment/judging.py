"""What the words of one text come to: negation, contrast, wish, strength and irony, by rules.

A negation shortly after a word turns it; what stands before a contrast counts half; praise that is wished for is a
complaint; praise under a mark of irony hardly counts. Distances are letters between the end of one word and the beginning
of the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from okaeri.predict.sentiment.scanning import Hit
from okaeri.predict.sentiment.vocabulary import Vocabulary

#: How far behind a word a negation, a wish and an exclamation mark still mean it, and a strengthening word before it.
NOT_REACH, WISH_REACH, STOP_REACH, BOOST_REACH, NOT_SO_REACH = 7, 10, 6, 8, 16
#: What is left of praise, and of blame, that is negated; of praise that is wished for; of what a contrast follows.
NOT_GOOD, NOT_BAD, WISHED, BEFORE_BUT, BEFORE_TURN = -0.8, -0.6, -0.4, 0.4, 0.5
#: Of praise in quotation marks, under a mark of irony, of mockery; what an exclamation mark adds.
QUOTED, IRONIC, MOCKED, EXCLAIMED = 0.5, 0.4, -1.0, 1.2
#: What a negation of nothing in particular, and of "so much as expected", counts.
BARE_NOT, NOT_SO = -0.15, -1.2
#: Words that count less than this are no evidence worth showing.
SHOWN_FROM = 0.1


class Reading:
    """One text being read from left to right."""

    __slots__ = (
        "amounts", "boost", "boost_end", "but", "clauses", "comma_at", "cuts", "ends", "firm", "longed_end",
        "not_so_end", "quoted", "said", "sentence", "vocabulary",
    )  # fmt: skip

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.amounts: list[float] = []
        self.ends: list[int] = []
        self.firm: list[bool] = []
        self.said: list[int] = []
        #: Ends of sentences and of clauses: the letter, and how many words stand before it.
        self.cuts: list[tuple[int, int]] = []
        self.clauses: list[tuple[int, int]] = []
        self.sentence = 0
        self.boost, self.boost_end = 1.0, 0
        self.but: tuple[int, int, float] | None = None
        self.comma_at, self.not_so_end, self.longed_end = -1, -1, -1
        self.quoted = False

    def read(self, hits: Sequence[Hit]) -> None:
        """Take every word in."""
        kinds = self.vocabulary.kinds
        for start, end, which in hits:
            _RULES[kinds[which]](self, start, end, which)

    def word(self, start: int, end: int, which: int) -> None:
        self._add(start, end, which, False)

    def fixed(self, start: int, end: int, which: int) -> None:
        self._add(start, end, which, True)

    def _add(self, start: int, end: int, which: int, firm: bool) -> None:
        amount = self.vocabulary.weights[which]
        if self.boost != 1.0:
            if start - self.boost_end <= BOOST_REACH:
                amount *= self.boost
            self.boost = 1.0
        if amount > 0:
            amount *= self._praised(start)
        self._keep(end, which, amount, firm)

    def _praised(self, start: int) -> float:
        """What is left of praise at ``start``: little in quotation marks; what is longed for is missing."""
        longed, self.longed_end = self.longed_end, -1
        if longed >= 0 and start - longed <= WISH_REACH:
            return WISHED
        return QUOTED if self.quoted else 1.0

    def _keep(self, end: int, which: int, amount: float, firm: bool) -> None:
        if self.but is not None:
            begins, ends, share = self.but
            for place in range(begins, ends):
                self.amounts[place] *= share
            self.but = None
        self.amounts.append(amount)
        self.ends.append(end)
        self.firm.append(firm)
        self.said.append(which)

    def _meant(self, start: int, reach: int) -> bool:
        """Whether a mark at ``start`` means the last word: of the same clause, not far, and open to change."""
        if len(self.amounts) <= self.sentence or self.firm[-1]:
            return False
        return start - self.ends[-1] <= reach and self.comma_at < self.ends[-1]

    def negation(self, start: int, end: int, which: int) -> None:
        if self._meant(start, NOT_REACH):
            self.amounts[-1] *= NOT_GOOD if self.amounts[-1] > 0 else NOT_BAD
            self.firm[-1] = True
        elif 0 <= start - self.not_so_end <= NOT_SO_REACH and self.not_so_end >= 0:
            self._keep(end, which, NOT_SO, True)
        elif not (self.amounts and self.firm[-1] and start - self.ends[-1] <= NOT_REACH):
            self._keep(end, which, BARE_NOT, True)
        self.not_so_end = -1

    def not_so(self, start: int, end: int, which: int) -> None:
        self.not_so_end = end

    def wish(self, start: int, end: int, which: int) -> None:
        if self._meant(start, WISH_REACH) and self.amounts[-1] > 0:
            self.amounts[-1] *= WISHED
            self.firm[-1] = True
        else:
            self._keep(end, which, self.vocabulary.weights[which], True)

    def longing(self, start: int, end: int, which: int) -> None:
        self._keep(end, which, self.vocabulary.weights[which], True)
        self.longed_end = end

    def contrast(self, start: int, end: int, which: int) -> None:
        self.but = (self.sentence, len(self.amounts), BEFORE_BUT)
        self._end_clause(end)

    def turning(self, start: int, end: int, which: int) -> None:
        self.but = (0, len(self.amounts), BEFORE_TURN)
        self._end_clause(end)

    def strength(self, start: int, end: int, which: int) -> None:
        self.boost, self.boost_end = self.vocabulary.weights[which], end

    def stop(self, start: int, end: int, which: int) -> None:
        weight = self.vocabulary.weights[which]
        if weight > 0 and len(self.amounts) > self.sentence and start - self.ends[-1] <= STOP_REACH:
            self.amounts[-1] *= EXCLAIMED
        elif weight < 0:
            self._keep(end, which, weight, True)
        self.cuts.append((end, len(self.amounts)))
        self.clauses.append((end, len(self.amounts)))
        self.sentence = len(self.amounts)
        self.boost, self.not_so_end, self.longed_end, self.quoted, self.but = 1.0, -1, -1, False, None

    def comma(self, start: int, end: int, which: int) -> None:
        self._end_clause(end)

    def _end_clause(self, end: int) -> None:
        self.comma_at = end
        self.clauses.append((end, len(self.amounts)))

    def irony(self, start: int, end: int, which: int) -> None:
        self._praise(IRONIC)

    def mock(self, start: int, end: int, which: int) -> None:
        self._praise(MOCKED)

    def _praise(self, share: float) -> None:
        """Change the praise of this sentence, or of the one before where this has none yet."""
        begins = self.sentence
        if begins == len(self.amounts) and self.cuts:
            begins = self.cuts[-2][1] if len(self.cuts) > 1 else 0
        for place in range(begins, len(self.amounts)):
            if self.amounts[place] > 0:
                self.amounts[place] *= share

    def opening(self, start: int, end: int, which: int) -> None:
        self.quoted = True

    def closing(self, start: int, end: int, which: int) -> None:
        self.quoted = False

    def skip(self, start: int, end: int, which: int) -> None:
        """Nothing is felt here."""

    def evidence(self, places: Iterable[int] | None = None) -> tuple[str, ...]:
        """The words that counted, each with its sign: all of them, or those at ``places``."""
        patterns, amounts, said = self.vocabulary.patterns, self.amounts, self.said
        return tuple(
            ("+" if amounts[place] > 0 else "-") + patterns[said[place]]
            for place in (range(len(amounts)) if places is None else places)
            if abs(amounts[place]) >= SHOWN_FROM
        )


_RULES: dict[str, Callable[[Reading, int, int, int], None]] = {
    "word": Reading.word, "fixed": Reading.fixed, "skip": Reading.skip, "not": Reading.negation,
    "less-not": Reading.not_so, "wish": Reading.wish,
    "longing": Reading.longing, "but": Reading.contrast, "turn": Reading.turning,
    "more": Reading.strength, "less": Reading.strength, "stop": Reading.stop, "comma": Reading.comma,
    "irony": Reading.irony, "mock": Reading.mock, "open": Reading.opening, "close": Reading.closing,
}  # fmt: skip


def weighed(amounts: Sequence[float]) -> tuple[float, float]:
    """Score -1..1 and confidence 0..1 of what words came to: one more word that says nothing is thought beside them for
    the score, two for the confidence."""
    total = sum(amounts)
    size = sum(map(abs, amounts))
    return total / (size + 1.0), size / (size + 2.0)
