"""Why a product is recommended, in a phrase."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from okaeri.web.report.figures import count
from okaeri.web.report.tables import Row


def reason(row: Row, names: Mapping[str, str]) -> str:
    """The phrase for a row of ``recommendations``; ``names`` are those of the products."""
    phrases = {
        "due": _("Bought {ago} days ago, usually bought again after {usual}"),
        "often": _("Bought at {bought} visits, last {ago} days ago"),
        "goes_with": _("Goes with {other}, bought before"),
        "popular": _("Bought by many"),
        "category": _("New, of a category bought most"),
    }
    other = row["reason_product_id"]
    return phrases[row["reason"]].format(
        ago=count(row["days_since_last"]), usual=count(row["usual_days"]), bought=count(row["bought_count"]),
        other=names.get(other, other),
    )  # fmt: skip
