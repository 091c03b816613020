"""Closing the console to everybody else: forged forms, scripts in names, other tenants, cookies on the API."""

from __future__ import annotations

import uuid

import pytest
import requests

from axme.gateway import LocalGateway
from tests.plain import Caller
from tests.web.console.visitor import Visitor, World, furnish
from tests.web.person import TIMEOUT
from tests.web.test_security import HOSTILE, Elements


def check_headers(page: requests.Response) -> None:
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert policy.endswith("form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_every_page_carries_the_headers(admin_visitor: Visitor, world: World, gateway: LocalGateway) -> None:
    for path in (*world.pages().values(), "intents/nothing", "sign-in", "enter/nothing"):
        check_headers(admin_visitor.open(path))
        check_headers(admin_visitor.open(path, allow_redirects=False))
    check_headers(requests.get(f"{gateway.base_url}/console", allow_redirects=False, timeout=TIMEOUT))
    check_headers(requests.delete(f"{gateway.base_url}/console/intents", timeout=TIMEOUT))


def test_every_form_must_come_from_its_page(admin_visitor: Visitor, world: World, gateway: LocalGateway) -> None:
    forms = {
        f"intents/{world.intent_id}": {"reason": "x"},
        f"tasks/{world.task_id}": {"outcome": "approved"},
        f"inbox/{world.thread_id}": {"owner": world.owner, "message": "x"},
        f"agents/{world.address_id}": {"do": "kill"},
        f"deliveries/{world.delivery_id}": {"do": "replay"},
        f"webhooks/{world.event_id}": {"owner": world.owner},
        "access": {"name": "forged"},
        f"access/{world.account_id}": {"revoke": world.key_id},
        "sign-out": {"do": "it"},
    }
    with Visitor(gateway.base_url) as other:
        other.sign_in(gateway.api_key)
        foreign = other.tokens("me")
    own = admin_visitor.tokens("me")
    for path, fields in forms.items():
        for tokens in ({}, {"form_token": "x.y"}, foreign):
            assert admin_visitor.send(path, tokens=tokens, **fields).status_code == 403, path
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = admin_visitor.session.post(
                admin_visitor.url(path), data=own | fields, headers=headers, timeout=TIMEOUT
            )
            assert answer.status_code == 403, path
        answer = admin_visitor.session.post(admin_visitor.url(path), json=own | fields, timeout=TIMEOUT)
        assert answer.status_code == 415
    assert admin_visitor.open("me").url.endswith("/me")


def test_nobody_is_signed_in_by_a_foreign_page(gateway: LocalGateway) -> None:
    url = f"{gateway.base_url}/console/sign-in"
    with Visitor(gateway.base_url) as visitor:
        tokens = visitor.tokens("sign-in") | {"api_key": gateway.api_key}
    assert requests.post(url, data=tokens, timeout=TIMEOUT).status_code == 403
    assert requests.post(url, data={"api_key": gateway.api_key}, timeout=TIMEOUT).status_code == 403


def test_the_cookie_is_no_key_of_the_api(admin_visitor: Visitor, gateway: LocalGateway, world: World) -> None:
    for path in ("/v1/me", "/v1/intents", f"/v1/intents/{world.intent_id}"):
        answer = admin_visitor.session.get(gateway.base_url + path, timeout=TIMEOUT)
        assert answer.status_code == 401


def test_looking_changes_nothing(admin_visitor: Visitor, world: World, caller: Caller) -> None:
    before = [caller.get(f"/v1/intents/{one}")["intent"] for one in (world.intent_id, world.task_id)]
    for path in (*world.pages().values(), "sign-out", f"agents/{world.address_id}?do=kill"):
        for method in ("GET", "HEAD"):
            admin_visitor.session.request(method, admin_visitor.url(path), timeout=TIMEOUT)
    assert [caller.get(f"/v1/intents/{one}")["intent"] for one in (world.intent_id, world.task_id)] == before
    assert caller.get(f"/v1/mesh/agents/{world.address_id}")["agent"]["killed_at"] is None


@pytest.fixture
def stranger(gateway: LocalGateway, caller: Caller) -> Caller:
    """The key of a workspace in another organization."""
    name = f"org {uuid.uuid4().hex[:8]}"
    org = caller.post("/v1/organizations", {"name": name, "requested_by_actor_id": "x"})["organization"]
    body = {"name": "main", "environment": "sandbox"}
    workspace = caller.post(f"/v1/organizations/{org['org_id']}/workspaces", body)["workspace"]
    place = {"org_id": org["org_id"], "workspace_id": workspace["workspace_id"], "name": "worker"}
    account = caller.post("/v1/service-accounts", place)["service_account"]
    key = caller.post(f"/v1/service-accounts/{account['service_account_id']}/keys")["key"]
    return Caller(gateway.base_url, key["token"])


def test_another_organization_sees_nothing(visitor: Visitor, caller: Caller, stranger: Caller) -> None:
    canary = f"canary-{uuid.uuid4().hex}"
    world = furnish(caller, canary)
    assert stranger.key
    visitor.sign_in(stranger.key)
    for name, path in world.pages().items():
        page = visitor.open(path)
        assert page.status_code in (200, 403, 404), name
        assert canary not in page.text, name
        if "/" in path.partition("?")[0]:
            assert page.status_code in (403, 404), name
            assert visitor.send(path, tokens=visitor.tokens("me"), do="kill", outcome="approved").status_code >= 403
    assert caller.get(f"/v1/intents/{world.task_id}")["intent"]["status"] == "WAITING"
    assert caller.get(f"/v1/mesh/agents/{world.address_id}")["agent"]["killed_at"] is None
    stranger.session.close()


def test_a_page_offers_what_the_role_allows_and_no_more(visitor: Visitor, caller: Caller, world: World) -> None:
    me = caller.get("/v1/me")["me"]
    member = {"actor_id": world.account_id, "role": "security_auditor", "workspace_id": me["workspace_id"]}
    caller.post(f"/v1/organizations/{me['org_id']}/members", member)
    visitor.sign_in(world.key)
    intent = visitor.open(f"intents/{world.intent_id}")
    assert intent.status_code == 200
    assert "Cancel this intent" not in intent.text
    assert visitor.open(f"tasks/{world.task_id}").url == visitor.url(f"intents/{world.task_id}")
    assert visitor.send(f"tasks/{world.task_id}", tokens=visitor.tokens("me"), outcome="approved").status_code == 403
    assert "New service account" not in visitor.open("access").text
    tokens = visitor.tokens("me")
    refused = visitor.send(f"intents/{world.intent_id}", tokens=tokens, reason="x")
    assert refused.status_code == 403
    assert "This is not yours to do" in refused.text
    assert visitor.send("access", tokens=tokens, name="mine").status_code == 403
    assert visitor.send(f"access/{world.account_id}", tokens=tokens, revoke=world.key_id).status_code == 403


def test_whatever_is_written_anywhere_stays_text(admin_visitor: Visitor, caller: Caller, gateway: LocalGateway) -> None:
    for text in HOSTILE:
        for name, path in furnish(caller, text).pages().items():
            page = admin_visitor.open(path)
            assert page.status_code == 200, (name, text)
            found = Elements(page.text)
            assert text not in page.text or "<" not in text, (name, text)
            for tag in ("img", "svg", "base", "iframe", "meta http-equiv", "a onclick", "input onfocus", "link"):
                assert tag not in found.seen, (name, text)
            assert found.seen.get("script", 0) <= 1
            assert found.seen["style"] == 1
            assert all(name.split()[-1] not in ("style", "onload", "onerror") for name in found.seen if " " in name)
            for address in found.addresses:
                assert not address.lower().startswith(("javascript:", "data:", "//")), (name, address)
