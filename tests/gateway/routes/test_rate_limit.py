"""How fast callers may go: the buckets themselves, and a gateway that was started with a limit."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from axme import AxmeRateLimitError
from axme.gateway import LocalGateway, start
from axme.gateway.__main__ import main
from axme.gateway.errors import GatewayError
from axme.gateway.routes import rate_limit
from axme.gateway.routes.rate_limit import RateLimiter
from tests.plain import Caller, admin, make_agent, refused

pytestmark = pytest.mark.slow


class Ticking:
    """A monotonic clock that stands still."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(headers: list[tuple[bytes, bytes]]) -> list[int]:
    return [int(value) for _, value in headers]


def test_a_bucket_empties_and_fills_evenly() -> None:
    clock = Ticking()
    limiter = RateLimiter(60, clock)
    assert told(limiter.take("key", "get")) == [60, 59, 1]
    for _ in range(59):
        limiter.take("key", "get")
    with pytest.raises(GatewayError) as caught:
        limiter.take("key", "get")
    assert caught.value.headers["Retry-After"] == "1"
    assert caught.value.headers["x-ratelimit-remaining"] == "0"
    limiter.take("other key", "get")
    limiter.take("key", "other endpoint")
    clock.now += 2.0
    assert told(limiter.take("key", "get"))[1] == 1
    clock.now += 3600
    assert told(limiter.take("key", "get"))[1] == 59, "a bucket holds no more than a minute's worth"


def test_buckets_are_forgotten_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_MOST_BUCKETS", 3)
    clock = Ticking()
    limiter = RateLimiter(60, clock)
    for name in "abc":
        limiter.take(name, "get")
    clock.now += 30
    limiter.take("d", "get")
    assert len(limiter._buckets) == 1, "full ones are as good as none"
    for name in "efgh":
        limiter.take(name, "get")
    assert len(limiter._buckets) <= 3


def test_a_gateway_with_a_limit(tmp_path: Path) -> None:
    with start(data_dir=tmp_path / "gateway", rate_limit=30) as gateway, admin(gateway) as calls:
        agent = make_agent(calls)
        answers: list[int] = []

        def ask() -> None:
            with admin(gateway) as own:
                answers.extend(own.send("GET", "/v1/intents").status_code for _ in range(15))

        begun = time.monotonic()
        threads = [threading.Thread(target=ask) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counted = Counter(answers)
        gained = (time.monotonic() - begun) / 2
        assert 30 <= counted[200] <= 31 + gained, "thirty at once, and those the bucket gained meanwhile"
        assert counted[200] + counted[429] == 150

        denied = next(
            answer for answer in (calls.send("GET", "/v1/intents") for _ in range(100)) if answer.status_code != 200
        )
        refused(denied, 429, "rate_limit_exceeded")
        assert int(denied.headers["Retry-After"]) >= 1
        assert denied.headers["X-RateLimit-Limit"] == "30"
        assert denied.headers["X-RateLimit-Remaining"] == "0"
        assert denied.json()["error"]["retryable"] is True

        passed = calls.send("GET", "/v1/agents")
        assert (passed.status_code, passed.headers["X-RateLimit-Remaining"]) == (200, "29"), "another endpoint"
        with Caller(gateway.base_url, agent.key) as other:
            assert other.send("GET", "/v1/intents").status_code == 200, "another key"

        with gateway.client(max_retries=0) as client:

            def hurry() -> None:
                for _ in range(200):
                    client.mcp_call_tool("list_agents", validate_input_schema=False)

            with pytest.raises(AxmeRateLimitError):
                hurry()
            client.mcp_call_tool("list_intents", validate_input_schema=False)


def test_without_a_limit_no_header_speaks_of_one(caller: Caller) -> None:
    assert not [name for name in caller.send("GET", "/v1/intents").headers if name.lower().startswith("x-ratelimit")]


def test_a_limit_that_lets_nothing_through_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--rate-limit", "0", "--data-dir", str(tmp_path)]) == 2
    assert "leave it out for no limit" in capsys.readouterr().err


def test_the_requests_of_a_workspace_have_a_quota(fresh_gateway: LocalGateway) -> None:
    with admin(fresh_gateway) as calls:
        calls.send("PATCH", "/v1/quotas", json={"dimensions": {"requests_per_minute": 3}})
    fresh_gateway.stop()
    with start(data_dir=fresh_gateway.data_dir) as again, admin(again) as calls:
        seen = Counter(calls.send("GET", "/v1/agents").status_code for _ in range(12))
        assert seen[200] >= 3
        # The minute may turn once while the requests are made.
        assert seen[200] <= 6
        denied = calls.send("GET", "/v1/agents")
        if denied.status_code == 429:
            assert denied.json()["error"]["details"]["dimension"] == "requests_per_minute"
            assert 1 <= int(denied.headers["Retry-After"]) <= 60
