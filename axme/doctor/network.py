"""How far it is to the server: its name, its port, its certificate."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlsplit

from axme.config import AxmeClientConfig
from axme.doctor.report import FAILED, OK, WARNING, Finding

SECONDS = 5.0
_SOON_DAYS = 14


def reach(config: AxmeClientConfig) -> Iterator[Finding]:
    """Name, connection and certificate, one after the other, up to the first that fails."""
    url = urlsplit(config.base_url)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    try:
        places = sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        yield Finding("name", FAILED, f"{host} cannot be resolved", "check the spelling of base_url, and the network")
        return
    yield Finding("name", OK, f"{host} is {', '.join(places[:4])}")
    began = monotonic()
    try:
        with socket.create_connection((host, port), SECONDS) as sock:
            yield Finding("connection", OK, f"port {port} answers in {(monotonic() - began) * 1000:.0f} ms")
            if url.scheme == "https":
                yield _certificate(sock, host, config)
    except ConnectionRefusedError:
        start = "start one with `python -m axme.gateway`" if config.is_loopback else "check the port in base_url"
        yield Finding("connection", FAILED, f"nothing listens at port {port} of {host}", start)
    except OSError as error:
        why = f"no answer within {SECONDS:g} s" if isinstance(error, TimeoutError) else str(error)
        yield Finding("connection", FAILED, f"port {port} of {host}: {why}",
                      "check the port, firewalls, and whether a proxy is needed (trust_env=True)")  # fmt: skip


def _certificate(sock: socket.socket, host: str, config: AxmeClientConfig) -> Finding:
    try:
        context = ssl.create_default_context()
        if isinstance(config.verify, str):
            context.load_verify_locations(config.verify)
        with context.wrap_socket(sock, server_hostname=host) as secured:
            return _lasting(secured)
    except ssl.SSLCertVerificationError as error:
        if config.verify is False:
            return Finding("certificate", WARNING, "certificates are not checked (verify=False)", "pass a CA bundle")
        return Finding("certificate", FAILED, f"not accepted: {error.verify_message}",
                       "pass verify=\"/path/to/bundle.pem\" if your organization has a CA of its own")  # fmt: skip
    except ssl.SSLError as error:
        return Finding("certificate", FAILED, f"no TLS: {error.reason}", "does it speak plain http? check base_url")
    except OSError as error:
        return Finding("certificate", FAILED, f"no TLS: {error}", "check base_url, and the path given as verify")


def _lasting(secured: ssl.SSLSocket) -> Finding:
    until = None
    with suppress(ValueError, KeyError, TypeError):
        until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str((secured.getpeercert() or {})["notAfter"])), UTC)
    if until is None:
        return Finding("certificate", OK, f"{secured.version()}")
    left = (until - datetime.now(UTC)).days
    told = f"{secured.version()}, good until {until:%Y-%m-%d}"
    if left < _SOON_DAYS:
        return Finding("certificate", WARNING, f"{told}: {left} days", "have the server's operator renew it")
    return Finding("certificate", OK, told)
