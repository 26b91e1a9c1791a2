"""Which engine reads a shop's texts: the lexicon, or a model learnt from the shop's own rated texts."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from okaeri.loop.predictions.reduced import column, from_rows
from okaeri.predict.sentiment import Judged, choose, classes

#: Learnt from so many texts at most, the newest.
MOST = 4_000
#: A model is learnt anew when there are so many times the texts there were, so that not every refresh has another model and
#: reads every text anew. As the steps grow with the texts, all these readings together are at most GROWTH / (GROWTH - 1) = 5
#: per text, however many there will be.
GROWTH, FIRST = 1.25, 200
#: What a person put right counts as so many texts with stars: stars are given for the parcel as much as for the words.
CORRECTED_WEIGHT = 5.0


def feeling_models(rated_texts: pa.Table) -> pa.Table:
    """One row per engine, judged by cross-validation."""
    corrected = pc.field("is_corrected")
    starred = learnt_from(rated_texts.sort_by("number"))
    # What a person put right is learnt at once, however old or new the text is.
    rows = pa.concat_tables([starred.filter(~corrected), rated_texts.filter(corrected).sort_by("number")])
    languages = [language or None for language in rows["language"].to_pylist()]
    weights = np.where(rows["is_corrected"].to_numpy(zero_copy_only=False), CORRECTED_WEIGHT, 1.0)
    found = choose(rows["text"].to_pylist(), classes(column(rows, "rating")), languages, weights=weights)
    return from_rows("feeling_models", [_told(judged) for judged in found])


def learnt_from(rows: pa.Table) -> pa.Table:
    """The newest of ``rows`` (by number) up to the last step, all where there are too few to learn from."""
    count = pc.max(rows["number"]).as_py() or 0
    upto = last_step(count)
    return rows.filter((pc.field("number") > upto - MOST) & (pc.field("number") <= upto))


def last_step(count: int) -> int:
    """The number of texts, at most ``count``, at which a model was last learnt."""
    if count < FIRST:
        return count
    return math.floor(FIRST * GROWTH ** math.floor(math.log(count / FIRST, GROWTH) + 1e-9))


def _told(judged: Judged) -> dict[str, object]:
    figures = {"accuracy": judged.accuracy, "macro_f1": judged.macro_f1, "auc": judged.auc}
    return {
        "engine": judged.engine, "label_count": judged.labels, "is_used": judged.is_used,
        "model": judged.model.told() if judged.model else None,
        **{name: None if math.isnan(value) else value for name, value in figures.items()},
    }  # fmt: skip
