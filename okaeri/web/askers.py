"""From which address somebody asks, where a proxy of the shop's own stands before the server."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
FORWARDED = "HTTP_X_FORWARDED_FOR"
#: Proxies in a row; a longer chain was written by somebody who wants to be hard to read.
MOST_HOPS = 20


def asker(about: dict[str, Any], proxies: Sequence[str]) -> str:
    """The address of who asks, of a request's WSGI environment: who is connected, unless that is one of the trusted
    ``proxies`` (addresses or networks). Then the nearest address in X-Forwarded-For that is none of them; what lies
    beyond it was written by nobody one trusts."""
    connected: str = about.get("REMOTE_ADDR", "")
    trusted, here = _networks(tuple(proxies)), _address(connected)
    if here is None or not _is_in(here, trusted):
        return connected
    for told in reversed(about.get(FORWARDED, "").split(",")[-MOST_HOPS:]):
        hop = _address(told)
        if hop is None:
            break
        here = hop
        if not _is_in(hop, trusted):
            break
    return str(here)


def _address(text: str) -> Address | None:
    """An address, with or without a port; one of IPv4 in the clothes of IPv6 as what it is."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


@lru_cache(maxsize=8)
def _networks(written: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(one, strict=False) for one in written)
