"""Streams as bare sockets, by the thousand."""

from __future__ import annotations

import re
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import pytest

from axme.contract.limits import WAIT_SECONDS
from tests.chaos.harness.places import Place

_EVENT = re.compile(rb"id: (\d+)\nevent: ([\w.]+)\n")


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
    ask(opened, place, intent_id, 0)
    return opened


def ask(connection: socket.socket, place: Place, intent_id: str, since: int) -> None:
    """Ask for the events after ``since``, for as long as one may."""
    path = f"/v1/intents/{intent_id}/events/stream?since={since}&wait_seconds={WAIT_SECONDS[1]}"
    head = f"GET {path} HTTP/1.1\r\nHost: {urlsplit(place.nodes[0].base_url).netloc}\r\n"
    connection.sendall(f"{head}x-api-key: {place.api_key}\r\nAccept: text/event-stream\r\n\r\n".encode())


class Observer:
    """Who follows one intent, asking again when a stream is over; it misses nothing and sees nothing twice."""

    def __init__(self, place: Place, intent_id: str) -> None:
        self.connection = observe(place, intent_id)
        self.last = 0
        self._ask_again = partial(ask, self.connection, place, intent_id)
        self._unread = b""

    def read(self) -> None:
        """Take what has come."""
        data = self.connection.recv(65536)
        assert data, "a stream was cut"
        self._unread += data
        end = 0
        for found in _EVENT.finditer(self._unread):
            end = found.end()
            if found[2] == b"stream.timeout":
                self._ask_again(self.last)
            else:
                assert int(found[1]) == self.last + 1, f"event {found[1]!r} came after {self.last}"
                self.last += 1
        self._unread = self._unread[end:]


def read_to_the_end(stream: socket.socket) -> bool:
    """Whether the body of a chunked answer ends as it should, and with a whole event."""
    data = b""
    try:
        while piece := stream.recv(65536):
            data += piece
    except ConnectionResetError:
        return False
    return data.endswith(b"\n\n\r\n0\r\n\r\n")
