"""What a server sends, right or wrong, and what the program gets: each event once, in order, or a clear error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axme.exceptions import AxmeProtocolError
from tests.streaming.conftest import Follow
from tests.streaming.server import INTENT, LIST, STREAM, Exchange, Script, Server, event, frame, history

TRUTH = history(8)
FRAMES = [frame(entry) for entry in TRUTH]


def sending(*parts: bytes) -> Script:
    return lambda exchange: exchange.stream(*parts)


def raw(data: str, name: str = "intent.in_progress") -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


@pytest.fixture
def server(server: Server) -> Server:
    server.events = list(TRUTH)
    return server


def test_the_whole_life_of_an_intent(server: Server, follow: Follow) -> None:
    server.on_stream(server.stream_all)
    with follow() as stream:
        assert stream.cursor == 0
        assert next(stream) == TRUTH[0]
        assert stream.cursor == 1
        assert list(stream) == TRUTH[1:]
        assert stream.cursor == 8
        assert list(stream) == []
    assert server.requests == [(STREAM, 0)]


def test_going_on_from_a_cursor(server: Server, follow: Follow) -> None:
    server.on_stream(server.stream_all)
    assert list(follow(since=5)) == TRUTH[5:]
    assert server.requests == [(STREAM, 5)]


def test_it_ends_itself_though_the_server_goes_on(server: Server, follow: Follow) -> None:
    def never_ending(exchange: Exchange) -> None:
        exchange.start()
        exchange.send(b"".join(FRAMES) + frame(event(9)))
        exchange.wait_for_hang_up()

    server.on_stream(never_ending)
    assert list(follow()) == TRUTH


WRONG_ORDERS = {
    "repeats": [0, 0, 1, 1, 0, 2, 3, 4, 5, 6, 7, 7],
    "from the start again": [0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7],
    "two swapped": [0, 2, 1, 3, 4, 5, 6, 7],
    "reversed": [7, 6, 5, 4, 3, 2, 1, 0],
    "the first missing": [1, 2, 3, 4, 5, 6, 7],
    "one missing": [0, 1, 2, 4, 5, 6, 7],
    "only the last": [7],
    "nothing": [],
}


@pytest.mark.parametrize("sent", WRONG_ORDERS.values(), ids=WRONG_ORDERS.keys())
@pytest.mark.parametrize("together", [True, False])
def test_wrong_orders_are_put_right(server: Server, follow: Follow, sent: list[int], together: bool) -> None:
    parts = [FRAMES[index] for index in sent]
    server.on_stream(sending(*([b"".join(parts)] if together else parts)), server.stream_all)
    assert list(follow()) == TRUTH


FOREIGN = event(3, intent_id="0b4a54fe-0000-4000-8000-000000000000")
DOUBTFUL = {
    "half a document": raw('{"intent_id":"' + INTENT + '","seq":3'),
    "not an object": raw("[3]"),
    "a number no JSON knows": raw('{"seq":NaN}'),
    "seq 0": raw(json.dumps(event(0))),
    "seq below 0": raw(json.dumps(event(-3))),
    "seq as text": raw(json.dumps({**event(3), "seq": "3"})),
    "seq true": raw(json.dumps({**event(1), "seq": True})),
    "no seq": raw("{}"),
    "another intent": frame(FOREIGN),
    "too large": raw('{"x":"' + "x" * 1_100_000 + '"}'),
    "too many lines": raw("\ndata:" * 2000),
}


@pytest.mark.parametrize("doubtful", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_a_doubtful_event_is_looked_up_in_the_list(server: Server, follow: Follow, doubtful: bytes) -> None:
    server.on_stream(sending(b"".join(FRAMES[:2]) + doubtful + b"".join(FRAMES[3:])), server.stream_all)
    assert list(follow()) == TRUTH
    assert server.requests[:2] == [(STREAM, 0), (LIST, 2)]


@pytest.mark.parametrize("doubtful", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_a_doubtful_event_the_list_does_not_explain_is_an_error(
    server: Server, follow: Follow, doubtful: bytes
) -> None:
    server.events = TRUTH[:2]
    server.on_stream(sending(*FRAMES[:2], doubtful))
    stream = follow()
    assert [next(stream), next(stream)] == TRUTH[:2]
    with pytest.raises(AxmeProtocolError, match=f"intent {INTENT} cannot be followed after event 2: .*event"):
        next(stream)
    assert stream.cursor == 2
    server.events = list(TRUTH)
    server.on_stream(server.stream_all)
    assert list(stream) == TRUTH[2:], "an error ends the loop, not the stream"


def test_without_a_list_a_doubtful_event_is_read_once_more(server: Server, follow: Follow) -> None:
    server.on_stream(sending(FRAMES[0], raw("{")), server.stream_all)
    assert list(follow(poll=False)) == TRUTH
    server.on_stream(sending(raw("{")))
    with pytest.raises(AxmeProtocolError, match="does not parse"):
        list(follow(poll=False))


def test_a_gap_that_stays_is_an_error_not_a_skip(server: Server, follow: Follow) -> None:
    server.events = TRUTH[:2]
    server.on_stream(sending(*FRAMES[:2], *FRAMES[3:]))
    stream = follow()
    assert [next(stream), next(stream)] == TRUTH[:2]
    with pytest.raises(AxmeProtocolError, match="event 4 came after event 2"):
        next(stream)


def test_a_list_that_lags_behind_the_stream_is_given_time(server: Server, follow: Follow) -> None:
    def lagging(exchange: Exchange) -> None:
        server.list_events(exchange)
        server.events = list(TRUTH)

    server.events = TRUTH[:2]
    server.scripts[LIST] = lagging
    server.on_stream(sending(*FRAMES[:2], *FRAMES[3:]))
    assert list(follow()) == TRUTH


def test_a_list_with_a_gap_is_an_error_after_what_is_sure(server: Server, follow: Follow) -> None:
    server.events = [*TRUTH[:3], *TRUTH[4:]]
    server.on_stream(sending(FRAMES[7]))
    stream = follow()
    assert [next(stream) for _ in range(3)] == TRUTH[:3]
    with pytest.raises(AxmeProtocolError, match="event 5 came after event 3"):
        next(stream)


def test_what_is_new_to_us_passes_through(server: Server, follow: Follow) -> None:
    odd: list[dict[str, Any]] = [
        {**event(1), "event_type": "intent.reticulated", "status": "RETICULATING", "extra": {"deep": [1, None]}},
        event(2, "RESOLVED"),
    ]
    server.on_stream(sending(raw("nonsense", "ping"), raw("", "message"), frame(odd[0]), b": beat\n\n", frame(odd[1])))
    assert list(follow()) == odd


@pytest.mark.parametrize("status", ["RESOLVED", "CANCELLED", "EXPIRED", "TIMED_OUT", "failed"])
def test_any_terminal_word_ends_it(server: Server, follow: Follow, status: str) -> None:
    server.on_stream(sending(FRAMES[0], frame(event(2, status)), FRAMES[2]))
    assert [entry["status"] for entry in follow()] == ["IN_PROGRESS", status]


def test_agents_get_whatever_grows(server: Server, follow: Follow) -> None:
    server.on_stream(
        sending(*(frame(event(seq, intent_id=f"i{seq}")) for seq in (10, 10, 30, 20))),
        sending(frame(event(30)), frame(event(70, "COMPLETED"))),
        sending(frame(event(71))),
    )
    stream = follow(poll=False, contiguous=False, subject=None)
    assert [next(stream)["seq"] for _ in range(4)] == [10, 30, 70, 71]
    assert server.requests == [(STREAM, 0), (STREAM, 30), (STREAM, 70)]


def test_the_end_of_a_window_is_no_end(server: Server, follow: Follow) -> None:
    over = b'event: stream.timeout\ndata: {"next_seq":2}\n\n'

    def window(exchange: Exchange) -> None:
        exchange.start()
        exchange.send(b"".join(FRAMES[:2]) + over)
        exchange.wait_for_hang_up()

    server.on_stream(window, server.stream_all)
    assert list(follow(idle_timeout=60.0)) == TRUTH


def test_windows_that_close_at_once_do_not_make_a_tight_loop(
    server: Server, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    stream = follow(poll=False)
    monkeypatch.setattr(stream._pace, "sleep", waits.append)
    empty = sending(b"event: stream.timeout\ndata: {}\n\n")
    server.on_stream(empty, sending(), empty, server.stream_all)
    assert list(stream) == TRUTH
    assert len(waits) == 3
