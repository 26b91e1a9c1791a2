"""Words for the codes of settings, keys and the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okaeri.web.report import labels
from okaeri.web.report.labels import Word

KEY_PERMISSIONS: dict[str, Word] = {
    "figures": _("read figures"),
    "export_figures": _("read rows of single customers, without who they are"),
    "voices": _("read what customers said"),
    "people": _("read names, mails, phones and addresses"),
    "import": _("send orders, customers, events and voices"),
}
ACTIONS: dict[str, Word] = {
    "answer review": _("Review answered"),
    "answer voice": _("Voice answered"),
    "api key": _("API key made"),
    "api key revoked": _("API key revoked"),
    "assign voice": _("Voice assigned"),
    "assign voices": _("All voices that fit assigned"),
    "close voice": _("Voice closed"),
    "close voices": _("All voices that fit closed"),
    "correct score": _("Score put right"),
    "draft answer": _("Draft of an answer kept"),
    "export": _("Rows exported"),
    "export customers": _("Customers exported"),
    "hide review": _("Words of a review hidden"),
    "import": _("Import"),
    "job": _("Work asked for"),
    "note": _("Note on a customer"),
    "plan": _("Plan saved"),
    "read people": _("Names and addresses read over the API"),
    "received": _("Received from a program"),
    "reopen voice": _("Voice reopened"),
    "restore review": _("Words of a review shown again"),
    "review reward": _("Reward for reviews promised"),
    "segment": _("Group of customers changed"),
    "settings": _("Settings changed"),
    "sign in": _("Signed in"),
    "sign out": _("Signed out"),
    "sketch": _("Sketch of a journey saved"),
    "staff": _("Staff changed"),
    "survey": _("Survey"),
    "task done": _("Task done"),
    "undo import": _("Import undone"),
    "link": _("Customers joined by hand"),
    "unlink": _("Merge undone"),
}


SCHEME_COLUMNS: dict[str, Word] = {
    "status": _("Status"),
    "cpm": _("CPM class"),
    "rank": _("RFM rank"),
    "r": _("R step"),
    "f": _("F step"),
    "m": _("M step"),
}


def action_word(action: str) -> str:
    """An action of the log as people call it; as it is kept where there is no word for it."""
    return str(ACTIONS.get(action, action))


def scheme_column(column: str) -> str:
    """The column that names classes, as people call it."""
    return str(SCHEME_COLUMNS[column])


def class_word(column: str, code: str) -> str:
    """A class as people call it."""
    return str({"status": labels.STATUSES, "cpm": labels.CPM}.get(column, {}).get(code, code))
