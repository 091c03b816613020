"""The cookie of the console. Before somebody signs in it holds a secret for the form, afterwards the session."""

from __future__ import annotations

import secrets
from typing import Final
from urllib.parse import urlsplit

from axme.gateway.web.html import Headers
from axme.gateway.web.layer import Visit

_NAME: Final = "axme_console"
_HOST_ONLY: Final = f"__Host-{_NAME}"
_LONGEST: Final = 100
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def read(visit: Visit) -> str:
    """What the browser sent; empty if nothing that we could have set."""
    wanted = _name(visit)
    for pair in visit.request.headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == wanted and value.isascii() and len(value) <= _LONGEST:
            return value
    return ""


def fresh() -> str:
    """A value that stands for no session."""
    return secrets.token_urlsafe(32)


def write(visit: Visit, value: str) -> Headers:
    """Have the browser keep ``value``, until it is closed."""
    return [_header(visit, f"{_name(visit)}={value}; Path=/; HttpOnly; SameSite=Strict")]


def drop(visit: Visit) -> Headers:
    """Have the browser forget it."""
    return [_header(visit, f"{_name(visit)}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")]


def _header(visit: Visit, text: str) -> tuple[bytes, bytes]:
    return b"set-cookie", (f"{text}; Secure" if _is_secure(visit) else text).encode()


def _name(visit: Visit) -> str:
    return _HOST_ONLY if _is_secure(visit) else _NAME


def _is_secure(visit: Visit) -> bool:
    """Whether the browser came by TLS. A proxy in front may end it, so the public URL says so as well."""
    if visit.request.scope["scheme"] == "https":
        return True
    try:
        here = urlsplit(f"//{visit.request.headers.get('host', '')}").hostname
    except ValueError:
        here = None
    return (visit.services.settings.public_url or "").startswith("https:") and here not in _LOOPBACK
