"""What a customer buys next: a ranker of candidates whose score is a weighted sum, and how many new ones to show."""

from __future__ import annotations

from okaeri.predict.next_basket.exploring import explore_bonus, recall
from okaeri.predict.next_basket.ranker import Ranker, fit, untrained

__all__ = ["Ranker", "explore_bonus", "fit", "recall", "untrained"]
