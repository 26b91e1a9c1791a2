"""When customers order and when they leave: models of repeat purchase, and what follows from them.

``Histories`` are what the models see; each model has its file of formulas with its paper. ``choose`` takes the model
that suits a shop best; ``order_quantile``, ``order_chances`` and ``discounted_orders`` work for every model;
``OperationalTime`` makes every model seasonal, ``fit_traits`` lets channel or country shift its parameters.
"""

from okaeri.predict.purchases.beta_bernoulli import BetaBernoulli, fit_beta_bernoulli
from okaeri.predict.purchases.beta_geometric import BetaGeometric, fit_beta_geometric, refit
from okaeri.predict.purchases.choosing import Choice, Score, choose
from okaeri.predict.purchases.cohorts import TwoCohorts, fit_again
from okaeri.predict.purchases.forecast import (
    Calendar,
    PurchaseModel,
    discounted_orders,
    order_chances,
    order_quantile,
)
from okaeri.predict.purchases.histories import Histories
from okaeri.predict.purchases.operational import OperationalTime, Seasonal, learn_seasons
from okaeri.predict.purchases.pareto import ParetoNBD, fit_pareto
from okaeri.predict.purchases.traits import TraitModel, fit_traits

#: Every fitted model by the name it is saved under.
MODELS: dict[str, type[BetaGeometric] | type[ParetoNBD] | type[BetaBernoulli] | type[TwoCohorts]] = {
    model.NAME: model for model in (BetaGeometric, ParetoNBD, BetaBernoulli, TwoCohorts)
}

__all__ = [
    "MODELS", "BetaBernoulli", "BetaGeometric", "Calendar", "Choice", "Histories", "OperationalTime", "ParetoNBD",
    "PurchaseModel", "Score", "Seasonal", "TraitModel", "TwoCohorts", "choose", "discounted_orders", "fit_again", "fit_beta_bernoulli", "fit_beta_geometric",
    "fit_pareto", "fit_traits", "learn_seasons", "order_chances", "order_quantile", "refit",
]  # fmt: skip
