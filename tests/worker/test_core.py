"""The worker's core over a shelf in memory: slots, leases, time-outs, hostile handlers, drain."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from datetime import timedelta
from typing import Any

import pytest

from axme import (
    AxmeClaimLostError,
    AxmeConnectionError,
    AxmePermissionError,
    AxmeValidationError,
    AxmeValueError,
    Reject,
    Retry,
    Wait,
)
from axme.worker import Run
from axme.worker.outcomes import Done, Failed
from tests.plain import until
from tests.worker.shelf import Shelf, at_work, worker


def name_of(run: Run) -> str:
    return run.claim.id


@pytest.mark.parametrize(
    ("returned", "outcome"),
    [
        (None, Done({})),
        ({"parcels": 3}, Done({"parcels": 3})),
        ("text", Done({"value": "text"})),
        ([1, 2], Done({"value": [1, 2]})),
        (Wait.for_time(timedelta(seconds=5)), Wait({"for": "time", "seconds": 5.0})),
    ],
)
def test_what_a_handler_returns(returned: Any, outcome: Any) -> None:
    shelf = Shelf()
    shelf.put("a")
    with at_work(shelf, lambda run: returned):
        assert shelf.wait("a") == [outcome]


@pytest.mark.parametrize(
    ("error", "code", "retryable", "after"),
    [
        (ValueError("no items"), "handler_error", True, None),
        (KeyError(), "handler_error", True, None),
        (LookupError("never"), "handler_error", False, None),
        (Reject("empty", code="empty_order"), "empty_order", False, None),
        (Retry("busy", after=timedelta(seconds=9)), "retry", True, 9.0),
        (SystemExit(3), "handler_error", True, None),
        (KeyboardInterrupt(), "handler_error", True, None),
        (GeneratorExit(), "handler_error", True, None),
    ],
)
def test_what_a_handler_raises(error: BaseException, code: str, retryable: bool, after: float | None) -> None:
    shelf = Shelf()
    shelf.put("a")

    def handle(run: Run) -> None:
        raise error

    with at_work(shelf, handle, no_retry=(LookupError,) if type(error) is LookupError else ()) as made:
        (failed,) = shelf.wait("a")
        assert isinstance(failed, Failed)
        assert (failed.error["code"], failed.retryable, failed.retry_after) == (code, retryable, after)
        assert failed.error["message"]
        shelf.put("b")
        shelf.wait("b")
        until(lambda: made.summary.failed == 2)


def test_what_is_no_json_fails_for_good_and_says_why() -> None:
    shelf = Shelf()
    shelf.put("a")
    with at_work(shelf, lambda run: object()):
        (failed,) = shelf.wait("a")
    assert isinstance(failed, Failed)
    assert not failed.retryable
    assert "returned object" in failed.error["message"]


def test_a_result_the_gateway_refuses_becomes_a_failure_for_good() -> None:
    shelf = Shelf()
    shelf.trouble["settle"].append(AxmeValidationError(413, "too large"))
    shelf.put("a")
    with at_work(shelf, lambda run: {"big": 1}):
        (failed,) = shelf.wait("a")
    assert isinstance(failed, Failed)
    assert (failed.retryable, failed.error["code"]) == (False, "bad_result")
    assert "too large" in failed.error["message"]


def test_details_that_cannot_be_sent_are_left_out() -> None:
    shelf = Shelf()
    shelf.trouble["settle"].append(AxmeValueError("details: an object is no JSON"))
    shelf.put("a")

    def handle(run: Run) -> None:
        raise Reject("empty", code="empty_order", details={"order": object()})

    with at_work(shelf, handle):
        assert shelf.wait("a") == [Failed({"code": "empty_order", "message": "empty"}, retryable=False)]


def test_leases_are_looked_after_whatever_happens() -> None:
    shelf = Shelf()
    shelf.trouble["renew"].extend([KeyError("nonsense"), AxmeConnectionError("refused", retryable=True)])
    shelf.gone["unknown"] = "never heard of it"
    shelf.put("a")
    with at_work(shelf, lambda run: until(lambda: shelf.renewed["a"] >= 2)):
        shelf.wait("a")


def test_async_handlers() -> None:
    shelf = Shelf()
    shelf.put("a")

    async def handle(run: Run) -> dict[str, str]:
        await asyncio.sleep(0)
        return {"name": name_of(run)}

    with at_work(shelf, handle):
        assert shelf.wait("a") == [Done({"name": "a"})]


def test_never_more_at_a_time_than_slots_and_never_more_asked_for_than_free() -> None:
    shelf = Shelf()
    names = [str(number) for number in range(40)]
    shelf.put(*names)
    lock, now, most = threading.Lock(), 0, 0

    def handle(run: Run) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.005)
        with lock:
            now -= 1

    with at_work(shelf, handle, concurrency=3):
        shelf.wait(*names)
    assert most == 3
    assert max(shelf.limits) == 3


def test_leases_are_renewed_while_the_handler_runs_and_not_after() -> None:
    shelf = Shelf()
    shelf.put("a")
    with at_work(shelf, lambda run: until(lambda: shelf.renewed["a"] >= 3)):
        shelf.wait("a")
        seen = shelf.renewed["a"]
        threading.Event().wait(0.3)
        assert shelf.renewed["a"] <= seen + 1


def test_a_lost_lease_reaches_the_handler_and_its_result_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    told: list[str] = []

    def handle(run: Run) -> dict[str, int]:
        shelf.gone["a"] = "worker B has it now"
        assert run.lost.wait(10)
        with pytest.raises(AxmeClaimLostError, match="worker B"):
            run.progress({"message": "still here"})
        told.append("yes")
        return {"late": 1}

    shelf.put("a")
    with caplog.at_level(logging.INFO, "axme.worker"), at_work(shelf, handle) as made:
        until(lambda: told)
        until(lambda: "result is dropped" in caplog.text)
        assert made.summary.lost == 1
    assert not shelf.settled
    assert "intent a is not ours any more: worker B has it now" in caplog.text


def test_a_late_result_is_dropped_with_a_line(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    shelf.trouble["settle"].append(AxmeClaimLostError(409, "worker B has completed it", code="claim_lost"))
    shelf.put("a")
    with at_work(shelf, lambda run: {}) as made:
        until(lambda: made.summary.lost == 1)
    assert "came too late and is dropped: worker B has completed it" in caplog.text


def test_a_handler_past_its_time_fails_and_its_slot_goes_on() -> None:
    shelf = Shelf()
    never = threading.Event()
    lost: list[bool] = []

    def handle(run: Run) -> None:
        if name_of(run) != "quick":
            never.wait(30)
            lost.append(run.lost.is_set())

    shelf.put("a", "b")
    with at_work(shelf, handle, concurrency=1, timeout=timedelta(seconds=0.1)) as made:
        failures = shelf.wait("a", "b")
        assert [one.error["code"] for one in failures if isinstance(one, Failed)] == ["handler_timeout"] * 2
        shelf.put("quick")
        shelf.wait("quick")
        assert made.summary.abandoned == 2
        never.set()
        until(lambda: made.summary.abandoned == 0)
        assert lost == [True, True]
        assert (made.summary.timed_out, made.summary.completed) == (2, 1)


def test_threads_are_abandoned_up_to_a_cap_and_the_slot_is_back_when_they_return() -> None:
    shelf = Shelf()
    never = threading.Event()
    names = [str(number) for number in range(5)]
    shelf.put(*names)
    with at_work(
        shelf, lambda run: None if name_of(run) == "last" else never.wait(30), concurrency=1,
        timeout=timedelta(seconds=0.02),
    ) as made:  # fmt: skip
        shelf.wait(*names)
        assert made.summary.abandoned == 4
        shelf.put("last")
        never.set()
        shelf.wait("last")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_handler_that_forks_has_one_parent_to_settle_it() -> None:
    shelf = Shelf()
    shelf.put("a", "b")
    children: list[int] = []

    def handle(run: Run) -> dict[str, bool]:
        pid = os.fork()
        if pid == 0 and name_of(run) == "b":
            raise SystemExit(7)
        if pid:
            children.append(pid)
        return {"parent": bool(pid)}

    with at_work(shelf, handle, concurrency=1):
        assert shelf.wait("a", "b") == [Done({"parent": True})] * 2
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    assert codes == [0, 7]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_worker_made_before_a_fork_works_in_the_child() -> None:
    shelf = Shelf()
    shelf.put("a")
    made = worker(shelf, lambda run: {"n": 1})
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with made:
                code = 0 if shelf.wait("a") == [Done({"n": 1})] else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_trouble_is_told_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    cut = AxmeConnectionError("refused", retryable=True)
    shelf.trouble["take"].extend([cut] * 4)
    shelf.trouble["settle"].extend([cut] * 3)
    shelf.trouble["renew"].extend([cut] * 1)
    shelf.put("a")
    with caplog.at_level(logging.INFO, "axme.worker"), at_work(shelf, lambda run: {}):
        shelf.wait("a", seconds=30)
    assert caplog.text.count("asking for work failed and is tried again") == 1
    assert caplog.text.count("asking for work works again") == 1
    assert caplog.text.count("reporting a result failed and is tried again") == 1


def test_what_waiting_does_not_mend_ends_the_worker_after_what_runs() -> None:
    shelf = Shelf()
    release = threading.Event()
    shelf.put("a")
    made = worker(shelf, lambda run: release.wait(10))

    def revoke() -> None:
        until(lambda: shelf.limits)
        shelf.trouble["take"].append(AxmePermissionError(403, "the key was revoked", code="forbidden"))
        threading.Timer(0.3, release.set).start()

    threading.Thread(target=revoke).start()
    with pytest.raises(AxmePermissionError, match="revoked"):
        made.run()
    assert shelf.wait("a") == [Done({"value": True})]


def test_a_drain_finishes_what_runs_and_takes_nothing_new() -> None:
    shelf = Shelf()
    began, release = threading.Event(), threading.Event()

    def handle(run: Run) -> dict[str, int]:
        began.set()
        release.wait(10)
        return {"n": 1}

    shelf.put("a")
    with at_work(shelf, handle, concurrency=2) as made:
        assert began.wait(10)
        made.stop()
        until(lambda: shelf._stopped)
        shelf.put("b")
        release.set()
    assert shelf.settled == {"a": Done({"n": 1})}
    assert (made.summary.completed, made.summary.released) == (1, 0)


def test_what_does_not_finish_in_time_is_given_back() -> None:
    shelf = Shelf()
    began, release = threading.Event(), threading.Event()
    seen: list[bool] = []

    def handle(run: Run) -> None:
        began.set()
        release.wait(10)
        seen.append(run.lost.is_set())

    shelf.put("a")
    with at_work(shelf, handle, drain_timeout=timedelta(seconds=0.1)) as made:
        assert began.wait(10)
    assert (shelf.released, shelf.settled, made.summary.released) == (["a"], {}, 1)
    release.set()
    until(lambda: seen == [True])


def test_a_worker_runs_once_and_says_so() -> None:
    with at_work(Shelf(), lambda run: None) as made:
        until(lambda: made._started)
        with pytest.raises(ValueError, match="runs once"):
            made.run()
