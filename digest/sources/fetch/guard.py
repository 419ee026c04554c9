"""May we ask this address? Pure: what a name means is found out elsewhere, and judged here.

A stranger chooses where a redirect or a name leads, and may choose our own network. So an IP
address is refused unless the public Internet routes it (IANA's special-purpose registries, RFC 6890),
and everything that carries another address inside it is refused as well. Ports are free: the source is
the operator's choice, a request holds no line of a stranger's making, and web servers live on odd ports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from digest.text import clip, printable

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

#: longer addresses are refused
MAX_URL: Final = 2_000
_START: Final = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_ANY_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: all of the routed Internet of version 6 (RFC 4291, 2.4)
_GLOBAL_6: Final = IPv6Network("2000::/3")
#: parts of it, and of version 4, that `is_global` lets through in one Python or another
_NOT_GLOBAL: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an address of version 4
        "3fff::/20",
        "0.0.0.0/8",
        "100.64.0.0/10",  # behind a provider's NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/3",  # multicast and reserved
    )
)
#: what a name on the allow-list may lead to: home networks, and nothing that configures machines
_HOME: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The operator's list of hosts and networks that may be asked though they are not public."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Allowed:
        """Read host names, IP addresses and networks such as `192.168.1.0/24`."""
        names: set[str] = set()
        networks: list[Network] = []
        for text in texts:
            try:
                networks.append(ip_network(text.strip("[]"), strict=False))
            except ValueError:
                names.add(text.lower().rstrip("."))
        return cls(names=frozenset(names), networks=tuple(networks))


def may_connect(address: str, host: str, allowed: Allowed) -> bool:
    """Whether `host`, which means the IP address `address`, may be asked there."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        return False  # a neighbour on one of our own wires
    if any(found in network for network in allowed.networks):
        return True
    if host.lower().rstrip(".") in allowed.names and any(found in network for network in _HOME):
        return True
    return _is_public(found)


def _is_public(found: Address) -> bool:
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, IPv6Address) and found not in _GLOBAL_6:
        return False  # NAT64, mapped and compatible addresses of version 4, and what nobody was given
    return not any(found in network for network in _NOT_GLOBAL)


def wrong_with_url(url: str) -> str | None:
    """Why `url` is not asked, in words that show no password of it; `None` for a good one."""
    if len(url) > MAX_URL:
        return f"the address is longer than {MAX_URL:,} characters"
    if printable(url) != url or " " in url or "\\" in url:
        return "the address holds a blank, a backslash, or a control or invisible character"
    start = _START.match(url)
    if start is None:
        scheme = _ANY_SCHEME.match(url)
        found = f", not {clip(scheme.group(), 20)}" if scheme else ""
        return f"only http:// and https:// addresses are asked{found}"
    if "@" in start[2]:
        return "the address holds a name or password in front of the host"
    if not start[2] or start[2].startswith(":"):
        return "the address has no host"
    return None


def shown_url(url: str) -> str:
    """`url` as reports and mails may have it: without name, password and query, which may hold secrets."""
    start = _START.match(url)
    if start is None:
        return clip(printable(url.partition("?")[0].rpartition("@")[2]), 200)
    host = start[2].rpartition("@")[2]
    path, question, _ = url[start.end() :].partition("#")[0].partition("?")
    return clip(printable(f"{start[1].lower()}://{host}{path}{'?…' if question else ''}"), 200)


def host_of(url: str) -> str:
    """The host of an address as it travels, without port and brackets: whom politeness is owed."""
    start = _START.match(url)
    rest = start[2].rpartition("@")[2].lower() if start else ""
    if rest.startswith("["):
        return rest[1:].partition("]")[0]
    host = rest.partition(":")[0]
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
