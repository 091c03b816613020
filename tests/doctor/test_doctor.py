"""Everything that can stand between a program and its gateway is found, and a remedy is named."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from axme import AxmeClient, AxmeClientConfig
from axme.doctor import Diagnosis, service
from axme.doctor import own as own_checks
from axme.gateway import LocalGateway

KEY = "axme_sa_doctor_verysecret"
ME = {"ok": True, "me": {"address": "agent://o/w/a", "roles": ["member"]}}
CERTIFICATES = Path(__file__).parents[1] / "transport" / "certificates"
Answer = Callable[[BaseHTTPRequestHandler], None]


def said(found: Diagnosis, check: str) -> tuple[str, str, str]:
    """State, words and remedy of the last finding of a check."""
    one = [one for one in found if one.check == check][-1]
    return one.state, one.found, one.remedy


@contextmanager
def served(answers: dict[str, Any], *, date: float | None = None, tls: bool = False) -> Iterator[str]:
    """A server that answers paths with JSON, text, or as a function says; everything else with 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(time.time() + (date or 0), usegmt=True)

        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0])
            if callable(answer):
                answer(self)
                return
            data = (answer if isinstance(answer, str) else json.dumps(answer or {"detail": "Not Found"})).encode()
            self.send_response(200 if answer is not None else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / "localhost.pem", CERTIFICATES / "localhost.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def visit(base_url: str, **options: Any) -> Diagnosis:
    with AxmeClient(AxmeClientConfig(base_url=base_url, api_key=KEY, max_retries=0, **options)) as client:
        found = client.doctor()
    assert KEY not in str(found) + found._repr_html_() + json.dumps(found.to_dict())
    return found


def test_a_healthy_gateway_needs_nothing(client: AxmeClient) -> None:
    client.intents.create("order.v1", to="doctors-shop")
    found = client.doctor()
    assert found.healthy
    assert not [one for one in found if one.state not in ("ok", "note")], str(found)
    assert said(found, "key")[1] == "agent://local/default/admin in local/default: org_owner"
    assert said(found, "streams")[1].startswith("the first event comes in ")
    assert "everything is fine" in str(found)


def test_a_key_that_is_not_one(gateway: LocalGateway) -> None:
    state, words, remedy = said(visit(gateway.base_url), "key")
    assert (state, words) == ("failed", "not accepted: this API key is unknown, expired or revoked")
    assert "AXME_API_KEY" in remedy


def test_nothing_listens_and_no_such_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = visit(f"http://127.0.0.1:{port}")
    assert said(found, "connection")[2] == "start one with `python -m axme.gateway`"
    assert not found.healthy
    assert "health" not in [one.check for one in found]
    assert said(visit("https://nothing.invalid"), "name")[0] == "failed"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "knows no /health"),
        ({"/health": "<html>Please sign in</html>"}, "a login page"),
        ({"/health": {"ok": False, "service": "axme-gateway"}}, "axme-gateway"),
    ],
)
def test_what_answers_is_no_gateway_or_is_not_well(answers: dict[str, Any], words: str) -> None:
    with served(answers) as base_url:
        state, found, _ = said(visit(base_url), "health")
    assert state == "failed"
    assert words in found


@pytest.mark.parametrize(("off", "words"), [(-3600, "ahead of"), (3600, "behind")])
def test_a_clock_that_is_wrong(off: float, words: str) -> None:
    with served({"/health": {"ok": True}, "/v1/me": ME, "/v1/intents": {"intents": []}}, date=off) as base_url:
        state, found, remedy = said(visit(base_url), "clock")
    assert state == "warning"
    assert words in found
    assert "NTP" in remedy


def test_a_stream_that_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_AT_ONCE_SECONDS", 0.1)

    def late(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.flush()
        time.sleep(0.2)
        handler.wfile.write(b"data: {}\n\n")

    answers = {
        "/health": {"ok": True},
        "/v1/me": ME,
        "/v1/intents": {"intents": [{"intent_id": "i-1"}]},
        "/v1/intents/i-1/events/stream": late,
    }
    with served(answers) as base_url:
        state, found, remedy = said(visit(base_url), "streams")
    assert state == "warning"
    assert "buffers" in found
    assert "proxy_buffering off" in remedy


def test_another_server_that_does_not_say_whose_the_key_is() -> None:
    with served({"/health": {"ok": True}, "/v1/intents": {"intents": []}}) as base_url:
        found = visit(base_url)
    assert said(found, "key")[:2] == ("ok", "accepted; this server does not say whose it is")
    assert said(found, "streams")[0] == "note"


def test_certificates_and_plain_http_behind_https(gateway: LocalGateway) -> None:
    with served({"/health": {"ok": True}, "/v1/me": ME, "/v1/intents": {"intents": []}}, tls=True) as base_url:
        state, _, remedy = said(visit(base_url), "certificate")
        assert state == "failed"
        assert "verify=" in remedy
    found = visit(gateway.base_url.replace("http:", "https:"))
    assert said(found, "certificate")[2] == "does it speak plain http? check base_url"


@pytest.mark.parametrize(
    ("base_url", "words", "remedy"),
    [
        ("https://gateway.example/v1", "ends with /v1", "use https://gateway.example"),
        ("https://api.clod.axme.ai", "almost api.cloud.axme.ai", "https://api.cloud.axme.ai"),
    ],
)
def test_addresses_that_look_mistyped(base_url: str, words: str, remedy: str) -> None:
    (one,) = own_checks.address(AxmeClientConfig(base_url=base_url, api_key=KEY))
    assert one.state == "warning"
    assert words in one.found
    assert remedy in one.remedy


def test_what_the_environment_says_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://anna:verysecret@proxy:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/bundle.pem")
    (tmp_path / "netrc").write_text("machine gateway.example login anna password verysecret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    config = AxmeClientConfig(base_url="https://gateway.example", api_key=KEY)
    found = Diagnosis(config.base_url, list(own_checks.environment(config)))
    assert [one.check for one in found] == ["proxy", "certificates", "netrc"]
    assert "verysecret" not in str(found)
    assert "trust_env=True" in found[0].remedy


def test_versions_known_to_do_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_checks, "version", lambda name: "2.32.0")
    bad = [one for one in own_checks.versions() if one.state == "warning"]
    assert [one.remedy for one in bad] == ["pip install --upgrade requests"]


def test_from_a_shell_with_json_and_without_any_configuration(gateway: LocalGateway, tmp_path: Path) -> None:
    def run(*more: str, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AXME_")}
        command = [sys.executable, "-m", "axme", "doctor", *more]
        return subprocess.run(command, env=kept | variables, capture_output=True, text=True, check=False)

    well = run("--json", AXME_API_KEY=gateway.api_key, AXME_BASE_URL=gateway.base_url)
    assert well.returncode == 0
    assert json.loads(well.stdout)["healthy"] is True
    assert gateway.api_key not in well.stdout
    keyless = run(AXME_BASE_URL=gateway.base_url)
    assert keyless.returncode == 1
    assert "no API key" in keyless.stdout
    assert "connection" in keyless.stdout
    assert keyless.stderr == ""
    assert run(AXME_BASE_URL="nonsense").returncode == 1
    here = run("--json", AXME_GATEWAY_DIR=str(gateway.data_dir))
    assert json.loads(here.stdout)["base_url"] == gateway.base_url
    nowhere = run(AXME_GATEWAY_DIR=str(tmp_path))
    assert "no gateway is known" in nowhere.stdout
