"""What texts say of a customer's mood."""

from __future__ import annotations

from okaeri.schema.measured.feelings import ASPECTS, CONFIDENCE, ENGINE, EVIDENCE, SCORE, TEXT_KEY, WHOLE
from okaeri.schema.table import Column, Table

text_feelings = Table(
    "text_feelings",
    "What each distinct text says of the writer's mood, as a whole and by what it is about. Kept from one refresh to the "
    "next: only new texts are read.",
    "one text as a whole, or one aspect of it",
    ("text_key", "aspect"),
    (
        TEXT_KEY,
        Column("aspect", "string", f"What is spoken of; {WHOLE}: the text as a whole", nullable=False,
               choices=(WHOLE, *ASPECTS)),
        SCORE,
        CONFIDENCE,
        EVIDENCE,
        ENGINE,
    ),
)  # fmt: skip

TABLES = (text_feelings,)
