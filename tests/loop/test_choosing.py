"""Who fits a rule: the published columns asked against plain Python going through rows."""

import random
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.lib.periods import day_number, day_of
from okaeri.loop.workspace import start_django
from okaeri.schema.facts import EVENT_KINDS, VOICE_SOURCES
from okaeri.schema.people import people
from okaeri.schema.segments import All, Any, Compare, Did, Not
from tests.schema.rules import CATEGORIES, PRODUCTS, leaves, rules

start_django()

from okaeri.loop import customers  # noqa: E402
from okaeri.loop.choosing import fits  # noqa: E402
from okaeri.loop.columns import write_columns  # noqa: E402
from okaeri.loop.customers import Choice  # noqa: E402
from okaeri.loop.people_tables import BY_COLUMN  # noqa: E402
from okaeri.loop.published import Published  # noqa: E402

AS_OF = date(2026, 4, 1)
PEOPLE = 120
ARROW = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
TEXTS = ("dormant", "first", "A", "own", "東京都", "x' OR 1=1 --", "SB-01", "a%b", "a.b", "axb")


def cell(column, draw):
    if column.nullable and draw.random() < 0.25:
        return None
    return {
        "string": lambda: draw.choice(TEXTS), "int64": lambda: draw.randint(-3, 12),
        "float64": lambda: round(draw.uniform(-10, 10_000), 2), "boolean": lambda: draw.random() < 0.5,
        "date": lambda: date(2025, 1, 1) + timedelta(days=draw.randrange(500)),
    }[column.type]()  # fmt: skip


def made_up(folder):
    """People and deeds at random, as rows and as published."""
    draw = random.Random(20260401)
    rows = [{column.name: cell(column, draw) for column in people.columns} for _ in range(PEOPLE)]
    for number, row in enumerate(rows):
        row["customer_id"] = f"own:{number:04}"
    category = dict(zip(PRODUCTS, (*CATEGORIES, None), strict=True))
    deeds = []
    for _ in range(900):
        product = draw.choice((*PRODUCTS, None))
        deeds.append({
            "person_no": draw.randrange(PEOPLE), "day": day_number(AS_OF) - draw.randint(1, 420),
            "did": draw.choice((*EVENT_KINDS, *VOICE_SOURCES)), "product_id": product, "category": category.get(product),
        })  # fmt: skip
    orders = [
        {"person_no": draw.randrange(PEOPLE), "day": day_number(AS_OF) - draw.randint(1, 420), "goods": draw.sample(
            PRODUCTS, draw.randint(1, 3))} for _ in range(400)
    ]  # fmt: skip
    publish(folder, rows, deeds, orders, category)
    return rows, deeds, orders, category


def publish(folder, rows, deeds, orders, category):
    place = folder / "published"
    place.mkdir()
    lines = []
    for order in orders:
        seen = set()
        for number, product in enumerate(order["goods"]):
            lines.append({"person_no": order["person_no"], "day": order["day"], "product_id": product,
                          "category": category[product], "is_order": number == 0,
                          "is_category": category[product] not in seen})  # fmt: skip
            seen.add(category[product])
    deed = pa.schema([("person_no", pa.int32()), ("day", pa.int32()), ("did", pa.string()), ("product_id", pa.string()),
                      ("category", pa.string())])  # fmt: skip
    tables = {
        "people": pa.table({column.name: pa.array([row[column.name] for row in rows], ARROW[column.type])
                            for column in people.columns}),
        "bought": pa.Table.from_pylist(lines),
        "acted": pa.Table.from_pylist([row for row in deeds if row["did"] in EVENT_KINDS], schema=deed),
        "spoke": pa.Table.from_pylist([row for row in deeds if row["did"] in VOICE_SOURCES], schema=deed),
    }  # fmt: skip
    with duckdb.connect() as connection:
        for name, columns in BY_COLUMN.items():
            pq.write_table(tables[name], place / f"{name}.parquet")
            write_columns(connection, place / f"{name}.parquet", columns, place / name)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chosen")
    rows, deeds, orders, category = made_up(folder)
    return Published(folder, AS_OF, ()), rows, deeds, orders, category


def plainly(rule, number, shop):
    """Whether one person fits, by going through everything."""
    _, rows, deeds, orders, category = shop
    match rule:
        case All(parts):
            return all(plainly(part, number, shop) for part in parts)
        case Any(parts):
            return any(plainly(part, number, shop) for part in parts)
        case Not(part):
            return not plainly(part, number, shop)
        case Compare(column, op, value):
            held = rows[number][column]
            if op == "empty":
                return (held is None) == value
            if held is None:
                return False
            return {
                "is": lambda: held in value, "contains": lambda: value in held, "at_least": lambda: held >= value,
                "below": lambda: held < value, "since": lambda: held >= value, "before": lambda: held < value,
                "last_days": lambda: AS_OF - timedelta(days=value) <= held < AS_OF,
                "next_days": lambda: AS_OF <= held < AS_OF + timedelta(days=value),
            }[op]()  # fmt: skip
        case Did():
            times = done(rule, rows[number], number, deeds, orders, category)
            return times >= rule.times if rule.op == "at_least" else times < rule.times
    raise AssertionError(rule)


def counts(rule, person, day):
    """Whether a day is among those the rule counts."""
    first = person["first_order_on"]
    if rule.first_days and not (first and first <= day < first + timedelta(days=rule.first_days)):
        return False
    return (
        (rule.days is None or AS_OF - timedelta(days=rule.days) <= day)
        and (rule.since is None or rule.since <= day)
        and (rule.before is None or day < rule.before)
    )


def done(rule, person, number, deeds, orders, category):
    recent = [row for row in (orders if rule.did == "bought" else deeds) if row["person_no"] == number
              and counts(rule, person, day_of(row["day"]))]  # fmt: skip
    if rule.did == "bought":
        return sum(
            (rule.product is None or rule.product in row["goods"])
            and (rule.category is None or rule.category in {category[product] for product in row["goods"]})
            for row in recent
        )
    return sum(
        row["did"] == rule.did
        and rule.product in (None, row["product_id"])
        and rule.category in (None, row["category"])
        for row in recent
    )


quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(rule=leaves())
def test_a_single_condition_chooses_who_fits_it_in_plain_python(shop, rule):
    assert fits(shop[0], rule).tolist() == [plainly(rule, number, shop) for number in range(PEOPLE)]


@quick
@given(rule=rules())
def test_any_rule_chooses_who_fits_it_in_plain_python(shop, rule):
    assert fits(shop[0], rule).tolist() == [plainly(rule, number, shop) for number in range(PEOPLE)]


@quick
@given(one=rules(), other=rules())
def test_not_not_is_nothing_and_both_is_the_intersection(shop, one, other):
    laid = shop[0]
    assert (fits(laid, Not(Not(one))) == fits(laid, one)).all()
    assert (fits(laid, All((one, other))) == (fits(laid, one) & fits(laid, other))).all()
    assert (fits(laid, Not(Any((one, other)))) == fits(laid, All((Not(one), Not(other))))).all()


def test_conditions_choose_some_and_not_all_as_else_the_tests_above_would_show_nothing(shop):
    asked = [
        Compare("status", "is", ("dormant",)), Compare("region", "contains", "a"), Compare("revenue", "at_least", 5000),
        Compare("last_order_on", "last_days", 200), Did("bought", "at_least", 3), Did("bought", "at_least", 2, 200, "P1"),
        Did("bought", "at_least", 2, None, None, "C1"), Did("open", "at_least", 1), Did("review", "below", 1),
        Did("bought", "at_least", 2, since=date(2025, 8, 1), before=date(2025, 12, 1)), Did("bought", "at_least", 1, first_days=90),
    ]  # fmt: skip
    for rule in asked:
        assert 0 < fits(shop[0], rule).sum() < PEOPLE, rule


@quick
@given(rule=rules(), sort=st.sampled_from(people.column_names), is_falling=st.booleans())
def test_a_page_is_sorted_with_empty_cells_last_and_its_size_is_the_sum_of_its_people(shop, rule, sort, is_falling):
    laid, rows = shop[0], shop[1]
    fit = [row for number, row in enumerate(rows) if plainly(rule, number, shop)]
    pages = [
        row for page in range(1, 4)
        for row in customers.page_of(laid, Choice(rule), sort, is_falling=is_falling, page=page)
    ]  # fmt: skip
    filled = sorted((row for row in fit if row[sort] is not None), key=lambda row: row[sort], reverse=is_falling)
    assert pages == filled + [row for row in fit if row[sort] is None]
    size = customers.size_of(laid, Choice(rule))
    assert size.people == len(fit)
    for name in customers.SUMMED:
        assert getattr(size, name) == pytest.approx(sum(row[name] or 0 for row in fit))


def test_people_found_by_a_search_are_those_named_who_also_fit(shop):
    laid, rows = shop[0], shop[1]
    rule = Compare("status", "empty", False)
    found = (*(row["customer_id"] for row in rows[::4]), "own:9999")
    expected = {row["customer_id"] for row in rows if row["customer_id"] in found and row["status"]}
    page = customers.page_of(laid, Choice(rule, found), "customer_id", is_falling=False, page=1)
    assert expected
    assert [row["customer_id"] for row in page] == sorted(expected)
    assert customers.size_of(laid, Choice(rule, ())).people == 0


@pytest.mark.parametrize("did", ["bought", *EVENT_KINDS, *VOICE_SOURCES])
def test_nobody_did_anything_with_goods_there_are_none_of(shop, did):
    for goods in ({"product": "no such"}, {"category": "no such"}):
        assert not fits(shop[0], Did(did, "at_least", 1, **goods)).any()


def test_one_person_is_found_by_the_id_and_nobody_by_another(shop):
    laid, rows = shop[0], shop[1]
    assert customers.row_of(laid, "own:0042") == rows[42]
    assert customers.row_of(laid, "own:004") is None
    assert customers.row_of(laid, "zzz") is None


def test_batches_hold_everybody_once(shop, monkeypatch):
    monkeypatch.setattr(customers, "BATCH_ROWS", 7)
    batches = list(customers.batches_of(shop[0], Choice()))
    assert [len(batch) for batch in batches] == [7] * 17 + [1]
    assert [row for batch in batches for row in batch] == shop[1]


def test_what_is_kept_of_one_answer_cannot_be_changed_by_the_next(shop):
    kept = fits(shop[0], Compare("r", "is", (5,)))
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = True
    assert np.array_equal(kept, fits(shop[0], Compare("r", "is", (5,))))
