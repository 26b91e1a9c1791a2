"""Which customers behind one mail address are one person: a family may share a mailbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import combinations

from okaeri.ingest.person_keys import Keys, same_name

Names = Mapping[str, Set[Keys]]


def one_persons(names: Names) -> Iterator[tuple[str, str]]:
    """Pairs of ids that are one person's, smaller id first.

    Ids with the same name are. Ids whose names cannot be compared (one is missing, or in Roman letters) are too, unless
    it would then be open which of several differing names they go with.
    """
    ids = sorted(names)
    verdicts = {(one, other): _verdict(names[one], names[other]) for one, other in combinations(ids, 2)}
    alike = _connected(ids, [pair for pair, verdict in verdicts.items() if verdict])
    may_be = _connected(ids, [pair for pair, verdict in verdicts.items() if verdict is not False])
    unsure = {
        may_be[one] for (one, other), verdict in verdicts.items() if verdict is False and may_be[one] == may_be[other]
    }
    for (one, other), verdict in verdicts.items():
        if alike[one] == alike[other] or (verdict is None and may_be[one] not in unsure):
            yield one, other


def _verdict(one: Set[Keys], other: Set[Keys]) -> bool | None:
    """True if any names agree, False if some differ and none agree, None if none can be compared."""
    found = {same_name(first, second) for first in one for second in other}
    return True if True in found else (False if False in found else None)


def _connected(ids: list[str], pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Each id's group, called after its smallest id."""
    group = {customer: customer for customer in ids}
    for one, other in pairs:
        first, second = sorted((group[one], group[other]))
        group = {customer: first if name == second else name for customer, name in group.items()}
    return group
