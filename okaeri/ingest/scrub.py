"""Takes mails, phones, postal codes and addresses out of free text before it becomes a fact."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.lib.personal import STEPS, SUSPECT


def scrubbed(text: ir.StringValue) -> ir.StringValue:
    """``text`` with mails, phones, card numbers and addresses replaced by ``[mail]``, ``[phone]`` and so on."""
    clean = text
    for pattern, mark in STEPS:
        clean = clean.re_replace(pattern, mark)
    return text.re_search(SUSPECT).ifelse(clean, text)
