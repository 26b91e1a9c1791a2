"""Taking people on, letting them go, and the second factor."""

from datetime import UTC, datetime, timedelta

import pytest

import okaeri
from okaeri.schema.errors import RuleRefused

PASSWORD = "kumo-no-ito-2026"
#: RFC 6238, appendix B: the SHA-1 secret "12345678901234567890", and the last six digits of its codes.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.fixture
def shop(tmp_path):
    made = okaeri.init(tmp_path / "shop", name="試験")
    with made.workspace.records():
        yield made


@pytest.fixture
def people(shop):
    from okaeri.records import staff

    return staff


@pytest.mark.parametrize(("second", "code"), CODES.items())
def test_codes_are_those_of_rfc_6238_and_fit_one_step_around(people, second, code):
    for away, fits in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        at = datetime.fromtimestamp(second, UTC) + timedelta(seconds=away)
        step = people.accepted_step(SECRET, code, 0, at)
        assert step == (second // 30 if fits else None)


def test_no_code_works_twice(people):
    at = datetime.fromtimestamp(59, UTC)
    assert people.accepted_step(SECRET, "287082", 1, at) is None


def test_a_second_factor_is_asked_for_at_sign_in_and_a_used_code_is_refused(shop, people):
    import pyotp

    staff = people.take_on("花子", "owner", PASSWORD, actor="test")
    code = pyotp.TOTP(SECRET).now()
    with pytest.raises(RuleRefused):
        people.ask_second_factor(staff, SECRET, "000000" if code != "000000" else "111111", actor="test")
    people.ask_second_factor(staff, SECRET, code, actor="test")
    door = people.SignIn()
    assert door.authenticate(None, username="花子", password=PASSWORD) is None
    assert door.authenticate(None, username="花子", password=PASSWORD, code=code) is None
    later = pyotp.TOTP(SECRET).at(datetime.now(UTC) + timedelta(seconds=30))
    assert door.authenticate(None, username="花子", password="wrong", code=later) is None
    assert door.authenticate(None, username="花子", password=PASSWORD, code=later) == staff
    assert door.authenticate(None, username="花子", password=PASSWORD, code=later) is None
    people.change("花子", actor="test", without_second_factor=True)
    assert door.authenticate(None, username="花子", password=PASSWORD) == staff


def test_of_two_who_come_at_once_with_one_code_one_is_let_in(people, monkeypatch):
    staff = people.take_on("花子", "owner", PASSWORD, actor="test")
    type(staff).objects.filter(pk=staff.pk).update(totp_secret=SECRET)
    monkeypatch.setattr(people, "accepted_step", lambda secret, code, used: 7)  # neither has seen the other yet
    door = people.SignIn()
    assert [door.authenticate(None, username="花子", password=PASSWORD, code="1") for _ in range(2)] == [staff, None]


def test_a_second_factor_in_force_is_not_replaced_by_another(people):
    import pyotp

    staff = people.take_on("花子", "owner", PASSWORD, actor="test")
    people.ask_second_factor(staff, SECRET, pyotp.TOTP(SECRET).now(), actor="test")
    other = pyotp.random_base32()
    with pytest.raises(RuleRefused, match="already"):
        people.ask_second_factor(staff, other, pyotp.TOTP(other).now(), actor="test")
    staff.refresh_from_db()
    assert staff.totp_secret == SECRET


def test_names_are_one_whatever_width_or_case_they_are_typed_in(people):
    people.take_on("Hanako", "owner", PASSWORD, actor="test")
    with pytest.raises(RuleRefused):
        people.take_on("ＨＡＮＡＫＯ ", "support", PASSWORD, actor="test")


def test_weak_passwords_unknown_roles_and_empty_names_are_refused(people):
    for name, role, password in [
        ("a", "owner", "short"), ("a", "owner", "password1"), ("a", "owner", "8372910465"), ("a", "king", PASSWORD),
        (" ", "owner", PASSWORD),
    ]:  # fmt: skip
        with pytest.raises(RuleRefused):
            people.take_on(name, role, password, actor="test")


def test_the_last_owner_cannot_be_let_go_or_lowered(people):
    from okaeri.records.models import Staff

    people.take_on("a", "owner", PASSWORD, actor="test")
    for change in ({"is_active": False}, {"role": "support"}):
        with pytest.raises(RuleRefused):
            people.change("a", actor="test", **change)
    assert Staff.objects.get(name="a").may("staff")
    people.take_on("b", "owner", PASSWORD, actor="test")
    people.change("a", actor="test", is_active=False)
    assert not Staff.objects.get(name="a").may("figures")


def test_every_change_of_staff_is_in_the_log_without_the_password(people):
    from okaeri.records.models import AuditEntry

    people.take_on("a", "owner", PASSWORD, actor="test")
    people.change("a", actor="test", password=PASSWORD + "x")
    told = [(entry.action, entry.detail) for entry in AuditEntry.objects.order_by("pk")]
    assert told == [("staff", {"name": "a", "role": "owner"}), ("staff", {"name": "a", "password": "changed"})]
