"""One mail to one mail server, within one deadline; whatever happens is an outcome."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from email.message import EmailMessage

from axme.gateway.delivery.http_push import Alarm
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.policy.smtp import Security, Server

#: Seconds for one step of the conversation, and for all of it: less than the lease of the job.
STEP_SECONDS = 15.0
TIMEOUT = 45.0
_DETAIL_CHARS = 300


class _Refused(Exception):
    """We would not, or were not let, hand the mail over on this connection; another time it may work."""


def send(message: EmailMessage, server: Server, *, timeout: float = TIMEOUT) -> Outcome:
    """Hand a mail to the server.

    A refusal for good (5xx) of the sender, the recipient or the message is final; everything else is worth another try.
    When the connection drops after the mail was handed over, nobody knows whether it was taken: it is sent again, with
    the same ``Message-ID``.
    """
    alarm = _Alarm(time.monotonic() + timeout)
    try:
        try:
            with _connect(server, min(STEP_SECONDS, timeout), alarm) as connection:
                _introduce(connection, server)
                connection.send_message(message)
        except (OSError, smtplib.SMTPException):
            if alarm.rang:
                raise TimeoutError from None
            raise
        finally:
            alarm.off()
    except TimeoutError:
        return Outcome(Verdict.RETRY, f"the mail server did not answer within {timeout:g} seconds")
    except smtplib.SMTPRecipientsRefused as error:
        return _refused("the recipient", *next(iter(error.recipients.values())))
    except smtplib.SMTPSenderRefused as error:
        return _refused("the sender", error.smtp_code, error.smtp_error)
    except smtplib.SMTPDataError as error:
        return _refused("the message", error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError as error:
        return Outcome(Verdict.HOPELESS, f"the mail server cannot take it: {_plain(error)}")
    except smtplib.SMTPResponseException as error:
        return Outcome(Verdict.RETRY, f"the mail server says {error.smtp_code} {_plain(error.smtp_error)}")
    except _Refused as error:
        return Outcome(Verdict.RETRY, str(error))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Outcome(Verdict.RETRY, f"the mail server cannot be used: {_plain(error) or type(error).__name__}")
    return Outcome(Verdict.DELIVERED, f"taken by {server.host}")


class _Alarm:
    """Ends the conversation at the deadline, from the first word of the server on."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._alarm: Alarm | None = None

    @property
    def rang(self) -> bool:
        """Whether it had to."""
        return self._alarm is not None and self._alarm.rang

    def watch(self, connection: socket.socket) -> socket.socket:
        """Be set for a connection."""
        self._alarm = Alarm(connection, self._deadline).__enter__()
        return connection

    def off(self) -> None:
        """Let the connection be."""
        if self._alarm is not None:
            self._alarm.__exit__()


def _connect(server: Server, seconds: float, alarm: _Alarm) -> smtplib.SMTP:
    class Watched(smtplib.SMTP):
        # The library reads the server's greeting before it hands the connection out.
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            plain = alarm.watch(socket.create_connection((host, port), timeout))
            if server.security is not Security.TLS:
                return plain
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)

    return Watched(server.host, server.port, timeout=seconds)


def _introduce(connection: smtplib.SMTP, server: Server) -> None:
    connection.ehlo_or_helo_if_needed()
    if server.security is Security.STARTTLS:
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        elif not server.is_near:
            raise _Refused(f"{server.host} offers no STARTTLS, so nothing was sent (smtp+plain:// would do without)")
    if server.user is not None and server.password is not None:
        try:
            connection.login(server.user, server.password)
        except smtplib.SMTPNotSupportedError:
            raise _Refused(f"{server.host} takes no user and password") from None
        except smtplib.SMTPAuthenticationError as error:
            raise _Refused(f"{server.host} refuses user and password ({error.smtp_code})") from None


def _refused(what: str, code: int, said: object) -> Outcome:
    verdict = Verdict.HOPELESS if code >= 500 else Verdict.RETRY
    return Outcome(verdict, f"the mail server refuses {what}: {code} {_plain(said)}")


def _plain(said: object) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_DETAIL_CHARS]
