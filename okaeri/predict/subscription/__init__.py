"""How long subscribers stay, renewal by renewal: sBG, BdW, and what a subscription still brings."""

from okaeri.predict.subscription.bdw import BdW
from okaeri.predict.subscription.choice import best
from okaeri.predict.subscription.lifetime import discounted_renewals, retention, survival, survival_interval
from okaeri.predict.subscription.renewals import Renewals
from okaeri.predict.subscription.sbg import SBG

__all__ = ["SBG", "BdW", "Renewals", "best", "discounted_renewals", "retention", "survival", "survival_interval"]
