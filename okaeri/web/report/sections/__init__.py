"""The sections of the page: each a module with a TITLE, the TABLES it reads and ``build`` (tables to plain values)."""

from __future__ import annotations

from types import ModuleType

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.sections import (
    baskets,
    belt,
    carts,
    clusters,
    cohorts,
    cpm,
    entry,
    first,
    heading,
    kpis,
    ladder,
    ltv,
    next_product,
    payback,
    prospects,
    quality,
    rfm,
    status,
    stock,
)

#: By the name their template, their place on the page and their link have.
SECTIONS: dict[str, ModuleType] = {
    "heading": heading,
    "first": first,
    "kpis": kpis,
    "ltv": ltv,
    "payback": payback,
    "prospects": prospects,
    "ladder": ladder,
    "cohorts": cohorts,
    "belt": belt,
    "next_product": next_product,
    "rfm": rfm,
    "status": status,
    "cpm": cpm,
    "clusters": clusters,
    "entry": entry,
    "baskets": baskets,
    "stock": stock,
    "carts": carts,
    "quality": quality,
}

#: The sections one can go to, as the list of contents groups them.
GROUPS = (
    (_("Today"), ("first", "kpis")),
    (_("Value"), ("ltv", "payback", "prospects", "ladder", "cohorts")),
    (_("Customers"), ("belt", "status", "cpm", "rfm", "clusters")),
    (_("Products"), ("next_product", "entry", "baskets", "stock", "carts")),
    (_("Behind the figures"), ("quality",)),
)
