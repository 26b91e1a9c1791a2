"""Plans: what the shop's figures say a year brings, what was set out to reach, and what came of it."""

from okaeri.loop.planning.basis import Desk, desk
from okaeri.loop.planning.progress import Progress, in_force, progress, proposals, save
from okaeri.loop.planning.years import FiscalYear, fiscal_years

__all__ = ["Desk", "FiscalYear", "Progress", "desk", "fiscal_years", "in_force", "progress", "proposals", "save"]
