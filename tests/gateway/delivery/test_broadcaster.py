"""The way from the writer's thread to the observers."""

from __future__ import annotations

import asyncio
import threading

from axme.gateway.delivery.broadcaster import Broadcaster, EndWaiter
from axme.gateway.store.tx import Notice


def _event(seq: int) -> dict[str, object]:
    return {"seq": seq, "event_type": "intent.in_progress", "status": "IN_PROGRESS"}


def test_every_notice_of_many_threads_reaches_every_subscriber_in_order_and_encoded_once() -> None:
    async def scene() -> None:
        broadcaster = Broadcaster(asyncio.get_running_loop())
        subscribers = [broadcaster.subscribe([f"intent:{n % 4}"]) for n in range(8)]

        def commit(topic: int) -> None:
            for seq in range(1, 101):
                broadcaster.publish([Notice(f"intent:{topic}", seq, _event(seq))])

        threads = [threading.Thread(target=commit, args=(topic,)) for topic in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])
        await asyncio.sleep(0)
        taken = [subscriber.take() for subscriber in subscribers]
        assert all([push.seq for push in pushes] == list(range(1, 101)) for pushes in taken)
        assert all(one.frame is twin.frame for one, twin in zip(taken[0], taken[4], strict=True))

    asyncio.run(scene())


def test_topics_nobody_follows_do_not_reach_the_loop() -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        broadcaster = Broadcaster(loop)
        heard: list[Notice] = []
        broadcaster.listen("key:", heard.append)
        subscriber = broadcaster.subscribe(["intent:1"])
        broadcaster.unsubscribe(subscriber, ["intent:1"])
        assert not broadcaster.followed
        broadcaster.publish([Notice("intent:1", 1, _event(1)), Notice("key:a", 0, None)])
        await asyncio.sleep(0.01)
        assert [notice.topic for notice in heard] == ["key:a"]
        assert subscriber.take() == []

    asyncio.run(scene())


def test_after_the_close_new_subscribers_end_at_once() -> None:
    async def scene() -> None:
        broadcaster = Broadcaster(asyncio.get_running_loop())
        early = broadcaster.subscribe(["intent:1"])
        broadcaster.close()
        late = broadcaster.subscribe(["intent:1"])
        assert early.ended
        assert late.ended
        await asyncio.wait_for(late.wait(60), 1)

    asyncio.run(scene())


def test_publishing_to_a_loop_that_is_gone_is_harmless() -> None:
    async def make() -> Broadcaster:
        broadcaster = Broadcaster(asyncio.get_running_loop())
        broadcaster.listen("", lambda notice: None)
        return broadcaster

    asyncio.run(make()).publish([Notice("key:a", 0, None)])


def test_who_waits_for_the_end_is_woken_by_it_alone_and_given_what_was_committed() -> None:
    async def follow() -> tuple[bool, EndWaiter]:
        broadcaster = Broadcaster(asyncio.get_running_loop())
        waiter = EndWaiter()
        broadcaster.subscribe(["intent:1"], waiter)
        broadcaster.publish([Notice("intent:1", 1, _event(1))])
        await asyncio.sleep(0)
        early = waiter.ended
        ended = _event(2) | {"status": "COMPLETED"}
        broadcaster.publish([Notice("intent:1", 2, lambda: ended, lambda: {"seq": 2})])
        await waiter.wait(60)
        return early, waiter

    early, waiter = asyncio.run(follow())
    assert not early
    assert waiter.last is not None
    assert waiter.last.whole is not None
    assert waiter.last.whole() == {"seq": 2}
