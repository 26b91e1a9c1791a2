"""Rakuten RMS's 通常購入データ in the 楽天ペイ layout: cp932, one row per item, order columns on every row.

Prices include tax (税込別 1), so 消費税合計, which is tax charged on top, is 0 and the file does not say how much tax is
contained. 合計金額 is goods, postage and cash-on-delivery fee; ``請求金額 = 合計金額 - クーポン - ポイント``. Coupons are the
shop's own. The mall hides the customer's mail behind a mask that changes now and then.
"""

from __future__ import annotations

from pathlib import Path

from okaeri.simulate.block import RAKUTEN_SHOP, Block
from okaeri.simulate.catalogue import Product
from okaeri.simulate.files import headers
from okaeri.simulate.files.clock import Clock
from okaeri.simulate.files.parcel import TIMES, Order, clock_of
from okaeri.simulate.files.sheet import Sheet, cell
from okaeri.simulate.people import Person
from okaeri.simulate.traits import RAKUTEN

NAMES = headers.RAKUTEN_ORDERS.split(",")
#: ORDER_STATUS index to the mall's code and word; it knows no returns.
STATUS = (
    ("100", "注文確認待ち"),
    ("300", "発送待ち"),
    ("700", "支払手続き済"),
    ("900", "キャンセル確定"),
    ("900", "キャンセル確定"),
)
GENDERS = ("女", "男", "")
SUBSCRIPTION, NORMAL = "4", "1"


class OrderFile:
    """``rakuten_orders.csv``."""

    def __init__(self, directory: Path, products: tuple[Product, ...]):
        self.sheet = Sheet(directory / "rakuten_orders.csv", headers.RAKUTEN_ORDERS, encoding="cp932")
        self.goods = [_goods(place, product) for place, product in enumerate(products)]
        self.details = 0

    def add(self, block: Block, orders: list[Order]) -> None:
        """Append the orders' rows."""
        clock = clock_of(block)
        for order in orders:
            gender = GENDERS[block.traits.gender[order.person]]
            head = _head(order, block.rakuten_number(order.row), gender, block.first_number + order.person, clock)
            self.sheet.add(self._rows(order, head))

    def _rows(self, order: Order, head: dict[str, str]) -> list[str]:
        rows = []
        for product, pieces in order.goods:
            self.details += 1
            values = head | self.goods[product] | {"個数": str(pieces), "商品明細ID": str(self.details)}
            rows.append(",".join([values.get(name, "") for name in NAMES]))
        return rows


def _goods(place: int, product: Product) -> dict[str, str]:
    code = product.product_id
    return {
        "商品ID": str(10_000_001 + place), "商品名": cell(product.name), "商品番号": code, "商品管理番号": code.lower(),
        "単価": str(product.price), "送料込別": "0", "税込別": "1", "代引手数料込別": "0", "ポイント倍率": "1",
        "在庫タイプ": "1",
    }  # fmt: skip


def _head(order: Order, number: str, gender: str, person: int, clock: Clock) -> dict[str, str]:
    at = clock.at(order.seconds)
    sent = clock.at(order.delivered - 86_400) if order.sent else ""
    code, word = STATUS[order.status]
    time = TIMES[order.style % len(TIMES)]
    return {
        "注文番号": number, "ステータス": code, "サブステータス": word, "注文日時": at, "注文日": at[:10], "注文時間": at[11:],
        "注文確認日時": at if order.status else "", "注文確定日時": at if order.status else "", "発送指示日時": sent,
        "発送完了報告日時": sent, "支払方法名": "代金引換" if order.fee else "クレジットカード", "配送方法": "宅配便",
        "注文種別": SUBSCRIPTION if order.subscription else NORMAL, "複数送付先フラグ": "0",
        "送付先一致フラグ": "1" if order.receiver is order.orderer else "0", "楽天会員フラグ": "1",
        "申込番号": order.subscription, "申込お届け回数": str(order.delivery_no or ""), "注文者性別": gender,
        "注文者メールアドレス": masked_mail(person, order.order_no), "コメント": cell(f"[配送日時指定:]\n{time}") if time else "",
        "お届け時間帯": time, "利用端末": "11", **_amounts(order), **_address("注文者", order.orderer),
        **_address("送付先", order.receiver),
    }  # fmt: skip


def _amounts(order: Order) -> dict[str, str]:
    goods, whole = str(order.subtotal), str(order.subtotal + order.postage + order.fee)
    return {
        "商品合計金額": goods, "消費税合計": "0", "送料合計": str(order.postage), "代引料合計": str(order.fee),
        "請求金額": str(order.total), "合計金額": whole, "ポイント利用額": str(order.points),
        "クーポン利用総額": str(order.discount), "店舗発行クーポン利用額": str(order.discount), "楽天発行クーポン利用額": "0",
        "送付先送料": str(order.postage), "送付先代引料": str(order.fee), "送付先消費税合計": "0",
        "送付先商品合計金額": goods, "送付先合計金額": whole,
    }  # fmt: skip


def _address(role: str, person: Person) -> dict[str, str]:
    """The columns of the orderer (注文者) or the receiver (送付先)."""
    phone = person.phone.split("-")
    values = {
        "郵便番号1": person.postal[:3], "郵便番号2": person.postal[3:], "住所都道府県": person.prefecture,
        "住所郡市区": person.city, "住所それ以降の住所": f"{person.street} {person.building}".strip(),
        "姓": person.surname_for(RAKUTEN), "名": person.given, "姓カナ": person.surname_kana, "名カナ": person.given_kana,
        "電話番号1": phone[0], "電話番号2": phone[1], "電話番号3": phone[2],
    }  # fmt: skip
    return {f"{role}{name}": value for name, value in values.items()}


def masked_mail(person: int, order_no: int) -> str:
    """The mall's mask: a new one every fourth order."""
    mark = (person * 2_654_435_761 + order_no // 4 * 40_503 + int(RAKUTEN_SHOP)) % (1 << 40)
    return f"{mark:010x}@pc.fw.rakuten.ne.jp"
