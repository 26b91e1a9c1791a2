"""The settings of a shop: ``okaeri.toml``, read with a clear error for each thing that is wrong."""

from __future__ import annotations

import re
import tomllib
import types
import typing
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from okaeri.schema.errors import DataRejected, Problem
from okaeri.schema.measured.emotion import STEPS
from okaeri.schema.rules import Rules, repair_of, rule


@dataclass(frozen=True)
class ShopSettings:
    """Who the shop is."""

    name: str = rule("", "Name of the shop as customers know it")
    timezone: str = rule("Asia/Tokyo", "IANA time zone in which the shop's days, weeks and months are counted")
    currency: str = rule("JPY", "ISO 4217 code of the one currency the shop's amounts are in")
    language: str = rule("ja", "Language of reports and messages: ja or en")
    fiscal_year_start: int = rule(4, "Month in which the shop's fiscal year begins", "month")


@dataclass(frozen=True)
class TargetSettings:
    """Where the shop wants to be while no plan is in force; what is left out has no target."""

    ltv: float | None = rule(None, "LTV: revenue per customer within a year of the first order", "yen")
    f2_rate: float | None = rule(
        None, "F2 rate: share of first orders followed by a second within conversion_window", "share"
    )
    repeat_rate: float | None = rule(
        None, "Repeat rate: share of second orders followed by a third within conversion_window", "share"
    )
    order_value: float | None = rule(None, "Order value: revenue per order", "yen")


@dataclass(frozen=True)
class ImportSettings:
    """How strict an import is."""

    max_rejected_share: float = rule(0.01, "Share of a file's rows that may be rejected before it is refused", "share")
    own_mails: tuple[str, ...] = rule((), "Addresses the shop writes from, or all at a domain: @example.jp")
    max_upload_mb: int = rule(1000, "Largest file the console takes; okaeri import takes any", "MB")


@dataclass(frozen=True)
class EngineSettings:
    """Which SQL engine measures, and what it may use."""

    kind: str = rule("duckdb", "duckdb (in the process) or spark (needs the spark extra and Java)")
    memory: str = rule("6GB", "Memory the engine may use before it spills to disk")
    threads: int = rule(0, "Threads the engine may use; 0 = all cores", "threads")


@dataclass(frozen=True)
class DatabaseSettings:
    """Where the records are kept."""

    url: str = rule("", "postgresql://user:password@host/name; empty = SQLite in the shop's folder")


@dataclass(frozen=True)
class WebSettings:
    """Where customers reach the pages that `okaeri serve` shows."""

    address: str = rule("http://localhost:8000", "Public address of the pages, as it stands in links")
    trusted_proxies: tuple[str, ...] = rule(
        (), "Addresses or networks of the shop's own reverse proxies; from these alone X-Forwarded-For is believed"
    )


#: Says that nothing is measured but when somebody asks.
NEVER = "off"
#: When a shop may be measured by itself.
HOURS = (NEVER, *(f"{hour:02}:00" for hour in range(24)))


@dataclass(frozen=True)
class ScheduleSettings:
    """What the shop does by itself while `okaeri serve` or `okaeri worker` runs."""

    refresh_at: str = rule(
        "04:00", "Hour of the day, in the shop's zone, at which everything is measured anew: 00:00 to 23:00, or off"
    )


@dataclass(frozen=True)
class SurveySettings:
    """When customers are asked."""

    link_days: int = rule(60, "Days a personal link is valid", "days")
    quiet_days: int = rule(14, "Days in which a person who was asked is not asked again by any survey", "days")
    reminder_days: int = rule(7, "Days after which those who have not finished are reminded, once", "days")
    catch_up_days: int = rule(7, "Days after the due one on which an order is still asked about", "days")
    delivery_days: int = rule(3, "Days from order to delivery where the file does not tell the delivery", "days")


@dataclass(frozen=True)
class LanguageModelSettings:
    """The large language model that `okaeri feel --engine llm` asks; off while empty. Texts leave the house with it."""

    kind: str = rule("", "openai (any compatible endpoint) or anthropic; empty = off")
    address: str = rule("", "Address of the endpoint with its version: https://api.example.com/v1")
    model: str = rule("", "Name of the model")
    key_variable: str = rule("OKAERI_LLM_KEY", "Environment variable that holds the key; the key is written nowhere")
    timeout_seconds: float = rule(60.0, "How long an answer may take", "seconds")
    texts_per_request: int = rule(20, "Texts sent together", "texts")


@dataclass(frozen=True)
class Settings:
    """All settings of a shop, each with its default."""

    shop: ShopSettings = field(default_factory=ShopSettings)
    targets: TargetSettings = field(default_factory=TargetSettings)
    imports: ImportSettings = field(default_factory=ImportSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    web: WebSettings = field(default_factory=WebSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    surveys: SurveySettings = field(default_factory=SurveySettings)
    language_model: LanguageModelSettings = field(default_factory=LanguageModelSettings)
    rules: Rules = field(default_factory=Rules)


def read_settings(path: Path) -> Settings:
    """The settings written in a TOML file; what it leaves out keeps its default.

    Raises DataRejected naming the file and the key for broken TOML, an unknown key or a value of the wrong type.
    """
    return settings_in(path.read_bytes(), path.name)


def settings_in(text: bytes, file: str) -> Settings:
    """The settings of a TOML text, which ``file`` holds; raises as :func:`read_settings` does."""
    try:
        written = tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataRejected(Problem(file, "This is not valid TOML", value=str(error))) from error
    settings = typing.cast(Settings, _filled(Settings, written, file, ""))
    _check(settings, file)
    return settings


def _filled(kind: type[Any], written: dict[str, Any], file: str, place: str) -> Any:
    known = typing.get_type_hints(kind)
    values = {}
    for key, value in written.items():
        where = f"{place}{key}"
        if key not in known:
            raise DataRejected(Problem(file, "There is no such setting", column=where))
        values[key] = _value(known[key], value, file, where)
    return kind(**values)


def _value(kind: Any, value: Any, file: str, where: str) -> Any:
    if is_dataclass(kind) and isinstance(value, dict):
        return _filled(typing.cast("type[Any]", kind), value, file, where + ".")
    if typing.get_origin(kind) is tuple and isinstance(value, list):
        inner = typing.get_args(kind)[0]
        return tuple(_value(inner, item, file, where) for item in value)
    allowed = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    if isinstance(value, int) and not isinstance(value, bool) and float in allowed:
        return float(value)
    if type(value) not in allowed:
        raise DataRejected(Problem(file, "This value has the wrong type", column=where, value=str(value)))
    return value


def _check(settings: Settings, file: str) -> None:
    """Refuse what no shop can mean: an unknown zone, language or engine, shares outside 0..1, bounds out of order."""
    wrong = [
        ("shop.timezone", settings.shop.timezone not in available_timezones()),
        ("shop.language", settings.shop.language not in ("ja", "en")),
        ("engine.kind", settings.engine.kind not in ("duckdb", "spark")),
        ("imports.max_rejected_share", not 0 <= settings.imports.max_rejected_share <= 1),
        ("imports.max_upload_mb", settings.imports.max_upload_mb < 1),
        ("web.address", not re.fullmatch(r"https?://[^/\s?#]+", settings.web.address.rstrip("/"))),
        ("schedule.refresh_at", settings.schedule.refresh_at not in HOURS),
        ("web.trusted_proxies", not all(map(_is_network, settings.web.trusted_proxies))),
        *((f"surveys.{name}", days < 0) for name, days in asdict(settings.surveys).items()),
        ("language_model.kind", settings.language_model.kind not in ("", "openai", "anthropic")),
        ("language_model.timeout_seconds", settings.language_model.timeout_seconds <= 0),
        ("language_model.texts_per_request", settings.language_model.texts_per_request < 1),
        ("rules.repairs", not all(map(_is_repair, settings.rules.repairs))),
    ]
    wrong += [(name, True) for name, _, _ in out_of_bounds(settings)]
    problems = [Problem(file, "This value is out of bounds", column=name) for name, is_wrong in wrong if is_wrong]
    if problems:
        raise DataRejected(problems)


def _is_network(written: str) -> bool:
    try:
        ip_network(written, strict=False)
    except ValueError:
        return False
    return True


def _is_repair(written: str) -> bool:
    try:
        return repair_of(written)[1] in STEPS
    except ValueError:
        return False


#: The least and the most a number with this unit can be.
BOUNDS: dict[str, tuple[float, float]] = {
    "days": (0, 36_500), "share": (0, 1), "share a year": (0, 10), "yen": (0, 10**12), "orders": (1, 1_000),
    "customers": (1, 10**9), "clusters": (2, 50), "personas": (1, 50), "products": (1, 1_000), "weeks": (1, 520),
    "ratio": (0, 1_000), "month": (1, 12), "MB": (1, 10**6),
}  # fmt: skip
#: Lists of bounds that have to be as many as the steps they divide.
FIXED_LENGTH = ("dormant_ratios", "dormant_bounds", "rfm_recency", "rfm_frequency", "rfm_value")


def out_of_bounds(settings: Settings) -> list[tuple[str, str, dict[str, object]]]:
    """Each setting a shop cannot mean, as ``section.name``, with an English sentence and what fills its places."""
    sections: dict[str, Any] = {"shop": settings.shop, "targets": settings.targets, "rules": settings.rules}
    return [
        (f"{section}.{item.name}", *fault)
        for section, values in sections.items()
        for item in fields(values)
        for fault in _faults(item.name, item.metadata["unit"], getattr(values, item.name), item.default)
    ]


def _faults(name: str, unit: str, value: object, default: object) -> Iterator[tuple[str, dict[str, object]]]:
    numbers = [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, int | float)]
    least, most = BOUNDS.get(unit, (float("-inf"), float("inf")))
    if not all(least <= number <= most for number in numbers):
        yield "must lie between {least} and {most}", {"least": f"{least:g}", "most": f"{most:.15g}"}
    if value == () and default != ():
        yield "must be at least one number", {}
    if isinstance(value, tuple) and numbers != sorted(set(numbers)):
        yield "must rise from one bound to the next", {}
    if name in FIXED_LENGTH and isinstance(value, tuple) and isinstance(default, tuple) and len(value) != len(default):
        yield "must be {count} numbers", {"count": len(default)}
