"""The people who work with the console."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from okaeri.records.roles import may


class StaffDirectory(BaseUserManager["Staff"]):
    """Finds staff by the name they sign in with, whatever width or case it is typed in."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(name=name_key(username or ""))


class Staff(AbstractBaseUser):
    """One who may sign in. ``totp_secret`` is empty where no second factor is asked; ``totp_used`` is the last step
    of 30 seconds whose code was accepted, so that no code works twice."""

    name = models.CharField(max_length=100, unique=True)
    role = models.CharField(max_length=20)
    language = models.CharField(max_length=5, blank=True)
    totp_secret = models.CharField(max_length=64, blank=True)
    totp_used = models.BigIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    objects: ClassVar[Any] = StaffDirectory()
    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    def __str__(self) -> str:
        return self.name

    def may(self, permission: str) -> bool:
        """Whether this person's role carries ``permission``; raises KeyError for one there is not."""
        return self.is_active and may(self.role, permission)


def name_key(name: str) -> str:
    """The one spelling under which a name is kept."""
    return Staff.normalize_username(name).strip().casefold()
