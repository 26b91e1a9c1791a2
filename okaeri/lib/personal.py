"""What tells who is speaking: mails, phones, card numbers, postal codes and addresses, as patterns and in plain Python.

Rather too much than too little: a bare number of ten or eleven digits that begins with 0 goes, though it may be an
order's. Prefectures and towns without a house number stay, as do prices, dates and quantities. The patterns keep to
what RE2 knows, so that an SQL engine can apply them too.
"""

from __future__ import annotations

import re

MAIL, PHONE, ADDRESS, CARD = "[mail]", "[phone]", "[address]", "[number]"

_D = "[0-9０-９]"
_ZERO = "[0０]"
_DASH = r"(?:[ 　]?[-‐‑‒–—―−－ーｰ─()（）・. 　][ 　]?)"
_SOME_DASH = f"{_DASH}?"
#: What may stand before and after a number that is not part of a longer one; RE2 has no look-around, so it is kept.
_BEFORE, _AFTER = "(^|[^0-9０-９])", "($|[^0-9０-９])"

_LETTER = "[A-Za-z0-9._%+'Ａ-Ｚａ-ｚ０-９．＿－＋-]"
_MAIL = f"{_LETTER}+ ?[@＠] ?[A-Za-z0-9Ａ-Ｚａ-ｚ０-９-]+(?:[.．][A-Za-z0-9Ａ-Ｚａ-ｚ０-９-]+)+"

_GROUPS = ((1, 4, 4), (2, 4, 4), (2, 3, 4), (3, 2, 4), (4, 1, 4), (3, 3, 3), (3, 3, 4))
_GROUPED = "|".join(f"{_D}{{{first}}}{_DASH}{_D}{{{second}}}{_DASH}{_D}{{{third}}}" for first, second, third in _GROUPS)
_HOME = f"[(（]?{_ZERO}(?:{_GROUPED}|{_D}{{9,10}})"
_ABROAD = f"[+＋](?:81|８１){_SOME_DASH}(?:[(（]?{_ZERO}[)）]?)?(?:{_D}{_SOME_DASH}){{9,10}}"
_CARD = f"(?:{_D}{{4}}{_SOME_DASH}){{3}}{_D}{{4}}"

_POSTAL = f"(?:〒[ 　]?{_D}{{3}}{_SOME_DASH}{_D}{{4}}|{_D}{{3}}[-‐−－ー]{_D}{{4}})"
_NUMBER = "[0-9０-９一二三四五六七八九十]"
_PLAIN = r"[^\s　、。，．,!！?？「」『』()（）0-9０-９]"
_HOUSE = f"{_NUMBER}+(?:(?:丁目|番地?|号|の|[-‐−－ーｰ])(?:{_NUMBER}+(?:丁目|番地?|号)?)?)+"
_ROOM = r"(?:[ 　]?[^\s　、。，．,!！?？]{0,20}?[0-9０-９]{1,4}号室?)?"
_PREFECTURE = "(?:北海道|東京都|大阪府|京都府|[一-龠]{2,3}県)"
_TOWN = f"(?:{_PREFECTURE}{_PLAIN}{{0,30}}?|[一-龠々ヶケノァ-ヺーぁ-ん]{{1,8}}[市区郡町村]{_PLAIN}{{0,20}}?)"
_ADDRESS = f"{_TOWN}{_HOUSE}{_ROOM}"

#: Applied in this order: what the earlier ones take cannot confuse the later. Phones twice, as of two with one blank
#: between them a single pass finds only the first.
STEPS = (
    (_MAIL, MAIL),
    (f"{_BEFORE}{_CARD}{_AFTER}", rf"\1{CARD}\2"),
    (f"{_BEFORE}{_ABROAD}{_AFTER}", rf"\1{PHONE}\2"),
    *[(f"{_BEFORE}{_HOME}{_AFTER}", rf"\1{PHONE}\2")] * 2,
    (f"{_BEFORE}{_POSTAL}{_AFTER}", rf"\1{ADDRESS}\2"),
    (_ADDRESS, ADDRESS),
)
#: Only text with one of these can hold what is taken out; most voices have none and are not searched further.
SUSPECT = f"[@＠]|{_D}{{2}}|{_D}{_DASH}{_D}|丁目|番地|{_NUMBER}(?:番|号)"

_COMPILED = [(re.compile(pattern), mark) for pattern, mark in STEPS]


def scrubbed_text(text: str) -> str:
    """``text`` with mails, phones, card numbers and addresses replaced by ``[mail]``, ``[phone]`` and so on."""
    if not re.search(SUSPECT, text):
        return text
    for pattern, mark in _COMPILED:
        text = pattern.sub(mark, text)
    return text
