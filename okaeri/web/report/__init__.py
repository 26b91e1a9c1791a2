"""One self-contained page from a shop's measured tables: Japanese or English, light and dark, opened without network."""

from __future__ import annotations

from okaeri.web.report.page import render, write

__all__ = ["render", "write"]
