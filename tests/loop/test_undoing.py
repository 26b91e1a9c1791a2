"""An import taken back leaves what stood before it; taken in again it gives what it gave."""

import pytest

import okaeri
from okaeri.schema.errors import RuleRefused
from tests.faults.kill_points import digests
from tests.loop.files import eccube


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "secret.key").write_text("00" * 32)
    return okaeri.init(tmp_path / "shop")


def first(folder):
    return eccube(
        folder / "first.csv", [{"注文番号": str(n), "受注日": f"2026-0{1 + n % 3}-05 10:00:00"} for n in range(9)]
    )


def second(folder):
    """Changes an order, adds new ones, tells a known customer's other phone, and brings a guest who is that customer."""
    changed = {"注文番号": "3", "受注日": "2026-01-05 10:00:00", "対応状況(ID)": "3", "対応状況(名称)": "注文取消し"}
    member = {"注文番号": "50", "TEL": "090-9999-8888"}
    guest = {"注文番号": "51", "会員ID": "", "TEL": "090-9999-8888", "メールアドレス": "taro@okaeri-mail.jp"}
    return eccube(folder / "second.csv", [changed, member, guest])


def run_of(shop):
    from okaeri.records.models import ImportRun

    return ImportRun.objects.order_by("-pk").first().pk


def undo(shop, number=None):
    from okaeri.loop.undoing import undo

    with shop.workspace.records():
        return undo(shop.workspace, number or run_of(shop), actor="someone")


def seen(shop):
    """What readers see, but for the list of imports."""
    return {name: digest for name, digest in digests(shop).items() if name != "imports"}


def everything(shop):
    """Links and persons with all their fields too."""
    from okaeri.records.models import Link, Person

    with shop.workspace.records():
        links = list(
            Link.objects.filter(undone_at=None)
            .order_by("customer_id")
            .values_list("customer_id", "person_id", "reason", "evidence")
        )
        persons = list(
            Person.objects.order_by("customer_id").values_list(
                "customer_id", "phone", "phone_key", "mail_key", "digest"
            )
        )
    return seen(shop), links, persons


def test_the_newest_import_is_taken_back_and_taken_in_again_gives_the_same(shop, tmp_path):
    shop.import_files([first(tmp_path)])
    before = everything(shop)
    shop.import_files([second(tmp_path)])
    after = everything(shop)
    assert len(after[1]) == len(before[1]) + 1
    assert before[2] != after[2]
    assert undo(shop)
    assert everything(shop) == before
    [again] = shop.import_files([second(tmp_path)])
    assert again.outcome == "imported"
    assert everything(shop) == after


def test_taking_back_twice_is_taking_back_once_and_is_written_down(shop, tmp_path):
    from okaeri.records.models import AuditEntry, ImportRun

    shop.import_files([first(tmp_path)])
    shop.import_files([second(tmp_path)])
    with shop.workspace.records():
        number = run_of(shop)
    assert undo(shop, number)
    once = everything(shop)
    assert not undo(shop, number)
    assert everything(shop) == once
    with shop.workspace.records():
        assert AuditEntry.objects.get(action="undo import").actor == "someone"
        assert ImportRun.objects.get(pk=number).undone_by == "someone"


def test_back_to_an_empty_shop_and_from_there_again(shop, tmp_path):
    from okaeri.records.models import Person

    shop.import_files([first(tmp_path)])
    full = everything(shop)
    undo(shop)
    assert shop.show("orders").num_rows == 0
    with shop.workspace.records():
        assert not Person.objects.exists()
    shop.import_files([first(tmp_path)])
    assert everything(shop) == full
    shop.import_files([second(tmp_path)])
    undo(shop)
    assert everything(shop) == full


def test_only_the_newest_import_and_only_while_nothing_stands_on_it(shop, tmp_path):
    from okaeri.loop import snapshots
    from okaeri.records.models import ImportRun, Snapshot

    shop.import_files([first(tmp_path)])
    with shop.workspace.records():
        oldest = run_of(shop)
    shop.import_files([second(tmp_path)])
    with pytest.raises(RuleRefused, match="newest"):
        undo(shop, oldest)
    with shop.workspace.records():
        now = snapshots.current()
        told = ImportRun.objects.create(
            file_name="reviews", sha256="", source="reviews", started_at=now.made_at, finished_at=now.made_at,
            read_count=1, rejected_count=0,
        )  # fmt: skip
        Snapshot.objects.create(made_at=now.made_at, versions={**now.versions, "voices": 0}, import_run=told)
    assert undo(shop, oldest + 1), "words of customers that came since stay"
    with shop.workspace.records():
        assert snapshots.current().versions["voices"] == 0
        now = snapshots.current()
        Snapshot.objects.create(made_at=now.made_at, versions={**now.versions, "orders": 7})
    with pytest.raises(RuleRefused, match="newest"):
        undo(shop, oldest)
    with pytest.raises(RuleRefused, match="no import"):
        undo(shop, 999)


def test_a_join_undone_by_hand_stays_undone(shop, tmp_path):
    from okaeri.records.models import Link

    shop.import_files([first(tmp_path)])
    shop.import_files([second(tmp_path)])
    with shop.workspace.records():
        joined = Link.objects.get(undone_at=None).customer_id
    shop.unlink(joined)
    undo(shop)
    shop.import_files([second(tmp_path)])
    with shop.workspace.records():
        assert not Link.objects.filter(undone_at=None).exists()
        assert Link.objects.exclude(undone_at=None).count() == 1


def test_an_import_is_not_taken_back_once_what_stood_before_it_is_forgotten(shop, tmp_path, monkeypatch):
    from okaeri.loop import undoing
    from okaeri.records.models import Before

    monkeypatch.setattr(undoing, "UNDOABLE", 1)
    shop.import_files([first(tmp_path)])
    shop.import_files([second(tmp_path)])
    with shop.workspace.records():
        older = run_of(shop)
        assert Before.objects.filter(import_run=older).exists()
    shop.import_files([eccube(tmp_path / "third.csv", [{"注文番号": "60"}])])
    with shop.workspace.records():
        assert not Before.objects.filter(import_run=older).exists()
    assert undo(shop)
    with pytest.raises(RuleRefused, match="newest"):
        undo(shop, older)


def test_a_join_the_import_changed_gets_back_what_stood_there(shop, tmp_path):
    from okaeri.loop import undoing
    from okaeri.records.models import ImportRun, Link

    shop.import_files([first(tmp_path)])
    shop.import_files([second(tmp_path)])
    with shop.workspace.records():
        older, newer = ImportRun.objects.order_by("pk")
        told = {"customer_id": "own:900", "person_id": "own:7", "reason": "mail", "evidence": "x"}
        Link.objects.create(**told, made_at=older.finished_at, import_run=older)
        undoing.keep_link("own:900", newer)
        Link.objects.filter(customer_id="own:900").update(person_id="own:8", reason="phone_name", import_run=newer)
        undo(shop, newer.pk)
        columns = (*told, "made_at", "import_run", "undone_at")
        assert Link.objects.values(*columns).get(customer_id="own:900") == {
            **told, "made_at": older.finished_at, "import_run": older.pk, "undone_at": None,
        }  # fmt: skip


def test_a_fault_in_the_middle_changes_nothing(shop, tmp_path, monkeypatch):
    from okaeri.records.models import RefreshRun, Snapshot

    shop.import_files([first(tmp_path)])
    before = everything(shop)

    def broken(*args, **kwargs):
        raise OSError("in the middle")

    with shop.workspace.records():
        number = run_of(shop)
    for owner, name in ((Snapshot.objects, "create"), (RefreshRun.objects, "all")):
        with monkeypatch.context() as broke:
            broke.setattr(owner, name, broken)
            with pytest.raises(OSError, match="in the middle"):
                undo(shop, number)
        assert everything(shop) == before
    assert undo(shop, number)


@pytest.fixture
def slow(shop, monkeypatch):
    """Measuring takes so long that ``slow.append(act)`` lets something happen in the middle of it."""
    from okaeri.loop import refresh

    acts = []

    def compute(*args, **kwargs):
        if acts:
            acts.pop()()
        return {}

    shop.workspace.measured.mkdir(exist_ok=True)
    monkeypatch.setattr(refresh, "compute", compute)
    monkeypatch.setattr(refresh, "publish", lambda *args: None)
    return acts


def test_what_is_taken_back_while_the_shop_is_measured_is_not_shown(shop, slow, tmp_path):
    from okaeri.loop import snapshots

    shop.import_files([first(tmp_path)])
    with shop.workspace.records():
        older = run_of(shop)
    shop.import_files([second(tmp_path)])
    slow.append(lambda: undo(shop))
    shop.refresh()
    with shop.workspace.records():
        assert snapshots.latest_refresh().snapshot == snapshots.current()
    slow.append(lambda: undo(shop, older))
    with pytest.raises(RuleRefused, match="no orders"):
        shop.refresh()
    with shop.workspace.records():
        assert snapshots.latest_refresh() is None


def test_what_is_taken_in_while_the_shop_is_measured_is_shown_by_the_next(shop, slow, tmp_path):
    from okaeri.loop import snapshots

    shop.import_files([first(tmp_path)])
    with shop.workspace.records():
        before = snapshots.current()
    slow.append(lambda: shop.import_files([second(tmp_path)]))
    shop.refresh()
    with shop.workspace.records():
        assert snapshots.latest_refresh().snapshot == before


def test_an_import_of_a_version_that_kept_nothing_of_before_cannot_be_undone(shop, tmp_path):
    from okaeri.loop.undoing import undoable
    from okaeri.records.models import ImportRun

    shop.import_files([first(tmp_path)])
    with shop.workspace.records():
        assert undoable().pk == run_of(shop)
        ImportRun.objects.update(actor="")
        assert undoable() is None
    with pytest.raises(RuleRefused, match="newest"):
        undo(shop, 1)
