"""One connection, byte by byte: where a request ends, what is refused, and who is answered in which order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from axme.gateway import protocol
from axme.gateway.exchange import WHEN_GONE
from axme.gateway.protocol import MOST_AHEAD, PatientProtocol
from axme.gateway.reader import HEAD_BYTES

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"


class Wire(asyncio.Transport):
    """Keeps what is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.ended = ""
        self.reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.ended, "written after the end"
        self.sent += bytes(data)

    def close(self) -> None:
        self.ended = self.ended or "closed"

    def abort(self) -> None:
        self.ended = "aborted"

    def is_closing(self) -> bool:
        return bool(self.ended)

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    @property
    def statuses(self) -> list[int]:
        """The status of every answer."""
        return [int(part[:3]) for part in self.sent.split(b"HTTP/1.1 ")[1:]]


class Echo:
    """Answers with what it was asked; a path ``/slow`` waits for ``go``."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes, dict[bytes, bytes]]] = []
        self.go = asyncio.Event()
        self.left = asyncio.Event()
        self.calls: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await self.go.wait()
        if scope["path"] == "/watched":
            scope[WHEN_GONE](lambda: self.calls.append("gone"))
            await self.go.wait()
            scope[WHEN_GONE](lambda: self.calls.append("gone before"))
            scope[WHEN_GONE](None)
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left.set()
                return
            body, more = body + message["body"], message["more_body"]
        self.seen.append((scope["method"], scope["path"], body, dict(scope["headers"])))
        text = json.dumps([scope["path"], body.decode("latin-1")]).encode()
        headers = [] if scope["path"] == "/stream" else [(b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})


class Line:
    """A connection to an application, without a socket."""

    def __init__(self, app: Any) -> None:
        self.state = ServerState()
        config = Config(app, lifespan="off", log_config=None, ws="none", interface="asgi3", timeout_keep_alive=75)
        self.protocol = PatientProtocol(config, self.state, {})
        self.wire = Wire()
        self.protocol.connection_made(self.wire)

    async def say(self, *pieces: bytes) -> None:
        """Have bytes arrive, and let everything run that can."""
        for piece in pieces:
            self.protocol.data_received(piece)
            for _ in range(10):
                await asyncio.sleep(0)


def run(scene: Callable[[Line, Echo], Awaitable[None]]) -> None:
    """Play ``scene`` on a new connection."""

    async def play() -> None:
        echo = Echo()
        line = Line(echo)
        await scene(line, echo)
        line.protocol.connection_lost(None)
        assert not line.state.connections
        for _ in range(10):
            await asyncio.sleep(0)
        assert not line.state.tasks

    asyncio.run(play())


BODIES = {
    "none": (b"\r\n", b""),
    "length": (b"Content-Length: 2\r\n\r\n{}", b"{}"),
    "chunks": (b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n", b"abcde"),
    "trailers": (b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-Api-Key: other\r\n\r\n", b"ab"),
    "another language": (b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    "another language, chunks": (
        b"Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"{}",
    ),
    "another language, none": (b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", b""),
}


@pytest.mark.parametrize("step", [1, 7, 1000])
@pytest.mark.parametrize("case", BODIES)
def test_requests_are_told_apart_however_they_are_cut(case: str, step: int) -> None:
    rest, body = BODIES[case]
    data = (HEAD + rest) * 2 + GET % b"last"

    async def scene(line: Line, echo: Echo) -> None:
        await line.say(*(data[at : at + step] for at in range(0, len(data), step)))
        assert [(path, read) for _, path, read, _ in echo.seen] == [("/x", body), ("/x", body), ("/last", b"")]
        assert all(headers.get(b"x-api-key") is None for *_, headers in echo.seen)
        assert line.wire.statuses == [200, 200, 200]
        assert not line.wire.ended

    run(scene)


@pytest.mark.parametrize(
    "data",
    [
        b"GET /x\r\n\r\n",
        b"GET /x HTTP/0.9\r\n\r\n",
        b"GET /x HTTP/2.0\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /x HTTP/1.1\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET /x HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /é?é HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        "GET /?é HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        HEAD + b"Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"X: a\n\r\n",
        HEAD + b"X: a\r\n folded\r\n\r\n",
        b"GET /x HTTP/1.1\nHost: a\n\n",
        b"GET /x HTTP/1.1\r\nHost: a\r\nX: " + b"x" * HEAD_BYTES + b"\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * (HEAD_BYTES // 6) + b"\r\n" + GET % b"y",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"x" * HEAD_BYTES * 2,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * HEAD_BYTES * 2,
    ],
)
@pytest.mark.parametrize("pieces", [3, 40])
def test_what_is_refused_is_never_seen_by_the_application(data: bytes, pieces: int) -> None:
    step = len(data) // pieces + 1

    async def scene(line: Line, echo: Echo) -> None:
        await line.say(*(data[at : at + step] for at in range(0, len(data), step)), GET % b"hidden")
        assert echo.seen == []
        assert line.wire.statuses == [400]
        assert line.wire.ended == "closed"
        assert json.loads(line.wire.sent.partition(b"\r\n\r\n")[2])["error"]["code"] == "bad_request"

    run(scene)


def test_trouble_is_told_when_what_came_before_is_answered() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(GET % b"slow" + GET % b"next" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + GET % b"no")
        assert line.wire.sent == b""
        echo.go.set()
        await line.say(GET % b"no")
        assert [path for _, path, *_ in echo.seen] == ["/slow", "/next"]
        assert (line.wire.statuses, line.wire.ended) == ([200, 200, 400], "closed")

    run(scene)


def test_a_body_that_breaks_ends_the_request_it_belongs_to() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", b"nonsense")
        assert echo.left.is_set()
        assert (line.wire.statuses, line.wire.ended) == ([400], "closed")

    run(scene)


def test_only_so_many_requests_may_be_sent_ahead() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(GET % b"slow" + GET % b"x" * (MOST_AHEAD + 5))
        assert not line.wire.reading
        echo.go.set()
        await line.say(b"")
        while not line.wire.ended:
            await asyncio.sleep(0)
        assert len(echo.seen) == MOST_AHEAD + 1
        assert line.wire.statuses == [200] * (MOST_AHEAD + 1) + [400]

    run(scene)


@pytest.mark.parametrize(
    "head", [b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"GET /x HTTP/1.0\r\n\r\n"]
)
def test_nothing_follows_a_last_request(head: bytes) -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(head + GET % b"hidden")
        assert [path for _, path, *_ in echo.seen] == ["/x"]
        assert b"\r\nconnection: close\r\n" in line.wire.sent
        assert (line.wire.statuses, line.wire.ended) == ([200], "closed")

    run(scene)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_an_answer_of_unknown_length_is_framed_for_who_asks(version: bytes) -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(b"GET /stream HTTP/%b\r\nHost: a\r\n\r\n" % version)
        head, _, body = line.wire.sent.partition(b"\r\n\r\n")
        text = b'["/stream", ""]'
        if version == b"1.1":
            assert b"\r\ntransfer-encoding: chunked" in head
            assert body == b"%x\r\n%b\r\n0\r\n\r\n" % (len(text), text)
        else:
            assert b"transfer-encoding" not in head
            assert (body, line.wire.ended) == (text, "closed")

    run(scene)


def test_a_head_is_asked_for_without_its_body() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        for path in (b"x", b"stream"):
            await line.say(b"HEAD /%b HTTP/1.1\r\nHost: a\r\n\r\n" % path)
        assert line.wire.statuses == [200, 200]
        assert line.wire.sent.endswith(b"\r\n\r\n")
        assert b"[" not in line.wire.sent

    run(scene)


def test_who_waits_to_be_asked_for_the_body_is_asked() -> None:
    expecting = HEAD + b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n"

    async def scene(line: Line, echo: Echo) -> None:
        await line.say(expecting)
        assert line.wire.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
        await line.say(b"{}", expecting + b"[]")
        assert line.wire.statuses == [100, 200, 200]

    run(scene)


@pytest.mark.parametrize(
    "headers",
    [
        [(b"x", b"a\r\nset-cookie: b")],
        [(b"x", b"a\nb")],
        [(b"x\r", b"a")],
        [(b"x", b"a\0")],
        [(b"content-length", b"1")],
        [(b"content-length", b"3")],
    ],
)
def test_an_answer_that_would_be_read_as_another_is_not_sent(headers: list[tuple[bytes, bytes]]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ab"})

    async def scene() -> None:
        line = Line(app)
        await line.say(GET % b"x")
        assert (line.wire.sent, line.wire.ended) == (b"", "aborted")
        line.protocol.connection_lost(None)

    asyncio.run(scene())


def test_a_peer_waits_while_nobody_reads_its_body() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n", b"x" * 100_000)
        assert not line.wire.reading
        echo.go.set()
        await line.say(b"x" * 50_000)
        assert line.wire.reading
        await line.say(b"x" * 50_000)
        assert len(echo.seen[0][2]) == 200_000

    run(scene)


def test_who_leaves_is_told_of_whatever_it_still_sends() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(b"POST /watched HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n", b"x" * 800_000)
        assert line.wire.reading, "nobody wants the body, so it does not keep the end from being seen"
        assert echo.calls == []
        line.protocol.connection_lost(None)
        assert echo.calls == ["gone"]
        echo.go.set()
        for _ in range(10):
            await asyncio.sleep(0)
        assert echo.calls == ["gone", "gone before"]

    run(scene)


def test_who_leaves_is_noticed() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(HEAD + b"Content-Length: 2\r\n\r\n{")
        line.protocol.connection_lost(ConnectionResetError())
        await asyncio.wait_for(echo.left.wait(), 5)

    run(scene)


@pytest.mark.parametrize("beginning", [b"", b"\r\n", b"GET / HTTP/1.1\r\nHost: lo"])
def test_who_begins_and_goes_no_further_is_let_go(monkeypatch: pytest.MonkeyPatch, beginning: bytes) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async def scene(line: Line, echo: Echo) -> None:
        await line.say(beginning)
        while not line.wire.ended:
            await asyncio.sleep(0.01)
        assert (line.wire.sent, line.wire.ended) == (b"", "aborted")

    run(scene)


def test_who_has_asked_may_wait_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async def scene(line: Line, echo: Echo) -> None:
        await line.say(GET % b"slow" + b"GET /next")
        await asyncio.sleep(0.1)
        assert not line.wire.ended
        echo.go.set()
        await line.say(b" HTTP/1.1\r\nHost: a\r\n\r\n")
        assert line.wire.statuses == [200, 200]

    run(scene)


def test_half_a_head_gets_no_more_time_between_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async def scene(line: Line, echo: Echo) -> None:
        await line.say(GET % b"x", b"GET /y")
        while not line.wire.ended:
            await asyncio.sleep(0.01)
        assert (line.wire.statuses, line.wire.ended) == ([200], "aborted")

    run(scene)


def test_a_stopping_server_answers_what_it_has_begun() -> None:
    async def scene(line: Line, echo: Echo) -> None:
        await line.say(b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{")
        line.protocol.shutdown()
        echo.go.set()
        await line.say(b"}")
        assert b"\r\nconnection: close\r\n" in line.wire.sent
        assert (line.wire.statuses, line.wire.ended) == ([200], "closed")
        idle = Line(echo)
        idle.protocol.shutdown()
        assert idle.wire.ended == "closed"
        idle.protocol.connection_lost(None)

    run(scene)
