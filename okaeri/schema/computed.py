"""Every table a refresh makes, measured and predicted: declared apart from what computes them, so that readers of tables
need load no model."""

from __future__ import annotations

import hashlib

from okaeri.schema.measured import MEASURED
from okaeri.schema.predicted import PREDICTED
from okaeri.schema.table import Table

TABLES: dict[str, Table] = {**MEASURED, **PREDICTED}

#: Changes whenever a table or column does: tables of another layout are measured anew, never mixed with these.
LAYOUT = hashlib.sha256(
    repr([(name, [(column.name, column.type) for column in table.columns]) for name, table in TABLES.items()]).encode()
).hexdigest()[:16]
