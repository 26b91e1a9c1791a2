"""The chance that a customer buys a product again within some days: logistic regression over hinges and products.

    log odds = offset + intercept + sum of weight x term

``offset`` is the log odds by the product alone (its hazard at the days elapsed). Terms are each feature, what it has
over each of three knots, and products of two features; see :mod:`okaeri.predict.reorder.terms`. Weights are drawn to 0,
so that a shop with little to learn from is told its products' own chances.
"""

from okaeri.predict.reorder.model import ReorderModel, by_hazard, fit

__all__ = ["ReorderModel", "by_hazard", "fit"]
