"""Who may knock: addresses, hosts, origins, and what only a proxy could know."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

import axme.gateway
from axme.gateway import LocalGateway
from tests.plain import TIMEOUT, Caller, admin, refused
from tests.web.conftest import ask_with

LOOPBACK = "0100007F"
STRANGERS = [
    "evil.example",
    "evil.example:8100",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example@localhost",
    "0.0.0.0",
    "169.254.169.254",
    "[::ffff:127.0.0.1]",
    "",
    "localhost, evil.example",
]
#: What proxies add, and anybody else may write.
FORWARDED = {
    "X-Forwarded-For": "203.0.113.{n}",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "203.0.113.{n}",
    "Forwarded": "for=203.0.113.{n};host=evil.example;proto=https",
    "X-Original-URL": "/v1/intents",
    "X-Rewrite-URL": "/v1/intents",
    "X-HTTP-Method-Override": "DELETE",
}


def _forwarded(n: int = 1) -> dict[str, str]:
    return {name: value.format(n=n) for name, value in FORWARDED.items()}


def test_it_listens_on_this_machine_only_unless_told_otherwise(gateway: LocalGateway) -> None:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    port = f"{gateway.port:04X}"
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port}")}
    assert listening == {f"{LOOPBACK}:{port}"}


@pytest.mark.parametrize("host", STRANGERS)
@pytest.mark.parametrize("path", ["/health", "/v1/intents", "/mcp", "/tasks/x"])
def test_a_name_that_was_made_to_point_here_gets_nothing(caller: Caller, host: str, path: str) -> None:
    assert caller.send("GET", path, headers={"Host": host}).status_code in (400, 421)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost:1", "null", "file://", "http://127.0.0.1"]
)
def test_no_web_page_talks_to_the_tools(caller: Caller, origin: str) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    refused(caller.send("POST", "/mcp", json=message, headers={"Origin": origin}), 403, "forbidden")
    own = caller.send("POST", "/mcp", json=message, headers={"Origin": caller.base_url})
    assert own.status_code == 200


@pytest.mark.parametrize("path", ["/v1/intents", "/mcp", "/tasks/x", "/health"])
def test_no_browser_is_told_that_it_may_ask_from_elsewhere(caller: Caller, path: str) -> None:
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = caller.send("OPTIONS", path, headers=asking)
    assert answer.status_code == 405
    told = caller.send("GET", path, headers={"Origin": "https://evil.example"})
    for found in (answer, told):
        assert not [name for name in found.headers if name.lower().startswith("access-control")]
        assert "set-cookie" not in found.headers


def test_a_cookie_opens_nothing(gateway: LocalGateway) -> None:
    with Caller(gateway.base_url, None) as nobody:
        cookies = {"Cookie": f"x-api-key={gateway.api_key}; api_key={gateway.api_key}; session={gateway.api_key}"}
        refused(nobody.send("GET", "/v1/intents", headers=cookies), 401, "missing_platform_api_key")


def test_what_a_proxy_would_say_is_believed_of_nobody(caller: Caller) -> None:
    made = caller.send("POST", "/v1/invites/create", json={}, headers=_forwarded()).json()
    assert made["invite_url"].startswith(caller.base_url)
    answer = caller.send("GET", "/health", headers=_forwarded())
    assert (answer.status_code, "evil" in answer.text) == (200, False)
    assert caller.send("GET", "/health", headers=_forwarded() | {"Host": "evil.example"}).status_code == 421


def test_a_guesser_does_not_get_more_tries_by_other_names(tmp_path: Path) -> None:
    with axme.gateway.start(tmp_path / "gateway") as gateway, gateway.client() as client:
        asked = ask_with(client)
        codes = [
            requests.get(f"{gateway.base_url}/tasks/{n}", headers=_forwarded(n), timeout=TIMEOUT).status_code
            for n in range(60)
        ]
        assert codes.count(404) <= 31
        assert codes[-20:] == [429] * 20
        assert requests.get(asked.url, headers=_forwarded(), timeout=TIMEOUT).status_code == 200


def test_the_links_of_a_gateway_follow_what_it_was_told(tmp_path: Path) -> None:
    own = "https://axme.example.com/own"
    with axme.gateway.start(tmp_path / "gateway", public_url=own) as gateway, admin(gateway) as caller:
        made = caller.send("POST", "/v1/invites/create", json={}, headers=_forwarded()).json()
    assert made["invite_url"].startswith(f"{own}/v1/invites/")
