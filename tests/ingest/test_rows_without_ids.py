"""Costs, events and voices whose file gives them no id."""

import okaeri

ROWS = "spent_on,acquired_via,amount\n2026-03-01,ad,1000\n2026-03-01,ad,1000\n2026-03-02,social,500\n"


def test_rows_that_say_the_same_are_all_kept_and_a_second_file_with_them_adds_none(tmp_path):
    shop = okaeri.init(tmp_path / "shop")
    (tmp_path / "march.csv").write_text(ROWS)
    (tmp_path / "again.csv").write_text(ROWS + "2026-03-03,ad,700\n")
    shop.import_files([tmp_path / "march.csv"])
    first = shop.show("costs").to_pylist()
    assert sorted(row["amount"] for row in first) == [500, 1000, 1000]
    assert len({row["cost_id"] for row in first}) == 3
    shop.import_files([tmp_path / "again.csv"])
    assert sorted(row["amount"] for row in shop.show("costs").to_pylist()) == [500, 700, 1000, 1000]
