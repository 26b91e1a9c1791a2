"""Ids as facts hold them: the store's own, written ``store:id``; for a guest, one derived from what tells them apart.

A derived id is a hash keyed by the shop's secret: the same mail or phone and name gives the same id in every file of a
store, and nobody without the secret can test a guess against it.
"""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from okaeri.ingest.values import narrow_digits

OWN = "own"
HEX_DIGITS = 12
_DERIVED = re.compile(f":[mp]-[0-9a-f]{{{HEX_DIGITS}}}$")


@ibis.udf.scalar.builtin(name="sha256")
def _sha256(text: str) -> str:  # type: ignore[empty-body]
    """Hex digits of SHA-256."""


def in_store(store: str | ir.StringValue, own_id: ir.StringValue) -> ir.StringValue:
    """``store:id``; null where the store has no id."""
    return (ibis.literal(store) if isinstance(store, str) else store) + ":" + own_id


def derived(
    store: str,
    secret: str,
    mail: ir.StringValue,
    phone: ir.StringValue,
    name: ir.StringValue,
    phone_first: bool = False,
) -> ir.StringValue:
    """The id of a customer without one: by mail, else by phone and name (kana where the file has it), else null.

    A mall's masked mail serves where it is stable within the mall; where it is not, ``phone_first``.
    """
    letter = mail.strip().lower()
    caller = narrow_digits(phone).re_replace("[^0-9]", "").nullif("")
    called = name.re_replace(r"[\s　]", "").nullif("")
    by_mail = f"{store}:m-" + _keyed(secret, letter)
    by_phone = f"{store}:p-" + _keyed(secret, caller + " " + called)
    first, second = (by_phone, by_mail) if phone_first else (by_mail, by_phone)
    return first.notnull().ifelse(first, second)


def _keyed(secret: str, text: ir.StringValue) -> ir.StringValue:
    return _sha256(ibis.literal(secret) + text).left(HEX_DIGITS)


def customer(
    store: str,
    secret: str,
    own_id: ir.StringValue,
    mail: ir.StringValue,
    phone: ir.StringValue,
    name: ir.StringValue,
    phone_first: bool = False,
) -> ir.StringValue:
    """The customer's id in the store: the store's own, else a derived one."""
    guest = derived(store, secret, mail, phone, name, phone_first)
    return own_id.notnull().ifelse(in_store(store, own_id), guest)


def is_derived(customer_id: str) -> bool:
    """Whether a customer's id was derived, as a guest's is."""
    return _DERIVED.search(customer_id) is not None
