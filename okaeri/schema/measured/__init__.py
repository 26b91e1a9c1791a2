"""The measured tables, in the order in which they can be computed."""

from __future__ import annotations

from okaeri.schema.measured import (
    belt,
    changes,
    emotion,
    feelings,
    groups,
    history,
    leaving,
    personas,
    products,
    products_judged,
    prospects,
    recommending,
    reordering,
    segments,
    stepping_up,
    surveys,
    value,
)
from okaeri.schema.table import Table

MEASURED: dict[str, Table] = {
    table.name: table
    for module in (
        history,
        value,
        changes,
        segments,
        groups,
        belt,
        products,
        reordering,
        recommending,
        prospects,
        leaving,
        stepping_up,
        personas,
        feelings,
        emotion,
        surveys,
        products_judged,
    )
    for table in module.TABLES
}
