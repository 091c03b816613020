"""Workers in line: each delivery wakes one, and none is left lying because the one that was woken went away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.delivery.desk import Desk
from axme.gateway.store import topics
from axme.gateway.store.tx import Notice


def running(test: Callable[[Broadcaster, Desk], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        broadcaster = Broadcaster(asyncio.get_running_loop())
        await test(broadcaster, Desk(broadcaster))

    asyncio.run(run())


def delivery(mailbox: str, cursor: int) -> Notice:
    return Notice(topics.agent(mailbox), cursor, {"status": "DELIVERED"})


def test_a_delivery_calls_the_first_that_is_free() -> None:
    async def test(broadcaster: Broadcaster, desk: Desk) -> None:
        first, second, other = desk.join("m", ["k"]), desk.join("m", ["k"]), desk.join("n", ["k"])
        broadcaster.publish([delivery("m", 2)])
        await asyncio.sleep(0)
        assert (first.called, second.called, other.called) == (True, False, False)
        broadcaster.publish([delivery("m", 4)])
        await asyncio.sleep(0)
        assert second.called
        assert await first.is_called(0)
        assert not await first.is_called(0)

    running(test)


def test_who_leaves_passes_on_what_it_was_called_for() -> None:
    async def test(broadcaster: Broadcaster, desk: Desk) -> None:
        first, second = desk.join("m", ["k"]), desk.join("m", ["k"])
        desk.call("m")
        desk.leave(first)
        assert await second.is_called(1)
        desk.leave(second)
        desk.call("m")

    running(test)


def test_everybody_looks_who_may_have_missed_something() -> None:
    async def test(broadcaster: Broadcaster, desk: Desk) -> None:
        places = [desk.join(mailbox, ["k"]) for mailbox in "abc"]
        broadcaster.publish([Notice(topics.ANYTHING, 0, None)])
        assert [await place.is_called(1) for place in places] == [True, True, True]

    running(test)


def test_a_revoked_key_and_the_end_send_away() -> None:
    async def test(broadcaster: Broadcaster, desk: Desk) -> None:
        mine, other = desk.join("m", [topics.key("k1")]), desk.join("m", [topics.key("k2")])
        broadcaster.publish([Notice(topics.key("k1"), 0, None)])
        assert not await mine.is_called(1)
        assert not other.ended
        desk.close()
        assert not await other.is_called(1)
        assert desk.join("m", ["k"]).ended

    running(test)
