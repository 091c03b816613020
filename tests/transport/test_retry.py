"""The retry policy, row by row. Sleeps are recorded instead of slept."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
import responses

from axme.exceptions import (
    AxmeConnectionError,
    AxmeHttpError,
    AxmeQuotaError,
    AxmeRateLimitError,
    AxmeServerError,
    AxmeValueError,
)
from axme.transport import Call, Transport
from axme.transport.budget import CAPACITY, RETRY_COST, TIMEOUT_COST, RetryBudget

URL = "http://127.0.0.1:8100"
Connect = Callable[..., Transport]
RETRIED = (408, 429, 500, 502, 503, 504)
NOT_RETRIED = (400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 413, 415, 418, 422, 428, 431, 451, 501, 505)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(Transport, "sleep", lambda self, seconds: found.append(seconds))
    return found


@pytest.fixture
def wire() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def fails(wire: Any, status: int, body: Any = None, **fields: str) -> None:
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        wire.add(method, f"{URL}/v1/x", json=body or {"error": {"message": "no"}}, status=status, headers=headers)


def call(method: str = "POST", **options: Any) -> Call:
    return Call(method=method, path="/v1/x", **options)


def failing(transport: Transport, asked: Call) -> AxmeHttpError:
    with pytest.raises(AxmeHttpError) as caught:
        transport.send(asked)
    return caught.value


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("status", RETRIED)
def test_transient_statuses_are_tried_again(
    wire: Any, connect: Connect, slept: list[float], status: int, method: str
) -> None:
    fails(wire, status)
    error = failing(connect(URL), call(method))
    assert (error.status_code, error.attempts, len(wire.calls), len(slept)) == (status, 3, 3, 2)
    assert len({made.request.headers.get("Idempotency-Key") for made in wire.calls}) == 1
    assert (error.idempotency_key is None) == (method == "GET")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", NOT_RETRIED)
def test_other_statuses_are_final(wire: Any, connect: Connect, slept: list[float], status: int, method: str) -> None:
    fails(wire, status, {"error": {"message": "no", "retryable": True}})
    error = failing(connect(URL), call(method))
    assert (error.status_code, len(wire.calls), slept) == (status, 1, [])
    assert not error.retryable


@pytest.mark.parametrize("status", RETRIED)
def test_the_body_may_say_that_a_retry_is_useless(wire: Any, connect: Connect, slept: list[float], status: int) -> None:
    fails(wire, status, {"error": {"message": "no", "retryable": False}})
    assert not failing(connect(URL), call()).retryable
    assert len(wire.calls) == 1


def test_a_used_up_quota_is_not_asked_again(wire: Any, connect: Connect, slept: list[float]) -> None:
    details = {"dimension": "intents_per_day", "used": 5, "limit": 5}
    fails(wire, 429, {"error": {"code": "quota_exceeded", "message": "used up", "details": details}})
    error = failing(connect(URL), call())
    assert isinstance(error, AxmeQuotaError)
    assert (error.details, len(wire.calls)) == (details, 1)


def test_success_ends_the_retries(wire: Any, connect: Connect, slept: list[float]) -> None:
    wire.add("GET", f"{URL}/v1/x", status=503)
    wire.add("GET", f"{URL}/v1/x", json={"n": 1})
    assert connect(URL).send(call("GET")) == {"n": 1}
    assert len(slept) == 1


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_max_retries_is_obeyed(wire: Any, connect: Connect, slept: list[float], retries: int) -> None:
    fails(wire, 500)
    assert failing(connect(URL, max_retries=retries), call()).attempts == retries + 1
    assert len(slept) == retries


def test_a_call_may_forbid_retries(wire: Any, connect: Connect, slept: list[float]) -> None:
    fails(wire, 503)
    failing(connect(URL), call(retryable=False))
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("text", "date", "wait"),
    [
        ("3", None, 3.0),
        ("0", None, 0.0),
        ("1.5", None, 1.5),
        ("Sun, 22 Nov 2026 12:00:07 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", 7.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", 0.0),
    ],
)
def test_the_server_may_ask_for_a_wait(
    wire: Any, connect: Connect, slept: list[float], text: str, date: str | None, wait: float
) -> None:
    fails(wire, 429, Retry_After=text, **({"Date": date} if date else {}))
    error = failing(connect(URL, max_retries=1, retry_backoff_seconds=0.1), call())
    assert isinstance(error, AxmeRateLimitError)
    assert error.retry_after == wait
    assert wait <= slept[0] <= wait + 0.1


@pytest.mark.parametrize("text", ["-1", "abc", "1e9", "", "99:99", "Sun, 99 Nov 2026 12:00:00 GMT", "٣"])
def test_garbage_is_not_a_wait(wire: Any, connect: Connect, slept: list[float], text: str) -> None:
    wire.add("POST", f"{URL}/v1/x", status=503, headers={"Retry-After": text.encode().decode("latin-1")})
    error = failing(connect(URL, max_retries=1, retry_backoff_seconds=0.1), call())
    assert error.retry_after is None
    assert slept[0] <= 0.1


@pytest.mark.parametrize("text", ["86400", "Sun, 22 Nov 2036 12:00:00 GMT"])
def test_a_wait_beyond_the_deadline_is_not_begun(wire: Any, connect: Connect, slept: list[float], text: str) -> None:
    fails(wire, 503, Retry_After=text, Date="Sun, 22 Nov 2026 12:00:00 GMT")
    error = failing(connect(URL), call())
    assert error.retry_after is not None
    assert error.retry_after >= 86400
    assert (len(wire.calls), slept) == (1, [])


def test_waits_are_spread_over_the_whole_range(
    wire: Any, connect: Connect, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full jitter: uniform between nothing and the doubling limit, never above the cap."""
    # The same dice each time: true ones leave the bounds once in ten thousand runs.
    monkeypatch.setattr(random, "uniform", random.Random(1).uniform)
    fails(wire, 503)
    transport = connect(URL, max_retries=4, retry_backoff_seconds=10.0, timeout=1000)
    for _ in range(500):
        transport._state.budget = RetryBudget()
        failing(transport, call("GET"))
        wire.calls.reset()
    for attempt, limit in enumerate((10.0, 20.0, 20.0, 20.0)):
        waits = slept[attempt::4]
        assert all(0 <= wait <= limit for wait in waits)
        buckets = [0] * 5
        for wait in waits:
            buckets[min(4, int(wait / limit * 5))] += 1
        assert all(60 <= count <= 140 for count in buckets), buckets


def test_an_unreachable_server_is_tried_beyond_max_retries_but_not_for_ever(
    connect: Connect, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("axme.transport.retry.monotonic", lambda: now.__setitem__(0, now[0] + 1) or now[0])
    transport = connect("http://127.0.0.1:1")
    with pytest.raises(AxmeConnectionError) as caught:
        transport.send(call())
    assert 8 <= caught.value.attempts <= 12
    assert caught.value.outcome == "not_sent"


def test_waiting_for_a_restart_costs_no_budget(
    connect: Connect, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("axme.transport.retry.monotonic", lambda: now.__setitem__(0, now[0] + 1) or now[0])
    transport = connect("http://127.0.0.1:1")
    attempts = []
    for _ in range(2 * CAPACITY // (8 * RETRY_COST)):
        with pytest.raises(AxmeConnectionError) as caught:
            transport.send(call())
        attempts.append(caught.value.attempts)
    assert min(attempts) >= 8


def test_a_failing_server_is_not_stormed(wire: Any, connect: Connect, slept: list[float]) -> None:
    fails(wire, 503)
    transport = connect(URL)
    counts = []
    for _ in range(1000):
        with pytest.raises(AxmeServerError):
            transport.send(call("GET"))
        counts.append(len(wire.calls))
        wire.calls.reset()
    assert sum(counts[:100]) <= 205
    assert sum(counts) <= 1000 + CAPACITY // RETRY_COST
    assert counts[-1] == 1
    wire.replace("GET", f"{URL}/v1/x", json={"n": 1})
    assert transport.send(call("GET")) == {"n": 1}


def test_the_budget_stays_in_range_under_threads() -> None:
    budget = RetryBudget()
    seen: set[bool] = set()

    def work() -> None:
        for _ in range(2000):
            paid = RETRY_COST if budget.take(RETRY_COST) else 0
            seen.add(0 <= budget.tokens <= CAPACITY)
            budget.give_back(paid)
            seen.add(0 <= budget.tokens <= CAPACITY)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {True}
    assert budget.tokens == CAPACITY


def test_what_a_call_paid_comes_back_when_it_succeeds() -> None:
    budget = RetryBudget()
    assert budget.take(TIMEOUT_COST)
    budget.give_back(TIMEOUT_COST)
    assert budget.tokens == CAPACITY
    while budget.take(RETRY_COST):
        pass
    budget.give_back(0)
    assert budget.tokens == 1


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), True])
def test_a_timeout_must_be_one(connect: Connect, timeout: float) -> None:
    with pytest.raises(AxmeValueError, match="timeout must be"):
        connect(URL).send(call(timeout=timeout))
