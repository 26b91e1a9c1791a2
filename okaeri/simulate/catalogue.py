"""What the shop sells: skin care and health food, from a 500 yen trial to a 29,700 yen device.

Prices include consumption tax (10 %, health food 8 %), as the shop shows them. ``days_of_supply`` 0 means a thing that
is not used up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SKIN = "スキンケア"
MAKEUP = "メイク"
HEALTH = "健康食品"
TOOLS = "アクセサリー"
NO_FEATURES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Product:
    """One article. ``first`` and ``repeat`` are its weights among first and later orders."""

    product_id: str
    name: str
    category: str
    price: int
    unit_cost: int
    days_of_supply: float
    tier: str = "core"
    kind: str = "single"
    first: float = 1.0
    repeat: float = 1.0
    brand: str = "ゆきしずく"
    features: Mapping[str, str] = field(default_factory=lambda: dict(NO_FEATURES))
    tax_percent: int = 10


@dataclass(frozen=True)
class FollowOn:
    """After ``first``, with ``chance`` the next order is ``then``, ``days`` later give or take ``spread``."""

    first: str
    then: str
    days: int
    chance: float
    spread: int = 1


@dataclass(frozen=True)
class Together:
    """An order with ``first`` also holds ``second`` with ``chance``."""

    first: str
    second: str
    chance: float


def _health(code: str, name: str, price: int, cost: int, supply: float, **more: object) -> Product:
    return Product(code, name, HEALTH, price, cost, supply, tax_percent=8, brand="朝のめぐみ", **more)  # type: ignore[arg-type]


def _liquid(scent: str, size: str) -> dict[str, str]:
    return {"scent": scent, "size": size, "liquid": "yes"}


TRIALS = (
    Product("SK-T01", "はじめてのうるおい3点セット", SKIN, 980, 420, 10, "trial", "bundle", 9.0, 0.10,
            features={"scent": "無香料", "size": "お試し"}),
    Product("SK-T02", "ブライトケアお試しセット", SKIN, 1480, 610, 10, "trial", "bundle", 5.0, 0.10,
            features={"scent": "ローズ", "size": "お試し"}),
    Product("SK-T03", "エイジングケア14日トライアル", SKIN, 1980, 760, 14, "trial", "bundle", 4.0, 0.15,
            features={"scent": "ローズ", "size": "お試し"}),
    _health("HF-T01", "国産青汁 7日お試し", 500, 230, 7, tier="trial", first=7.0, repeat=0.1),
    _health("HF-T02", "コラーゲン10日分お試し", 1080, 410, 10, tier="trial", first=4.0, repeat=0.1),
)  # fmt: skip

SKIN_CORE = (
    Product("SK-C01", "とろけるクレンジングオイル 150mL", SKIN, 2200, 620, 45, features=_liquid("無香料", "150mL")),
    Product("SK-C02", "もっちり洗顔フォーム 120g", SKIN, 2090, 540, 60, features={"scent": "無香料", "size": "120g"}),
    Product("SK-C03", "うるおい化粧水 しっとり 180mL", SKIN, 3300, 840, 40, first=2.0, repeat=1.6,
            features=_liquid("無香料", "180mL")),
    Product("SK-C04", "うるおい化粧水 さっぱり 180mL", SKIN, 3300, 840, 40, features=_liquid("柑橘", "180mL")),
    Product("SK-C05", "うるおい乳液 120mL", SKIN, 3520, 910, 50, features=_liquid("無香料", "120mL")),
    Product("SK-C06", "ビタミンC美容液 30mL", SKIN, 5500, 1450, 60, first=1.2, repeat=1.3,
            features=_liquid("ローズ", "30mL")),
    Product("SK-C07", "ナイトクリーム 40g", SKIN, 4950, 1300, 60, features={"scent": "ローズ", "size": "40g"}),
    Product("SK-C08", "つやリキッドファンデ ナチュラル", MAKEUP, 3850, 980, 90, features={"shade": "ナチュラル"}),
    Product("SK-C09", "つやリキッドファンデ オークル", MAKEUP, 3850, 980, 90, features={"shade": "オークル"}),
    Product("SK-C10", "毎日のUVミルク SPF50+", MAKEUP, 2420, 600, 60, features=_liquid("柑橘", "50mL")),
    Product("SK-C11", "色つきリップバーム", MAKEUP, 2000, 410, 70, features={"shade": "ベリー", "scent": "柑橘"}),
)  # fmt: skip

HEALTH_CORE = (
    _health("HF-C01", "国産青汁 30包", 3240, 1020, 30, first=2.0, repeat=1.5, features={"taste": "抹茶"}),
    _health("HF-C02", "コラーゲンドリンク 10本", 4320, 1500, 20, features={"taste": "ピーチ", "liquid": "yes"}),
    _health("HF-C03", "乳酸菌のちから 30日分", 2700, 700, 30, features={"taste": "ヨーグルト"}),
    _health("HF-C04", "ルテインクリア 30日分", 3780, 930, 30, first=1.5),
    _health("HF-C05", "黒酢にんにく 62粒", 2160, 560, 31),
)

PREMIUM = (
    Product("SK-P01", "プレミアム美容液 ゆきの雫 50mL", SKIN, 12100, 2900, 60, "premium", first=0.4,
            features=_liquid("ローズ", "50mL")),
    Product("SK-P02", "プレミアムクリーム 極 50g", SKIN, 16500, 3900, 90, "premium", first=0.2, repeat=0.8,
            features={"scent": "ローズ", "size": "50g"}),
    Product("SK-P03", "家庭用美顔器 ルミナ", TOOLS, 29700, 11800, 0, "premium", first=0.1, repeat=0.25,
            features={"colour": "白"}),
    _health("HF-P01", "高麗人参プレミアム 30日分", 9720, 2700, 30, tier="premium", first=0.3),
    _health("HF-P02", "発酵プラセンタ 極 30日分", 14040, 3600, 30, tier="premium", first=0.2, repeat=0.8),
)  # fmt: skip

ACCESSORIES = (
    Product("AC-01", "オーガニックコットン 80枚", TOOLS, 660, 190, 60, first=0.1, repeat=0.8),
    Product("AC-02", "泡立てネット", TOOLS, 550, 120, 0, first=0.1, repeat=0.5, features={"colour": "白"}),
    Product("AC-03", "シェイカー 400mL", TOOLS, 770, 260, 0, first=0.1, repeat=0.4, features={"colour": "緑"}),
    Product("AC-04", "刺繍ポーチ", TOOLS, 1650, 560, 0, first=0.1, repeat=0.4, features={"colour": "藍"}),
)

BUNDLES = (
    Product("BN-01", "うるおいスキンケア3点セット", SKIN, 8800, 2400, 45, kind="bundle", first=0.8, repeat=0.7,
            features={"scent": "無香料", "size": "セット", "liquid": "yes"}),
    _health("BN-02", "国産青汁 30包 3箱セット", 8640, 2900, 90, kind="bundle", first=0.5, repeat=0.7,
            features={"taste": "抹茶"}),
)  # fmt: skip

SUBSCRIPTIONS = (
    Product("SB-01", "【定期】うるおい化粧水 しっとり", SKIN, 2970, 840, 40, "core", "subscription", 1.0, 0.6,
            features=_liquid("無香料", "180mL")),
    _health("SB-02", "【定期】国産青汁 30包", 2916, 1020, 30, kind="subscription", first=1.2, repeat=0.6,
            features={"taste": "抹茶"}),
    _health("SB-03", "【定期】コラーゲンドリンク 10本", 3888, 1500, 30, kind="subscription", first=0.8, repeat=0.4,
            features={"taste": "ピーチ", "liquid": "yes"}),
)  # fmt: skip

PRODUCTS: tuple[Product, ...] = (
    *TRIALS, *SKIN_CORE, *HEALTH_CORE, *PREMIUM, *ACCESSORIES, *BUNDLES, *SUBSCRIPTIONS,
)  # fmt: skip

FOLLOW_ONS: tuple[FollowOn, ...] = (
    FollowOn("SK-C02", "AC-02", 3, 0.30),
    FollowOn("HF-C01", "AC-03", 3, 0.25),
    FollowOn("SK-T01", "SK-C03", 14, 0.40, spread=2),
    FollowOn("HF-T01", "SB-02", 14, 0.30, spread=2),
    FollowOn("SK-T03", "SK-P01", 14, 0.20, spread=2),
    FollowOn("SK-C06", "SK-C07", 45, 0.30, spread=4),
    FollowOn("SK-C03", "SK-C06", 45, 0.20, spread=4),
)

TOGETHER: tuple[Together, ...] = (
    Together("SK-C01", "SK-C02", 0.30),
    Together("SK-C03", "SK-C05", 0.25),
    Together("SK-C04", "AC-01", 0.20),
    Together("SK-C08", "SK-C10", 0.25),
    Together("HF-C02", "HF-C03", 0.20),
)
