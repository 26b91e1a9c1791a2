"""Which model suits a shop: the one that makes its purchase histories most likely.

All candidates have four parameters and speak of the same weeks, so that their log-likelihoods compare as they are. The
regularity k of the gaps is raised for as long as that helps, and only where the histories tell the gaps' logarithms.
The winner is then tried as two models, for customers who were there when the records began and those won since.
What the winner is worth on weeks it has not seen is for a backtest to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from okaeri.predict.purchases.beta_geometric import BetaGeometric, fit_beta_geometric
from okaeri.predict.purchases.cohorts import split
from okaeri.predict.purchases.forecast import PurchaseModel
from okaeri.predict.purchases.histories import Histories
from okaeri.predict.purchases.pareto import ParetoNBD, fit_pareto
from okaeri.schema.errors import NotConverged

#: Gaps more regular than this are told apart by nothing that matters.
MOST_REGULAR = 12

Candidate = BetaGeometric | ParetoNBD
#: By name: a fit at regularity k, or at k = 1 only.
REGULAR: dict[str, Callable[..., Candidate]] = {
    "MBG/NBD": partial(fit_beta_geometric, modified=True),
    "BG/NBD": partial(fit_beta_geometric, modified=False),
}
PLAIN: dict[str, Callable[..., Candidate]] = {"Pareto/NBD": fit_pareto}
NAMES = (*REGULAR, *PLAIN)


@dataclass(frozen=True)
class Score:
    """How a candidate fared: its log-likelihood (None where it has no fit) and a sentence, if there is something to say."""

    label: str
    log_likelihood: float | None
    note: str = ""


@dataclass(frozen=True)
class Choice:
    """The chosen model, and what each candidate scored, best first."""

    model: PurchaseModel
    scores: tuple[Score, ...]


def choose(histories: Histories, names: tuple[str, ...] = NAMES, *, cohorts: bool = True) -> Choice:
    """Fit the candidates ``names`` and take the most likely; earlier names win ties.

    Without ``cohorts`` it is one model for all customers. Raises NotConverged with the first candidate's sentence where none has a fit.
    """
    fitted: list[Candidate] = []
    failed: list[tuple[str, NotConverged]] = []
    for name in names:
        try:
            fitted.extend(_fits(name, histories))
        except NotConverged as reason:
            failed.append((name, reason))
    if not fitted:
        raise failed[0][1]
    ranked = sorted(fitted, key=lambda model: -model.log_likelihood)
    scores = [Score(model.label, model.log_likelihood, model.note) for model in ranked]
    scores += [Score(name, None, str(reason)) for name, reason in failed]
    two = split(ranked[0], histories) if cohorts else None
    if two is None:
        return Choice(ranked[0], tuple(scores))
    return Choice(two, (Score(two.label, two.log_likelihood, two.note), *scores))


def _fits(name: str, histories: Histories) -> Iterator[Candidate]:
    """A candidate's fit, and those with more regular gaps up to the first that is less likely."""
    if name in PLAIN:
        yield PLAIN[name](histories)
        return
    best = REGULAR[name](histories)
    yield best
    for k in range(2, MOST_REGULAR + 1 if histories.log_gaps is not None else 0):
        tried = REGULAR[name](histories, k=k)
        yield tried
        if tried.log_likelihood <= best.log_likelihood:
            return
        best = tried
