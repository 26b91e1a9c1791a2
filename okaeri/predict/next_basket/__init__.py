"""What a customer buys next: a ranker of candidates whose score is a weighted sum, and the share of new ones shown."""

from __future__ import annotations

from okaeri.predict.next_basket.ranker import Ranker, fit

__all__ = ["Ranker", "fit"]
