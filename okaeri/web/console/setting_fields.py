"""The settings a shop changes itself, as fields of a form: grouped, read from text, shown as text."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.loop.editing import default_of
from okaeri.records.shopfront import LANGUAGES
from okaeri.schema.rules import Rules
from okaeri.schema.settings import HOURS, Settings
from okaeri.web.report.labels import Word

#: Group of rules to its rules; those in no group stand in the last.
RULES: dict[str, tuple[str, ...]] = {
    "value": (
        "horizons", "default_margin", "forecast_weeks", "discount_rate", "conversion_window", "ladder_top",
        "attribute_dimensions",
    ),
    "status": ("dormant_ratios", "dormant_bounds", "one_year_after"),
    "rfm": ("rfm_recency", "rfm_frequency", "rfm_value"),
    "cpm": ("dormant_after", "cpm_young_tenure", "cpm_long_tenure", "cpm_large_value"),
    "belt": (
        "step_up_ratio", "fan_orders", "praise_rating", "premium_value", "cart_window", "subscription_grace",
    ),
    "offers": (
        "elapsed_buckets", "price_bands", "min_support", "recommendation_count", "just_bought_share", "margin_weight",
    ),
}  # fmt: skip
GROUPS: dict[str, Word] = {
    "shop": _("The shop"),
    "targets": pgettext_lazy("settings", "Targets"),
    "schedule": pgettext_lazy("settings", "By itself, every day"),
    "value": _("Value and costs"),
    "status": _("Status: first, second, one year, dormant"),
    "rfm": _("RFM steps"),
    "cpm": _("CPM classes"),
    "belt": _("Belt"),
    "offers": _("Products and offers"),
    "others": _("Others"),
    "surveys": _("Surveys"),
    "imports": pgettext_lazy("settings", "Imports"),
}
#: What can be wrong with a value, as :func:`okaeri.schema.settings.out_of_bounds` says it.
FAULTS: dict[str, Word] = {
    "must lie between {least} and {most}": _("must lie between {least} and {most}"),
    "must rise from one bound to the next": _("must rise from one bound to the next"),
    "must be {count} numbers": _("must be {count} numbers"),
    "must be at least one number": _("must be at least one number"),
}
#: What facts were made with, and cannot be changed once there are some.
SET_BY_DATA = ("shop.timezone", "shop.currency")
CHOICES: dict[str, tuple[str, ...]] = {
    "shop.language": LANGUAGES,
    "shop.timezone": tuple(sorted(available_timezones())),
    "schedule.refresh_at": HOURS,
}


@dataclass
class Field:
    """One setting: ``place`` is ``section.name``; ``text`` what stands in the form."""

    place: str
    meaning: str
    unit: str
    text: str
    default: str
    is_fixed: bool = False
    choices: tuple[str, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        return self.place.partition(".")[2]


@dataclass
class Group:
    """Settings that are saved together."""

    name: str
    title: Word
    fields: list[Field]
    told: str = ""
    preview: dict[str, Any] = field(default_factory=dict)


def places_of(group: str) -> list[str]:
    """The settings of a group."""
    if group in ("shop", "targets", "schedule", "surveys", "imports"):
        return [f"{group}.{item.name}" for item in fields(typing.get_type_hints(Settings)[group])]
    listed = {name for names in RULES.values() for name in names}
    names = RULES.get(group) or tuple(item.name for item in fields(Rules) if item.name not in listed)
    return [f"rules.{name}" for name in names]


def groups(settings: Settings, *, has_data: bool) -> list[Group]:
    """Every setting as it stands."""
    return [Group(name, title, [_field(settings, place, has_data) for place in places_of(name)])
            for name, title in GROUPS.items()]  # fmt: skip


def _field(settings: Settings, place: str, has_data: bool) -> Field:
    section, name = place.split(".")
    values = getattr(settings, section)
    item = next(each for each in fields(values) if each.name == name)
    value, unit = getattr(values, name), item.metadata["unit"]
    return Field(
        place, gettext(item.metadata["meaning"]), gettext(unit) if unit else "",
        "" if value == item.default and not isinstance(value, str) else shown(value), shown(item.default),
        place in SET_BY_DATA and has_data, CHOICES.get(place, ()),
    )  # fmt: skip


def shown(value: Any) -> str:
    """A value as one types it."""
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def read(group: Group, sent: Mapping[str, str]) -> dict[str, Any]:
    """The values sent for a group; fields that cannot be read get their error."""
    values = {}
    for each in group.fields:
        if each.is_fixed:
            continue
        each.text = sent.get(each.place, "").strip()
        try:
            values[each.place] = _value(each)
        except ValueError:
            each.error = gettext("This cannot be read; the default is {default}").format(default=each.default or "—")
    return values


def _value(each: Field) -> Any:
    """The value typed; the default where nothing is. Raises ValueError for what is none, or not among the choices."""
    default = default_of(each.place)
    if not each.text:
        return default
    if each.choices and each.text not in each.choices:
        raise ValueError(each.text)
    kind = _kind(each.place)
    if typing.get_origin(kind) is tuple:
        one = typing.get_args(kind)[0]
        return tuple(_one(one, part.strip()) for part in each.text.replace("、", ",").split(",") if part.strip())
    return _one(kind, each.text)


def _kind(place: str) -> Any:
    section, name = place.split(".")
    kind = typing.get_type_hints(typing.get_type_hints(Settings)[section])[name]
    return (
        next((part for part in typing.get_args(kind) if part is not type(None)), kind) if kind == float | None else kind
    )


def _one(kind: Any, text: str) -> Any:
    value = kind(text.replace("_", " ")) if kind in (int, float) else text[:200]
    if isinstance(value, float) and not abs(value) < float("inf"):
        raise ValueError(text)
    return value
