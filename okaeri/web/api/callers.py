"""Who asks the API: a program with a key, or somebody signed in to the console who only looks."""

from __future__ import annotations

import hashlib
import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from okaeri.records import keys
from okaeri.records.audit import note
from okaeri.records.database import current
from okaeri.records.models import ApiKey, Staff
from okaeri.records.roles import PERMISSIONS
from okaeri.web.api.problems import Refused

#: Wrong keys from one address within a minute, after which more are not looked up.
WRONG_KEYS, WITHIN_SECONDS = 30, 60
NOTED_EVERY_SECONDS = 3600


@dataclass(frozen=True)
class Caller:
    """Whoever asks, with what they are allowed. ``key`` is None for staff."""

    name: str
    permissions: frozenset[str]
    key: ApiKey | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions


class Key(HttpBearer):
    """A key of the shop, made under Settings."""

    openapi_bearerFormat = "okaeri_..."  # noqa: N815

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        key = keys.known(token)
        if key is None:
            _count_wrong(request)
            return None
        return Caller(f"key {key.name}", frozenset(key.permissions), key)


class Session(APIKeyCookie):
    """The session of somebody signed in to the console; good for looking, never for sending."""

    param_name = "okaeri_session"

    def __init__(self) -> None:
        # Nothing is changed by a look, and what other sites send across holds no such cookie.
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        staff = getattr(request, "user", None)
        if request.method != "GET" or not isinstance(staff, Staff) or not staff.is_active:
            return None
        return Caller(staff.name, frozenset(name for name in PERMISSIONS if staff.may(name)))


def _count_wrong(request: HttpRequest) -> None:
    """Raises Refused for one who tries many wrong keys; right ones are let in however many wrong ones came before."""
    minute = int(time.time()) // WITHIN_SECONDS
    counter = f"wrong-keys-{request.META.get('REMOTE_ADDR')}-{minute}"
    cache.add(counter, 0, WITHIN_SECONDS)
    if cache.incr(counter) > WRONG_KEYS:
        wait = WITHIN_SECONDS - int(time.time()) % WITHIN_SECONDS
        raise Refused(429, "Too many wrong keys", {"Retry-After": str(wait)})


def asks(permission: str | None, *known: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view behind ``permission`` that refuses parameters in the address other than ``known``."""

    def behind(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answer(request: HttpRequest, *given: Any, **named: Any) -> Any:
            if permission is not None:
                demand(request, permission)
            if unknown := sorted(set(request.GET) - set(known)):
                raise Refused(422, f"There is no parameter {unknown[0]!a}")
            return view(request, *given, **named)

        # The framework reads the parameters' types, and would look for their names in this module.
        answer.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        return answer

    return behind


def note_people_read(request: HttpRequest) -> None:
    """Write down that whoever asks reads who customers are; not for each of a million, but once an hour and process."""
    caller = caller_of(request)
    reader = f"key-{caller.key.pk}" if caller.key else f"staff-{request.user.pk}"
    if cache.add(f"people-read-{current()}-{reader}", True, NOTED_EVERY_SECONDS):
        note(caller.name, "read people")


def note_rows_read(request: HttpRequest, table: str, where: Sequence[str], *, is_begun: bool) -> None:
    """Write down that rows of single customers leave: once per reading, and of one that was begun elsewhere or long ago
    once an hour, as a cursor can be made by anybody."""
    caller = caller_of(request)
    reader = f"key-{caller.key.pk}" if caller.key else f"staff-{request.user.pk}"
    conditions = hashlib.sha256("\n".join(where).encode()).hexdigest()
    is_new = cache.add(f"rows-{current()}-{reader}-{table}-{conditions}", True, NOTED_EVERY_SECONDS)
    if is_new or not is_begun:
        note(caller.name, "export", what="table", table=table, where=list(where) or None, over="api")


def demand(request: HttpRequest, permission: str) -> None:
    """Raises Refused where whoever asks may not."""
    if not caller_of(request).may(permission):
        raise Refused(403, f"This needs the permission {permission}")


def caller_of(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    return caller
