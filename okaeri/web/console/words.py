"""Words for the codes of the console."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from okaeri.web.report.labels import Word

ROLES: dict[str, Word] = {
    "owner": pgettext_lazy("role", "Owner"),
    "marketer": pgettext_lazy("role", "Marketer"),
    "analyst": pgettext_lazy("role", "Analyst"),
    "support": pgettext_lazy("role", "Support"),
    "read_only": pgettext_lazy("role", "Read only"),
}
