"""Panels are written before anybody asks: whoever opens the console in the morning finds last night's figures at once."""

from __future__ import annotations

import logging
import threading
import time
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connections
from django.utils import timezone, translation

from okaeri.loop import voices
from okaeri.loop.published import Published, published
from okaeri.loop.workspace import Workspace
from okaeri.records.models import Staff
from okaeri.web.console.panels import PANELS, written
from okaeri.web.serving import served

log = logging.getLogger("okaeri.web")
#: Between two looks whether there are new figures.
SECONDS = 20.0


def keep_warm() -> None:
    """Write panels anew after each refresh, beside the requests of this process, as long as it lives."""
    threading.Thread(target=_again_and_again, name="okaeri-warming", daemon=True).start()


def _again_and_again() -> None:
    last: tuple[object, ...] = ()
    while True:
        workspace = served()
        try:
            with workspace.records():
                told = published(workspace), workspace.settings, readers(workspace)
            if told[0] is not None and told != last:
                warm(workspace, told[0], told[2])
                last = told
        except (DatabaseError, OSError) as error:  # such as a disk that is full: the next look may find it well
            log.warning("Panels could not be written beforehand: %s", error)
        finally:
            connections.close_all()
        time.sleep(SECONDS)


def readers(workspace: Workspace) -> frozenset[tuple[str, str]]:
    """Languages and roles of those who may look. Call it with the records in use."""
    own = workspace.settings.shop.language
    rows = Staff.objects.filter(is_active=True).values_list("language", "role")
    return frozenset((language or own, role) for language, role in rows)


def warm(workspace: Workspace, laid: Published, readers: frozenset[tuple[str, str]]) -> None:
    """Write every panel in each of these languages for each of these roles, and look who closed which voice."""
    zone = ZoneInfo(workspace.settings.shop.timezone)
    for language, role in sorted(readers):
        with translation.override(language), timezone.override(zone):
            for names in PANELS.values():
                for name in names:
                    written(laid, workspace.settings, name, language, role)
    with workspace.records():
        voices.leaf(laid, voices.Wanted(), "")  # the inbox as it opens
