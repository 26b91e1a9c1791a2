"""Which subscription model to use."""

from __future__ import annotations

import math

from okaeri.predict.subscription.bdw import BdW
from okaeri.predict.subscription.renewals import Renewals
from okaeri.predict.subscription.sbg import SBG
from okaeri.schema.errors import NotConverged


def best(renewals: Renewals) -> SBG | BdW:
    """sBG, unless the one parameter more of BdW pays by Schwarz's criterion (BIC, n = subscribers).

    Raises NotConverged where sBG cannot be fitted either.
    """
    simple = SBG.fit(renewals)
    try:
        richer = BdW.fit(renewals)
    except NotConverged:
        return simple
    price = math.log(max(renewals.subscribers, 2.0)) / 2
    return richer if richer.log_likelihood - simple.log_likelihood > price else simple
