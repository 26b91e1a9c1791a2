"""Costs entered by hand: one amount a month, source and campaign, in the history and the log, and out of them again."""

import re
from decimal import Decimal
from html import unescape

import pytest

import okaeri
from okaeri.loop.workspace import start_django

start_django()

from okaeri.loop import spending  # noqa: E402
from okaeri.records.models import AuditEntry, ImportRun  # noqa: E402
from tests.web.console.shops import client_of, staffed  # noqa: E402


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return staffed(okaeri.init(tmp_path_factory.mktemp("costs") / "shop"))


@pytest.fixture
def marketer(shop):
    return client_of(shop, "marketer")


def key_of(client):
    return re.search(r'name="key" value="(\w+)"', client.get("/console/data/costs/").content.decode())[1]


def enter(client, amount, month="2026-03", via="ad", campaign="春", key=None, verb="enter"):
    sent = {"month": month, "via": via, "campaign": campaign, "amount": amount, "key": key or key_of(client)}
    return client.post(f"/console/data/costs/{verb}/", sent)


def facts(shop):
    """What figures count: costs of a source, by month, source and campaign."""
    rows = shop.show("costs").to_pylist()
    return {
        (f"{row['spent_on']:%Y-%m}", row["acquired_via"], row["campaign"] or ""): row["amount"]
        for row in rows if row["acquired_via"] is not None
    }  # fmt: skip


def test_a_cost_is_entered_changed_set_back_and_taken_back(shop, marketer):
    answer = enter(marketer, "１２０，０００円")
    assert (answer.status_code, answer["Location"]) == (303, "/console/data/costs/?saved=entered&month=2026-03")
    enter(marketer, "0.75", via="referral", campaign="")
    assert facts(shop) == {("2026-03", "ad", "春"): Decimal(120000), ("2026-03", "referral", ""): Decimal("0.75")}
    for amount, held in (("90000", 90000), ("120000", 120000)):
        enter(marketer, amount)
        assert facts(shop)["2026-03", "ad", "春"] == held
    text = unescape(marketer.get("/console/data/costs/").content.decode())
    assert "120,000円" in text
    assert "120,001円" in text  # both together
    assert enter(marketer, "", verb="take-back")["Location"].endswith("?saved=back&month=2026-03")
    assert facts(shop) == {("2026-03", "referral", ""): Decimal("0.75")}
    assert "120,000円" not in marketer.get("/console/data/costs/").content.decode()
    enter(marketer, "7")
    assert facts(shop)["2026-03", "ad", "春"] == 7


def test_the_same_form_twice_is_one_cost_and_stands_in_history_and_log(shop, marketer):
    key = key_of(marketer)
    with shop.workspace.records():
        before = ImportRun.objects.count()
    assert [enter(marketer, "5000", month="2026-01", key=key).status_code for _ in range(2)] == [303, 303]
    with shop.workspace.records():
        assert ImportRun.objects.count() == before + 1
        run = ImportRun.objects.latest("pk")
        noted = AuditEntry.objects.filter(action="import").latest("pk")
    assert (run.file_name, run.source, run.actor) == ("costs 2026-01 ad 春 5000.csv", "plain_costs", "marketer")
    assert (noted.actor, noted.detail["file"]) == ("marketer", run.file_name)
    assert run.file_name in marketer.get("/console/data/imports/").content.decode()
    marketer.post(f"/console/data/imports/{run.pk}/undo/")
    assert ("2026-01", "ad", "春") not in facts(shop)


def test_costs_of_files_stand_beside_and_cannot_be_taken_back_here(shop, marketer, tmp_path):
    (tmp_path / "ads.csv").write_text(
        "spent_on,acquired_via,campaign,amount\n2025-12-03,ad,x,300\n2025-12-09,ad,x,400\n"
    )
    shop.import_files([tmp_path / "ads.csv"])
    enter(marketer, "1000", month="2025-12", campaign="x")
    with shop.workspace.records():
        (month,) = [one for one in spending.entered(shop.workspace) if one["month"] == "2025-12"]
    assert [(row["amount"], row["is_entered"]) for row in month["rows"]] == [(700, False), (1000, True)]
    assert month["total"] == 1700
    enter(marketer, "", month="2025-12", campaign="x", verb="take-back")
    with shop.workspace.records():
        (month,) = [one for one in spending.entered(shop.workspace) if one["month"] == "2025-12"]
    assert [(row["amount"], row["is_entered"]) for row in month["rows"]] == [(700, False)]


@pytest.mark.parametrize(
    "wrong", [{"month": "2026-13"}, {"month": ""}, {"via": "x"}, {"via": "unknown"}, {"amount": "-1"}, {"amount": "x"},
              {"amount": "1e30"}, {"amount": "NaN"}, {"amount": ""}],
)  # fmt: skip
def test_what_is_no_cost_is_said_and_changes_nothing(shop, marketer, wrong):
    before = facts(shop)
    answer = enter(marketer, **{"amount": "5", "campaign": "k", **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert 'value="k"' in answer.content.decode()
    assert facts(shop) == before


def test_who_may_not_bring_data_enters_no_costs(shop):
    for role in ("analyst", "support", "read_only"):
        assert client_of(shop, role).get("/console/data/costs/").status_code == 403
        assert enter(client_of(shop, role), "5", key="k").status_code == 403
