"""What people of the shop said a text means, where they found its score wrong."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def corrected(said: ir.Table, corrections: ir.Table) -> ir.Table:
    """``text_key`` and ``corrected`` (-1..1) of every text that a person read; of several words on it the newest.

    ``said`` holds voice_id and text_key. A correction is knowledge of how a text is to be read, not a thing that
    happened on a day: it holds for a measurement of any date.
    """
    rows = said.select("voice_id", "text_key").inner_join(corrections, "voice_id")
    newest = ibis.row_number().over(group_by=rows.text_key, order_by=(rows.corrected_at.desc(), rows.voice_id))
    return rows.mutate(place=newest).filter(lambda ranked: ranked.place == 0).select("text_key", corrected="score")
