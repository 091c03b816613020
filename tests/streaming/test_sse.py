"""Bytes → events: the rules of the HTML standard, however the bytes are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract.limits import EVENT_BYTES
from axme.streaming.sse import EVENT_LINES, SseError, SseParser
from tests.streaming import whatwg

BOM = b"\xef\xbb\xbf"


def parse(*chunks: bytes) -> list[whatwg.Event]:
    parser = SseParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def one_by_one(stream: bytes) -> list[bytes]:
    return [stream[i : i + 1] for i in range(len(stream))]


CASES = {
    "plain": (b"id: 1\nevent: a\ndata: x\n\n", [("a", "1", "x")]),
    "no space after the colon": (b"id:1\nevent:a\ndata:x\n\n", [("a", "1", "x")]),
    "only one space is taken": (b"data:  x \n\n", [("message", "", " x ")]),
    "a tab is kept": (b"data:\tx\n\n", [("message", "", "\tx")]),
    "other order": (b"data: x\nevent: a\nid: 1\n\n", [("a", "1", "x")]),
    "several data lines": (b"data: x\ndata\ndata:y\n\n", [("message", "", "x\n\ny")]),
    "data without colon": (b"data\n\ndata\ndata\n\n", [("message", "", ""), ("message", "", "\n")]),
    "empty data": (b"data:\n\n", [("message", "", "")]),
    "colons in data": (b"data: a:b: c\n\n", [("message", "", "a:b: c")]),
    "no data, no event": (b"id: 1\nevent: a\n\n", []),
    "name does not outlive a block without data": (b"event: a\n\ndata: x\n\n", [("message", "", "x")]),
    "empty name": (b"event:\ndata: x\n\nevent: \ndata: y\n\n", [("message", "", "x"), ("message", "", "y")]),
    "last name counts": (b"event: a\nevent: b\ndata: x\n\n", [("b", "", "x")]),
    "unknown fields": (b"foo: bar\nDATA: no\n data: no\ndata: x\n\n", [("message", "", "x")]),
    "retry": (b"retry: 3000x\ndata: x\n\n", [("message", "", "x")]),
    "comments": (b": hi\n\n:\n:x\ndata: x\n: in between\ndata: y\n\n", [("message", "", "x\ny")]),
    "blank lines": (b"\n\n\ndata: x\n\n\n\n\ndata: y\n\n", [("message", "", "x"), ("message", "", "y")]),
    "byte order mark": (BOM + b"data: x\n\ndata: y\n\n", [("message", "", "x"), ("message", "", "y")]),
    "only the first mark": (BOM + BOM + b"data: x\n\ndata: y\n\n", [("message", "", "y")]),
    "a mark inside": (b"data: x\n\n" + BOM + b"data: y\n\n", [("message", "", "x")]),
    "cr": (b"data: x\r\rdata: y\r\r", [("message", "", "x"), ("message", "", "y")]),
    "crlf": (b"data: x\r\n\r\ndata: y\r\n\r\n", [("message", "", "x"), ("message", "", "y")]),
    "lf crlf": (b"data: x\n\r\ndata: y\n\r\n", [("message", "", "x"), ("message", "", "y")]),
    "cr crlf": (b"data: x\r\r\ndata: y\r\r\n", [("message", "", "x"), ("message", "", "y")]),
    "crlf cr": (b"data: x\r\n\rdata: y\r\n\r", [("message", "", "x"), ("message", "", "y")]),
    "lf cr": (b"data: x\n\rdata: y\n\r", [("message", "", "x"), ("message", "", "y")]),
    "cut inside an event": (b"data: x\n\ndata: y\n", [("message", "", "x")]),
    "cut inside a line": (b"data: x\n\ndata: y", [("message", "", "x")]),
    "id persists": (b"id: 1\ndata: x\n\ndata: y\n\n", [("message", "1", "x"), ("message", "1", "y")]),
    "id of a block without data": (b"id: 7\n\ndata: y\n\n", [("message", "7", "y")]),
    "empty id resets": (b"id: 1\ndata: x\n\nid\ndata: y\n\n", [("message", "1", "x"), ("message", "", "y")]),
    "id with NUL": (b"id: 1\ndata: x\n\nid: 2\0\ndata: y\n\n", [("message", "1", "x"), ("message", "1", "y")]),
    "good id, then one with NUL": (b"id: 1\nid: 2\0\ndata: x\n\n", [("message", "1", "x")]),
    "NUL in data": (b"data: a\0b\n\n", [("message", "", "a\0b")]),
    "bad utf-8": (b"data: a\xffb\n\ndata: \xc3\n\n", [("message", "", "a\ufffdb"), ("message", "", "\ufffd")]),
    "line separators of Unicode": (
        "data: a\u2028b\u2029c\x85d\x0be\x0cf\n\n".encode(),
        [("message", "", "a\u2028b\u2029c\x85d\x0be\x0cf")],
    ),
    "spaces alone": (b" \n\t\n\xc2\xa0\ndata: x\n\n", [("message", "", "x")]),
}


@pytest.mark.parametrize(("stream", "events"), CASES.values(), ids=CASES.keys())
def test_case(stream: bytes, events: list[whatwg.Event]) -> None:
    assert whatwg.parse(stream) == events
    assert parse(stream) == events
    assert parse(*one_by_one(stream)) == events
    for cut in range(len(stream)):
        assert parse(stream[:cut], stream[cut:]) == events


PIECES = st.sampled_from(
    b"\n|\r|\r\n|\n\n|id: 1\n|id:2|id\0: |id: \0|event: intent.a\n|event:|data|data: {}\n\n|data: x\r"
    b"|data:\xe2\x82\xac\n|\xe2\x82|\xff|:|: c\n| |\0|\xef\xbb\xbf|retry: 1\n".split(b"|")
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=4)), max_size=30), st.lists(st.integers(1, 12)))
def test_any_bytes_in_any_chunks_give_what_the_standard_says(pieces: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(pieces)
    chunks, rest = [], stream
    for size in sizes:
        chunks.append(rest[:size])
        rest = rest[size:]
    assert parse(*chunks, rest) == whatwg.parse(stream)


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r", b"\n\r\n"])
def test_nothing_is_held_back(end: bytes) -> None:
    parser = SseParser()
    for n in range(5):
        frame = f"id: {n}\ndata: {n}".encode() + end
        early = [event for byte in one_by_one(frame)[:-1] for event in parser.feed(byte)]
        now = [event[2] for event in parser.feed(frame[-1:])]
        # A CR ends its line at once: with CR CRLF and the like the event is there one byte before the last.
        assert [event[2] for event in early] + now == [str(n)]


def test_an_event_at_the_limit_passes_and_one_beyond_does_not() -> None:
    def frame(size: int) -> bytes:
        return b"data: " + b"x" * (size - 8) + b"\n\n"

    assert len(parse(frame(EVENT_BYTES))[0][2]) == EVENT_BYTES - 8
    for chunks in ([frame(EVENT_BYTES + 1)], [frame(EVENT_BYTES + 1)[:-1], b"\n"]):
        with pytest.raises(SseError, match="larger than 1048576 bytes"):
            parse(*chunks)


def test_an_endless_line_fails_as_soon_as_it_is_too_long() -> None:
    parser = SseParser()
    fed = 0
    with pytest.raises(SseError, match="larger"):  # noqa: PT012
        while fed < 4 * EVENT_BYTES:
            fed += 128
            list(parser.feed(b"x" * 128))
    assert fed <= EVENT_BYTES + 256


def test_events_before_a_bad_one_are_given() -> None:
    parser = SseParser()
    feed = parser.feed(b"data: good\n\ndata: " + b"x" * EVENT_BYTES + b"\n\n")
    assert next(feed)[2] == "good"
    with pytest.raises(SseError):
        next(feed)


def test_many_lines_in_one_event_are_refused_and_not_suffered() -> None:
    assert parse(b"data: x\n" * (EVENT_LINES - 1) + b"\n")[0][2].count("x") == EVENT_LINES - 1
    with pytest.raises(SseError, match="lines"):
        parse(b"data:\n" * 160_000 + b"\n")


def test_many_events_in_one_chunk() -> None:
    frames = b"".join(b"id: %d\nevent: intent.waiting\ndata: {}\n\n: beat\n\n" % n for n in range(1000))
    assert [event[1] for event in parse(frames)] == [str(n) for n in range(1000)]
