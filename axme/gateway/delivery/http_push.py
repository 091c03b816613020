"""One POST to a server that somebody else named, within one deadline (guarded by ``policy/ssrf.py``).

The name is resolved once, every address is checked, and a checked address is what is connected to, while ``Host`` and
TLS keep the name. No redirects, no proxies, no cookies; of the answer only the status is read.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue

from axme.gateway.lifecycle.pushing import Outcome, Verdict, read_status
from axme.gateway.policy import ssrf
from axme.gateway.threads import beside

TIMEOUT = 10.0
STRICT = ssrf.Rules()
Resolve = Callable[[str, int], Sequence[str]]


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def push(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float = TIMEOUT,
    *,
    rules: ssrf.Rules = STRICT,
    resolve: Resolve = system_addresses,
) -> Outcome:
    """POST ``body`` to ``url``; whatever happens is an outcome, never an exception.

    Args:
        headers: sent as they are; ``Host`` and ``Content-Length`` are added.
        timeout: seconds for all of it: name, connection, TLS, sending, and the head of the answer.
        rules: where the gateway may send.
        resolve: the addresses of a host name.
    """
    deadline = time.monotonic() + timeout
    try:
        target = ssrf.parse(url)
        ssrf.check(target, rules)
        addresses = _addresses(target, resolve, deadline)
        for address in addresses:
            ssrf.check_address(address, rules)
    except ssrf.TargetError as error:
        return Outcome(Verdict.HOPELESS, f"nothing was sent: {error}")
    except OSError as error:
        return Outcome(Verdict.RETRY, f"the name could not be resolved: {_reason(error)}")
    try:
        # Wrapped before the alarm is set: a socket that is cut just then would be left open by the wrapping.
        with (
            _dial(addresses, target.port, deadline) as plain,
            plain.dup() as handle,
            _secured(plain, target) as connection,
            Alarm(handle, deadline) as alarm,
        ):
            return _exchange(connection, target, body, headers, alarm)
    except TimeoutError:
        return Outcome(Verdict.RETRY, f"no answer within {timeout:g} seconds")
    except ssl.SSLCertVerificationError as error:
        return Outcome(Verdict.RETRY, f"the certificate is not valid: {error.verify_message}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(Verdict.RETRY, f"the exchange failed: {_reason(error)}")


def _addresses(target: ssrf.Target, resolve: Resolve, deadline: float) -> Sequence[str]:
    # The system's resolver knows no deadline; one that hangs is left behind.
    answers: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(target.host, target.port))
        except OSError as error:
            answers.put(error)
        except UnicodeError:
            answers.put(OSError("the name cannot be looked up"))

    beside(ask)
    try:
        answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        raise TimeoutError("the resolver did not answer in time") from None
    if isinstance(answer, OSError):
        raise answer
    if not answer:
        raise OSError("the name has no address")
    return answer


def _dial(addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
    failure = OSError("there is no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(deadline))
        except OSError as error:
            failure = error
    raise failure


def _exchange(
    connection: socket.socket, target: ssrf.Target, body: bytes, headers: Mapping[str, str], alarm: Alarm
) -> Outcome:
    try:
        if isinstance(connection, ssl.SSLSocket):
            connection.do_handshake()
        client = http.client.HTTPConnection(target.host, target.port)
        client.sock = connection
        client.request("POST", target.path, body, {**headers, "Host": target.authority, "Connection": "close"})
        with client.getresponse() as answer:
            if alarm.rang:  # the cut looks like the end of the headers
                raise TimeoutError
            return read_status(answer.status, answer.getheader("Retry-After"))
    except (OSError, http.client.HTTPException):
        if alarm.rang:
            raise TimeoutError from None
        raise


def _secured(plain: socket.socket, target: ssrf.Target) -> socket.socket:
    if target.scheme == "http":
        return plain
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)


class Alarm:
    """Cuts a connection at the deadline: a server that sends a byte now and then outlives every socket timeout."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        # A handle of its own: TLS takes the first one over.
        self._connection = connection.dup()
        self._deadline = deadline
        self._over = threading.Event()
        self.rang = False

    def __enter__(self) -> Alarm:
        beside(self._watch)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._connection.close()

    def _watch(self) -> None:
        if self._over.wait(max(0.0, self._deadline - time.monotonic())):
            return
        self.rang = True
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is up")
    return left


def _reason(error: Exception) -> str:
    """What went wrong in our own words; the text of an exception may quote the answer."""
    match error:
        case ConnectionRefusedError():
            return "the connection was refused"
        case ConnectionError() | http.client.RemoteDisconnected():
            return "the connection was cut"
        case ssl.SSLError():
            return "TLS could not be agreed on"
        case socket.gaierror():
            return "there is no such name"
        case TimeoutError():
            return "it took too long"
        case http.client.HTTPException() | ValueError():
            return "what came back is not HTTP"
        case _:
            return getattr(error, "strerror", None) or "the network is not reachable"
