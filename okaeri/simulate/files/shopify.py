"""Shopify's ``orders_export.csv``: UTF-8, one row per line item, the order's own columns on its first row only.

Prices include tax (the shop's setting "all prices include tax"), so ``Subtotal`` is goods after ``Discount Amount``,
``Total = Subtotal + Shipping``, and ``Taxes`` is what is contained. ``Total`` stays as charged when money goes back;
``Refunded Amount`` says how much did.
"""

from __future__ import annotations

from pathlib import Path

from okaeri.simulate.block import Block
from okaeri.simulate.catalogue import Product
from okaeri.simulate.files import headers
from okaeri.simulate.files.clock import Clock
from okaeri.simulate.files.parcel import Order, clock_of
from okaeri.simulate.files.sheet import Sheet, cell
from okaeri.simulate.people import Person
from okaeri.simulate.traits import SHOPIFY

NAMES = headers.SHOPIFY_ORDERS.split(",")
#: ORDER_STATUS index to Financial Status.
STATUS = ("pending", "paid", "paid", "voided", "refunded")
CANCELLED = 3
#: Added to the running number to look like Shopify's long ids.
FIRST_ID = 5_400_000_000_000


class OrderFile:
    """``shopify_orders.csv``."""

    def __init__(self, directory: Path, products: tuple[Product, ...]):
        self.sheet = Sheet(directory / "shopify_orders.csv", headers.SHOPIFY_ORDERS, newline="\n")
        self.goods = [_goods(product) for product in products]

    def add(self, block: Block, orders: list[Order]) -> None:
        """Append the orders' rows."""
        clock = clock_of(block)
        for order in orders:
            self.sheet.add(self._rows(order, clock))

    def _rows(self, order: Order, clock: Clock) -> list[str]:
        key = {"Name": f"#{order.number}", "Email": order.orderer.mail_for(SHOPIFY)}
        rows = []
        for place, (product, pieces) in enumerate(order.goods):
            values = key | self.goods[product] | {"Lineitem quantity": str(pieces)}
            values["Lineitem fulfillment status"] = "fulfilled" if order.sent else "pending"
            if place == 0:
                values |= _head(order, clock)
            rows.append(",".join([values.get(name, "") for name in NAMES]))
        return rows


def _goods(product: Product) -> dict[str, str]:
    return {
        "Lineitem name": cell(product.name), "Lineitem price": str(product.price), "Lineitem sku": product.product_id,
        "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Vendor": cell(product.brand),
        "Lineitem discount": "0",
    }  # fmt: skip


def _head(order: Order, clock: Clock) -> dict[str, str]:
    at = f"{clock.at(order.seconds)} +0900"
    settled = order.status not in (0, CANCELLED)
    return {
        "Financial Status": _financial_status(order), "Paid at": at if settled else "",
        "Fulfillment Status": "fulfilled" if order.sent else "unfulfilled",
        "Fulfilled at": f"{clock.at(order.delivered - 86_400)} +0900" if order.sent else "",
        "Accepts Marketing": "yes" if order.orderer.style % 3 else "no", "Currency": "JPY",
        "Created at": at, "Cancelled at": at if order.status == CANCELLED else "",
        "Payment Method": "Shopify Payments", "Id": str(FIRST_ID + order.number), "Risk Level": "Low", "Source": "web",
        "Phone": _phone(order.orderer), **_amounts(order), **_subscription(order),
        **_address("Billing", order.orderer), **_address("Shipping", order.receiver),
    }  # fmt: skip


def _financial_status(order: Order) -> str:
    partly = order.refunded and order.status == 2
    return "partially_refunded" if partly else STATUS[order.status]


def _amounts(order: Order) -> dict[str, str]:
    return {
        "Subtotal": str(order.subtotal - order.discount), "Shipping": str(order.postage + order.fee),
        "Taxes": str(order.tax), "Total": str(order.total),
        "Discount Code": "THANKS10" if order.coupon else "TEIKI" if order.discount else "",
        "Discount Amount": str(order.discount), "Shipping Method": cell(order.carrier or "通常配送"), "Refunded Amount": str(order.refunded),
        "Outstanding Balance": str(order.total if order.status == 0 else 0), "Tax 1 Name": "JP CT",
        "Tax 1 Value": str(order.tax),
    }  # fmt: skip


def _subscription(order: Order) -> dict[str, str]:
    if not order.subscription:
        return {}
    notes = cell(f"subscription: {order.subscription}\ndelivery: {order.delivery_no}")
    return {"Tags": cell(f"定期購入, {order.delivery_no}回目"), "Note Attributes": notes}


def _address(role: str, person: Person) -> dict[str, str]:
    """Billing or shipping columns; the name is written family name first, as Japanese checkouts do."""
    province = f"JP-{person.region + 1:02d}"
    values = {
        "Name": f"{person.surname_for(SHOPIFY)} {person.given}", "Street": f"{person.street} {person.building}".strip(),
        "Address1": person.street, "Address2": person.building, "City": person.city,
        "Zip": f"{person.postal[:3]}-{person.postal[3:]}", "Province": province, "Country": "JP",
        "Phone": _phone(person), "Province Name": person.prefecture,
    }  # fmt: skip
    return {f"{role} {name}": value for name, value in values.items()}


def _phone(person: Person) -> str:
    """As typed, or with the country's number, which Shopify guards with an apostrophe."""
    if person.style % 5 == 0:
        return "'+81" + person.phone.replace("-", "")[1:]
    return person.phone_for(SHOPIFY)
