"""What people write: Japanese sentences put together from parts that fit source, mood, product and happening.

A voice is opener + thing + clause + second clause + closing + tail; each part is drawn from a list that fits, so there
are millions of different texts. Some carry slang, a typing error, a negation (べたつかない is praise, 悪くはない is not
quite) or a face.
"""

from __future__ import annotations

import numpy as np

from okaeri.simulate import phrases as p
from okaeri.simulate.phrases import Choices
from okaeri.simulate.plan import ShopPlan

#: Random numbers one text takes.
DICE = 8
BEFORE, AFTER, REVIEW, INQUIRY, RETURN, SOCIAL, REPLY = range(7)
USE = 4
TYPO_EVERY = 16

Parts = tuple[Choices, ...]


def say(
    plan: ShopPlan, product: np.ndarray, source: np.ndarray, touchpoint: np.ndarray, mood: np.ndarray,
    happening: np.ndarray, dice: np.ndarray,
) -> list[str]:  # fmt: skip
    """One text per entry; ``dice`` (texts x DICE, not negative) makes the choices."""
    goods = [(p.noun(g.product_id, g.name), p.KIND_OF_USE.get(g.category, "other")) for g in plan.products]
    names = [h.name for h in plan.happenings]
    known: dict[tuple[int, ...], Parts] = {}
    texts = []
    columns = (product, source, touchpoint, mood, happening)
    for key, row in zip(zip(*(c.tolist() for c in columns), strict=True), dice.tolist(), strict=True):
        if key not in known:
            known[key] = _parts(key, goods, names)
        text = "".join([options[die % len(options)] for options, die in zip(known[key], row, strict=False)])
        texts.append(_mistyped(text, row[-1] // TYPO_EVERY) if row[-1] % TYPO_EVERY == 0 else text)
    return texts


def _parts(key: tuple[int, ...], goods: list[tuple[str, str]], names: list[str]) -> Parts:
    """The lists a text with these properties draws from, part by part."""
    product, source, touchpoint, mood, happening = key
    noun, use = goods[product]
    things = (f"{noun}、", f"この{noun}、", f"{noun}は", f"{noun}ですが、", "")
    told = p.HAPPENED.get(names[happening]) if happening >= 0 else None
    if source == BEFORE:
        return p.BEFORE_OPEN, tuple(t.format(noun) for t in p.HOPES[use]), p.BEFORE_CLOSE, p.TAILS[1]
    if source == INQUIRY:
        asked = told or p.QUESTIONS
        return (
            p.INQUIRY_OPEN,
            (f"{noun}の件ですが、", f"先日の{noun}、", "注文の件で、"),
            asked,
            p.INQUIRY_CLOSE,
            p.PLAIN_TAILS,
        )
    if source == RETURN:
        return p.RETURN_OPEN, things[:2], told or p.RETURN_WHY, p.RETURN_CLOSE, p.PLAIN_TAILS
    if source == REPLY:
        return p.REPLY_OPEN, told or p.REPLY_SAYS, p.REPLY_CLOSE, p.TAILS[mood]
    clause = told or (p.USES[use][mood] if touchpoint == USE else p.ABOUT[touchpoint][mood])
    if source == SOCIAL:
        return p.SOCIAL_OPEN[mood], things, clause, p.SECOND[mood], p.TAILS[mood], p.tags(noun)
    return p.OPEN[mood], things, clause, p.SECOND[mood], p.CLOSE[mood], p.TAILS[mood]


def _mistyped(text: str, die: int) -> str:
    """The first of the usual slips, from a random place in their list, that this text can hold."""
    for step in range(len(p.SLIPS)):
        right, wrong = p.SLIPS[(die + step) % len(p.SLIPS)]
        if right in text:
            return text.replace(right, wrong, 1)
    return text
