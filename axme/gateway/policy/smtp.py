"""Which mail server is used, and what it takes to trust it with a mail. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from axme.gateway.lifecycle.mailing import is_address

USER_VARIABLE = "AXME_GATEWAY_SMTP_USER"
PASSWORD_VARIABLE = "AXME_GATEWAY_SMTP_PASSWORD"
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class SmtpError(ValueError):
    """No mail can be sent like this; the message says what to change."""


class Security(StrEnum):
    """How a connection is protected."""

    TLS = "smtps"
    #: Protected before anything is said; on this machine only if the server offers it.
    STARTTLS = "smtp"
    NONE = "smtp+plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server, and who we are to it."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_near(self) -> bool:
        """Whether it runs on this machine, where nobody listens in."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read(url: str, environment: Mapping[str, str]) -> Server:
    """The server that a URL such as ``smtp://mail.example.com:587`` names; who we are is in the environment.

    Raises:
        SmtpError: the URL names none, or holds what does not belong there.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SmtpError("the mail server is no URL: write it like smtp://mail.example.com:587") from None
    if parts.username or parts.password:
        raise SmtpError(
            f"a user or password does not belong into the URL of the mail server: set {USER_VARIABLE} and"
            f" {PASSWORD_VARIABLE}"
        )
    if parts.scheme not in _PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise SmtpError(
            f"the mail server {url!r} cannot be used: write smtp://host:587 (STARTTLS), smtps://host:465 (TLS), or"
            " smtp+plain://host:25 for a relay on a network you trust"
        )
    user, password = environment.get(USER_VARIABLE) or None, environment.get(PASSWORD_VARIABLE) or None
    if (user is None) != (password is None):
        raise SmtpError(f"{USER_VARIABLE} and {PASSWORD_VARIABLE} belong together: set both or none")
    security = Security(parts.scheme)
    server = Server(host=host, port=port or _PORTS[security], security=security, user=user, password=password)
    if user and server.security is Security.NONE and not server.is_near:
        raise SmtpError("a password is never sent unprotected: use smtp:// or smtps:// for this mail server")
    return server


def check_sender(text: str) -> str:
    """An address mails come from, with a name or without.

    Raises:
        SmtpError: it is none.
    """
    if not text.isprintable() or not is_address(parseaddr(text)[1]):
        raise SmtpError(f"mails cannot come from {text!r}: write it like 'Approvals <approvals@example.com>'")
    return text
