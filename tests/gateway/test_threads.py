"""Nobody waits for a thread that may never come to run."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from axme.gateway import threads
from axme.gateway.delivery.http_push import push
from axme.gateway.lifecycle.pushing import Verdict
from axme.gateway.store import Store
from axme.gateway.store.bridge import Bridge
from axme.gateway.threads import full_pool


def test_a_pool_starts_no_thread_after_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    with full_pool(3, "full") as pool:
        monkeypatch.setattr(threading.Thread, "start", _refused)
        hold = threading.Barrier(3, timeout=20)
        assert len({future.result() for future in [pool.submit(_name, hold) for _ in range(3)]}) == 3
        assert sum(future.result() for future in [pool.submit(int, 1) for _ in range(100)]) == 100


def test_a_store_starts_no_thread_for_a_request(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", _refused)

    async def ask() -> None:
        await asyncio.gather(*(work(lambda tx: None) for _ in range(50) for work in (store.write, store.read)))

    asyncio.run(ask())


def test_a_resolver_that_never_comes_to_run_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads._thread, "start_new_thread", lambda *_: 0)
    outcome = push("http://x.example/", b"", {}, timeout=0.1, resolve=lambda host, port: ["127.0.0.1"])
    assert outcome.verdict is Verdict.RETRY
    assert "took too long" in outcome.detail


def test_an_answer_that_could_not_wake_the_loop_is_brought_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    async def ask() -> list[int]:
        loop = asyncio.get_running_loop()
        bridge, first, second = Bridge(loop), Future[int](), Future[int]()
        waiting = [asyncio.ensure_future(bridge.wait(future)) for future in (first, second)]
        await asyncio.sleep(0)
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(loop, "call_soon_threadsafe", _no_memory)
            first.set_result(1)
        second.set_result(2)
        return await asyncio.wait_for(asyncio.gather(*waiting), timeout=20)

    assert asyncio.run(ask()) == [1, 2]
    assert "MemoryError" in caplog.text


def _name(hold: threading.Barrier) -> str:
    hold.wait()
    return threading.current_thread().name


def _refused(thread: threading.Thread) -> None:
    raise AssertionError(f"{thread.name} was started")


def _no_memory(*_: object) -> None:
    raise MemoryError
