"""The faces of the shop: where their centres lie."""

from __future__ import annotations

from okaeri.schema.measured.personas import PERSONA, TRAITS
from okaeri.schema.table import Column, Table

persona_centres = Table(
    "persona_centres",
    "The faces of the shop's customers: centres over standardised traits.",
    "one persona",
    ("persona",),
    (
        PERSONA,
        Column("place", "int64", "Its place among the faces", "place", nullable=False),
        Column("reach", "float64", "Traits further out count as far", "sd", nullable=False),
        *(Column(f"trait_{place}", "string", "The trait furthest from the average" if place == 1 else "The next",
                 nullable=False, choices=tuple(TRAITS)) for place in (1, 2, 3)),
        *(Column(f"trait_{place}_sd", "float64", "How far, in standard deviations", "sd", nullable=False)
          for place in (1, 2, 3)),
        *(Column(f"{part}_{name}", "float64", f"{said} of {name}", unit or own, nullable=False)
          for part, said, unit in (("z", "The centre", "sd"), ("mean", "Mean over customers", ""),
                                   ("scale", "Standard deviation over customers", ""))
          for name, (_, own) in TRAITS.items()),
    ),
)  # fmt: skip

TABLES = (persona_centres,)
