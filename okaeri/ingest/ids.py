"""Ids as facts hold them: the store's own, written ``store:id``; for a guest, one derived from what tells them apart.

A derived id is a hash keyed by the shop's secret: the same mail or phone and name gives the same id in every file of a
store, and nobody without the secret can test a guess against it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

OWN = "own"
HEX_DIGITS = 12


@ibis.udf.scalar.builtin(name="sha256")
def _sha256(text: str) -> str:  # type: ignore[empty-body]
    """Hex digits of SHA-256."""


def in_store(store: str | ir.StringValue, own_id: ir.StringValue) -> ir.StringValue:
    """``store:id``; null where the store has no id."""
    return (ibis.literal(store) if isinstance(store, str) else store) + ":" + own_id


def derived(
    store: str, secret: str, mail: ir.StringValue, phone: ir.StringValue, name: ir.StringValue
) -> ir.StringValue:
    """The id of a customer without one: by mail, else by phone and name (kana where the file has it), else null.

    A mall's masked mail serves: it is stable within the mall.
    """
    letter = mail.strip().lower()
    caller = phone.translate("０１２３４５６７８９", "0123456789").re_replace("[^0-9]", "").nullif("")
    called = name.re_replace(r"[\s　]", "").nullif("")
    return ibis.coalesce(
        f"{store}:m-" + _keyed(secret, letter),
        f"{store}:p-" + _keyed(secret, caller + " " + called),
    )


def _keyed(secret: str, text: ir.StringValue) -> ir.StringValue:
    return _sha256(ibis.literal(secret) + text).substr(0, HEX_DIGITS)


def customer(
    store: str, secret: str, own_id: ir.StringValue, mail: ir.StringValue, phone: ir.StringValue, name: ir.StringValue
) -> ir.StringValue:
    """The customer's id in the store: the store's own, else a derived one."""
    return ibis.coalesce(in_store(store, own_id), derived(store, secret, mail, phone, name))
