"""What the server answers when a stream is opened: stop, wait, ask elsewhere, or say what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from axme.exceptions import (
    AxmeAuthenticationError,
    AxmeError,
    AxmeHttpError,
    AxmeNotFoundError,
    AxmePermissionError,
    AxmeProtocolError,
    AxmeTimeoutError,
    AxmeValidationError,
    AxmeValueError,
)
from tests.streaming.conftest import Follow
from tests.streaming.server import LIST, STREAM, Exchange, Script, Server, event, frame, history

TRUTH = history(6)


@pytest.fixture
def server(server: Server) -> Server:
    server.events = list(TRUTH)
    return server


def refusing(status: int, *headers: str, code: str = "some_code") -> Script:
    return lambda exchange: exchange.answer(status, {"error": {"code": code, "message": "because"}}, *headers)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_streams_is_polled(server: Server, follow: Follow, status: int) -> None:
    server.on_stream(refusing(status))
    server.events = TRUTH[:2]

    def growing(exchange: Exchange) -> None:
        server.list_events(exchange)
        if server.count(LIST) > 3:
            server.events = list(TRUTH)

    server.scripts[LIST] = growing
    assert list(follow()) == TRUTH
    assert server.count(STREAM) == 1


@pytest.mark.parametrize("status", [404, 405, 501])
def test_without_a_list_the_refusal_is_the_answer(server: Server, follow: Follow, status: int) -> None:
    server.on_stream(refusing(status))
    with pytest.raises(AxmeHttpError) as caught:
        next(follow(poll=False, contiguous=False, subject=None))
    assert caught.value.status_code == status


def test_an_intent_that_does_not_exist(server: Server, follow: Follow) -> None:
    server.scripts.clear()
    with pytest.raises(AxmeNotFoundError, match="no such intent"):
        next(follow())
    assert server.requests == [(STREAM, 0), (LIST, 0)]


def test_a_server_that_lost_its_database(server: Server, follow: Follow) -> None:
    server.on_stream(lambda exchange: exchange.stream(frame(TRUTH[0])))
    stream = follow()
    assert next(stream) == TRUTH[0]
    server.scripts.clear()
    with pytest.raises(AxmeNotFoundError):
        next(stream)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AxmeAuthenticationError),
        (403, AxmePermissionError),
        (422, AxmeValidationError),
        (400, AxmeValidationError),
    ],
)
def test_what_waiting_does_not_mend_stops_at_once(
    server: Server, follow: Follow, status: int, kind: type[AxmeError]
) -> None:
    server.on_stream(lambda exchange: exchange.stream(frame(TRUTH[0])), refusing(status))
    stream = follow()
    assert next(stream) == TRUTH[0]
    with pytest.raises(kind, match="because"):
        next(stream)
    assert server.requests == [(STREAM, 0), (STREAM, 1)]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 507])
def test_what_passes_is_waited_out(server: Server, follow: Follow, status: int) -> None:
    refused = refusing(status)
    server.on_stream(refused, refused, lambda exchange: exchange.stream(frame(TRUTH[0])), refused, server.stream_all)
    assert list(follow()) == TRUTH
    assert [since for _, since in server.requests] == [0, 0, 0, 1, 1]


def test_the_wait_is_as_long_as_the_server_asks(
    server: Server, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on_stream(refusing(429, "Retry-After: 7"), server.stream_all)
    stream = follow()
    waits: list[float] = []
    monkeypatch.setattr(stream._pace, "sleep", waits.append)
    assert list(stream) == TRUTH
    assert len(waits) == 1
    assert 7 <= waits[0] < 8


def test_trouble_is_told_when_time_is_up(server: Server, follow: Follow) -> None:
    server.on_stream(lambda exchange: exchange.stream(frame(TRUTH[0])), refusing(503))
    stream = follow(timeout=0.3)
    assert next(stream) == TRUTH[0]
    with pytest.raises(AxmeTimeoutError, match=r"has seq 1; the last trouble was: HTTP 503: because"):
        next(stream)


@pytest.mark.parametrize("kind", ["text/html", "application/json", "text/event-streams", ""])
def test_another_kind_of_answer_is_an_error_after_one_more_try(server: Server, follow: Follow, kind: str) -> None:
    def page(exchange: Exchange) -> None:
        exchange.start(kind)
        exchange.send(b"<p>Log in, please</p>")
        exchange.finish()

    server.on_stream(page, server.stream_all)
    assert list(follow(poll=False)) == TRUTH
    server.on_stream(page)
    before = server.count(STREAM)
    with pytest.raises(AxmeProtocolError, match=f"the answer was 200 {kind}"):
        list(follow(poll=False))
    assert server.count(STREAM) - before == 2


def test_parameters_and_capitals_in_the_content_type(server: Server, follow: Follow) -> None:
    def odd(exchange: Exchange) -> None:
        exchange.start("Text/Event-Stream; charset=utf-8")
        for entry in TRUTH:
            exchange.send(frame(entry))
        exchange.finish()

    server.on_stream(odd)
    assert list(follow(poll=False)) == TRUTH


def test_no_content_ends_the_stream_of_an_agent(server: Server, follow: Follow) -> None:
    server.on_stream(lambda exchange: exchange.stream(frame(event(5))), lambda exchange: exchange.answer(204, None))
    stream = follow(poll=False, contiguous=False, subject=None)
    assert list(stream) == [event(5)]
    assert list(stream) == []


def test_no_content_never_ends_an_intent(server: Server, follow: Follow) -> None:
    server.on_stream(lambda exchange: exchange.answer(204, None))
    assert list(follow()) == TRUTH
    assert server.count(LIST) == 1


@pytest.mark.parametrize("since", [6, 7, 100])
@pytest.mark.parametrize("streams", [True, False])
def test_nothing_follows_the_terminal_event(server: Server, follow: Follow, since: int, streams: bool) -> None:
    server.on_stream(server.stream_all if streams else refusing(404))
    with pytest.raises(AxmeValueError, match=f"ended with event 6: nothing follows since={since}"):
        next(follow(since=since))


def test_a_cursor_from_another_world(server: Server, follow: Follow) -> None:
    server.events = TRUTH[:2]
    server.on_stream(server.stream_all)
    with pytest.raises(AxmeValueError, match="no event 4 to continue after: its newest is 2"):
        next(follow(since=4))


@pytest.mark.parametrize("streams", [True, False])
def test_counting_on_from_last_plus_one_loses_nothing(server: Server, follow: Follow, streams: bool) -> None:
    server.events = TRUTH[:2]
    connections = 0

    def later(exchange: Exchange) -> None:
        nonlocal connections
        connections += 1
        if connections > 2:
            server.events = list(TRUTH)
        server.stream_all(exchange) if streams else refusing(404)(exchange)

    def growing(exchange: Exchange) -> None:
        server.list_events(exchange)
        if server.count(LIST) > 3:
            server.events = list(TRUTH)

    server.on_stream(later)
    if not streams:
        server.scripts[LIST] = growing
    assert list(follow(since=3)) == TRUTH[2:]


def test_the_first_connection_may_bring_the_event_named_by_since(server: Server, follow: Follow) -> None:
    server.on_stream(lambda exchange: exchange.stream(*(frame(entry) for entry in TRUTH[2:])))
    assert list(follow(since=3)) == TRUTH[2:]


def test_a_list_that_fails_is_asked_again(server: Server, follow: Follow) -> None:
    turns = iter([refusing(503), refusing(429), server.list_events])
    server.scripts[LIST] = lambda exchange: next(turns)(exchange)
    server.on_stream(lambda exchange: exchange.stream(frame(TRUTH[5])))
    assert list(follow()) == TRUTH
    assert server.requests == [(STREAM, 0), (LIST, 0), (LIST, 0), (LIST, 0)]


def test_a_list_of_something_else_is_an_error(server: Server, follow: Follow) -> None:
    server.scripts[LIST] = lambda exchange: exchange.answer(200, {"events": [frame(TRUTH[0]).decode()]})
    server.on_stream(refusing(404))
    with pytest.raises(AxmeProtocolError, match="an event is a JSON object"):
        next(follow())


@pytest.mark.parametrize("since", [-1, 1.5, "3", None, True])
def test_a_since_that_is_none(follow: Follow, since: Any) -> None:
    with pytest.raises(AxmeValueError, match="since"):
        follow(since=since)


@pytest.mark.parametrize("option", ["timeout", "poll_interval"])
@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_times_that_are_none(follow: Follow, option: str, seconds: float) -> None:
    with pytest.raises(AxmeValueError, match=option):
        follow(**{option: seconds})
