"""Answers made to hurt, or to be read differently by two readers."""

from __future__ import annotations

import gzip
import zlib

import pytest

from axme.exceptions import (
    AxmeProtocolError,
    AxmeServerError,
    AxmeTransportError,
)
from tests.transport.rawserver import Peer, always, answer, script
from tests.transport.wirekit import GET, Connect, Serve


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_does_not_go_off(serve: Serve, connect: Connect, status: int, coding: str) -> None:
    squeeze = gzip.compress if coding == "gzip" else zlib.compress
    bomb = squeeze(b" " * (64 * 1024 * 1024))
    server = serve(always(answer(bomb, status, Content_Encoding=coding)))
    with pytest.raises(AxmeProtocolError, match="larger than"):
        connect(server).send(GET)
    assert len(server.requests) == 1


def test_a_chain_of_codings_is_refused(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer(b"x", Content_Encoding=", ".join(["gzip"] * 7))))
    with pytest.raises(AxmeTransportError):
        connect(server, max_retries=0).send(GET)


def test_an_endless_body_is_left(serve: Serve, connect: Connect) -> None:
    def pour(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while not peer.server.stopping.is_set():
            peer.send(b" " * 65_536)

    with pytest.raises(AxmeProtocolError, match="larger than"):
        connect(serve(script(pour))).send(GET)


def test_compressed_answers_are_read(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer(gzip.compress(b'{"n": 1}'), Content_Encoding="gzip")))
    assert connect(server).send(GET) == {"n": 1}


@pytest.mark.parametrize(
    "body",
    [b'{"a": NaN}', b'{"a": 1e999}', b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b'{"a": ' + b"9" * 5000 + b"}",
     b"[" * 100_000, b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16")],
    ids=["NaN", "infinite", "twice", "surrogate", "digits", "deep", "mark", "utf-16"],
)  # fmt: skip
def test_json_that_two_readers_would_read_differently_is_refused(serve: Serve, connect: Connect, body: bytes) -> None:
    with pytest.raises(AxmeProtocolError, match="not JSON"):
        connect(serve(always(answer(body))), max_retries=0).send(GET)


def test_an_error_page_of_a_middle_box_is_a_server_error(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer(b"<html>Bad gateway</html>", 502)))
    with pytest.raises(AxmeServerError, match="HTTP 502: <html>Bad gateway") as caught:
        connect(server).send(GET)
    assert caught.value.attempts == 3
