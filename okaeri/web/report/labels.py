"""Words for the codes of the measured tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

Word = str | Promise

DIMENSIONS: dict[str, Word] = {
    "all": _("Everybody"),
    "cohort_month": _("Month of first order"),
    "acquired_via": _("How they came"),
    "campaign": _("Campaign"),
    "store": _("Store"),
    "first_product": _("First product"),
    "region": _("Region"),
    "age_band": _("Age"),
}

SEGMENTS: dict[str, dict[str, Word]] = {
    "all": {"all": _("Everybody")},
    "acquired_via": {
        "ad": _("Advertising"),
        "organic": _("Search and direct"),
        "referral": _("Referral"),
        "social": _("Social media"),
        "marketplace": _("Marketplace"),
        "store": pgettext_lazy("where customers come from", "Shop"),
        "phone": _("Phone and print"),
    },
    "store": {
        "own": _("Own shop"),
        "amazon": _("Amazon"),
        "rakuten": _("Rakuten"),
        "yahoo": _("Yahoo! Shopping"),
        "aupay": _("au PAY Market"),
        "base": _("BASE"),
        "shopify": _("Shopify"),
        "phone": _("Phone"),
        "other": _("Other"),
    },
}
UNKNOWN: Word = _("Unknown")

VALUES: dict[str, Word] = {
    "revenue": _("Revenue"),
    "gross_profit": _("Gross profit"),
    "after_cost": _("Gross profit after acquisition cost"),
}

KPIS: dict[str, Word] = {
    "step_up_rate": _("Step-up rate"),
    "f2_rate": _("F2 conversion"),
    "repeat_rate_cohort": _("Repeat rate (of a cohort)"),
    "repeat_rate_period": _("Repeat rate (of a period's buyers)"),
    "repeat_rate_month": _("Repeat rate (of the month's base)"),
    "repeat_rate": _("Repeat rate"),
    "order_value": _("Order value"),
    "yearly_spend": _("First-year spend per customer"),
}

STATUSES: dict[str, Word] = {
    "first": pgettext_lazy("status", "First order"),
    "second": pgettext_lazy("status", "Two orders"),
    "repeat": pgettext_lazy("status", "Three or more"),
    "one_year": pgettext_lazy("status", "One year"),
    "dormant": pgettext_lazy("status", "Dormant"),
}

CPM: dict[str, Word] = {
    "not_yet": pgettext_lazy("cpm", "Not yet a customer"),
    "first": pgettext_lazy("cpm", "First, active"),
    "first_gone": pgettext_lazy("cpm", "First, gone"),
    "young": pgettext_lazy("cpm", "Young, active"),
    "young_gone": pgettext_lazy("cpm", "Young, gone"),
    "steady": pgettext_lazy("cpm", "Steady, active"),
    "steady_gone": pgettext_lazy("cpm", "Steady, gone"),
    "trending": pgettext_lazy("cpm", "Trending, active"),
    "trending_gone": pgettext_lazy("cpm", "Trending, gone"),
    "excellent": pgettext_lazy("cpm", "Excellent, active"),
    "excellent_gone": pgettext_lazy("cpm", "Excellent, gone"),
}

CPM_KINDS: dict[str, Word] = {
    "excellent": pgettext_lazy("cpm", "Excellent"),
    "trending": pgettext_lazy("cpm", "Trending"),
    "steady": pgettext_lazy("cpm", "Steady"),
    "young": pgettext_lazy("cpm", "Young"),
    "first": pgettext_lazy("cpm", "First"),
}

TRAITS: dict[str, Word] = {
    "recent": pgettext_lazy("trait", "recent"),
    "away": pgettext_lazy("trait", "long away"),
    "rare": pgettext_lazy("trait", "few orders"),
    "frequent": pgettext_lazy("trait", "many orders"),
    "small": pgettext_lazy("trait", "small orders"),
    "big": pgettext_lazy("trait", "large orders"),
    "short": pgettext_lazy("trait", "short stay"),
    "long": pgettext_lazy("trait", "long stay"),
    "regular": pgettext_lazy("trait", "regular"),
    "irregular": pgettext_lazy("trait", "irregular"),
    "average": pgettext_lazy("trait", "average"),
}
AXES: dict[str, Word] = {
    "recency": _("Days since the latest order"),
    "frequency": _("Orders"),
    "order_value": _("Order value"),
    "tenure": _("Days from first to latest order"),
    "variation": _("Irregularity"),
}


PERSONAS: dict[str, Word] = {
    "newcomer": pgettext_lazy("persona", "Newcomer"),
    "regular": pgettext_lazy("persona", "Regular"),
    "generous": pgettext_lazy("persona", "Generous buyer"),
    "bargain_hunter": pgettext_lazy("persona", "Bargain hunter"),
    "subscriber": pgettext_lazy("persona", "Subscriber"),
    "explorer": pgettext_lazy("persona", "Explorer"),
    "lost_regular": pgettext_lazy("persona", "Regular gone quiet"),
    "disappointed": pgettext_lazy("persona", "Disappointed"),
    "sleeper": pgettext_lazy("persona", "Sleeper"),
}

#: What a trait well below and well above the average is called.
PERSONA_TRAITS: dict[str, tuple[Word, Word]] = {
    "silence": (pgettext_lazy("persona", "ordered lately"), pgettext_lazy("persona", "silent for long")),
    "orders": (pgettext_lazy("persona", "few orders"), pgettext_lazy("persona", "many orders")),
    "order_value": (pgettext_lazy("persona", "small orders"), pgettext_lazy("persona", "large orders")),
    "tenure": (pgettext_lazy("persona", "not with us long"), pgettext_lazy("persona", "with us long")),
    "presence": (pgettext_lazy("persona", "probably gone"), pgettext_lazy("persona", "surely still there")),
    "prospect": (pgettext_lazy("persona", "little to expect"), pgettext_lazy("persona", "much to expect")),
    "bargain": (pgettext_lazy("persona", "no coupons"), pgettext_lazy("persona", "buys with coupons")),
    "subscribing": (pgettext_lazy("persona", "no subscription"), pgettext_lazy("persona", "buys by subscription")),
    "variety": (pgettext_lazy("persona", "always the same goods"), pgettext_lazy("persona", "always other goods")),
    "feeling": (pgettext_lazy("persona", "rates low"), pgettext_lazy("persona", "rates high")),
}

REASONS: dict[str, Word] = {
    "number": pgettext_lazy("reason to leave", "few orders so far"),
    "gap": pgettext_lazy("reason to leave", "orders far apart"),
    "skips": pgettext_lazy("reason to leave", "skipped a delivery"),
    "price_rise": pgettext_lazy("reason to leave", "the price rose"),
    "discounted": pgettext_lazy("reason to leave", "bought with a coupon"),
    "amount": pgettext_lazy("reason to leave", "size of the order"),
    "rating": pgettext_lazy("reason to leave", "not content with it"),
    "complained": pgettext_lazy("reason to leave", "an inquiry or return after it"),
    "blocked": pgettext_lazy("reason to leave", "blocked the shop's messages"),
    "product": pgettext_lazy("reason to leave", "the product bought"),
    "none": pgettext_lazy("reason to leave", "nothing in particular"),
}

JOURNEY: dict[str, Word] = {
    "advert": pgettext_lazy("journey", "Advertisement"),
    "expectation": pgettext_lazy("journey", "Expectation"),
    "page": pgettext_lazy("journey", "Product page"),
    "order": pgettext_lazy("journey", "Order"),
    "payment": pgettext_lazy("journey", "Payment"),
    "delivery": pgettext_lazy("journey", "Delivery"),
    "unboxing": pgettext_lazy("journey", "Unboxing"),
    "quality": pgettext_lazy("journey", "Quality"),
    "use": pgettext_lazy("journey", "Use"),
    "effect": pgettext_lazy("journey", "Effect"),
    "scent": pgettext_lazy("journey", "Scent and taste"),
    "price": pgettext_lazy("journey", "Price"),
    "support": pgettext_lazy("journey", "Support"),
    "return": pgettext_lazy("journey", "Return"),
    "repeat": pgettext_lazy("journey", "Buying again"),
}

STEPS: dict[str, Word] = {
    "tier": pgettext_lazy("step up", "Higher tier"),
    "size": pgettext_lazy("step up", "Larger size"),
    "bundle": pgettext_lazy("step up", "Set"),
    "course": pgettext_lazy("step up", "Subscription"),
}


def persona_trait(name: str, off: float) -> str:
    """A trait in words: ``off`` standard deviations from the average."""
    return str(PERSONA_TRAITS[name][off > 0])


def reason(name: str, kind: str) -> str:
    """A reason to leave in words; of subscribers, what is few are deliveries."""
    if (name, kind) == ("number", "subscription"):
        return gettext("few deliveries so far")
    return str(REASONS[name])


def joined(words: Sequence[str]) -> str:
    """Words in a row, as the language has it."""
    return ("・" if get_language() == "ja" else ", ").join(words)


def dimension(name: str) -> str:
    """The dimension's name; a shop's own attribute keeps its own."""
    return str(DIMENSIONS.get(name, name.removeprefix("attributes.")))


def segment(of: str, name: str, products: Mapping[str, str] | None = None) -> str:
    """A segment's name in dimension ``of``; products by the names given, else their codes."""
    if name == "unknown":
        return str(UNKNOWN)
    if of == "first_product":
        return (products or {}).get(name) or name
    if of == "age_band":
        return age_band(name)
    if of == "campaign":
        via, _slash, called = name.partition("/")
        return f"{called} ({segment('acquired_via', via)})"
    return str(SEGMENTS.get(of, {}).get(name, name))


def age_band(name: str) -> str:
    """20s, 30s ... as the language has it."""
    found = re.fullmatch(r"(\d+)s", name)
    return gettext("{decade}s").format(decade=found[1]) if found else name


def cluster(code: str) -> str:
    """A cluster's traits in words."""
    return joined([str(TRAITS[part]) if part in TRAITS else part for part in code.split("_")])


def chart_words() -> dict[str, str]:
    """What the scripts write into charts."""
    return {
        "days": gettext("days since first order"),
        "people": gettext("customers"),
        "interval": gettext("95% interval"),
        "young": gettext("too young to tell"),
        "customers": gettext("Customers"),
        "share": gettext("Share"),
        "orders": gettext("Orders"),
        "revenue_share": gettext("Revenue share"),
        "cumulative": gettext("Cumulative"),
        "all_months": gettext("All months"),
        "days_apart": gettext("days since the order before"),
        "came_again": gettext("Ordered again"),
        "decile": gettext("Decile"),
        "left": gettext("Left in carts"),
        "next": gettext("Next"),
        "whole": gettext("Whole window"),
        "interval_80": gettext("80% interval"),
        "with_targets": gettext("With the targets"),
        "without_targets": gettext("Without"),
        "planned": gettext("Planned"),
        "came": gettext("Came"),
        "sketched": gettext("Your sketch"),
        "measured": gettext("Measured"),
    }
