"""Order files of one row per line: which row speaks for the order, where each line stands in it, who ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from okaeri.ingest import ids, reasons, values
from okaeri.ingest.cells import Cells, Fault, Shaped, latest, persons, settle, shape, together, typed
from okaeri.ingest.parsed import Context, Parsed, RawFile
from okaeri.schema import facts

Columns = Mapping[str, ir.Value | str]


@dataclass(frozen=True)
class OrderRows:
    """The rows of a file by order: ``heads`` has the first row of each, ``lines`` all, with ``line_no`` from 1.

    Both have ``order_id``.
    """

    heads: Cells
    lines: Cells


def by_order(
    raw: RawFile,
    rows: ir.Table,
    order_id: ir.StringValue,
    agree: Sequence[str] = (),
    line_key: str | None = None,
    once: str | None = None,
) -> OrderRows:
    """Group ``rows`` of ``raw``; rows without an id stay, each as an order of its own, for the checks to refuse.

    A file put together of two exports may hold an order twice. A line again, told by the column ``line_key``, is left
    out; rows of one order that differ in a column of ``agree``, or fill the column ``once`` again, make it a problem.
    """
    keyed = rows.mutate(order_id=order_id)
    keyed = keyed.mutate(lone=keyed.order_id.isnull().ifelse(keyed.row_no, ibis.null("int64")))
    if line_key is not None and raw.has(line_key):
        keyed = _each_line_once(keyed, Cells(raw, keyed).text(line_key))
    cells = Cells(raw, keyed)
    doubts = {name: _differs(cells.text(name)) for name in agree if raw.has(name)}
    if once is not None:
        doubts[once] = cells.text(once).count() > 1
    flags = {f"doubt{place}": doubt for place, doubt in enumerate(doubts.values())}
    first = keyed.group_by("order_id", "lone").agg(row_no=keyed.row_no.min(), **flags).drop("order_id", "lone")
    heads = Cells(raw, keyed.inner_join(first, "row_no").cache())
    for name, flag in zip(doubts, flags, strict=True):
        heads.faults.append(Fault(name, reasons.CONFLICT, heads.text(name), heads.rows[flag].fill_null(False)))
    within = ibis.window(group_by=(keyed.order_id, keyed.lone), order_by=keyed.row_no)
    return OrderRows(heads, Cells(raw, keyed.mutate(line_no=ibis.row_number().over(within) + 1)))


@ibis.udf.scalar.builtin(name="hash")
def _hash(text: str) -> dt.uint64:
    """A number for a text: quicker to compare by the million."""


def _differs(text: ir.StringValue) -> ir.BooleanValue:
    number = text.notnull().ifelse(_hash(text), ibis.null("uint64"))
    return number.min() != number.max()


def _each_line_once(keyed: ir.Table, key: ir.StringValue) -> ir.Table:
    """Without the lines that stand again: nearly always all, and numbering every row to know costs more than asking."""
    told = keyed.select("row_no", "order_id", line_key=key).filter(lambda row: row.line_key.notnull())
    counted = told.group_by("order_id", "line_key").agg(times=told.count(), first=told.row_no.min())
    if not counted.filter(counted.times > 1).limit(1).count().to_pyarrow().as_py():
        return keyed
    again = told.anti_join(counted.select(row_no="first"), "row_no")
    return keyed.anti_join(again, "row_no")


@dataclass(frozen=True)
class Party:
    """Who ordered, as the file's columns tell it; none of it is kept in a fact.

    ``phone_first`` is for malls whose masked mail changes from order to order: phone and name then make the id.
    """

    store: str
    own_id: ir.StringValue | None = None
    name: ir.StringValue | None = None
    kana: ir.StringValue | None = None
    email: ir.StringValue | None = None
    phone: ir.StringValue | None = None
    postal_code: ir.StringValue | None = None
    region: ir.StringValue | None = None
    address: ir.StringValue | None = None
    birth_date: ir.StringValue | None = None
    phone_first: bool = False

    def customer_id(self, context: Context) -> ir.StringValue:
        """The id facts hold; see :mod:`okaeri.ingest.ids`."""
        email, phone, own_id = _text(self.email), _text(self.phone), _text(self.own_id)
        called = ibis.coalesce(_text(self.kana), _text(self.name))
        return ids.customer(self.store, context.secret, own_id, email, phone, called, self.phone_first)

    def person(self, context: Context) -> dict[str, ir.Value | str]:
        """What the records keep."""
        return {
            "customer_id": self.customer_id(context), "store": self.store, "name": _text(self.name),
            "kana": _text(self.kana), "email": _text(self.email), "phone": values.quoted(_text(self.phone)),
            "postal_code": values.postal_code(_text(self.postal_code)), "region": _text(self.region),
            "address": _text(self.address), "birth_date": values.date(_text(self.birth_date)).cast("string"),
        }  # fmt: skip


def _text(value: ir.StringValue | None) -> ir.StringValue:
    return ibis.null("string") if value is None else value


@dataclass(frozen=True)
class Sale:
    """How a source reads its order file: the columns of each fact, by the file's own.

    ``order`` is read from the head rows, ``line`` from the line rows; ``order_id``, ``line_no`` and months are filled
    in. ``sums`` are amounts per line: their sums over the order are added to its columns of the same names, or stand as
    ``sum_<name>`` beside the order, with what ``beside`` reads of its head row, for ``finish`` to make columns of. ``party`` says who ordered, ``customer`` what the
    file tells of the customer besides. ``product_name`` names the goods.
    """

    order: Columns
    line: Columns
    product_name: ir.StringValue | None = None
    sums: Mapping[str, ir.NumericValue] = field(default_factory=dict)
    beside: Mapping[str, ir.Value] = field(default_factory=dict)
    finish: Callable[[ir.Table], Columns] | None = None
    party: Callable[[Cells], Party] | None = None
    customer: Callable[[Cells], Columns] = lambda cells: {}


def sold(rows: OrderRows, sale: Sale, context: Context) -> Parsed:
    """Put the facts of an order file together."""
    heads, party = rows.heads, sale.party
    whose = {"customer_id": party(heads).customer_id(context)} if party else {}
    columns = {"order_id": heads.rows.order_id, **whose, **sale.order}
    orders = settle(typed(facts.orders, heads, columns, sale.beside))
    lines = _lines(rows.lines, sale, orders.rows)
    found = {
        "orders": with_sums(orders.rows, lines.rows, sale),
        "order_lines": lines.rows.select(*facts.order_lines.column_names, "row_no"),
    }
    problems = together([orders.problems, lines.problems])
    if sale.product_name is not None:
        found["products"] = _products(lines.rows, rows.lines.raw)
    if party is None:
        return Parsed(found, problems)
    found["customers"], known = parties_of(heads, orders.rows, context, party, sale.customer)
    return Parsed(found, problems, known)


def parties_of(
    heads: Cells,
    orders: ir.Table,
    context: Context,
    party: Callable[[Cells], Party],
    customer: Callable[[Cells], Columns],
) -> tuple[ir.Table, ir.Table]:
    """Customers and persons of ``orders``, each as the latest head row that names them tells."""
    buyers = latest(orders.filter(orders.customer_id.notnull()), "customer_id").select("row_no")
    speaking = Cells(heads.raw, heads.rows.semi_join(buyers, "row_no").cache())
    person = party(speaking).person(context)
    known = {**customer(speaking), "customer_id": person["customer_id"]}
    customers = shape(facts.customers, Cells(heads.raw, speaking.rows), known)
    return customers.rows, persons(speaking, person)


def _lines(cells: Cells, sale: Sale, orders: ir.Table) -> Shaped:
    """The order lines with their order's month, the goods' names and the amounts to be summed."""
    place = {"order_id": cells.rows.order_id, "line_no": cells.rows.line_no}
    name = {"called": ibis.null("string") if sale.product_name is None else sale.product_name}
    amounts = {f"sum_{column}": amount for column, amount in sale.sums.items()}
    rows = typed(facts.order_lines, cells, {**place, **sale.line}, {**name, **amounts})
    return settle(with_month(rows, orders))


def with_month(lines: ir.Table, orders: ir.Table) -> ir.Table:
    """Give each line the month of its order, by which both are stored."""
    months = orders.select(month_order_id="order_id", month="order_month")
    dated = lines.drop("order_month").left_join(months, [("order_id", "month_order_id")])
    return dated.drop("month_order_id").rename(order_month="month").select(*lines.columns)


def with_sums(orders: ir.Table, lines: ir.Table, sale: Sale) -> ir.Table:
    """Complete each order's columns by the sums over its lines."""
    own = [*facts.orders.column_names, "row_no"]
    if not sale.sums:
        return orders.select(*own)
    sums = {f"sum_{name}": lines[f"sum_{name}"].sum() for name in sale.sums}
    both = orders.left_join(lines.group_by(summed_id=lines.order_id).agg(**sums), [("order_id", "summed_id")])
    finish = sale.finish or (lambda rows: {name: summed(rows[name], rows[f"sum_{name}"]) for name in sale.sums})
    columns = {name: both.bind(value)[0].cast(orders[name].type()) for name, value in finish(both).items()}
    return both.mutate(**columns).select(*own).cache()


def _products(lines: ir.Table, raw: RawFile) -> ir.Table:
    """The goods on the lines, each called as its latest row calls it."""
    goods = lines.filter((lines.kind == "goods") & lines.product_id.notnull())
    named = latest(goods.select("row_no", "product_id", name=goods.called), "product_id")
    return shape(facts.products, Cells(raw, named), {"product_id": named.product_id, "name": named["name"]}).rows


def when(cells: Cells, context: Context, column: str) -> dict[str, ir.Value]:
    """The order's instant from ``column``, and its day and month in the shop's zone."""
    return dated(cells.instant(column, context.zone), context)


def dated(at: ir.TimestampValue, context: Context) -> dict[str, ir.Value]:
    """``at`` with its day and month in the shop's zone."""
    local = values.clock_at(context.zone, at)
    return {"ordered_at": at, "order_date": local.date(), "order_month": local.strftime("%Y-%m")}


def summed(*amounts: ir.DecimalValue) -> ir.DecimalValue:
    """The sum, empty ones as 0; null where all are empty."""
    first, *others = (amount.fill_null(0) for amount in amounts)
    total = sum(others, start=first)
    known = ibis.or_(*(amount.notnull() for amount in amounts))
    return known.ifelse(total.cast(values.AMOUNT), ibis.null(values.AMOUNT))


def joined(*parts: ir.StringValue, by: str = " ") -> ir.StringValue:
    """The parts put together; null where none is there."""
    first, *others = (part.fill_null("") for part in parts)
    return sum((by + other for other in others), start=first).strip().nullif("")


def contained(amount: ir.NumericValue, rate: ir.NumericValue | int) -> ir.FloatingValue:
    """The consumption tax within ``amount``, which includes it, at ``rate`` in percent."""
    share = rate / (rate + ibis.literal(100.0, "float64"))
    return amount.cast("float64") * share
