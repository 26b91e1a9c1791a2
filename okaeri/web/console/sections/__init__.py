"""Panels the console has beside those of the report; each is made from its tables by its own module, as they are."""

from __future__ import annotations

from types import ModuleType

from okaeri.web.console.sections import ahead, moved, trouble

OWN_SECTIONS: dict[str, ModuleType] = {"moved": moved, "ahead": ahead, "trouble": trouble}
