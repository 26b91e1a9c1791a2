"""Words for the codes of the console."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okaeri.web.report.labels import Word
from okaeri.web.report.sections.quality import FACTS

__all__ = [
    "CARTS", "DELIMITERS", "FACTS", "FELT", "FOUND", "GRAINS", "JOBS", "ORDERS_OF_VOICES", "REASONS", "ROLES", "SAID_IN", "SCORES", "STATES",
    "STATES_OF_VOICES", "STEPS", "TARGETS", "TAXES",
]  # fmt: skip

ROLES: dict[str, Word] = {
    "owner": pgettext_lazy("role", "Owner"),
    "marketer": pgettext_lazy("role", "Marketer"),
    "analyst": pgettext_lazy("role", "Analyst"),
    "support": pgettext_lazy("role", "Support"),
    "read_only": pgettext_lazy("role", "Read only"),
}
JOBS: dict[str, Word] = {
    "import": pgettext_lazy("job", "Taking a file in"),
    "refresh": pgettext_lazy("job", "Measuring the shop"),
}
STEPS: dict[str, Word] = {
    "": pgettext_lazy("job", "waiting"),
    "reading": pgettext_lazy("job", "reading"),
    "checking": pgettext_lazy("job", "checking"),
    "writing": pgettext_lazy("job", "writing"),
    "measuring": pgettext_lazy("job", "measuring"),
}
#: What one row of a file is.
GRAINS: dict[str, Word] = {
    "line": pgettext_lazy("grain", "one line of an order"),
    "order": pgettext_lazy("grain", "one order"),
    "customer": pgettext_lazy("grain", "one customer"),
    "product": pgettext_lazy("grain", "one product"),
    "event": pgettext_lazy("grain", "one visit or click"),
    "voice": pgettext_lazy("grain", "one thing a customer said"),
    "cost": pgettext_lazy("grain", "one cost"),
}
TAXES: dict[str, Word] = {
    "included": pgettext_lazy("tax", "amounts are with consumption tax"),
    "excluded": pgettext_lazy("tax", "amounts are without consumption tax"),
    "none": pgettext_lazy("tax", "no consumption tax"),
}
STATES: dict[str, Word] = {
    "placed": pgettext_lazy("order", "placed"),
    "paid": pgettext_lazy("order", "paid"),
    "shipped": pgettext_lazy("order", "shipped"),
    "cancelled": pgettext_lazy("order", "cancelled"),
    "returned": pgettext_lazy("order", "returned"),
}
#: Why two customers were found to be one person.
REASONS: dict[str, Word] = {
    "mail": pgettext_lazy("link", "the same mail address"),
    "phone_kana": pgettext_lazy("link", "the same phone and kana"),
    "phone_name": pgettext_lazy("link", "the same phone and name"),
    "staff": pgettext_lazy("link", "joined by hand"),
}
#: Columns people are asked about by name; the others stand under their own.
TARGETS: dict[str, Word] = {
    "orders.order_id": pgettext_lazy("target", "Order number"),
    "orders.customer_id": pgettext_lazy("target", "Customer number"),
    "orders.ordered_at": pgettext_lazy("target", "Ordered at"),
    "orders.status": pgettext_lazy("target", "State of the order"),
    "orders.subtotal": pgettext_lazy("target", "Sum of goods"),
    "orders.discount": pgettext_lazy("target", "Discount"),
    "orders.shipping": pgettext_lazy("target", "Shipping"),
    "orders.tax": pgettext_lazy("target", "Tax"),
    "orders.points_used": pgettext_lazy("target", "Points used"),
    "orders.total": pgettext_lazy("target", "Total"),
    "orders.coupon_code": pgettext_lazy("target", "Coupon"),
    "orders.store": pgettext_lazy("target", "Store"),
    "orders.carrier": pgettext_lazy("target", "Carrier"),
    "order_lines.product_id": pgettext_lazy("target", "Product code"),
    "order_lines.quantity": pgettext_lazy("target", "Pieces"),
    "order_lines.unit_price": pgettext_lazy("target", "Unit price"),
    "order_lines.amount": pgettext_lazy("target", "Amount of the line"),
    "order_lines.unit_cost": pgettext_lazy("target", "Unit cost"),
    "order_lines.lot": pgettext_lazy("target", "Lot"),
    "products.product_id": pgettext_lazy("target", "Product code"),
    "products.name": pgettext_lazy("target", "Product name"),
    "products.category": pgettext_lazy("target", "Category"),
    "products.price": pgettext_lazy("target", "Price"),
    "products.unit_cost": pgettext_lazy("target", "Unit cost"),
    "customers.customer_id": pgettext_lazy("target", "Customer number"),
    "persons.name": pgettext_lazy("target", "Name"),
    "persons.kana": pgettext_lazy("target", "Kana"),
    "persons.email": pgettext_lazy("target", "Mail"),
    "persons.phone": pgettext_lazy("target", "Phone"),
    "persons.postal_code": pgettext_lazy("target", "Postal code"),
    "persons.region": pgettext_lazy("target", "Prefecture"),
    "persons.address": pgettext_lazy("target", "Address"),
    "persons.birth_date": pgettext_lazy("target", "Date of birth"),
    "voices.at": pgettext_lazy("target", "Said at"),
    "voices.source": pgettext_lazy("target", "Where it was said"),
    "voices.text": pgettext_lazy("target", "Words"),
    "voices.rating": pgettext_lazy("target", "Stars or score"),
}
DELIMITERS: dict[str, Word] = {
    ",": pgettext_lazy("delimiter", "comma"),
    "\t": pgettext_lazy("delimiter", "tab"),
    ";": pgettext_lazy("delimiter", "semicolon"),
}
#: Where carts and malls give their files: the cart, the way through its menus, and what to know.
CARTS: tuple[tuple[str, Word, Word], ...] = (
    ("EC-CUBE 4", _("Orders > Order list > CSV download > Orders; Members and Products in the same way"),
     _("Known by its header in any order; cp932 and UTF-8 both do.")),
    ("Shopify", _("Orders > Export > All orders > Plain CSV; Customers > Export"),
     _("More than 50 orders come by mail. Times carry their zone.")),
    ("BASE", _("Apps > CSV of orders > Download"), _("Option rows belong to the item above them.")),
    ("楽天市場", _("Orders and payment > Data download > Ordinary purchases, all columns"),
     _("A paid option of RMS. Mail addresses are masked: okaeri matches by phone and kana.")),
    ("Yahoo!ショッピング", _("Store Creator Pro > Orders > Download of orders and of items"),
     _("Bring both files, orders first.")),
    ("Amazon", _("Reports > Order reports; or All orders by order date"),
     _("The report of all orders names no buyers: bring the order report for repeat rates.")),
    ("au PAY マーケット", _("Wow! manager > Orders > Download"), _("Known by its header.")),
    ("futureshop", _("Orders > Download of order data"),
     _("The columns are yours to choose: okaeri proposes how to read them, and you confirm once.")),
    ("MakeShop", _("Orders > Download of order data"),
     _("The columns are yours to choose: okaeri proposes how to read them, and you confirm once.")),
    ("カラーミーショップ", _("Orders > Download of order data"),
     _("The columns are yours to choose: okaeri proposes how to read them, and you confirm once.")),
    ("STORES", _("Orders > Download"),
     _("The columns are yours to choose: okaeri proposes how to read them, and you confirm once.")),
    ("minne, Creema", _("Sales > CSV download"), _("Known by its header.")),
    ("ネクストエンジン", _("Orders > Download in the general form"), _("The neutral form for carts not named here.")),
)  # fmt: skip
#: Where a voice was heard.
SAID_IN: dict[str, Word] = {
    "survey_before": pgettext_lazy("voice", "survey before buying"),
    "survey_after": pgettext_lazy("voice", "survey after use"),
    "review": pgettext_lazy("voice", "review"),
    "inquiry": pgettext_lazy("voice", "inquiry"),
    "return": pgettext_lazy("voice", "return"),
    "social": pgettext_lazy("voice", "social post"),
    "reply": pgettext_lazy("voice", "reply"),
}
#: How a product was found against what was expected of it.
FOUND: dict[str, Word] = {
    "far_below": pgettext_lazy("found", "far below what was expected"),
    "below": pgettext_lazy("found", "below it"),
    "as_expected": pgettext_lazy("found", "as expected"),
    "above": pgettext_lazy("found", "above it"),
    "far_above": pgettext_lazy("found", "far above it"),
}
FELT: dict[str, Word] = {
    "bad": pgettext_lazy("feeling", "displeased"),
    "mixed": pgettext_lazy("feeling", "in between"),
    "good": pgettext_lazy("feeling", "pleased"),
    "unread": pgettext_lazy("feeling", "no words"),
}
STATES_OF_VOICES: dict[str, Word] = {
    "open": pgettext_lazy("voices", "open"),
    "older": pgettext_lazy("voices", "open, older"),
    "mine": pgettext_lazy("voices", "assigned to me"),
    "drafted": pgettext_lazy("voices", "with a draft"),
    "closed": pgettext_lazy("voices", "closed"),
    "all": pgettext_lazy("voices", "all"),
}
ORDERS_OF_VOICES: dict[str, Word] = {
    "newest": pgettext_lazy("voices", "the newest first"),
    "unhappy": pgettext_lazy("voices", "the unhappiest first"),
}
#: The steps in which a score is put right.
SCORES: tuple[tuple[str, Word], ...] = (
    ("-1.0", pgettext_lazy("score", "very displeased")),
    ("-0.5", pgettext_lazy("score", "displeased")),
    ("0.0", pgettext_lazy("score", "neither")),
    ("0.5", pgettext_lazy("score", "pleased")),
    ("1.0", pgettext_lazy("score", "very pleased")),
)
