"""From whatever the libraries below raise to the one exception a caller should see."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, IncompleteRead, RemoteDisconnected
from urllib.parse import urlsplit

from requests.exceptions import RequestException
from urllib3 import exceptions as u3

from axme.config import AxmeClientConfig
from axme.exceptions import (
    AxmeClosedError,
    AxmeConfigError,
    AxmeConnectionError,
    AxmeError,
    AxmeProtocolError,
    AxmeTimeoutError,
    Outcome,
)
from axme.transport.deadline import Guard

#: What the libraries raise when the wire fails; anything else is a mistake of ours and is not hidden.
WIRE_ERRORS = (RequestException, u3.HTTPError, HTTPException, OSError, ValueError, RecursionError)
_NOT_SENT = (u3.NewConnectionError, u3.ConnectTimeoutError)
_GONE = (RemoteDisconnected, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
_DEPTH = 12


def layers(error: BaseException) -> list[BaseException]:
    """``error`` and all that it was made of."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < _DEPTH:
        one = waiting.pop(0)
        if one not in found:
            found.append(one)
            waiting.extend(_inside(one))
    return found


def is_stale(error: BaseException, guard: Guard) -> bool:
    """Whether the server had closed a kept connection before it saw the request: nothing of an answer came."""
    return guard.reused and not guard.reason and any(isinstance(one, _GONE) for one in layers(error))


def explain(error: Exception, guard: Guard, config: AxmeClientConfig, silence: float) -> AxmeError:
    """The exception for a failed exchange; what is not a failure of the wire is raised again as it is."""
    if guard.reason == "closed":
        return AxmeClosedError("the client was closed while the call was under way")
    if not guard.reason and not isinstance(error, WIRE_ERRORS):
        raise error
    found = layers(error)
    sent = not (guard.connecting or any(isinstance(one, _NOT_SENT) for one in found))
    outcome: Outcome = "unknown" if sent else "not_sent"
    place = _place(config)
    if guard.reason or (guard.remaining() <= 0 and any(isinstance(one, TimeoutError) for one in found)):
        return AxmeTimeoutError(f"no complete answer from {place} in time", outcome=outcome)
    told = _tls(found, place, config, outcome)
    if told or not sent:
        return told or _unreached(found, place, config)
    return _garbled(found, place) or _broken(found, place, silence)


def _inside(error: BaseException) -> Iterator[BaseException]:
    for one in (getattr(error, "reason", None), *error.args, error.__cause__, error.__context__):
        if isinstance(one, BaseException):
            yield one


def _place(config: AxmeClientConfig) -> str:
    return urlsplit(config.base_url).netloc


def _unreached(found: list[BaseException], place: str, config: AxmeClientConfig) -> AxmeError:
    if any(isinstance(one, u3.NameResolutionError) for one in found):
        text = f"the host name of {place} cannot be resolved; check base_url"
    elif any(isinstance(one, ConnectionRefusedError) for one in found):
        text = f"nothing listens at {place} (connection refused)"
    elif any(isinstance(one, TimeoutError) for one in found):
        return AxmeTimeoutError(f"{place} did not accept a connection in time", outcome="not_sent", retryable=True)
    else:
        text = f"no connection to {place}: {_innermost(found)}"
    if config.is_loopback:
        text += "; is the gateway running? start one with `python -m axme.gateway`"
    return AxmeConnectionError(text, outcome="not_sent", retryable=True)


def _tls(found: list[BaseException], place: str, config: AxmeClientConfig, outcome: Outcome) -> AxmeError | None:
    for one in found:
        if isinstance(one, ssl.SSLCertVerificationError):
            return AxmeConnectionError(
                f"the certificate of {place} was not accepted: {one.verify_message}", outcome="not_sent"
            )
        if isinstance(one, ssl.SSLError) and not isinstance(one, (ssl.SSLEOFError, TimeoutError)):
            return AxmeConnectionError(
                f"no TLS connection with {place}: {one.reason or one}; does it speak plain http?", outcome=outcome
            )
        if isinstance(one, OSError) and "CA certificate bundle" in str(one):
            hint = " (from verify, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE)" if config.trust_env else " (from verify)"
            return AxmeConfigError(f"{one}{hint}")
    return None


def _garbled(found: list[BaseException], place: str) -> AxmeError | None:
    for one in found:
        if isinstance(one, BadStatusLine) and not isinstance(one, RemoteDisconnected):
            return AxmeProtocolError(f"the answer of {place} is not HTTP; does it want https?")
        if isinstance(one, u3.DecodeError):
            return AxmeProtocolError(f"the compressed answer of {place} cannot be read: {one}", retryable=True)
        if isinstance(one, HTTPException) and not isinstance(one, (RemoteDisconnected, IncompleteRead, u3.HTTPError)):
            return AxmeProtocolError(f"the answer of {place} breaks the rules of HTTP: {str(one)[:200]}")
    return None


def _broken(found: list[BaseException], place: str, silence: float) -> AxmeError:
    if any(isinstance(one, (TimeoutError, u3.ReadTimeoutError)) for one in found):
        return AxmeTimeoutError(f"{place} sent nothing for {silence:g} s", retryable=True)
    if any(isinstance(one, OSError) and one.errno == errno.EMFILE for one in found):
        return AxmeConnectionError("this process has no file descriptors left", retryable=True)
    return AxmeConnectionError(f"the connection to {place} broke: {_innermost(found)}", retryable=True)


def _innermost(found: list[BaseException]) -> str:
    words = [f"{type(one).__name__}: {one}" for one in found if isinstance(one, (OSError, HTTPException))]
    return (words or [type(found[-1]).__name__])[-1][:200]
