"""A session the caller brings, and what is settled once for a session of our own."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeClosedError, AxmeConfigError, AxmeConnectionError, AxmeTimeoutError
from axme.transport import Call, Transport
from axme.transport.session import own_route
from tests.transport.rawserver import Handler, RawServer, always, answer, script

CALL = Call(method="GET", path="/v1/x")
Serve = Callable[[Handler], RawServer]


def brought(server: RawServer, session: requests.Session, **options: object) -> Transport:
    config = AxmeClientConfig(base_url=server.url, api_key="k" * 20, retry_backoff_seconds=0.001, **options)  # type: ignore[arg-type]
    return Transport(config, session)


def test_the_callers_session_does_the_work(serve: Serve) -> None:
    class Counting(HTTPAdapter):
        sent = 0

        def send(self, *arguments: object, **options: object) -> requests.Response:
            Counting.sent += 1
            return super().send(*arguments, **options)  # type: ignore[arg-type]

    server = serve(script(lambda peer: peer.reset(), answer({"n": 1})))
    with requests.Session() as session:
        session.mount("http://", Counting())
        session.headers["X-Of-The-Session"] = "not sent: the protocol's headers are ours"
        transport = brought(server, session)
        assert transport.send(CALL) == {"n": 1}
        assert Counting.sent == 2
        with transport.open(CALL, idle_timeout=2) as stream:
            assert stream.read() == b'{"n": 1}'
        transport.close()
        assert session.get(server.url).status_code == 200
    assert "x-of-the-session" not in server.requests[0].fields


def test_a_stream_of_the_callers_session_is_closed_from_another_thread(serve: Serve) -> None:
    server = serve(script(lambda peer: (peer.send(b"HTTP/1.1 200 OK\r\n\r\none"), peer.server.stopping.wait(20))))
    with requests.Session() as session:
        transport = brought(server, session)
        stream = transport.open(CALL, idle_timeout=20)
        assert stream.read() == b"one"
        closer = threading.Timer(0.1, transport.close)
        closer.start()
        started = time.monotonic()
        with pytest.raises(AxmeClosedError):
            stream.read()
        assert time.monotonic() - started < 2
        closer.join()


def test_a_silent_server_is_left_whatever_session_is_used(serve: Serve) -> None:
    server = serve(script(lambda peer: peer.server.stopping.wait(20)))
    with requests.Session() as session, pytest.raises(AxmeTimeoutError):
        brought(server, session, timeout_seconds=0.1, max_retries=0).send(CALL)


def test_a_missing_gateway_is_recognised_whatever_session_is_used() -> None:
    config = AxmeClientConfig(base_url="http://127.0.0.1:1", api_key="k" * 20, max_retries=0)
    with requests.Session() as session:
        transport = Transport(config, session)
        with pytest.raises(AxmeConnectionError, match="nothing listens") as caught:
            transport.send(CALL)
    assert caught.value.outcome == "not_sent"


def test_requests_mocking_libraries_keep_working() -> None:
    transport = Transport(AxmeClientConfig(base_url="https://axme.example/base/", api_key="k" * 20))
    with responses.RequestsMock() as mock:
        mock.add("GET", "https://axme.example/base/v1/x", json={"n": 1})
        assert transport.send(Call(method="GET", path="/v1/x", query={"limit": 3})) == {"n": 1}
        assert mock.calls[0].request.url == "https://axme.example/base/v1/x?limit=3"
        assert mock.calls[0].request.headers["x-api-key"] == "k" * 20
    transport.close()


@pytest.mark.parametrize("trust_env", [False, True])
def test_a_missing_certificate_bundle_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trust_env: bool
) -> None:
    missing = str(tmp_path / "missing.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", missing)
    options = {} if trust_env else {"verify": missing}
    config = AxmeClientConfig(base_url="https://127.0.0.1:1", api_key="k" * 20, trust_env=trust_env, **options)  # type: ignore[arg-type]
    transport = Transport(config)
    with pytest.raises(AxmeConfigError, match=r"missing\.pem.*from verify") as caught:
        transport.send(CALL)
    assert ("REQUESTS_CA_BUNDLE" in str(caught.value)) == trust_env
    transport.close()


@pytest.mark.parametrize("verify", [True, False, "some.pem"])
def test_certificates_are_checked_as_the_program_says(monkeypatch: pytest.MonkeyPatch, verify: bool | str) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/of/the/environment.pem")
    config = AxmeClientConfig(api_key="k" * 20, verify=verify)
    assert own_route(config).verify == verify
    trusting = AxmeClientConfig(api_key="k" * 20, verify=verify, trust_env=True)
    assert own_route(trusting).verify == ("/of/the/environment.pem" if verify is True else verify)


def test_threads_have_connections_of_their_own_and_close_ends_all(serve: Serve) -> None:
    server = serve(always(answer()))
    transport = Transport(AxmeClientConfig(base_url=server.url, api_key="k" * 20))
    ready = threading.Barrier(4)

    def work() -> None:
        transport.send(CALL)
        ready.wait(5)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.peers) == 4
    transport.close()


def test_threads_that_come_and_go_leave_no_connection_behind(serve: Serve) -> None:
    transport = Transport(AxmeClientConfig(base_url=serve(always(answer())).url, api_key="k" * 20))
    transport.send(CALL)
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        thread = threading.Thread(target=transport.send, args=(CALL,))
        thread.start()
        thread.join()
    gc.collect()
    deadline = time.monotonic() + 5
    while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(os.listdir("/proc/self/fd")) <= before
    transport.close()
