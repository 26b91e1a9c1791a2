import multiprocessing
from decimal import Decimal
from pathlib import Path

import pytest

import okaeri
from okaeri.schema.errors import DataRejected
from okaeri.schema.facts import FACTS
from tests.loop.files import eccube


@pytest.fixture
def shop(tmp_path):
    return okaeri.init(tmp_path / "shop", name="試験")


def facts(shop):
    return {name: sorted(map(repr, shop.show(name).to_pylist())) for name in FACTS}


def people(shop):
    from okaeri.records.models import Person

    with shop.workspace.records():
        return {person.customer_id: person for person in Person.objects.all()}


def test_importing_twice_is_importing_once(shop, tmp_path):
    file = eccube(tmp_path / "orders.csv", [{}, {"注文番号": "1002"}])
    (first,) = shop.import_files([file])
    before = facts(shop)
    (second,) = shop.import_files([file])
    assert (first.outcome, second.outcome) == ("imported", "known")
    assert first.counts["orders"] == 2
    assert facts(shop) == before


def test_the_same_orders_under_another_file_name_change_nothing(shop, tmp_path):
    shop.import_files([eccube(tmp_path / "a.csv", [{}, {"注文番号": "1002"}])])
    before = facts(shop)
    (again,) = shop.import_files([eccube(tmp_path / "b.csv", [{"注文番号": "1002"}, {}])])
    assert again.outcome == "imported"
    assert facts(shop) == before


def test_a_newer_export_updates_the_status(shop, tmp_path):
    shop.import_files([eccube(tmp_path / "a.csv", [{}])])
    newer = {"対応状況(ID)": "3", "対応状況(名称)": "注文取消し"}
    shop.import_files([eccube(tmp_path / "b.csv", [newer])])
    (row,) = shop.show("orders").to_pylist()
    assert row["status"] == "cancelled"


def test_an_older_export_taken_again_does_not_undo_a_newer_one(shop, tmp_path):
    old = eccube(tmp_path / "a.csv", [{}])
    newer = {"対応状況(ID)": "3", "対応状況(名称)": "注文取消し"}
    shop.import_files([old, eccube(tmp_path / "b.csv", [newer]), old])
    assert shop.show("orders").to_pylist()[0]["status"] == "cancelled"


def test_personal_data_is_in_the_records_and_in_no_fact(shop, tmp_path):
    shop.import_files([eccube(tmp_path / "a.csv", [{}])])
    (person,) = people(shop).values()
    assert (person.name, person.email) == ("髙橋 花子", "hanako@okaeri-mail.jp")
    files = b"".join(path.read_bytes() for path in shop.workspace.facts.rglob("*.parquet"))
    for secret in ("髙橋", "hanako", "090-1111-2222", "09011112222"):
        assert secret.encode() not in files
        assert secret not in repr(facts(shop))


def test_amounts_are_kept_to_the_yen(shop, tmp_path):
    totals = [1100 + 11 * n for n in range(50)]
    orders = [
        {"注文番号": str(n), "小計": str(total), "支払合計": str(total), "価格": str(1000 + 10 * n)}
        for n, total in enumerate(totals)
    ]
    shop.import_files([eccube(tmp_path / "a.csv", orders)])
    assert sum(row["total"] for row in shop.show("orders").to_pylist()) == Decimal(sum(totals))


def test_a_file_with_too_many_bad_rows_is_refused_with_row_and_column_and_nothing_is_written(shop, tmp_path):
    shop.import_files([eccube(tmp_path / "a.csv", [{}])])
    before = facts(shop)
    bad = eccube(tmp_path / "b.csv", [{"注文番号": "2001", "受注日": "昨日"}, {"注文番号": "2002"}])
    with pytest.raises(DataRejected) as refused:
        shop.import_files([bad])
    assert any((problem.row, problem.column) == (2, "受注日") for problem in refused.value.problems)
    assert facts(shop) == before
    [listed] = (shop.workspace.path / "rejects").glob("b-*-rejects.csv")
    assert "昨日" in listed.read_text(encoding="utf-8-sig")


def test_a_few_bad_rows_are_set_aside_and_told(shop, tmp_path):
    good = [{"注文番号": str(n)} for n in range(200)]
    (done,) = shop.import_files([eccube(tmp_path / "a.csv", [*good, {"注文番号": "bad", "個数": "三"}])])
    assert (done.counts["orders"], done.rejected_count) == (200, 1)
    assert done.problems[0].row == 202


def test_a_file_another_process_takes_in_meanwhile_is_not_taken_in_twice(shop, tmp_path):
    from okaeri.loop.importing import import_files
    from okaeri.records.models import ImportRun

    file = eccube(tmp_path / "orders.csv", [{}, {"注文番号": "1002"}])
    [done] = import_files(shop.workspace, [file], at_step=lambda step: step == "writing" and shop.import_files([file]))
    assert (done.outcome, done.counts["orders"]) == ("known", 2)
    with shop.workspace.records():
        assert ImportRun.objects.count() == 1


def test_each_of_two_files_of_one_name_keeps_the_list_of_its_own_rows_left_out(shop, tmp_path):
    good, listed = [{"注文番号": str(n)} for n in range(200)], []
    for pieces in ("三", "四"):
        (tmp_path / pieces).mkdir()
        bad = {"注文番号": f"bad{pieces}", "個数": pieces}
        listed += shop.import_files([eccube(tmp_path / pieces / "orders.csv", [*good, bad])])
    for done, pieces in zip(listed, ("三", "四"), strict=True):
        assert pieces in Path(done.rejects_file).read_text(encoding="utf-8-sig")


def test_a_dry_run_shows_what_would_come_and_writes_nothing(shop, tmp_path):
    (told,) = shop.import_files([eccube(tmp_path / "a.csv", [{}])], dry_run=True)
    assert told.counts["orders"] == 1
    assert told.preview["orders"][0]["order_id"] == "own:1001"
    assert shop.show("orders").num_rows == 0
    assert people(shop) == {}


def test_a_full_disk_leaves_the_old_state(shop, tmp_path, monkeypatch):
    from okaeri.loop import facts as fact_store

    shop.import_files([eccube(tmp_path / "a.csv", [{}])])
    before = facts(shop)
    write = fact_store.write_deltalake

    def full(path, *arguments, **named):
        if path.name == "order_lines":
            raise OSError(28, "No space left on device")
        return write(path, *arguments, **named)

    monkeypatch.setattr(fact_store, "write_deltalake", full)
    newer = eccube(tmp_path / "b.csv", [{"注文番号": "1002"}])
    with pytest.raises(OSError, match="No space"):
        shop.import_files([newer])
    assert facts(shop) == before
    monkeypatch.undo()
    shop.import_files([newer])
    assert shop.show("orders").num_rows == 2


def take(folder, file):
    okaeri.open(folder).import_files([file])


def test_two_imports_at_once_end_as_one_after_the_other(shop, tmp_path):
    files = [
        eccube(tmp_path / f"{name}.csv", [{"注文番号": f"{name}{n}"} for n in range(30)] + [{"注文番号": "shared"}])
        for name in ("a", "b", "c")
    ]
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=take, args=(shop.workspace.path, file)) for file in files]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len({row["order_id"] for row in shop.show("orders").to_pylist()}) == shop.show("orders").num_rows == 91


def test_a_person_in_two_stores_is_one_customer_until_the_link_is_undone(shop, tmp_path):
    from okaeri.records.models import Link

    guest = {"注文番号": "1002", "会員ID": "", "受注日": "2026-02-05 10:00:00"}
    shop.import_files([eccube(tmp_path / "a.csv", [{}, guest])])
    with shop.workspace.records():
        links = list(Link.objects.filter(undone_at=None).exclude(customer_id="own:7"))
    assert [(link.person_id, link.reason) for link in links] == [("own:7", "mail")]
    shop.unlink(links[0].customer_id)
    more = {"注文番号": "1003", "会員ID": "", "受注日": "2026-03-05 10:00:00"}
    shop.import_files([eccube(tmp_path / "b.csv", [more])])
    with shop.workspace.records():
        assert not Link.objects.filter(undone_at=None, customer_id=links[0].customer_id).exclude(
            person_id=links[0].customer_id
        )
