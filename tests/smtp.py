"""A real mail server for tests: it keeps what it is given, and can be told to be difficult."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HERE = Path(__file__).parent / "transport" / "certificates"
CERTIFICATE = HERE / "localhost.pem"
Answers = Callable[["MailServer", Envelope], str | None]


class MailServer:
    """Where it listens, and what it was given."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[EmailMessage] = []
        #: Every message that came to the end of DATA, taken or not.
        self.heard: list[EmailMessage] = []
        #: Commands refused before DATA.
        self.refused = 0
        self.encrypted: list[bool] = []
        self.logins: list[tuple[str, str]] = []
        #: What to answer to RCPT and at the end of DATA; ``None``: what is usual.
        self.on_rcpt: Answers = lambda server, envelope: None
        self.on_data: Answers = lambda server, envelope: None
        #: Hang up at the end of DATA: after taking the message, so that only the answer is lost.
        self.drop_after_data = 0
        self.slow_seconds = 0.0

    @property
    def url(self) -> str:
        """What a gateway is told."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What was taken for somebody."""
        return [message for message in self.taken if message["To"] == address]

    def wait(self, count: int, seconds: float = 20.0) -> list[EmailMessage]:
        """Everything taken, as soon as it is ``count``."""
        deadline = time.monotonic() + seconds
        while len(self.taken) < count:
            assert time.monotonic() < deadline, f"{len(self.taken)} mails came, not {count}"
            time.sleep(0.02)
        return list(self.taken)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (answer := self.on_rcpt(self, envelope)) is not None:
            self.refused += 1
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        self.heard.append(message)
        if self.slow_seconds:
            await asyncio.sleep(self.slow_seconds)
        if (answer := self.on_data(self, envelope)) is not None:
            return answer
        self.encrypted.append(session.ssl is not None)
        self.taken.append(message)
        if self.drop_after_data:
            self.drop_after_data -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 taken"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Let in who knows the word."""
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        known = data.password == b"open sesame"
        return AuthResult(success=known, handled=known)


@contextmanager
def serving(
    server: MailServer | None = None,
    *,
    certificate: Path | None = None,
    tls: bool = False,
    login: bool = False,
    port: int = 0,
) -> Iterator[MailServer]:
    """A mail server for as long as the block lasts.

    Args:
        server: one that was there before, with what it has taken.
        certificate: it is then ``localhost``, offers STARTTLS and takes nothing without.
        tls: speak TLS from the first byte, instead of offering STARTTLS.
        login: whether it wants a user and a password, which it asks for only under TLS.
        port: where to listen; 0 picks one.
    """
    made = server or MailServer()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE, HERE / "localhost.key")
    controller = Controller(
        made,
        hostname="127.0.0.1",
        port=port or free_port(),
        ssl_context=context if tls else None,
        tls_context=None if tls else context,
        require_starttls=context is not None and not tls,
        authenticator=made.authenticate if login else None,
        auth_required=login,
        enable_SMTPUTF8=True,
    )
    controller.start()
    made.port = controller.port
    try:
        yield made
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found: int = listener.getsockname()[1]
    return found
