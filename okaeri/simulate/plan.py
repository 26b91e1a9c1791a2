"""Everything hidden in a made-up shop: change a field with ``dataclasses.replace`` and the shop changes with it.

Chances are shares in [0, 1]; effects called ``stay`` are added to the log-odds of staying after an order, so +0.7
doubles the odds and -0.7 halves them; effects on satisfaction are in its own unit (about one standard deviation).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from okaeri.schema.facts import ACQUIRED_VIA
from okaeri.simulate import catalogue
from okaeri.simulate.catalogue import FollowOn, Product, Together

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Source:
    """A way customers come: ``cost`` is the mean cost of one new customer in yen, 0 where it is free."""

    campaign: str
    via: str
    share: float
    cost: float = 0.0
    stay: float = 0.0
    rate: float = 1.0


@dataclass(frozen=True)
class Kind:
    """A hidden kind of customer, and what coupons and mails truly do to it.

    ``rate`` multiplies the order rate. ``coupon`` is added to the log-odds of staying of those who get coupons;
    ``mail`` to the log of the order rate of those who get mails; both may be negative. ``coupon_use`` is the chance
    that a holder uses the coupon on a repeat order.
    """

    name: str
    share: float
    rate: float = 1.0
    stay: float = 0.0
    coupon: float = 0.0
    mail: float = 0.0
    coupon_use: float = 0.3


@dataclass(frozen=True)
class Happening:
    """Something planted that befalls an order: its chance, and what it does.

    ``needs`` names a product feature without which it cannot happen (a powder does not leak); ``stay`` is its direct
    effect on staying, on top of the way through satisfaction; it befalls orders from day ``begins`` of the plan on, and
    none any more from day ``ends`` on, when it is repaired. With a ``carrier`` only what that one brings is befallen, with
    a ``lot`` (``product/number``) only orders with goods of it.
    """

    name: str
    chance: float
    satisfaction: float
    stay: float = 0.0
    needs: str = ""
    begins: int = 0
    ends: int | None = None
    carrier: str = ""
    lot: str = ""

    def befalls(self, day: np.ndarray) -> np.ndarray:
        """Whether it can befall orders of these days of the plan."""
        over = np.zeros(len(day), dtype=bool) if self.ends is None else day >= self.ends
        return (day >= self.begins) & ~over


@dataclass(frozen=True)
class Belt:
    """Factors on the stations from first buyer to fan: below 1 a station becomes a bottleneck.

    ``second``, ``third`` and ``later`` multiply the odds of staying after the first, second and later orders;
    ``core`` the weight of core goods after a trial, ``premium`` that of premium goods after core ones,
    ``more_pieces`` the chance of several pieces, ``refer`` the chance of being recommended.
    """

    second: float = 0.33
    third: float = 1.3
    later: float = 2.2
    core: float = 1.0
    premium: float = 1.0
    more_pieces: float = 1.0
    refer: float = 1.0


@dataclass(frozen=True)
class Voicing:
    """Chance that an order leads to each kind of voice, and that who speaks after a happening tells of it."""

    survey_before: float = 0.22
    survey_after: float = 0.28
    review: float = 0.12
    inquiry: float = 0.04
    social: float = 0.05
    reply: float = 0.03
    tells: float = 0.8


SOURCES = (
    Source("検索広告", "ad", 0.24, 3800, stay=-0.10),
    Source("SNS広告", "ad", 0.20, 3100, stay=-0.35, rate=0.95),
    Source("自然検索", "organic", 0.20, 0, stay=0.15),
    Source("インフルエンサー", "social", 0.10, 1500, stay=-0.05),
    Source("友達紹介", "referral", 0.08, 500, stay=0.45, rate=1.1),
    Source("モール検索", "marketplace", 0.14, 0),
    Source("折込チラシ", "phone", 0.04, 5200, stay=0.25, rate=0.9),
)

KINDS = (
    Kind("steady", 0.35, stay=0.25, coupon=0.05, mail=0.10, coupon_use=0.25),
    Kind("deal", 0.25, rate=0.9, stay=-0.20, coupon=0.70, mail=0.0, coupon_use=0.75),
    Kind("curious", 0.25, rate=1.15, coupon=0.20, mail=0.35, coupon_use=0.40),
    Kind("quiet", 0.15, rate=0.85, stay=0.10, coupon=-0.10, mail=-0.25, coupon_use=0.10),
)

HAPPENINGS = (
    Happening("late_delivery", 0.05, -0.9, stay=-0.3),
    Happening("leaking_bottle", 0.04, -1.2, stay=-0.5, needs="liquid"),
    Happening("wrong_shade", 0.10, -0.8, stay=-0.3, needs="shade"),
    Happening("kind_reply", 0.03, +1.0, stay=+0.3),
)

CARRIERS = ("ヤマト運輸", "佐川急便", "日本郵便")

#: Factor on orders and arrivals by month, January first: year-end gifts and spring up, February and August down.
SEASON = (0.95, 0.88, 1.06, 1.05, 0.98, 1.02, 1.05, 0.90, 0.97, 1.00, 1.04, 1.16)


@dataclass(frozen=True)
class ShopPlan:
    """A shop with known truth.

    Customers arrive over ``years`` from ``start`` (shop days in Asia/Tokyo), more towards the end by ``growth`` a
    year. Each has an order rate from a Gamma distribution (mean one order per ``mean_gap`` days, shape ``rate_shape``),
    gaps are Erlang-``regularity`` around it, and after every order leaves for good with an own chance from a
    Beta(``leave_a``, ``leave_b``) distribution whose odds kind, source, age, belt, coupons, satisfaction and happenings
    move. Of those who stay, a follow-on that fires is the next order; else a subscription's next delivery; else with
    the customer's own chance a refill when the goods are used up; else something chosen by taste at the customer's
    own pace, season and satisfaction counted in. ``step_moods`` shift what is felt of a step of the journey, and so
    said of it, without any effect on staying.
    """

    customers: int = 1000
    seed: int = 1
    start: date = date(2023, 4, 1)
    years: float = 3
    growth: float = 0.25
    season: tuple[float, ...] = SEASON

    mean_gap: float = 55.0
    rate_shape: float = 4.0
    regularity: int = 2
    leave_a: float = 1.1
    leave_b: float = 2.2
    refill_mean: float = 0.55
    belt: Belt = field(default_factory=Belt)
    age_stay: float = 0.08

    satisfaction_spread: float = 0.6
    satisfaction_memory: float = 0.6
    satisfaction_noise: float = 0.25
    satisfaction_stay: float = 0.8
    satisfaction_pace: float = 0.10
    happenings: tuple[Happening, ...] = HAPPENINGS
    step_moods: tuple[tuple[str, float], ...] = ()
    carriers: tuple[str, ...] = CARRIERS

    products: tuple[Product, ...] = catalogue.PRODUCTS
    follow_ons: tuple[FollowOn, ...] = catalogue.FOLLOW_ONS
    together: tuple[Together, ...] = catalogue.TOGETHER
    extra_item: float = 0.12
    subscription_stay: float = 1.1
    subscription_skip: float = 0.04
    first_delivery_discount: float = 0.5

    sources: tuple[Source, ...] = SOURCES
    kinds: tuple[Kind, ...] = KINDS
    coupon_share: float = 0.5
    mail_share: float = 0.5
    coupon_off: float = 0.10

    store_shares: tuple[float, float, float] = (0.62, 0.24, 0.14)
    several_stores: float = 0.12
    member_share: float = 0.78
    other_mail: float = 0.25
    gift_share: float = 0.04
    cancelled: float = 0.015
    returned: float = 0.012
    refunded: float = 0.02

    free_shipping_from: int = 5000
    postage: int = 550
    cod_fee: int = 330
    cod_share: float = 0.08
    points_share: float = 0.15

    voicing: Voicing = field(default_factory=Voicing)
    abandoned_carts: float = 0.35
    strangers: float = 1.5

    def __post_init__(self) -> None:
        codes = {product.product_id for product in self.products}
        pairs = [(pair.first, pair.then) for pair in self.follow_ons]
        pairs += [(pair.first, pair.second) for pair in self.together]
        unknown = {code for pair in pairs for code in pair} - codes
        if unknown:
            raise ValueError(f"pairs name products that are not in the catalogue: {sorted(unknown)}")
        if self.customers < 1 or self.years <= 0 or len(self.season) != 12:
            raise ValueError("a shop needs a customer, some time and twelve months of season")
        if any(one.carrier and one.carrier not in self.carriers for one in self.happenings):
            raise ValueError(f"a happening's carrier is one of the plan's: {self.carriers}")
        if not all(source.via in ACQUIRED_VIA for source in self.sources):
            raise ValueError(f"a source comes via one of {ACQUIRED_VIA}")

    @property
    def days(self) -> int:
        """Length of the shop's history in days."""
        return round(self.years * DAYS_PER_YEAR)

    @property
    def end(self) -> date:
        """The first day after the history: the natural ``as_of``."""
        return self.start + timedelta(days=self.days)
