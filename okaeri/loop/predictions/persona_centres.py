"""The faces of a shop's customers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.reduced import column, from_rows
from okaeri.predict.personas import REACH, find, strongest
from okaeri.schema.measured.personas import FACES, TRAITS
from okaeri.schema.rules import Rules

#: Personas are learned from so many customers at most.
MOST_CUSTOMERS = 20_000


def persona_centres(persona_traits: pa.Table, *, rules: Rules) -> pa.Table:
    """One row per face that the shop's customers have."""
    rows = persona_traits.filter(persona_traits["is_sampled"])
    rows = rows.take(np.arange(0, len(rows), max(1, -(-len(rows) // MOST_CUSTOMERS))))
    if not len(rows):
        return from_rows("persona_centres", [])
    names = tuple(TRAITS)
    found = find(np.stack([column(rows, name) for name in names], axis=1), names, FACES, rules.persona_count)
    return from_rows("persona_centres", [
        {"persona": persona, "place": place, "reach": REACH, **_traits(names, centre), **{
            f"{part}_{name}": float(values[at])
            for part, values in (("z", centre), ("mean", found.means), ("scale", found.scales))
            for at, name in enumerate(names)
        }}
        for place, (persona, centre) in enumerate(zip(found.names, found.centres, strict=True))
    ])  # fmt: skip


def _traits(names: tuple[str, ...], centre: np.ndarray) -> dict[str, object]:
    best = strongest(centre)
    told: dict[str, object] = {f"trait_{place}": names[at] for place, at in enumerate(best, 1)}
    return told | {f"trait_{place}_sd": float(centre[at]) for place, at in enumerate(best, 1)}
