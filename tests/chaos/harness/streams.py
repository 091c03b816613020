"""Streams as bare sockets, by the thousand."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.chaos.harness.places import Place


@contextmanager
def many_files(count: int) -> Iterator[None]:
    """So many open files for this process and those it starts meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        pytest.skip(f"needs {count} open files, the system allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def observe(place: Place, intent_id: str) -> socket.socket:
    """The stream of an intent, from its beginning; what comes is to be read."""
    address = urlsplit(place.nodes[0].base_url)
    assert address.hostname
    assert address.port
    opened = socket.create_connection((address.hostname, address.port), timeout=60)
    head = f"GET /v1/intents/{intent_id}/events/stream?since=0 HTTP/1.1\r\nHost: {address.netloc}\r\n"
    opened.sendall(f"{head}x-api-key: {place.api_key}\r\nAccept: text/event-stream\r\n\r\n".encode())
    return opened


def read_to_the_end(stream: socket.socket) -> bool:
    """Whether the body of a chunked answer ends as it should, and with a whole event."""
    data = b""
    try:
        while piece := stream.recv(65536):
            data += piece
    except ConnectionResetError:
        return False
    return data.endswith(b"\n\n\r\n0\r\n\r\n")
