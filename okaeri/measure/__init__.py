"""Tables in, tables out: one question, one file, one function, one table.

Each function takes Ibis tables, named as in :mod:`okaeri.schema`, and by keyword ``as_of`` (nothing dated at or after
it may influence the result) and ``rules`` where it needs them; it returns an Ibis table with exactly the columns its
schema declares. It opens no connection and reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from okaeri.measure.customer_history import customer_history
from okaeri.measure.purchase_lines import purchase_lines
from okaeri.measure.purchases import purchases

#: Every measure by the name of its table. A parameter's name is the table it wants.
MEASURES: dict[str, Callable[..., ir.Table]] = {
    "purchases": purchases,
    "purchase_lines": purchase_lines,
    "customer_history": customer_history,
}
