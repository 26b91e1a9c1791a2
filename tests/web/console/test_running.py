"""Settings, staff, keys and the log: what is changed holds at once, is kept whole, and is written down."""

import ast
import os
import re
import threading
import tomllib
from pathlib import Path

import pytest

import okaeri
from okaeri.schema.errors import DataRejected, RuleRefused
from okaeri.schema.rules import Rules
from tests.web.console.shops import PASSWORD, client_of, measured_shop

RFM = {"rules.rfm_recency": "", "rules.rfm_frequency": "", "rules.rfm_value": ""}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("running"))


@pytest.fixture
def file(shop):
    """The settings' file with a comment in it, put back after the test."""
    path = shop.workspace.path / "okaeri.toml"
    before = path.read_bytes()
    path.write_bytes(before + "\n[rules]\n# なぜ: 決算に合わせる\ncompare_days = 30 # 日\n".encode())
    yield path
    path.write_bytes(before)


@pytest.fixture
def owner(shop):
    return client_of(shop, "owner")


def seen(client):
    return re.search(r'name="seen" value="(\w+)"', client.get("/console/settings/").content.decode())[1]


def noted(shop, action):
    from okaeri.records.models import AuditEntry

    with shop.workspace.records():
        return list(AuditEntry.objects.filter(action=action).order_by("pk").values("actor", "detail"))


def test_every_rule_is_on_the_page_once_with_its_default(owner):
    text = owner.get("/console/settings/").content.decode()
    for name in (*Rules.__dataclass_fields__, "fiscal_year_start", "ltv", "max_rejected_share"):
        assert len(re.findall(rf'id="set-\w+\.{name}"', text)) == 1, name
    assert 'placeholder="30, 90, 180, 365"' in text


def test_a_setting_is_saved_beside_what_stood_there_and_holds_without_a_restart(shop, owner, file):
    sent = {**RFM, "rules.rfm_recency": "10、20, 30,40", "seen": seen(owner)}
    answer = owner.post("/console/settings/rfm/save/", sent)
    assert (answer.status_code, answer["Location"]) == (303, "/console/settings/?saved=rfm#rfm")
    text = file.read_text(encoding="utf-8")
    assert "# なぜ: 決算に合わせる\ncompare_days = 30 # 日" in text
    assert tomllib.loads(text)["rules"] == {"compare_days": 30, "rfm_recency": [10, 20, 30, 40]}
    after = owner.get(answer["Location"].split("#")[0]).content.decode()
    assert 'value="10, 20, 30, 40"' in after
    assert after.count('action="/console/jobs/measure/"') == 1  # the figures still stand on the bounds of before
    assert noted(shop, "settings")[-1] == {
        "actor": "owner", "detail": {"rules.rfm_recency": [[30, 90, 180, 365], [10, 20, 30, 40]]}
    }  # fmt: skip


def test_the_same_form_twice_changes_once_and_the_default_leaves_the_file(shop, owner, file):
    sent = {"targets.ltv": "12000", "seen": seen(owner)}
    before = len(noted(shop, "settings"))
    assert [owner.post("/console/settings/targets/save/", sent).status_code for _ in range(2)] == [303, 303]
    assert tomllib.loads(file.read_text())["targets"] == {"ltv": 12000.0}
    assert len(noted(shop, "settings")) == before + 1
    owner.post("/console/settings/targets/reset/", {"seen": seen(owner)})
    assert tomllib.loads(file.read_text()).get("targets", {}) == {}
    assert noted(shop, "settings")[-1]["detail"] == {"targets.ltv": [12000.0, None]}
    assert "targets.ltv: 12000.0 → —" in owner.get("/console/audit/?action=settings").content.decode()


def test_a_change_another_made_meanwhile_is_not_overwritten(owner, file):
    looked_at = seen(owner)
    file.write_text(file.read_text() + "min_support = 9\n")
    answer = owner.post("/console/settings/cpm/save/", {"rules.dormant_after": "100", "seen": looked_at})
    assert answer.status_code == 409
    assert "ほかの人が設定を変更しました" in answer.content.decode()
    assert "dormant_after" not in file.read_text()


WRONG = [
    ("rfm", "rules.rfm_recency", "30, 20, 90, 100"), ("rfm", "rules.rfm_recency", "1, 2, 3"),
    ("rfm", "rules.rfm_recency", "a"), ("value", "rules.default_margin", "1.5"), ("value", "rules.default_margin", "nan"),
    ("value", "rules.horizons", ","), ("value", "rules.conversion_window", "-1"), ("shop", "shop.fiscal_year_start", "13"),
    ("shop", "shop.language", "fr"), ("targets", "targets.f2_rate", "40"),
]  # fmt: skip


@pytest.mark.parametrize(("group", "place", "text"), WRONG)
def test_a_value_no_shop_can_mean_is_refused_at_its_field(owner, file, group, place, text):
    before = file.read_bytes()
    answer = owner.post(f"/console/settings/{group}/save/", {place: text, "seen": seen(owner)})
    assert answer.status_code == 422
    assert re.search(rf'id="set-{re.escape(place)}".*?role="alert"', answer.content.decode(), re.DOTALL)
    assert file.read_bytes() == before


def test_what_facts_were_made_with_cannot_be_changed(owner, file):
    before = tomllib.loads(file.read_text())["shop"]
    sent = {"shop.name": "新しい名", "shop.timezone": "UTC", "shop.currency": "USD", "shop.language": "ja"}
    owner.post("/console/settings/shop/save/", {**sent, "seen": seen(owner)})
    assert tomllib.loads(file.read_text())["shop"] == {**before, "name": "新しい名"}


def test_settings_broken_by_hand_leave_those_before_in_force(owner, file):
    whole = file.read_bytes()
    file.write_bytes(whole + b"\n[rules")
    assert owner.get("/console/settings/").status_code == 200
    os.utime(file, ns=(1, 1))
    assert owner.get("/console/").status_code == 200
    file.write_bytes(whole)
    assert owner.get("/console/").status_code == 200


def test_saving_that_dies_leaves_the_old_file_or_the_new_one(shop, file, monkeypatch):
    from okaeri.loop import editing

    before, count = file.read_bytes(), len(noted(shop, "settings"))
    monkeypatch.setattr(editing.os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError("no space")))
    with shop.workspace.records(), pytest.raises(OSError, match="no space"):
        editing.save_settings(
            shop.workspace, {"rules.min_support": 7}, seen=editing.digest_of(shop.workspace), actor="owner"
        )
    assert file.read_bytes() == before
    assert len(noted(shop, "settings")) == count


def test_of_two_who_save_at_once_one_is_told(shop, file):
    from okaeri.loop import editing

    looked_at, told = editing.digest_of(shop.workspace), []

    def save(value):
        with shop.workspace.records():
            try:
                editing.save_settings(shop.workspace, {"rules.min_support": value}, seen=looked_at, actor="owner")
                told.append(value)
            except RuleRefused:
                told.append(None)

    both = [threading.Thread(target=save, args=(value,)) for value in (7, 8)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    (kept,) = [value for value in told if value is not None]
    assert len(told) == 2
    assert tomllib.loads(file.read_text())["rules"]["min_support"] == kept


def test_settings_read_by_the_loop_refuse_what_the_page_refuses(shop, file):
    from okaeri.loop import editing

    with shop.workspace.records(), pytest.raises(DataRejected):
        editing.save_settings(
            shop.workspace, {"rules.min_support": 0}, seen=editing.digest_of(shop.workspace), actor="owner"
        )


@pytest.mark.parametrize(
    ("scheme", "columns", "bounds"),
    [
        ("rfm", {"rank", "r", "f", "m"}, {"rfm_recency": (1, 2, 3, 4), "rfm_value": (1, 2, 3, 4)}),
        ("cpm", {"cpm"}, {"dormant_after": 30, "cpm_large_value": 1000}),
        ("status", {"status"}, {"one_year_after": 30, "dormant_bounds": (1, 20)}),
    ],
)
def test_classes_seen_ahead_are_those_the_next_refresh_makes(shop, tmp_path, scheme, columns, bounds):
    """Against a real measurement with the same bounds; now as the table in force counts."""
    from dataclasses import replace

    from okaeri.loop.previewing import SCHEMES, preview
    from okaeri.loop.published import published
    from okaeri.loop.reading import read_measured
    from okaeri.loop.refresh import compute
    from okaeri.loop.snapshots import current

    rules = replace(Rules(), **bounds)
    name = SCHEMES[scheme][0]
    with shop.workspace.records():
        laid = published(shop.workspace)
        told = preview(shop.workspace, laid, scheme, rules)
        other = replace(shop.workspace, settings=replace(shop.workspace.settings, rules=rules))
        compute(other, tmp_path, current().versions, as_of=laid.as_of, wanted=[name])
    assert set(told) == columns
    now, then = shop.show(name).to_pylist(), read_measured(tmp_path / f"{name}.parquet").to_pylist()
    for column, kinds in told.items():
        for kind, pair in kinds.items():
            assert pair == tuple(sum(str(row[column]) == kind for row in rows) for rows in (now, then)), (column, kind)
        assert sum(after for _, after in kinds.values()) == len(then)
        assert any(before != after for before, after in kinds.values()) or column == "f"


def test_a_look_ahead_changes_nothing_and_shows_both_counts(owner, file):
    before = file.read_bytes()
    answer = owner.post("/console/settings/cpm/preview/", {"rules.dormant_after": "30", "seen": seen(owner)})
    assert answer.status_code == 200
    assert "いまの人数" in answer.content.decode()
    assert 'value="30"' in answer.content.decode()
    assert file.read_bytes() == before
    assert owner.post("/console/settings/belt/preview/").status_code == 404
    assert owner.post("/console/settings/nothing/save/").status_code == 404


def test_a_new_member_of_staff_signs_in_with_the_password_shown_once(shop, owner):
    page = owner.post("/console/staff/add/", {"name": "Jiro", "role": "support"}).content.decode()
    password = re.search(r"jiro: <code>([\w-]+)</code>", page)[1]
    assert password not in owner.get("/console/staff/").content.decode()
    jiro = client_of(shop)
    assert jiro.post("/console/sign-in/", {"username": "jiro", "password": password}).status_code == 303
    assert jiro.get("/console/").status_code == 200
    assert owner.post("/console/staff/add/", {"name": "ＪＩＲＯ", "role": "support"}).status_code == 422
    assert owner.post("/console/staff/add/", {"name": "x", "role": "king"}).status_code == 422
    assert password not in str(noted(shop, "staff"))


def test_staff_get_another_role_are_let_go_and_taken_back(shop, owner):
    from okaeri.records.models import Staff

    with shop.workspace.records():
        pk = Staff.objects.get(name="marketer").pk
        mine = Staff.objects.get(name="owner").pk
    marketer = client_of(shop, "marketer")
    assert owner.post(f"/console/staff/{pk}/role/", {"role": "analyst"}).status_code == 303
    assert marketer.get("/console/settings/").status_code == 403
    assert owner.post(f"/console/staff/{pk}/let-go/").status_code == 303
    assert marketer.get("/console/").status_code == 302
    assert owner.post(f"/console/staff/{pk}/take-back/").status_code == 303
    assert owner.post(f"/console/staff/{pk}/role/", {"role": "marketer"}).status_code == 303
    page = owner.post(f"/console/staff/{pk}/password/").content.decode()
    new = re.search(r"marketer: <code>([\w-]+)</code>", page)[1]
    told = {name: client_of(shop).post("/console/sign-in/", {"username": "marketer", "password": name}).status_code
            for name in (PASSWORD, new)}  # fmt: skip
    assert told == {PASSWORD: 422, new: 303}
    for refused in (f"/console/staff/{mine}/let-go/", f"/console/staff/{mine}/role/"):
        answer = owner.post(refused, {"role": "support"})
        assert answer.status_code == 422
        assert "One owner has to stay" not in answer.content.decode()
    assert owner.get("/console/staff/").status_code == 200
    assert owner.post("/console/staff/99999/let-go/").status_code == 404


def test_a_key_is_shown_once_and_revoked(shop, owner):
    page = owner.post("/console/api-keys/make/", {"name": "カート", "permissions": ["figures", "import"]})
    text = re.search(r"okaeri_[\w-]{40,}", page.content.decode())[0]
    listed = owner.get("/console/api-keys/").content.decode()
    assert text not in listed
    assert "カート" in listed
    asked = {"headers": {"Authorization": f"Bearer {text}"}}
    assert client_of(shop).get("/api/v1/tables", **asked).status_code == 200
    from okaeri.records.models import ApiKey

    with shop.workspace.records():
        pk = ApiKey.objects.get(name="カート").pk
    for _ in range(2):
        assert owner.post(f"/console/api-keys/{pk}/revoke/").status_code == 303
    assert client_of(shop).get("/api/v1/tables", **asked).status_code == 401
    assert len(noted(shop, "api key revoked")) == 1
    assert text not in str(noted(shop, "api key"))
    assert owner.post("/console/api-keys/make/", {"name": "x", "permissions": ["staff"]}).status_code == 422
    assert owner.post("/console/api-keys/make/", {"name": "x"}).status_code == 422


def actions_noted():
    """What the code writes into the log, read from its source."""
    for path in Path(okaeri.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            place = {"note": 1, "_change": 2, "_noted": 2}.get(name)
            given = [call.args[place]] if place is not None and len(call.args) > place else []
            given += [word.value for word in call.keywords if word.arg == "action"]
            yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


def test_the_log_has_a_word_for_everything_that_is_noted():
    from okaeri.web.console.office_words import ACTIONS

    noted_by_code = set(actions_noted())
    assert {"import", "job", "close voice", "hide review", "survey"} <= noted_by_code
    assert noted_by_code - set(ACTIONS) == set()


def test_the_log_is_newest_first_filtered_and_paged(shop, owner):
    from datetime import UTC, datetime

    from okaeri.records.models import AuditEntry

    midnight = datetime(2026, 1, 31, 15, tzinfo=UTC)  # 2026-02-01 in Tokyo
    with shop.workspace.records():
        AuditEntry.objects.bulk_create(
            AuditEntry(at=midnight, actor="robot", action="test", detail={"n": f"no{number}."}) for number in range(250)
        )
        AuditEntry.objects.create(at=datetime(2026, 1, 31, 14, 59, tzinfo=UTC), actor="robot", action="test", detail={})
    address, numbers = "/console/audit/?actor=robot&action=test&day=2026-02-01", []
    while address:
        text = owner.get(address).content.decode()
        numbers += [int(number) for number in re.findall(r"no(\d+)\.", text)]
        older = re.search(r'href="(\?[^"]*before=[^"]*)"', text)
        address = "/console/audit/" + older[1].replace("&amp;", "&") if older else None
    assert numbers == list(range(249, -1, -1))
    assert "2026-02-01 00:00:00" in owner.get("/console/audit/?day=2026-02-01").content.decode()
    assert "no1." not in owner.get("/console/audit/?actor=owner").content.decode()
    for wrong in ("day=soon", "before=-1", "before=99999999999999999999"):
        assert owner.get(f"/console/audit/?{wrong}").status_code == 422


def test_the_start_pages_strip_tells_work_begun_elsewhere_and_what_came_last(shop):
    from okaeri.loop.at_work import at_work

    client = client_of(shop, "read_only")
    still = client.get("/console/jobs/").content.decode()
    assert "every 20s" in still
    assert "<progress" not in still
    assert "2026年4月1日" in still  # measured last as of
    with shop.workspace.records():
        from okaeri.records.models import ImportRun

        run = ImportRun.objects.latest("pk")
    assert run.file_name in still
    assert f"{sum(run.counts.values()):,}" in still or len(run.counts) > 1
    with at_work(shop.workspace, "import", "注文.csv") as tell:
        tell("checking", 0.35)
        told = client.get("/console/jobs/").content.decode()
    assert "注文.csv" in told
    assert 'value="0.350"' in told
    assert "every 2s" in told
