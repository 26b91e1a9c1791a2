from datetime import date

from tests.measure.shops import line, measured, order


def test_a_cancelled_order_is_not_a_purchase_and_a_credit_note_brings_value_but_no_order():
    facts = {
        "orders": [
            order("own:1", "2026-01-05", 1000, "a"),
            order("own:1", "2026-01-09", 500, "b", status="cancelled"),
            order("own:1", "2026-01-20", -300, "c", status="returned"),
            order("own:1", "2026-02-01", 2000, "d"),
        ],
        "order_lines": [line("a", 1, "P", 1, 1000, "2026-01-05", unit_cost=400)],
    }
    rows = measured(facts, date(2026, 3, 1), wanted=["purchases"])["purchases"].sort_by("order_id").to_pylist()
    assert [(r["order_id"], r["order_no"], r["revenue"]) for r in rows] == [
        ("a", 1, 1000.0),
        ("c", None, -300.0),
        ("d", 2, 2000.0),
    ]
    assert [r["days_to_next"] for r in rows] == [27, None, None]
    assert rows[0]["gross_profit"] == 600.0


def test_orders_of_linked_stores_are_one_persons():
    facts = {
        "orders": [order("own:1", "2026-01-05", 1000, "a"), order("rakuten:9", "2026-01-09", 500, "b")],
        "links": [{"customer_id": "rakuten:9", "person_id": "own:1"}],
    }
    rows = measured(facts, date(2026, 3, 1), wanted=["purchases"])["purchases"].sort_by("order_id").to_pylist()
    assert [(r["customer_id"], r["order_no"]) for r in rows] == [("own:1", 1), ("own:1", 2)]


def test_revenue_is_without_tax_postage_discount_refund_and_own_points():
    amounts = {"shipping": 500, "tax": 300, "discount": 200, "refunded": 100, "points_used": 50}
    facts = {
        "orders": [
            order("own:1", "2026-01-05", 3000, "a", **amounts),
            order("rakuten:1", "2026-01-05", 3000, "b", **amounts | {"store": "rakuten"}),
        ]
    }
    rows = measured(facts, date(2026, 3, 1), wanted=["purchases"])["purchases"].sort_by("order_id").to_pylist()
    assert rows[0]["revenue"] == 2650 * (1 - 300 / 3300)
    assert rows[1]["revenue"] == 2700 * (1 - 300 / 3300)


def test_postage_alone_is_no_purchase_and_goods_given_away_are():
    facts = {
        "orders": [
            order("own:1", "2026-01-05", 0, "sample"),
            order("own:1", "2026-01-09", 0, "postage"),
            order("own:1", "2026-02-01", 2000, "sale"),
        ],
        "order_lines": [
            line("sample", 1, "P", 1, 0, "2026-01-05"),
            line("postage", 1, "POST", 1, 18, "2026-01-09", kind="shipping"),
        ],
    }
    rows = measured(facts, date(2026, 3, 1), wanted=["purchases"])["purchases"].sort_by("order_date").to_pylist()
    assert [(row["order_id"], row["order_no"]) for row in rows] == [("sample", 1), ("postage", None), ("sale", 2)]
