"""What columns of people and their values are called, in the language in force."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language, gettext, pgettext

from okaeri.loop.published import Published
from okaeri.schema.errors import RuleRefused
from okaeri.schema.segment_words import COLUMNS, Naming, word
from okaeri.web.report.labels import CPM, PERSONAS, REASONS, SEGMENTS, STATUSES, STEPS, Word, age_band, cluster, reason
from okaeri.web.report.movement import NOT_YET
from okaeri.web.report.sections.belt import station_name

_CODES: Mapping[str, Mapping[str, Word]] = {
    "status": STATUSES, "cpm": CPM, "persona": PERSONAS, "acquired_via": SEGMENTS["acquired_via"],
    "first_store": SEGMENTS["store"], "cpm_before": CPM, "rank_before": {NOT_YET: CPM[NOT_YET]}, "step_up": STEPS,
}  # fmt: skip
#: Columns of reasons to leave, by the kind of customer.
_REASONS = {"leaving_reason": "one_off", "cancelling_reason": "subscription"}
_PRODUCTS = ("product", "first_product", "next_runs_out_product", "next_product", "step_up_from", "step_up_to")


def column_name(name: str) -> str:
    """A column of people as it is called."""
    return word(COLUMNS[name], get_language() or "en")


def sentence_of(refused: RuleRefused) -> str:
    """Why a rule was refused, with columns called as people know them."""
    values = {key: column_name(value) if value in COLUMNS else value for key, value in refused.values.items()
              if isinstance(value, str)}  # fmt: skip
    return gettext(refused.sentence).format(**{**refused.values, **values})


def namer(laid: Published) -> Naming:
    """Says what a value of a column is called."""
    products, stations, clusters = _names(laid, get_language() or "en")
    own = {"station": stations, "cluster": clusters, **dict.fromkeys(_PRODUCTS, products)}

    def name(column: str, value: object) -> str:
        if column in _CODES:
            return str(_CODES[column].get(str(value), value))
        if column in _REASONS and value in REASONS:
            return reason(str(value), _REASONS[column])
        if column == "age_band":
            return age_band(str(value))
        if column == "gender":
            return {"male": pgettext("gender", "Male"), "female": pgettext("gender", "Female")}.get(
                str(value), str(value)
            )
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        return own.get(column, {}).get(str(value), str(value))

    return name


def products_of(laid: Published) -> Mapping[str, str]:
    """Name by code of every product the catalogue names."""
    return _names(laid, get_language() or "en")[0]


@lru_cache(maxsize=8)
def _names(laid: Published, language: str) -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """Names of products, stations and clusters by their code or number as text."""
    catalogue = laid.table("products").select(["product_id", "name"]).to_pylist()
    products = {row["product_id"]: row["name"] for row in catalogue if row["name"]}
    stations = {str(row["station"]): station_name(row) for row in laid.table("belt").to_pylist()}
    clusters = {str(row["cluster"]): cluster(row["cluster_code"]) for row in laid.table("cluster_profiles").to_pylist()}
    return products, stations, clusters
