"""Bytes in which a proxy and the gateway could see different requests: refused, and the connection is closed."""

from __future__ import annotations

import re

import pytest

from axme.gateway import LocalGateway
from tests.plain import raw_exchange

#: What a smuggler hides behind the first request; it has an answer of its own where it is seen.
HIDDEN = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
CHUNKS = b"0\r\n\r\n"
AMBIGUOUS = {
    "length, then chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "chunks, then length": b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n" + CHUNKS,
    "other letters": b"tRANSFER-eNCODING: chunked\r\ncONTENT-lENGTH: 4\r\n\r\n" + CHUNKS,
    "two lengths": b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
    "a list of lengths": b"Content-Length: 2, 5\r\n\r\n{}",
    "a signed length": b"Content-Length: +2\r\n\r\n{}",
    "a negative length": b"Content-Length: -2\r\n\r\n{}",
    "a hexadecimal length": b"Content-Length: 0x2\r\n\r\n{}",
    "a long length": b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}",
    "an unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS,
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNKS,
    "gzip, chunked": b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS,
    "a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "a negative chunk": b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n" + CHUNKS,
    "a chunk without its end": b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX" + CHUNKS,
    "chunks with bare line feeds": b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
    "a bare carriage return": b"X: a\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    "a zero byte": b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    "two hosts": b"Host: localhost\r\nContent-Length: 2\r\n\r\n{}",
    "two keys": b"X-API-Key: other\r\nContent-Length: 2\r\n\r\n{}",
    "two bearers": b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 2\r\n\r\n{}",
    "chunks on the next line": b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n\r\n{}",
    "chunks behind a tabulator": b"Transfer-Encoding: \x0bchunked\r\n\r\n" + CHUNKS,
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "chunks in chunks": b"Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNKS,
    "a hexadecimal chunk": b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n" + CHUNKS,
    "lengths in one line": b"Content-Length: 2 3\r\n\r\n{}",
    "a space in a name": b"Content Length: 5\r\nContent-Length: 2\r\n\r\n{}",
    "a folded line": b"X: a\r\n Content-Length: 5\r\nContent-Length: 2\r\n\r\n{}",
    "a line feed alone": b"X: a\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    "line feeds alone": b"Content-Length: 2\n\n{}",
    "the same length twice": b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a chunk beyond all numbers": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff2\r\n{}\r\n" + CHUNKS,
    "a chunk with a space": b"Transfer-Encoding: chunked\r\n\r\n2 \r\n{}\r\n" + CHUNKS,
    "a length behind the chunks": b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n",
    "no name": b": 5\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("target", ["/v1/intents", "/health", "/tasks/x"])
@pytest.mark.parametrize("case", AMBIGUOUS)
def test_ambiguous_bytes_are_one_refusal_and_the_end(gateway: LocalGateway, case: str, target: str) -> None:
    head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nx-api-key: %b\r\n" % (target.encode(), gateway.api_key.encode())
    answer = raw_exchange(gateway.base_url, head + AMBIGUOUS[case] + HIDDEN)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"400"], answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET /v1/me HTTP/1.1\r\n",
        b"GET http://evil.example/v1/me HTTP/1.1\r\nHost: localhost\r\n",
        b"GET http://localhost/v1/me HTTP/1.1\r\nHost: evil.example\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: evil.example\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: localhost, evil.example\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: localhost@evil.example\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost:\r\n",
        b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n",
        b"GET * HTTP/1.1\r\nHost: localhost\r\n",
    ],
)
def test_whoever_is_asked_for_has_one_name(gateway: LocalGateway, head: bytes) -> None:
    end = b"Connection: close\r\nx-api-key: %b\r\n\r\n" % gateway.api_key.encode()
    answer = raw_exchange(gateway.base_url, head + end)
    assert [int(status) in (400, 404, 421) for status in re.findall(rb"HTTP/1\.1 (\d+)", answer)] == [True], answer


@pytest.mark.parametrize("version", [b"HTTP/1.2", b"HTTP/2.0", b"HTTP/9.9", b"http/1.1", b"HTTP/1.1 x", b""])
def test_no_other_version_is_spoken(gateway: LocalGateway, version: bytes) -> None:
    answer = raw_exchange(gateway.base_url, b"GET /health " + version + b"\r\nHost: localhost\r\n\r\n" + HIDDEN)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"400"], answer


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket", b"TLS/1.2"])
def test_no_other_protocol_is_spoken_in_mid_connection(gateway: LocalGateway, protocol: bytes) -> None:
    """A proxy that believes the connection is upgraded would let through whatever follows."""
    head = b"GET /v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: " + protocol
    answer = raw_exchange(gateway.base_url, head + b"\r\n\r\n" + HIDDEN)
    assert b"HTTP/1.1 101" not in answer
    assert re.match(rb"HTTP/1\.1 40[01] ", answer), answer


def test_chunks_in_an_old_request_end_the_connection(gateway: LocalGateway) -> None:
    head = b"POST /v1/intents HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS
    assert len(re.findall(rb"HTTP/1\.1 (\d+)", raw_exchange(gateway.base_url, head + HIDDEN))) == 1


def test_no_answer_names_the_server_behind_it(gateway: LocalGateway) -> None:
    for head in (b"GET /health HTTP/1.1", b"GET /nowhere HTTP/1.1", b"BAD"):
        answer = raw_exchange(gateway.base_url, head + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n").lower()
        assert b"\r\nserver:" not in answer
        assert b"x-powered-by" not in answer
        assert not re.search(rb"uvicorn|starlette|python", answer)
