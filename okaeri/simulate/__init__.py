"""A made-up shop with known truth: behaviour, emotion and effects, for demo, tests and planning."""

from __future__ import annotations

from okaeri.simulate.plan import ShopPlan
from okaeri.simulate.tables import shop_tables

__all__ = ["ShopPlan", "shop_tables"]
