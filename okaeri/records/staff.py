"""Taking people on, letting them go, and what they prove themselves with."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import pyotp
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from okaeri.records.audit import note
from okaeri.records.database import atomic, current
from okaeri.records.models import Staff
from okaeri.records.models.staff import name_key
from okaeri.records.roles import ROLES
from okaeri.schema.errors import RuleRefused

#: Letters of a made password; none that two people read differently.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
STEP_SECONDS = 30


def made_password() -> str:
    """A password of 80 bits in four groups, to be told once."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def take_on(name: str, role: str, password: str, *, actor: str, language: str = "") -> Staff:
    """A new member of staff; raises RuleRefused for a name that is taken, an unknown role or a weak password."""
    key = name_key(name)
    if not key or role not in ROLES:
        raise RuleRefused("Give a name, and one of these roles: {roles}", roles=", ".join(ROLES))
    _strong(password)
    with atomic():
        if Staff.objects.filter(name=key).exists():
            raise RuleRefused("There is a member of staff called {name} already", name=key)
        staff = Staff(name=key, role=role, language=language, made_at=datetime.now(UTC))
        staff.set_password(password)
        staff.save()
        note(actor, "staff", name=key, role=role)
    return staff


def change(
    name: str, *, actor: str, role: str | None = None, password: str | None = None, is_active: bool | None = None,
    without_second_factor: bool = False,
) -> Staff:  # fmt: skip
    """Give another role or password, let go or take back, or lift a lost second factor.

    Raises RuleRefused where there is no such person, or where nobody would be left who is an owner.
    """
    with atomic():
        # Two owners who lower each other at once: the second waits until the first is done, and then is the last one.
        list(Staff.objects.select_for_update().filter(role="owner").order_by("pk"))
        staff = Staff.objects.select_for_update().filter(name=name_key(name)).first()
        if staff is None or (role is not None and role not in ROLES):
            raise RuleRefused("There is no member of staff called {name}, or no such role", name=name)
        if password is not None:
            _strong(password)
            staff.set_password(password)
        staff.role = role or staff.role
        staff.is_active = staff.is_active if is_active is None else is_active
        staff.totp_secret = "" if without_second_factor else staff.totp_secret
        staff.save()
        if not Staff.objects.filter(role="owner", is_active=True).exists():
            raise RuleRefused("One owner has to stay")
        told = {"role": role, "password": "changed" if password else None, "is_active": is_active}
        note(actor, "staff", name=staff.name, second_factor="lifted" if without_second_factor else None, **told)
    return staff


def ask_second_factor(staff: Staff, secret: str, code: str, *, actor: str) -> None:
    """Ask ``staff`` for codes made from ``secret`` from now on; raises RuleRefused where ``code`` is not one of them, and
    where codes of another secret are asked for: only an owner lifts those."""
    with atomic():
        if Staff.objects.select_for_update().get(pk=staff.pk).totp_secret:
            raise RuleRefused("A code is asked for already; an owner can lift it")
        step = accepted_step(secret, code, 0)
        if step is None:
            raise RuleRefused("This code does not fit; check the clock of the device")
        staff.totp_secret, staff.totp_used = secret, step
        staff.save(update_fields=["totp_secret", "totp_used"])
        note(actor, "staff", name=staff.name, second_factor="asked")


def accepted_step(secret: str, code: str, used: int, at: datetime | None = None) -> int | None:
    """The 30-second step (RFC 6238) whose code this is: now, one before or one after, later than ``used``; or None."""
    now = int((at or datetime.now(UTC)).timestamp()) // STEP_SECONDS
    totp, given = pyotp.TOTP(secret), code.replace(" ", "")
    for step in (now - 1, now, now + 1):
        if step > used and pyotp.utils.strings_equal(totp.generate_otp(step), given):
            return step
    return None


class SignIn(ModelBackend):
    """Name and password, and a code where a second factor is asked. Wrong codes count as wrong passwords do."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Staff | None:
        found = super().authenticate(request, username=username, password=password)
        if not isinstance(found, Staff) or not found.totp_secret:
            return found if isinstance(found, Staff) else None
        step = accepted_step(found.totp_secret, str(kwargs.get("code") or ""), found.totp_used)
        if step is None:
            return None
        # Two requests with the same code: the database lets one through.
        fresh = Staff.objects.using(current()).filter(pk=found.pk, totp_used__lt=step).update(totp_used=step)
        return found if fresh else None


def _strong(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as weak:
        raise RuleRefused("This password is too weak: {why}", why=" ".join(weak.messages)) from weak
