"""Chunked framing, taken off whatever pieces it arrives in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http.client import IncompleteRead
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.exceptions import AxmeConnectionError
from axme.transport import Call, Transport
from axme.transport.chunks import Chunks
from tests.transport.rawserver import Handler, Peer, RawServer, script

Serve = Callable[[Handler], RawServer]
Connect = Callable[..., Transport]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
#: Bodies that look like framing are the ones that could be mistaken for it.
PARTS = st.lists(
    st.sampled_from([b"\r\n", b"\n", b"0\r\n\r\n", b"5\r\nhello\r\n"]) | st.binary(min_size=1, max_size=40)
)
SIZES = st.sampled_from([b"%x", b"%X", b"000%x", b"%x ;name=value", b'%x;name="a;b"'])


def pieces(data: bytes, cuts: Iterable[int]) -> Iterator[bytes]:
    sizes = cycle(cuts)
    while data:
        size = next(sizes)
        yield data[:size]
        data = data[size:]


def fed(chunks: Chunks, data: Iterable[bytes]) -> bytes:
    """All of the body; the end is seen with the last piece and not before."""
    found = b""
    for piece in data:
        assert not chunks.over
        found += chunks.feed(piece)
    assert chunks.over
    return found


@given(PARTS, st.lists(st.integers(1, 30), min_size=1), SIZES)
def test_the_body_is_the_same_however_the_bytes_are_cut(parts: list[bytes], cuts: list[int], size: bytes) -> None:
    framed = b"".join(b"%b\r\n%b\r\n" % (size % len(part), part) for part in parts) + b"0\r\n"
    assert fed(Chunks(), pieces(framed, cuts)) == b"".join(parts)


def test_what_has_come_of_a_chunk_is_given_at_once() -> None:
    chunks = Chunks()
    assert chunks.feed(b"3\r\none\r\n6\r\nt") == b"onet"
    assert chunks.feed(b"w") == b"w"
    assert chunks.feed(b"othr\r") == b"othr"
    assert chunks.feed(b"\n") == b""
    assert not chunks.over


@pytest.mark.parametrize(
    "line", [b"x\r\n", b"\r\n", b"-1\r\n", b"0x5\r\n", b"5 5\r\n", b"1_0\r\n", b"5\n", b"f" * 17, b"5;" + b"x" * 1100]
)
@pytest.mark.parametrize("before", [b"", b"1\r\nx\r\n"])
def test_what_is_no_size_is_refused(before: bytes, line: bytes) -> None:
    with pytest.raises(IncompleteRead):
        Chunks().feed(before + line)
    with pytest.raises(IncompleteRead):
        fed(Chunks(), pieces(before + line, [1]))


def test_a_chunk_longer_than_its_size_is_refused() -> None:
    with pytest.raises(IncompleteRead):
        Chunks().feed(b"3\r\nfour\r\n")


@pytest.mark.parametrize(
    "sent", [b"", b"3", b"3\r\n", b"3\r\non", b"3\r\none", b"3\r\none\r\n", b"3\r\none\r\n0", b"z\r\n"]
)
def test_a_stream_without_its_end_was_cut(serve: Serve, connect: Connect, sent: bytes) -> None:
    def step(peer: Peer) -> None:
        peer.send(HEAD + sent)

    stream = connect(serve(script(step))).open(Call(method="GET", path="/v1/stream"), idle_timeout=5)
    with pytest.raises(AxmeConnectionError):
        list(iter(stream.read, b""))


def test_many_small_chunks_arrive_in_few_reads(serve: Serve, connect: Connect) -> None:
    def step(peer: Peer) -> None:
        peer.send(HEAD + b"1\r\nx\r\n" * 5000 + b"0\r\n\r\n")

    stream = connect(serve(script(step))).open(Call(method="GET", path="/v1/stream"), idle_timeout=5)
    reads = list(iter(stream.read, b""))
    assert b"".join(reads) == b"x" * 5000
    assert len(reads) < 500
