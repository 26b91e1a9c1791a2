"""EC-CUBE 4's order, member and product CSV: cp932, CRLF, amounts with two decimals as its database writes them.

The arithmetic of the order file, as EC-CUBE 4 has it: one row per line, lines being goods (明細区分 1), postage (2),
fee (3), discounts (4, negative) and points (6, negative); order amounts repeat on every row. 価格 of goods is without
tax, that of all other lines with it; a piece costs ``価格 x (1 + 税率)`` rounded to whole yen. 小計 is goods with tax,
値引き the discounts without points, 送料 postage, 税金 the tax contained, and
``合計 = 支払合計 = 小計 - 値引き + 送料 + fee - points`` = the sum of all rows with tax.
"""

from __future__ import annotations

from pathlib import Path

from okaeri.simulate.block import Block
from okaeri.simulate.catalogue import Product
from okaeri.simulate.files import headers
from okaeri.simulate.files.clock import Clock
from okaeri.simulate.files.parcel import TIMES, Order, clock_of
from okaeri.simulate.files.sheet import Sheet, cell
from okaeri.simulate.people import Person
from okaeri.simulate.plan import CARRIERS
from okaeri.simulate.traits import OWN

#: ORDER_STATUS index to EC-CUBE's 対応状況.
STATUS = ("1,新規受付", "6,入金済み", "5,発送済み", "3,注文取消し", "9,返品")
GENDER = ("2,女性", "1,男性", ",")
PAYMENTS = ("5,クレジットカード", "5,クレジットカード", "3,銀行振込", "6,後払い")
COD = "4,代金引換"
#: A delivery of EC-CUBE's is known by its number; a shop's own carriers have none here.
CARRIER_IDS = {name: str(place) for place, name in enumerate(CARRIERS, 1)}
KINDS = {1: "1,商品", 2: "2,送料", 3: "3,手数料", 4: "4,割引", 6: "6,ポイント"}


def net_price(product: Product) -> str:
    """The price without tax from which tax and rounding lead back to the price with it: whole yen where that can be."""
    rate = product.tax_percent
    whole = round(product.price * 100 / (100 + rate))
    exact = (whole * (100 + rate) * 2 + 100) // 200 == product.price
    return f"{whole}.00" if exact else f"{product.price * 100 / (100 + rate):.2f}"


class OrderFile:
    """``eccube_orders.csv``."""

    def __init__(self, directory: Path, products: tuple[Product, ...]):
        self.sheet = Sheet(directory / "eccube_orders.csv", headers.ECCUBE_ORDERS, encoding="cp932")
        self.goods = [_goods(place, product) for place, product in enumerate(products)]
        self.details = 0

    def add(self, block: Block, orders: list[Order]) -> None:
        """Append the orders' rows."""
        clock = clock_of(block)
        for order in orders:
            gender = GENDER[block.traits.gender[order.person]]
            self.sheet.add(self._rows(order, gender, block.first_number + order.person, clock))

    def _rows(self, order: Order, gender: str, number: int, clock: Clock) -> list[str]:
        head, tail = _head(order, gender, number, clock), _tail(order, clock)
        rows = []
        for line in self._lines(order):
            self.details += 1
            rows.append(f"{head},{self.details},{line},{tail}")
        return rows

    def _lines(self, order: Order) -> list[str]:
        lines = [self.goods[product].format(pieces=pieces) for product, pieces in order.goods]
        first_time = order.discount - order.coupon_discount
        for kind, name, amount, rate in (
            (2, "送料", order.postage, 10),
            (3, "手数料", order.fee, 10),
            (4, "クーポン割引 THANKS10", -order.coupon_discount, 10),
            (4, "定期初回割引", -first_time, 10),
            (6, "ポイント", -order.points, 0),
        ):
            if amount or kind == 2:
                lines.append(f",,{name},,,,,,{amount}.00,1,{rate},,{KINDS[kind]}")
        return lines


def _goods(place: int, product: Product) -> str:
    """A goods line from 商品ID to 明細区分, but for the pieces."""
    name = cell(product.name).replace("{", "{{").replace("}", "}}")
    return (
        f"{place + 1},{place + 101},{name},{product.product_id},,,,,{net_price(product)},{{pieces}},"
        f"{product.tax_percent},1,{KINDS[1]}"
    )


def _head(order: Order, gender: str, number: int, clock: Clock) -> str:
    """注文ID to 入金日."""
    at = clock.at(order.seconds)
    note = f"定期 {order.subscription} {order.delivery_no}回目" if order.subscription else ""
    paid = at if order.status in (1, 2, 4) else ""
    payment = COD if order.fee else PAYMENTS[order.orderer.style % len(PAYMENTS)]
    amounts = (
        f"{order.subtotal}.00,{order.discount}.00,{order.postage}.00,{order.tax}.00,{order.total}.00,{order.total}.00"
    )
    born = f"{order.orderer.birthday} 00:00:00" if order.member else ""
    return (
        f"{order.number},{order.number},{number if order.member else ''},{_address(order.orderer)},"
        f"{order.orderer.mail},{_phone(order.orderer)},{gender},,,{born},{note},{amounts},{STATUS[order.status]},"
        f"{payment},{at},{paid}"
    )


def _address(person: Person) -> str:
    """お名前(姓) to 住所2."""
    return (
        f"{person.surname_for(OWN)},{person.given},{person.surname_kana},{person.given_kana},,{person.postal},"
        f"{person.region + 1},{person.prefecture},{person.city}{person.street},{person.building}"
    )


def _phone(person: Person) -> str:
    return person.phone_for(OWN)


def _tail(order: Order, clock: Clock) -> str:
    """出荷ID to 出荷メール送信日."""
    style = order.style
    sent = clock.at(order.delivered - 86_400) if order.sent else ""
    parcel = f"{4000_0000_0000 + order.number}" if order.sent else ""
    time = style % len(TIMES)
    carrier = f"{CARRIER_IDS.get(order.carrier or '', '')},{order.carrier or ''}"
    return (
        f"{order.number},{_address(order.receiver)},{_phone(order.receiver)},{carrier},"
        f"{time or ''},{TIMES[time]},,{order.postage}.00,{sent},{parcel},,{sent}"
    )


class MemberFile:
    """``eccube_members.csv``: those of the own store who are registered."""

    def __init__(self, directory: Path):
        self.sheet = Sheet(directory / "eccube_members.csv", headers.ECCUBE_MEMBERS, encoding="cp932")

    def add(self, block: Block, people: list[Person], orders: list[Order]) -> None:
        """Append the members among the own store's buyers, with what they bought there so far."""
        clock = clock_of(block)
        history: dict[int, list[Order]] = {}
        for order in orders:
            if order.member:
                history.setdefault(order.person, []).append(order)
        for person, bought in sorted(history.items()):
            gender = GENDER[block.traits.gender[person]]
            self.sheet.add([_member(block.first_number + person, people[person], gender, bought, clock)])


def _member(number: int, person: Person, gender: str, bought: list[Order], clock: Clock) -> str:
    first, last = clock.at(bought[0].seconds), clock.at(bought[-1].seconds)
    points = sum(order.subtotal for order in bought) // 100
    return (
        f"{number},{_address(person)},{person.mail},{_phone(person)},{gender},,,{person.birthday} 00:00:00,"
        f"{first},{last},{len(bought)},,2,本会員,{clock.at(max(0, bought[0].seconds - 300))},{last},{points}"
    )


def write_products(directory: Path, products: tuple[Product, ...]) -> Sheet:
    """``eccube_products.csv``; gives back the closed sheet."""
    sheet = Sheet(directory / "eccube_products.csv", headers.ECCUBE_PRODUCTS, encoding="cp932")
    categories = list(dict.fromkeys(product.category for product in products))
    sheet.add(_product(place, product, categories) for place, product in enumerate(products))
    sheet.close()
    return sheet


def _product(place: int, product: Product, categories: list[str]) -> str:
    category = categories.index(product.category) + 1
    price, words = net_price(product), cell(",".join(product.features.values()))
    name = cell(product.name)
    return (
        f"{place + 1},1,公開,{name},,{name},{cell(product.brand + 'の' + product.name)},{words},,{place + 101},"
        f"1,販売種別A,,,,,1,即日,{product.product_id},,1,,{price},{price},,{product.product_id}.jpg,{category},"
        f"{product.category},,,{product.tax_percent},1"
    )
