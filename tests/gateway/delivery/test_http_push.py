"""Pushing to other servers: what is sent, what counts as an answer, and where nothing is ever sent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from axme.gateway.delivery.http_push import push
from axme.gateway.lifecycle.pushing import MOST_ATTEMPTS, Outcome, Verdict, next_try, read_status
from axme.gateway.policy.ssrf import Rules
from tests.gateway.delivery.hostile import HOSTILE
from tests.gateway.delivery.target import Server, answering, serving

LOCAL = Rules(allow_local=True)
BODY = b'{"n":1}'


@pytest.fixture(scope="module")
def canary() -> Iterator[Server]:
    """Somebody who must never be called."""
    with serving(answering("200 OK")) as server:
        yield server


def test_there_are_enough_hostile_urls() -> None:
    assert len(set(HOSTILE)) >= 80


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_reaches_nobody(url: str, canary: Server) -> None:
    outcome = push(url.replace("{port}", str(canary.port)), BODY, {}, timeout=2)
    assert outcome.verdict is not Verdict.DELIVERED
    assert canary.connections == 0


@pytest.mark.parametrize("url", [url for url in HOSTILE if "{port}" in url])
def test_a_hostile_url_on_an_allowed_port_reaches_nobody(url: str, canary: Server) -> None:
    # The port is allowed, so that only the address is in question; the canary takes any call to it.
    outcome = push(url.replace("{port}", "8080"), BODY, {}, timeout=2, resolve=lambda host, port: ["127.0.0.1"])
    assert outcome.verdict is not Verdict.DELIVERED
    assert canary.connections == 0


def test_every_address_of_a_name_is_checked(canary: Server) -> None:
    for addresses in (["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"], ["::1"], ["169.254.169.254"]):
        outcome = push("http://good.example/", BODY, {}, timeout=1, resolve=lambda host, port, a=addresses: a)
        assert outcome.verdict is Verdict.HOPELESS
        assert "nothing was sent" in outcome.detail
    assert canary.connections == 0


def test_a_name_is_resolved_once(canary: Server) -> None:
    """A name server that answers with another address the second time is never asked a second time."""
    answers = iter([["127.0.0.3"], ["127.0.0.1"]])
    push(
        f"http://good.example:{canary.port}/",
        BODY,
        {},
        timeout=1,
        rules=LOCAL,
        resolve=lambda host, port: next(answers),
    )
    assert next(answers) == ["127.0.0.1"], "the second answer is still there"
    assert canary.connections == 0


def test_no_proxy_of_the_environment_is_asked(canary: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    push("http://good.example/", BODY, {}, timeout=0.2, rules=LOCAL, resolve=lambda host, port: ["127.0.0.9"])
    assert canary.connections == 0


def test_what_is_sent_is_one_plain_post() -> None:
    with serving(answering("204 No Content")) as server:
        outcome = push(
            f"http://hooks.example:{server.port}/in?x=1",
            BODY,
            {"Content-Type": "application/json", "Idempotency-Key": "d-1"},
            rules=LOCAL,
            resolve=lambda host, port: ["127.0.0.1"],
        )
        assert outcome == Outcome(Verdict.DELIVERED, "HTTP 204", 204)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    named = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in headers}
    assert first == "POST /in?x=1 HTTP/1.1"
    assert named["host"] == f"hooks.example:{server.port}"
    assert named["content-length"] == str(len(BODY))
    assert (named["idempotency-key"], body) == ("d-1", BODY)


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        ("200 OK", Verdict.DELIVERED),
        ("299 Fine", Verdict.DELIVERED),
        ("301 Moved\r\nLocation: http://127.0.0.1/", Verdict.RETRY),
        ("404 Not Found", Verdict.RETRY),
        ("410 Gone", Verdict.HOPELESS),
        ("429 Slow Down\r\nRetry-After: 7", Verdict.RETRY),
        ("500 Oops", Verdict.RETRY),
    ],
)
def test_the_status_decides(head: str, verdict: Verdict) -> None:
    with serving(answering(head)) as server:
        outcome = push(server.url, BODY, {}, rules=LOCAL)
        assert outcome.verdict is verdict
        assert outcome.status == int(head[:3])
        assert "secret" not in outcome.detail
        assert server.connections == 1, "a redirect is not followed"


def test_an_interim_answer_is_no_answer() -> None:
    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    with serving(behave) as server:
        assert push(server.url, BODY, {}, rules=LOCAL).status == 202


def _silence(connection: socket.socket) -> None:
    connection.recv(1)


def _drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"H")
        time.sleep(0.05)


def _drip_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


def _garbage(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-secret\r\n")


def _hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("behave", [_silence, _drip, _drip_headers])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_does_not_get_to_the_point_is_left(behave: Callable[[socket.socket], None], scheme: str) -> None:
    with serving(behave) as server:
        before = time.monotonic()
        outcome = push(server.url.replace("http", scheme, 1), BODY, {}, timeout=0.3, rules=LOCAL)
        assert time.monotonic() - before < 5, "the deadline holds for all of it"
    assert outcome.verdict is Verdict.RETRY
    assert outcome.status is None


@pytest.mark.parametrize("behave", [_garbage, _hang_up])
def test_a_server_that_speaks_no_http_is_told_apart(behave: Callable[[socket.socket], None]) -> None:
    with serving(behave) as server:
        outcome = push(server.url, BODY, {}, rules=LOCAL)
    assert outcome.verdict is Verdict.RETRY
    assert "secret" not in outcome.detail


def test_nobody_there_is_worth_another_try() -> None:
    outcome = push("http://127.0.0.1:1/", BODY, {}, rules=LOCAL)
    assert outcome == Outcome(Verdict.RETRY, "the exchange failed: the connection was refused")

    def no_such_name(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert push("http://x.example/", BODY, {}, resolve=no_such_name).detail.endswith("there is no such name")


def test_a_resolver_that_hangs_is_left() -> None:
    answered = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        answered.wait(10)
        return ["127.0.0.1"]

    outcome = push("http://x.example/", BODY, {}, timeout=0.1, resolve=hangs)
    answered.set()
    assert outcome.verdict is Verdict.RETRY


def test_tries_become_rarer_and_end() -> None:
    failed = read_status(500)
    waits = [next_try(attempt, failed, at=0, chance=0.0) for attempt in range(1, MOST_ATTEMPTS + 1)]
    assert waits == [5_000_000, 30_000_000, 120_000_000, 600_000_000, 3_600_000_000, None]
    assert next_try(1, failed, at=0, chance=1.0) == 6_000_000
    assert next_try(1, read_status(429, "60"), at=0, chance=0.0) == 60_000_000
    assert next_try(1, read_status(503, "99999"), at=0, chance=0.0) == 86_400_000_000, "nobody is waited for longer"
    assert next_try(1, read_status(503, "soon"), at=0, chance=0.0) == 5_000_000
    assert next_try(1, read_status(410), at=0, chance=0.0) is None
    assert next_try(1, read_status(200), at=0, chance=0.0) is None
