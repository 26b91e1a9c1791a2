"""Who may do what: each page and verb of the console and the HTTP API asks for one permission, each role has some."""

from __future__ import annotations

from types import MappingProxyType

ROLES = ("owner", "marketer", "analyst", "support", "read_only")

#: Permission to the roles that have it. A figure is never about one person: who a customer is, and what is measured of a
#: single one, are ``people``; a file of rows without who they are is ``export_figures``.
PERMISSIONS = MappingProxyType(
    {
        "figures": frozenset(ROLES),
        "export_figures": frozenset({"owner", "marketer", "analyst"}),
        "people": frozenset({"owner", "marketer", "support"}),
        "export_people": frozenset({"owner", "marketer"}),
        "notes": frozenset({"owner", "marketer", "support"}),
        "segments": frozenset({"owner", "marketer", "analyst"}),
        "plan": frozenset({"owner", "marketer"}),
        "voices": frozenset({"owner", "marketer", "analyst", "support"}),
        "answer_voices": frozenset({"owner", "marketer", "support"}),
        "data": frozenset({"owner", "marketer", "analyst"}),
        "import": frozenset({"owner", "marketer"}),
        "settings": frozenset({"owner", "marketer"}),
        "staff": frozenset({"owner"}),
        "api_keys": frozenset({"owner"}),
        "audit": frozenset({"owner"}),
    }
)


def may(role: str, permission: str) -> bool:
    """Whether ``role`` carries ``permission``; raises KeyError for a permission there is not."""
    return role in PERMISSIONS[permission]
