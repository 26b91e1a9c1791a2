"""Any table of orders, customers or the like, read as a saved mapping says."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.ingest import ids, parties, reasons
from okaeri.ingest.cells import Cells, Fault, fault_list, problems_of, translated
from okaeri.ingest.columns import Reader, column_named
from okaeri.ingest.mapping import Mapping, mapping_from
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.sales import optional, order_lines_of, ordered_lines, orders_of
from okaeri.ingest.single import one_table
from okaeri.ingest.targets import AMOUNT, GRAINS, type_of
from okaeri.schema.errors import RuleRefused
from okaeri.schema.facts import FACTS, LINE_KINDS, ORDER_STATUS


def parse(raw: RawFile, context: Context) -> Parsed:
    """Facts of ``raw`` as ``context.mapping`` says."""
    if context.mapping is None:
        raise RuleRefused("a generic file needs a mapping")
    mapping = mapping_from(context.mapping)
    if mapping.grain in ("line", "order"):
        return _sales(raw, mapping, context)
    table = FACTS[GRAINS[mapping.grain][0]]
    persons = {name: source for name, source in mapping.columns.items() if name.startswith("persons.")}
    columns = mapping.of_table(table.name) | persons
    return one_table(table, raw, columns, context, mapping.store, mapping.date_format)


def _sales(raw: RawFile, mapping: Mapping, context: Context) -> Parsed:
    rows = _cells(raw, mapping, context)
    lines = ordered_lines(rows, mapping, context.zone).cache()
    facts = {"orders": orders_of(lines, mapping, context.zone).cache()}
    facts["order_lines"] = order_lines_of(lines, facts["orders"]).cache()
    if parties.has_columns_of(lines, "products"):
        facts["products"] = parties.products_of(lines).cache()
    if parties.has_columns_of(lines, "customers"):
        facts["customers"] = parties.customers_of(lines).cache()
    persons = parties.persons_of(lines).cache() if parties.has_columns_of(lines, "persons") else None
    return Parsed(facts, problems_of(lines), persons)


def _cells(raw: RawFile, mapping: Mapping, context: Context) -> ir.Table:
    """A column per mapped target, with ``customer_id`` and the row's ``faults``."""
    cells = Cells(raw, raw.rows)
    reader = Reader(cells, context.zone, mapping.date_format)
    columns = {
        name: reader.read(sources, type_of(mapping.grain, name), name) for name, sources in mapping.columns.items()
    }
    _translate(columns, mapping, cells)
    _refuse_returns(columns, mapping, cells)
    _refuse_no_price(columns, mapping, cells)
    rows = raw.rows.select("row_no", **columns, faults=fault_list(cells.faults))
    customer = ids.in_store(mapping.store, optional(rows, "orders.customer_id", "string"))
    if parties.has_columns_of(rows, "persons"):
        customer = ibis.coalesce(customer, parties.derived_id(rows, mapping.store, context.secret))
    return rows.mutate(customer_id=customer)


def _translate(columns: dict[str, ir.Value], mapping: Mapping, cells: Cells) -> None:
    """Words for status and line kind into okaeri's own, which may stand in the file as well."""
    words = {
        "orders.status": {word: word for word in ORDER_STATUS} | mapping.status_words,
        "order_lines.kind": {word: word for word in LINE_KINDS},
    }
    for name in words.keys() & columns.keys():
        text, source = columns[name], mapping.columns[name][0]
        columns[name] = translated(text, words[name])
        cells.note(source, reasons.NOT_A_CHOICE, text, columns[name])


def _refuse_returns(columns: dict[str, ir.Value], mapping: Mapping, cells: Cells) -> None:
    name = "order_lines.quantity"
    if mapping.negative_quantity != "problem" or name not in columns:
        return
    failed = columns[name] < 0
    if mapping.credit_note_prefix and "orders.order_id" in columns:
        failed &= ~columns["orders.order_id"].startswith(mapping.credit_note_prefix)
    source = mapping.columns[name][0]
    text = column_named(cells.raw, cells.rows, source).cast("string")
    cells.faults.append(Fault(source, reasons.BELOW_NOTHING, text, failed.fill_null(False)))


def _refuse_no_price(columns: dict[str, ir.Value], mapping: Mapping, cells: Cells) -> None:
    """A line without a price would count as a gift; on a cancelled order the malls leave it out."""
    name = next((name for name in ("order_lines.unit_price", AMOUNT) if name in columns), None)
    said = [columns[cell] for cell in ("order_lines.product_id", "order_lines.quantity") if cell in columns]
    if name is None or mapping.grain != "line" or not said:
        return
    column = column_named(cells.raw, cells.rows, mapping.columns[name][0])
    failed = column.isnull() & ibis.or_(*(cell.notnull() for cell in said))
    if "orders.status" in columns:
        failed &= columns["orders.status"].fill_null("") != "cancelled"
    cells.faults.append(Fault(mapping.columns[name][0], reasons.MISSING, ibis.null("string"), failed))


SOURCE = Source(
    name="generic",
    title="Any file, with a mapping",
    brings=("orders", "order_lines", "products", "customers", "events", "voices", "costs"),
    recognised_by=(),
    parse=parse,
    notes="Needs a mapping; `okaeri import` proposes one from the header and the data.",
    takes_types=True,
)
