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
    emotion,
    entry,
    first,
    heading,
    kpis,
    ladder,
    leaving,
    ltv,
    next_product,
    offers,
    payback,
    personas,
    prospects,
    quality,
    rfm,
    status,
    steps,
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
    "leaving": leaving,
    "ladder": ladder,
    "cohorts": cohorts,
    "belt": belt,
    "next_product": next_product,
    "offers": offers,
    "rfm": rfm,
    "status": status,
    "cpm": cpm,
    "clusters": clusters,
    "personas": personas,
    "emotion": emotion,
    "entry": entry,
    "baskets": baskets,
    "steps": steps,
    "stock": stock,
    "carts": carts,
    "quality": quality,
}

#: The sections one can go to, as the list of contents groups them.
GROUPS = (
    (_("Today"), ("first", "kpis")),
    (_("Value"), ("ltv", "payback", "prospects", "leaving", "ladder", "cohorts")),
    (_("Customers"), ("belt", "status", "cpm", "rfm", "clusters", "personas", "emotion")),
    (_("Products"), ("next_product", "offers", "entry", "baskets", "steps", "stock", "carts")),
    (_("Behind the figures"), ("quality",)),
)
