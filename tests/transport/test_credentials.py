"""Keys and tokens go to the configured server and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from axme.exceptions import (
    AxmeConnectionError,
    AxmeProtocolError,
)
from tests.transport.conftest import KEY
from tests.transport.rawserver import always, answer
from tests.transport.wirekit import GET, POST, Connect, Serve


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(serve: Serve, connect: Connect, status: int) -> None:
    sink = serve(always(answer()))
    server = serve(always(answer({}, status, Location=f"http://localhost:{sink.port}/elsewhere?k={KEY}")))
    with pytest.raises(AxmeProtocolError, match=r"redirects .* to localhost") as caught:
        connect(server).send(POST)
    assert KEY not in str(caught.value)
    assert not sink.peers
    assert len(server.requests) == 1


def test_netrc_is_not_read(serve: Serve, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(always(answer()))
    connect(server, actor_token="tok-123456", trust_env=True).send(GET)
    assert server.requests[0].fields["authorization"] == "Bearer tok-123456"


@pytest.mark.parametrize("trust_env", [False, True])
def test_loopback_calls_never_see_a_proxy(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    proxy, server = serve(always(answer())), serve(always(answer()))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    connect(server, trust_env=trust_env).send(GET)
    assert (len(proxy.peers), len(server.requests)) == (0, 1)


def test_proxies_of_the_environment_need_consent(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(always(answer({"via": "proxy"})))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    place = "http://gateway.invalid"
    with pytest.raises(AxmeConnectionError):
        connect(place, allow_insecure_http=True, max_retries=0).send(GET)
    assert not proxy.peers
    assert connect(place, allow_insecure_http=True, trust_env=True).send(GET) == {"via": "proxy"}
    assert connect(place, allow_insecure_http=True, proxies={"http": proxy.url}).send(GET) == {"via": "proxy"}
    assert {request.line for request in proxy.requests} == {"GET http://gateway.invalid/v1/things HTTP/1.1"}
