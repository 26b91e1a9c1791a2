"""The plan of a year: what changed KPIs bring, and which of them a shortfall comes from."""

from okaeri.predict.plan.factors import AS_NOW, Factors, Floats, kept_back, ltv_of, reach_ratios
from okaeri.predict.plan.outlook import Basis, Months, Outlook, outlook
from okaeri.predict.plan.shortfall import PARTS, shortfall
from okaeri.predict.plan.wanted import way_to

__all__ = [
    "AS_NOW", "PARTS", "Basis", "Factors", "Floats", "Months", "Outlook", "kept_back", "ltv_of", "outlook", "reach_ratios",
    "shortfall", "way_to",
]  # fmt: skip
