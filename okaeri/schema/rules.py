"""The bounds and windows by which a shop measures: every one visible, editable and documented here.

A shop writes those it changes under ``[rules]`` in ``okaeri.toml``; :mod:`okaeri.schema.settings` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


def rule(default: object, meaning: str, unit: str = ""):  # type: ignore[no-untyped-def]
    """A field of :class:`Rules` that knows its meaning and unit."""
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class Rules:
    """How this shop measures. Days are counted in the shop's zone; bounds are half-open: lower bound included."""

    horizons: tuple[int, ...] = rule(
        (30, 90, 180, 365, 730), "Ages after the first order at which LTV is stated", "days"
    )
    default_margin: float | None = rule(None, "Gross margin assumed for goods whose unit cost is unknown", "share")
    conversion_window: int = rule(180, "Days a customer has for the next order in F2, F3 ... conversion", "days")
    ladder_top: int = rule(10, "Last rung of the F-ladder", "orders")
    dormant_after: int = rule(240, "Days without an order after which a customer counts as gone (CPM's 離脱)", "days")
    dormant_ratios: tuple[float, ...] = rule(
        (1.5, 3.0), "Times the usual days between orders after which a customer is 休眠予備, and 休眠", "ratio"
    )
    dormant_bounds: tuple[int, ...] = rule((60, 365), "Fewest and most days after which a customer is 休眠", "days")
    compare_days: int = rule(90, "Days back to the date that movements and recent flows are compared with", "days")
    one_year_after: int = rule(365, "Days from first to latest order from which a customer is 1年", "days")
    rfm_recency: tuple[int, ...] = rule((30, 90, 180, 365), "Upper bounds of R steps 5, 4, 3, 2; beyond is 1", "days")
    rfm_frequency: tuple[int, ...] = rule((2, 3, 5, 10), "Lower bounds of F steps 2, 3, 4, 5", "orders")
    rfm_value: tuple[int, ...] = rule((5000, 15000, 30000, 70000), "Lower bounds of M steps 2, 3, 4, 5", "yen")
    cpm_young_tenure: int = rule(90, "Days from first to latest order below which a repeater is よちよち", "days")
    cpm_long_tenure: int = rule(210, "Days from first to latest order from which a large customer is 優良", "days")
    cpm_large_value: int = rule(70000, "Past revenue from which a customer is 流行 or 優良", "yen")
    cluster_count: int = rule(5, "Behavioural clusters", "clusters")
    persona_count: int = rule(8, "Personas at most", "personas")
    step_up_ratio: float = rule(1.2, "A repeat order this many times the first order's revenue is 単価アップ", "ratio")
    fan_orders: int = rule(5, "Orders from which a customer is a fan (ファン化)", "orders")
    praise_rating: float = rule(0.75, "Rating from which a review counts as 口コミ", "share")
    premium_value: int = rule(20000, "Revenue of one order from which it is 高単価, where no product is premium", "yen")
    elapsed_buckets: tuple[int, ...] = rule((1, 4, 8, 15, 31, 61, 91), "First days of the elapsed-day buckets", "days")
    price_bands: tuple[int, ...] = rule(
        (1000, 2000, 3000, 5000, 10000, 20000), "List prices at which the price bands 2, 3 ... begin", "yen"
    )
    min_support: int = rule(5, "Pairs seen with fewer customers than this are not shown", "customers")
    cart_window: int = rule(1, "Days after a cart in which an order still counts as its completion", "days")
    subscription_grace: float = rule(
        2.5, "Times the usual days between deliveries after which a subscription without one has ended", "ratio"
    )
    forecast_weeks: int = rule(52, "How far ahead customers' value is predicted", "weeks")
    discount_rate: float = rule(0.1, "What a yen a year away is worth less than one today", "share a year")
    recommendation_count: int = rule(10, "Products recommended to each customer", "products")
    just_bought_share: float = rule(
        0.25, "Share of the usual days, or of the supply, below which a product is not recommended again", "share"
    )
    margin_weight: float = rule(
        0.0,
        "What a product's margin counts for in recommendations: 0 = not, 1 = as much as its odds to be bought",
        "ratio",
    )
    attribute_dimensions: tuple[str, ...] = rule((), "Customer attributes by which LTV is also cut")
    repairs: tuple[str, ...] = rule(
        (), "Steps of the journey the shop repaired, and the day from which: 2026-03-01 delivery"
    )


def repair_of(written: str) -> tuple[date, str]:
    """The day and the step of one of ``repairs``. Raises ValueError where it is neither."""
    day, _, step = written.partition(" ")
    return date.fromisoformat(day), step.strip()


DEFAULT_RULES = Rules()
