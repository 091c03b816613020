"""One observer's stream against a scripted store: nothing twice, nothing left out, nothing read while idle."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple

import pytest

from axme.contract.codes import UNAVAILABLE
from axme.gateway.delivery import broadcaster as broadcasting
from axme.gateway.delivery import stream as streaming
from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.delivery.sse import KEEP_ALIVE, event_frame, timeout_frame
from axme.gateway.delivery.stream import Source, Stream
from axme.gateway.errors import GatewayError
from axme.gateway.store import topics
from axme.gateway.store.tx import Notice

TOPIC = "intent:1"


class Backlog(NamedTuple):
    events: list[dict[str, Any]]
    newest: int
    terminal: bool


class Log:
    """A store of events that counts how often it is read."""

    def __init__(self, *, step: int = 1) -> None:
        self.events: list[dict[str, Any]] = []
        self.reads = 0
        self.step = step

    def append(self, status: str = "IN_PROGRESS", note: str = "") -> dict[str, Any]:
        seq = (len(self.events) + 1) * self.step
        event = {"seq": seq, "event_type": f"intent.{status.lower()}", "status": status, "note": note}
        self.events.append(event)
        return event

    async def read(self, since: int) -> Backlog:
        self.reads += 1
        newest = self.events[-1]["seq"] if self.events else 0
        ended = self.step == 1 and bool(self.events) and self.events[-1]["status"] == "COMPLETED"
        return Backlog([event for event in self.events if event["seq"] > since], newest, ended)

    def source(self) -> Source:
        return Source(topic=TOPIC, step=self.step, ends=self.step == 1, read=self.read)


class Room:
    """A log, a broadcaster, and what one observer has seen."""

    def __init__(self, log: Log, since: int = 0, wait_seconds: float = 0.3) -> None:
        self.log = log
        self.broadcaster = Broadcaster(asyncio.get_running_loop())
        self.stream = Stream(log.source(), self.broadcaster, ("key:k",), since, wait_seconds)
        self.seen: list[bytes] = []

    def commit(self, status: str = "IN_PROGRESS", note: str = "") -> None:
        self.announce(self.log.append(status, note))

    def announce(self, event: dict[str, Any]) -> None:
        self.broadcaster.publish([Notice(TOPIC, event["seq"], event)])

    async def watch(self) -> None:
        await self.stream.open()
        try:
            async for chunk in self.stream.frames():
                self.seen.append(chunk)
        finally:
            self.stream.close()

    @property
    def text(self) -> bytes:
        return b"".join(chunk for chunk in self.seen if chunk != KEEP_ALIVE)

    def expected(self, first: int = 0, *, timeout: bool) -> bytes:
        frames = b"".join(event_frame(event) for event in self.log.events[first:])
        return frames + (timeout_frame(self.log.events[-1]["seq"]) if timeout else b"")


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 10))


def test_backlog_then_pushes_then_the_terminal_event_closes() -> None:
    async def scene() -> None:
        room = Room(Log(), wait_seconds=5)
        room.log.append("CREATED")
        watching = asyncio.ensure_future(room.watch())
        await asyncio.sleep(0.02)
        room.commit()
        room.commit("COMPLETED")
        await watching
        assert room.text == room.expected(timeout=False)
        assert room.log.reads == 1

    run(scene())


def test_an_idle_stream_reads_the_store_once_and_keeps_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.02)

    async def scene() -> None:
        room = Room(Log(), wait_seconds=0.3)
        room.log.append("CREATED")
        await room.watch()
        assert room.log.reads == 1
        assert room.seen.count(KEEP_ALIVE) >= 5
        assert room.text == room.expected(timeout=True)

    run(scene())


def test_what_is_committed_while_the_backlog_is_read_comes_once() -> None:
    async def scene() -> None:
        room = Room(Log())
        room.log.append("CREATED")
        reading = room.log.read

        async def slow(since: int) -> Backlog:
            room.commit()
            found = await reading(since)
            room.commit()
            await asyncio.sleep(0.02)
            return found

        room.log.read = slow  # type: ignore[method-assign]
        room.stream = Stream(room.log.source(), room.broadcaster, ("key:k",), 0, 0.2)
        await room.watch()
        assert room.text == room.expected(timeout=True)

    run(scene())


def test_a_gap_is_read_from_the_store_and_latecomers_are_not_repeated() -> None:
    async def scene() -> None:
        room = Room(Log())
        room.log.append("CREATED")
        watching = asyncio.ensure_future(room.watch())
        await asyncio.sleep(0.02)
        second, third = room.log.append(), room.log.append()
        room.announce(third)
        await asyncio.sleep(0.02)
        room.announce(second)
        room.announce(third)
        await watching
        assert room.text == room.expected(timeout=True)
        assert room.log.reads == 2

    run(scene())


def test_a_full_buffer_is_dropped_and_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcasting, "BUFFER_BYTES", 1000)

    async def scene() -> None:
        room = Room(Log(), wait_seconds=5)
        room.log.append("CREATED")
        await room.stream.open()
        frames = room.stream.frames()
        room.seen.append(await anext(frames))
        for _ in range(100):
            room.commit(note="x" * 100)
        await asyncio.sleep(0)
        assert room.stream.subscriber.missed
        room.commit("COMPLETED")
        room.seen += [chunk async for chunk in frames]
        assert room.text == room.expected(timeout=False)
        assert room.log.reads == 2

    run(scene())


def test_since_is_exclusive_but_one_beyond_the_end_still_shows_the_next() -> None:
    async def scene(since: int, first: int) -> None:
        room = Room(Log(), since=since)
        room.log.append("CREATED")
        room.log.append("SUBMITTED")
        watching = asyncio.ensure_future(room.watch())
        await asyncio.sleep(0.02)
        room.commit("DELIVERED")
        await watching
        assert room.text == room.expected(first, timeout=True)

    for since, first in ((0, 0), (1, 1), (2, 2), (3, 2)):
        run(scene(since, first))


def test_a_terminal_intent_with_nothing_new_times_out_at_once() -> None:
    async def scene() -> None:
        room = Room(Log(), since=7, wait_seconds=60)
        room.log.append("CREATED")
        room.log.append("COMPLETED")
        await room.watch()
        assert room.text == timeout_frame(2)

    run(scene())


def test_a_mailbox_goes_on_after_terminal_deliveries_and_shows_only_the_asked_statuses() -> None:
    async def scene() -> None:
        room = Room(Log(step=2))
        wanted = Source(
            topic=TOPIC,
            step=2,
            ends=False,
            read=room.log.read,
            statuses=frozenset({"DELIVERED"}),  # type: ignore[arg-type]
        )
        room.stream = Stream(wanted, room.broadcaster, ("key:k",), 0, 0.2)
        room.log.append("COMPLETED")
        watching = asyncio.ensure_future(room.watch())
        await asyncio.sleep(0.02)
        room.commit("COMPLETED")
        room.commit("DELIVERED")
        await watching
        assert room.text == event_frame(room.log.events[2]) + timeout_frame(6)

    run(scene())


@pytest.mark.parametrize("how", ["revoked", "stopped"])
def test_a_revoked_key_or_a_stop_ends_the_stream_with_where_to_go_on(how: str) -> None:
    async def scene() -> None:
        room = Room(Log(), wait_seconds=60)
        room.log.append("CREATED")
        watching = asyncio.ensure_future(room.watch())
        await asyncio.sleep(0.02)
        room.commit()
        if how == "revoked":
            room.broadcaster.publish([Notice("key:k", 0, None)])
        else:
            await asyncio.sleep(0.02)
            room.broadcaster.close()
        await watching
        assert room.text == room.expected(timeout=True)

    run(scene())


def test_a_refused_stream_leaves_nobody_behind() -> None:
    async def scene() -> None:
        room = Room(Log())

        async def refuse(since: int) -> Backlog:
            raise LookupError("no such intent")

        room.log.read = refuse  # type: ignore[method-assign]
        room.stream = Stream(room.log.source(), room.broadcaster, ("key:k",), 0, 1)
        with pytest.raises(LookupError):
            await room.stream.open()
        assert not room.broadcaster.followed

    run(scene())


def test_a_stream_that_cannot_read_on_ends_where_it_is_and_loses_nothing() -> None:
    async def scene() -> None:
        room = Room(Log(), wait_seconds=5)
        reading = room.log.read

        async def fails_later(since: int) -> Backlog:
            if room.log.reads:
                raise GatewayError(UNAVAILABLE, "the database cannot be reached")
            return await reading(since)

        room.log.read = fails_later  # type: ignore[method-assign]
        room.stream = Stream(room.log.source(), room.broadcaster, ("key:k",), 0, 5)
        watching = asyncio.ensure_future(room.watch())
        await asyncio.sleep(0.02)
        shown = room.log.append("CREATED")
        room.log.append()  # Nobody announces it.
        room.broadcaster.publish([Notice(TOPIC, event["seq"], event) for event in (shown, room.log.append())])
        await watching
        assert room.text == event_frame(shown) + timeout_frame(shown["seq"])

    run(scene())


def test_when_anything_may_have_been_missed_the_store_is_read_again_once() -> None:
    async def scene() -> None:
        room = Room(Log(), wait_seconds=5)
        watching = asyncio.ensure_future(room.watch())
        await asyncio.sleep(0.02)
        room.log.append("CREATED")  # Nobody announces it: another gateway wrote it while its news could not be heard.
        room.broadcaster.publish([Notice(topics.ANYTHING, 0, None)])
        await asyncio.sleep(0.02)
        assert room.text == room.expected(timeout=False)
        assert room.log.reads == 2
        room.commit("COMPLETED")
        await watching
        assert room.text == room.expected(timeout=False)
        assert room.log.reads == 2

    run(scene())
