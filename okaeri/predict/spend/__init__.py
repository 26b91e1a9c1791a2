"""What a customer spends per order: gamma-gamma, whether it may be used, and how to reduce its rows."""

from okaeri.predict.spend.bins import bin_of, bin_value
from okaeri.predict.spend.gamma_gamma import GammaGamma, fit
from okaeri.predict.spend.independence import Independence, independence
from okaeri.predict.spend.order_value import FlatSpend, SpendModel

__all__ = ["FlatSpend", "GammaGamma", "Independence", "SpendModel", "bin_of", "bin_value", "fit", "independence"]
