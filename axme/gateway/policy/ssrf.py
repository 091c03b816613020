"""Where the gateway may be sent by a URL that somebody else wrote: nowhere near itself and its neighbours.

One strict grammar reads the URL, so no second parser can read another host out of it; and what counts is the address
that is connected to, not the name it came from.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

URL_CHARS = 4096
PORTS = frozenset({80, 443, 8080, 8443})
_HOST_CHARS = 253
_DEFAULT_PORT = {"http": 80, "https": 443}
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:[/?](?:[a-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9a-f]{2})*)?)",
    re.IGNORECASE | re.ASCII,
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
#: A name that ends like this is read as an IPv4 address by one resolver or another: 2130706433, 0x7f.1, 0177.0.0.1.
_NUMERIC_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")

_LOCAL = tuple(map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")))
_DENIED_V4 = {
    ip_network(network): what
    for what, networks in {
        "this network": ["0.0.0.0/8"],
        "loopback": ["127.0.0.0/8"],
        "private": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
        "shared by a carrier": ["100.64.0.0/10"],
        "link-local": ["169.254.0.0/16"],
        "reserved": ["192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"],
        "reserved for documentation": ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"],
        "multicast": ["224.0.0.0/4"],
    }.items()
    for network in networks
}
_PUBLIC_V6 = ip_network("2000::/3")
_DENIED_V6 = {
    ip_network("2001::/23"): "reserved (Teredo and others)",
    ip_network("2001:db8::/32"): "reserved for documentation",
    ip_network("2002::/16"): "6to4, which holds an IPv4 address",
    ip_network("3fff::/20"): "reserved for documentation",
}
_ISATAP = 0x00005EFE


class Rules(NamedTuple):
    """How strict a gateway is."""

    #: Loopback and private addresses, and any port: for trying things out on one machine.
    allow_local: bool = False
    https_only: bool = False


class Target(NamedTuple):
    """A URL taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What stands in the ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"


class TargetError(ValueError):
    """The gateway sends nothing there; the message says why."""


def parse(url: str) -> Target:
    """Read ``url`` by the one grammar.

    Raises:
        TargetError: it is no absolute http or https URL, or holds what two readers could read differently.
    """
    if len(url) > URL_CHARS:
        raise TargetError(f"a URL has at most {URL_CHARS} characters")
    found = _URL.fullmatch(url)
    if found is None:
        raise TargetError(
            "write it as https://host/path: http or https, a host of ASCII letters and digits, no user name, no"
            " fragment, no blanks, everything else percent-encoded"
        )
    scheme, host, path = found["scheme"].lower(), found["host"].lower(), found["path"]
    port = int(found["port"]) if found["port"] else _DEFAULT_PORT[scheme]
    if not 0 < port < 65536:
        raise TargetError(f"{port} is no port")
    return Target(scheme, _host(host), port, path if path.startswith("/") else f"/{path}")


def target_of(url: str) -> str:
    """Whom a URL goes to, as ``host:port``: URLs with the same one share their fate."""
    target = parse(url)
    return f"{target.host}:{target.port}"


def check(target: Target, rules: Rules) -> None:
    """What can be said before the name is resolved.

    Raises:
        TargetError: the scheme or the port is not allowed.
    """
    if rules.https_only and target.scheme != "https":
        raise TargetError("this gateway sends over https only")
    if target.port not in PORTS and not rules.allow_local:
        raise TargetError(f"the port {target.port} is not one of {', '.join(map(str, sorted(PORTS)))}")


def check_address(text: str, rules: Rules) -> None:
    """Whether a resolved address may be connected to.

    Raises:
        TargetError: it is not a public unicast address, or no address at all.
    """
    try:
        address = ip_address(text)
    except ValueError:
        raise TargetError("the resolver's answer is no address") from None
    if rules.allow_local and any(address in network for network in _LOCAL):
        return
    why = _why_not_v4(address) if isinstance(address, IPv4Address) else _why_not_v6(address)
    if why:
        # The address stays unsaid: names of the gateway's own network are nobody else's business.
        raise TargetError(f"an address of the host is {why}: only public ones are sent to")


def _why_not_v4(address: IPv4Address) -> str | None:
    return next((what for network, what in _DENIED_V4.items() if address in network), None)


def _why_not_v6(address: IPv6Address) -> str | None:
    if address.scope_id is not None or address not in _PUBLIC_V6:
        return "not public"
    if (int(address) >> 32) & 0xFDFFFFFF == _ISATAP:
        return "ISATAP, which holds an IPv4 address"
    return next((what for network, what in _DENIED_V6.items() if address in network), None)


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return IPv6Address(text[1:-1]).compressed
        except ValueError:
            raise TargetError(f"{text} is no IPv6 address") from None
    if len(text) > _HOST_CHARS or not all(_LABEL.fullmatch(label) for label in text.split(".")):
        raise TargetError(f"{text[:80]!r} is no host name")
    if _NUMERIC_END.fullmatch(text):
        try:
            return str(IPv4Address(text))
        except ValueError:
            raise TargetError(f"{text[:80]!r} is no IPv4 address in its one spelling, such as 203.0.113.7") from None
    return text
