"""What of a person can be compared: mail, phone, kana and name, each written in one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from okaeri.lib.kanji_forms import NEW_FORM

#: Mail domains behind which malls hide the customer's address; it changes from order to order.
MASKED_DOMAINS = ("fw.rakuten.ne.jp", "marketplace.amazon.co.jp", "marketplace.amazon.com")
#: Domains reserved for examples: whoever typed them gave no address.
_DUMMY_DOMAINS = ("example.com", "example.jp", "example.co.jp", "example.net", "example.org", "test.com", "localhost")
_NO_ADDRESS = (".invalid", ".test", ".example", ".local", *(f".{domain}" for domain in MASKED_DOMAINS))
_DUMMY_NAMES = frozenset({"noreply", "no-reply", "none", "nomail", "no-mail", "dummy", "test", "unknown"})
#: One @, something on both sides, no blanks. ``a..b@docomo.ne.jp`` is against the RFC and was sold by the carriers.
_MAIL = re.compile(r"[^\s@,;<>]+@([^\s@,;<>]+\.[a-z0-9-]{2,})")

_NOT_DIGITS = re.compile(r"\D+")
_EXTENSION = re.compile(r"(内線|ext|x|#).*", re.IGNORECASE | re.DOTALL)
_JAPANESE_PHONE = re.compile(r"0[1-9]\d{8,9}")
_COUNTING = ("12345678", "23456789", "98765432", "87654321", "01234567")

_KANA = re.compile(r"[ァ-ヺー]{2,}")
_HIRAGANA_UP: dict[int, int | str] = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_DASHES: dict[int, int | str] = dict.fromkeys(map(ord, "-‐‑‒–—―−ｰ─"), "ー")
_APART: dict[int, int | str] = dict.fromkeys(map(ord, "・･,.、。"), " ")
_KANA_FORM = _HIRAGANA_UP | _DASHES | _APART
_NAME_FORM = NEW_FORM | _APART
_LOOSE = str.maketrans("ァィゥェォッャュョヮヵヶヅヂヲ", "アイウエオツヤユヨワカケズジオ", "ー")
#: Forms of address that are no part of a name.
_HONORIFICS = ("様", "さま", "サマ", "殿", "御中")


class Keys(NamedTuple):
    """What of a person can be compared; None where there is nothing or nothing to be trusted.

    ``kana`` and ``name`` are without blanks; ``given`` is the last part of the kana, else of the name, where the file
    writes family and given name apart.
    """

    mail: str | None
    phone: str | None
    kana: str | None
    name: str | None
    given: str | None


def normalised(person: Mapping[str, str | None]) -> Keys:
    """The keys of a person: columns ``email``, ``phone``, ``kana``, ``name``, as the file gives them."""
    kana, kana_given = kana_key(person.get("kana"))
    name, name_given = name_key(person.get("name"))
    return Keys(mail_key(person.get("email")), phone_key(person.get("phone")), kana, name, kana_given or name_given)


def mail_key(text: str | None) -> str | None:
    """The mail in lower case, never corrected; None for dummies and for addresses a mall has masked."""
    if not text:
        return None
    mail = _narrow(text).strip().lower()
    found = _MAIL.fullmatch(mail)
    return None if found is None or _is_dummy_mail(mail, found[1]) else mail


def _is_dummy_mail(mail: str, domain: str) -> bool:
    if domain in _DUMMY_DOMAINS or mail.partition("@")[0] in _DUMMY_NAMES:
        return True
    return f".{domain}".endswith(_NO_ADDRESS)


def phone_key(text: str | None) -> str | None:
    """A Japanese phone number as its 10 or 11 digits, with the leading 0 a spreadsheet took; None for dummies.

    >>> phone_key("+81 90-1234-5670"), phone_key("０９０－１２３４－５６７０"), phone_key("9012345670")
    ('09012345670', '09012345670', '09012345670')
    """
    if not text:
        return None
    digits = text.replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        digits = _NOT_DIGITS.sub("", _EXTENSION.sub("", _narrow(text)))
    if digits.startswith(("0081", "81")) and len(digits) >= 11:
        digits = "0" + digits.removeprefix("00").removeprefix("81").lstrip("0")
    elif len(digits) in (9, 10) and not digits.startswith("0"):
        digits = f"0{digits}"
    return digits if _JAPANESE_PHONE.fullmatch(digits) and not _is_dummy_phone(digits) else None


def _is_dummy_phone(digits: str) -> bool:
    """Only one digit after the prefix, or a count up or down."""
    rest = digits[-8:] if len(digits) == 11 else digits[-7:]
    return len(set(rest)) == 1 or digits[-8:] in _COUNTING or digits[1:9] in _COUNTING


def kana_key(text: str | None) -> tuple[str | None, str | None]:
    """Kana as full-width katakana without blanks, and its last part where there are several."""
    if not text:
        return None, None
    parts = _parts(_narrow(text).translate(_KANA_FORM))
    kana = "".join(parts)
    return (kana, _last(parts)) if _KANA.fullmatch(kana) else (None, None)


def name_key(text: str | None) -> tuple[str | None, str | None]:
    """The name with old kanji forms made new, without blanks, and its last part where there are several."""
    if not text:
        return None, None
    parts = _parts(_narrow(text).lower().translate(_NAME_FORM))
    name = "".join(parts)
    return (name, _last(parts)) if len(name) > 1 else (None, None)


def _parts(text: str) -> list[str]:
    parts = text.split()
    if parts and parts[-1].endswith(_HONORIFICS):
        longest = max((ending for ending in _HONORIFICS if parts[-1].endswith(ending)), key=len)
        parts[-1] = parts[-1].removesuffix(longest)
    return [part for part in parts if part]


def _last(parts: list[str]) -> str | None:
    return parts[-1] if len(parts) > 1 else None


def _narrow(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def same_name(one: Keys, other: Keys) -> bool | None:
    """Whether two names are one person's; None where what they give cannot be compared.

    Kana is compared where both have it, else the name, if both are in Japanese script or both are not. Small kana, long
    vowels and the order of family and given name do not matter; nor does a family name that changed.
    """
    if one.kana and other.kana:
        return _alike(one.kana.translate(_LOOSE), other.kana.translate(_LOOSE)) or _same_given(one, other)
    if not one.name or not other.name or one.name.isascii() != other.name.isascii():
        return None
    return _alike(one.name, other.name) or _same_given(one, other)


def _alike(one: str, other: str) -> bool:
    return one == other or one in other or other in one or sorted(one) == sorted(other)


def _same_given(one: Keys, other: Keys) -> bool:
    return one.given is not None and one.given == other.given
