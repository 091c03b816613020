"""Sending a file to where the gateway said: one attempt, piece by piece, and no secret goes along.

The place may be a storage service of somebody else, so neither key nor token, neither cookies nor netrc are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
from requests.models import Response
from urllib3.exceptions import HTTPError

from axme.config import AxmeClientConfig
from axme.exceptions import (
    AxmeClosedError,
    AxmeConnectionError,
    AxmeError,
    AxmeProtocolError,
    AxmeTimeoutError,
    AxmeValueError,
)
from axme.transport.answer import failure, read_body
from axme.transport.breakdown import layers
from axme.transport.outgoing import USER_AGENT
from axme.transport.redact import Redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A file on its way.

    Args:
        url: where to, with all the permission it takes in itself.
        source: read from where it stands.
        size: how many bytes it holds; the source must hold as many.
        mime_type: sent as ``Content-Type``.
        progress: called with the number of bytes of each piece.
    """

    url: str
    source: BinaryIO
    size: int
    mime_type: str
    progress: Callable[[int], None] | None = None


def put(transfer: Transfer, config: AxmeClientConfig, is_closed: Callable[[], bool]) -> None:
    """Send the file; a silence of the configured ``timeout_seconds`` ends it, however far it has come.

    Raises:
        AxmeHttpError: the server answered with an error.
        AxmeTransportError: there was no usable answer.
        AxmeValueError: the source holds less than it should, or the place is none for a file.
        AxmeClosedError: the client was closed meanwhile.
    """
    place = _place(transfer.url, config)
    failed: AxmeError
    with requests.Session() as session:
        # No proxy between this machine and itself.
        here = config.is_loopback and place == urlsplit(config.base_url).netloc
        session.trust_env = config.trust_env and not here
        session.verify = config.verify
        session.proxies = {} if here else dict(config.proxies or {})
        # Anything at all here keeps requests from looking into ~/.netrc.
        session.auth = _nobody
        try:
            response = session.put(
                transfer.url,
                data=_Body(transfer, is_closed),
                headers={"Content-Type": transfer.mime_type, "User-Agent": USER_AGENT},
                timeout=config.timeout_seconds,
                allow_redirects=False,
                stream=True,
            )
            data = read_body(response)
        except (requests.RequestException, HTTPError) as error:
            failed = _broken(error, place, config)
        else:
            _check(response, data, place)
            return
    raise failed


def _check(response: Response, data: bytes, place: str) -> None:
    if response.status_code >= 400:
        raise failure(response.status_code, response.headers, data, Redactor(()))
    if response.status_code >= 300:
        raise AxmeProtocolError(f"{place} redirects the upload (HTTP {response.status_code}), which is not followed")


def _place(url: str, config: AxmeClientConfig) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AxmeProtocolError("the server named no place to send the file to")
    if parts.scheme == "http" and config.base_url.startswith("https:"):
        raise AxmeProtocolError(
            f"the server wants the file at {parts.netloc} unencrypted, and is itself reached by https"
        )
    return parts.netloc.rpartition("@")[2]


def _broken(error: Exception, place: str, config: AxmeClientConfig) -> AxmeError:
    if any(isinstance(one, (TimeoutError, requests.Timeout)) for one in layers(error)):
        return AxmeTimeoutError(f"{place} took nothing for {config.timeout_seconds:g} s", retryable=True)
    # Its own text may hold the URL, and that the permission to write.
    return AxmeConnectionError(f"the upload to {place} broke ({type(error).__name__})", retryable=True)


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Body:
    """The file as requests reads it: of known length, in pieces."""

    def __init__(self, transfer: Transfer, is_closed: Callable[[], bool]) -> None:
        self._transfer = transfer
        self._is_closed = is_closed
        self._left = transfer.size

    def __len__(self) -> int:
        return self._transfer.size

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(65_536):
            yield piece

    def read(self, most: int = -1) -> bytes:
        """The next piece."""
        if self._is_closed():
            raise AxmeClosedError("the client was closed while a file was sent")
        if not self._left:
            return b""
        piece = self._transfer.source.read(self._left if most < 0 else min(most, self._left))
        if not piece:
            raise AxmeValueError(f"the source ended {self._left} bytes before its {self._transfer.size}")
        self._left -= len(piece)
        if self._transfer.progress:
            self._transfer.progress(len(piece))
        return piece
