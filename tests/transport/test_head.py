"""An answer cut anywhere, even inside its head, is a broken connection: tried again, never taken for an answer."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeConnectionError
from axme.transport import Call, Transport
from axme.transport.head import WholeHeadResponse
from tests.transport.rawserver import Handler, Peer, RawServer, answer

WHOLE = answer({"n": 1}, X_Request_Id="req-1")


def _cut_after(size: int) -> Handler:
    """Each first request of a connection gets so many bytes of the answer, but the second connection all of them."""

    def handle(peer: Peer) -> None:
        while peer.request():
            peer.send(WHOLE if peer.number else WHOLE[:size])
            if not peer.number:
                return

    return handle


@pytest.mark.parametrize("size", range(len(WHOLE)))
def test_a_cut_answer_is_asked_for_again(serve: Callable[[Handler], RawServer], size: int) -> None:
    server = serve(_cut_after(size))
    transport = Transport(AxmeClientConfig(base_url=server.url, api_key="k" * 20, retry_backoff_seconds=0.001))
    assert transport.send(Call(method="POST", path="/v1/things", json={})) == {"n": 1}
    assert len({request.fields["idempotency-key"] for request in server.requests}) == 1
    assert len(server.requests) == 2
    transport.close()


@pytest.mark.parametrize("size", range(len(WHOLE)))
def test_without_another_attempt_the_connection_is_what_broke(serve: Callable[[Handler], RawServer], size: int) -> None:
    server = serve(_cut_after(size))
    transport = Transport(AxmeClientConfig(base_url=server.url, api_key="k" * 20, max_retries=0))
    with pytest.raises(AxmeConnectionError) as caught:
        transport.send(Call(method="POST", path="/v1/things", json={}))
    assert (caught.value.outcome, caught.value.attempts) == ("unknown", 1)
    transport.close()


class _Sock:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self._data)


def _read(kind: type[HTTPResponse], data: bytes, method: str) -> object:
    """Everything the floors above look at, or what went wrong."""
    response = kind(_Sock(data), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        found = (
            response.status,
            response.reason,
            response.version,
            response.msg.items(),
            response.msg.get("X-A", "no"),
        )
        framing = (response.length, response.chunked, response.will_close)
        return found, framing, response.read()
    except HTTPException as error:
        return type(error).__name__


_STATUS_LINES = (
    "HTTP/1.1 200 OK", "HTTP/1.1 404 Not  Found ", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified",
    "HTTP/1.1 200", "HTTP/1.0 200 OK",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made", "HTTP/2 200 OK", "HTTP/1.1 600 What", "nonsense",
)  # fmt: skip
_LINES = (
    "Content-Length: 5", "Content-Length: 3", "content-length: -1", "Content-Length: five", "Content-Length: +5",
    "Content-Length:5", "Content-Length: 999999999999999999", "Transfer-Encoding: chunked", "Connection: close",
    "Connection: keep-alive", "X-A: one", "x-a:  two ", "X-A:", "X-B: ü", " folded", "no colon", "Bad Name: x",
    "Keep-Alive: 5",
)  # fmt: skip


@given(
    first=st.sampled_from(_STATUS_LINES),
    lines=st.lists(st.sampled_from(_LINES), max_size=6),
    end=st.sampled_from(["\r\n", "\n"]),
    method=st.sampled_from(["GET", "HEAD"]),
)
def test_the_short_way_reads_what_the_library_reads(first: str, lines: list[str], end: str, method: str) -> None:
    data = (end.join([first, *lines, "", ""])).encode("latin-1") + b"12345"
    assert _read(WholeHeadResponse, data, method) == _read(HTTPResponse, data, method)


@pytest.mark.parametrize("many", [99, 100, 101])
def test_too_many_headers_are_refused_as_the_library_does(many: int) -> None:
    data = "\r\n".join(["HTTP/1.1 200 OK", "Content-Length: 5", *(["X-A: 1"] * (many - 1)), "", "12345"]).encode()
    assert _read(WholeHeadResponse, data, "GET") == _read(HTTPResponse, data, "GET")
    long = b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 70_000 + b"\r\nContent-Length: 5\r\n\r\n12345"
    assert _read(WholeHeadResponse, long, "GET") == _read(HTTPResponse, long, "GET") == "LineTooLong"
