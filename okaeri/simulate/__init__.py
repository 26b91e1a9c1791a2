"""A made-up shop with known truth: behaviour, emotion and effects, for demo, tests and planning."""

from __future__ import annotations

from okaeri.simulate.losses import true_losses
from okaeri.simulate.ltv import true_effects, true_ltv
from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.run import Written, simulate
from okaeri.simulate.tables import shop_tables

__all__ = ["ShopPlan", "Written", "shop_tables", "simulate", "true_effects", "true_losses", "true_ltv"]
