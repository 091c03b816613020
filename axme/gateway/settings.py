"""Everything a gateway can be told, and where each value comes from: argument, environment, default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from axme.gateway.policy import smtp
from axme.gateway.policy.ssrf import Rules

DATABASE_VARIABLE: Final = "AXME_GATEWAY_DATABASE"
DIRECTORY_VARIABLE: Final = "AXME_GATEWAY_DIR"
SECRET_VARIABLE: Final = "AXME_GATEWAY_SECRET"
PUBLIC_URL_VARIABLE: Final = "AXME_GATEWAY_PUBLIC_URL"
SMTP_VARIABLE: Final = "AXME_GATEWAY_SMTP"
NODE_VARIABLE: Final = "AXME_GATEWAY_NODE"
METRICS_VARIABLE: Final = "AXME_GATEWAY_METRICS_TOKEN"
SENDER_VARIABLE: Final = "AXME_GATEWAY_MAIL_FROM"
#: Where mails are written to, in the data directory.
OUTBOX: Final = "outbox"
DEFAULT_SENDER: Final = "AXME <axme@localhost>"
DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8100
SHORTEST_SECRET: Final = 32
CLOCKS: Final = ("real", "test")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
_NODE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class SettingsError(ValueError):
    """The gateway cannot be run like this; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one gateway process runs."""

    data_dir: Path
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    database: str | None = None
    clock: str = "real"
    log_level: str = "warning"
    allow_remote: bool = False
    parent_pid: int | None = None
    #: What ``GET /metrics`` asks for; ``None``: it answers this machine only.
    metrics_token: str | None = None
    #: The certificate to speak TLS with, and its key.
    tls_cert: Path | None = None
    tls_key: Path | None = None
    #: The name among the gateways that share a PostgreSQL; by default a new one with each start.
    node_id: str | None = None
    #: Requests a minute for each key and endpoint; ``None`` is no limit.
    rate_limit: int | None = None
    allow_local_targets: bool = False
    #: What links and tokens are signed with beside what the database holds, the same on all nodes; ``None``: a file in
    #: the data directory of a gateway on SQLite, nothing on PostgreSQL.
    own_secret: str | None = field(default=None, repr=False)
    #: How people reach this gateway, for links in mails; by default where it listens.
    public_url: str | None = None
    #: Where mails go; ``None``: into files.
    mail_server: smtp.Server | None = None
    mail_from: str = DEFAULT_SENDER

    def __post_init__(self) -> None:
        if self.clock not in CLOCKS:
            raise SettingsError(f"unknown clock {self.clock!r}: choose one of {', '.join(CLOCKS)}")
        if not 0 <= self.port <= 65535:
            raise SettingsError(f"port {self.port} is not between 0 and 65535 (0 picks a free one)")
        if self.database and not _is_known(self.database):
            raise SettingsError(
                f"unknown database {without_password(self.database)!r}: "
                "give a URL such as postgresql://user@host/name, or leave it out to use a SQLite file"
            )
        if self.node_id is not None and not _NODE_ID.fullmatch(self.node_id):
            raise SettingsError(f"the node id {self.node_id[:80]!r} must be 1 to 63 letters, digits, dots and hyphens")
        if self.rate_limit is not None and self.rate_limit < 1:
            raise SettingsError(f"a rate limit of {self.rate_limit} lets nothing through: leave it out for no limit")
        if self.own_secret is not None and len(self.own_secret) < SHORTEST_SECRET:
            raise SettingsError(
                f"the secret in {SECRET_VARIABLE} has less than {SHORTEST_SECRET} characters: make one with"
                " `openssl rand -hex 32`"
            )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsError("TLS needs both --tls-cert and --tls-key")
        if self.tls_cert is not None and (wrong := _why_no_tls(self.tls_cert, self.tls_key)):
            raise SettingsError(f"cannot speak TLS with {self.tls_cert} and {self.tls_key}: {wrong}")
        if not self.is_loopback and not self.allow_remote and not self.speaks_tls:
            raise SettingsError(
                f"{self.host} can be reached from other machines: give --tls-cert and --tls-key, or add --allow-remote"
                " if a proxy that speaks TLS stands in front"
            )
        if self.allow_local_targets and not self.is_loopback:
            raise SettingsError(
                "--allow-local-targets is for loopback only: whoever can register an endpoint could reach what only"
                " this machine can"
            )
        if self.public_url is not None and not _is_web_address(self.public_url):
            raise SettingsError(
                f"the public URL {without_password(self.public_url)!r} cannot be used: write it like"
                " https://axme.example.com, without a query or a user"
            )
        if self.clock == "test" and not self.is_loopback:
            raise SettingsError("a test clock is for loopback only: anyone who can move it can expire every deadline")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return _is_loopback(self.host)

    @property
    def speaks_tls(self) -> bool:
        """Whether clients connect by https."""
        return self.tls_cert is not None

    @property
    def is_sqlite(self) -> bool:
        """Whether the state is one file in the data directory."""
        return not self.database or self.database.startswith("sqlite")

    @property
    def database_url(self) -> str:
        """The database, as SQLAlchemy names it."""
        return self.database or f"sqlite:///{self.data_dir / 'axme.db'}"

    @property
    def media_dir(self) -> Path:
        """Where uploaded files are kept; the nodes of one database share it."""
        return self.data_dir / "media"

    @property
    def outbox_dir(self) -> Path:
        """Where mails are written to when there is no mail server."""
        return self.data_dir / OUTBOX

    @property
    def storage(self) -> str:
        """The kind of database, for people."""
        return "sqlite" if self.is_sqlite else "postgresql"

    @property
    def push_rules(self) -> Rules:
        """Where the gateway may send what it pushes to other servers."""
        return Rules(allow_local=self.allow_local_targets, https_only=not self.is_loopback)

    @property
    def hosts(self) -> frozenset[str] | None:
        """The names a ``Host`` header may carry, or ``None`` for any.

        On loopback anything else is a web page that made its own name point here (DNS rebinding).
        """
        if not self.is_loopback:
            return None
        public = urlsplit(self.public_url or "").hostname
        return _LOOPBACK_NAMES | {self.host.lower()} | ({public} if public else frozenset())


def is_loopback_name(host: str) -> bool:
    """Whether a ``Host`` header without its port names this machine."""
    return host.lower() in _LOOPBACK_NAMES


def default_data_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """``$AXME_GATEWAY_DIR``, or ``~/.axme/gateway``."""
    return Path(environment.get(DIRECTORY_VARIABLE) or Path.home() / ".axme" / "gateway")


def without_password(url: str) -> str:
    """``url`` fit to be shown."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return "(not a URL)"
    return url.replace(f":{password}@", ":***@") if password else url


def has_password(url: str) -> bool:
    """Whether ``url`` carries a password, which must not stand in a process list."""
    return without_password(url) != url


def _why_no_tls(cert: Path, key: Path | None) -> str | None:
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except OSError as error:
        return error.strerror or str(error)
    return None


def _is_known(url: str) -> bool:
    return url.startswith(("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://"))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and url.isprintable()
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
