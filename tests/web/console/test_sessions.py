"""Signing in and out, and what ends a session."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import requests

import axme.gateway
from axme.gateway import LocalGateway
from tests import databases
from tests.plain import Caller, admin
from tests.web.console.visitor import Visitor, World
from tests.web.person import TIMEOUT


def test_a_key_signs_in_and_leads_where_one_was_going(visitor: Visitor, gateway: LocalGateway) -> None:
    asked = visitor.open("agents")
    assert asked.url.endswith("/console/sign-in?to=agents")
    page = visitor.send("sign-in", api_key=gateway.api_key, to="agents")
    assert page.url == f"{gateway.base_url}/console/agents"
    assert visitor.session.get(f"{gateway.base_url}/console", timeout=TIMEOUT).url.endswith("/console/intents")
    assert visitor.open("").url == f"{gateway.base_url}/console/intents"


def test_nobody_is_led_elsewhere_after_signing_in(visitor: Visitor, gateway: LocalGateway) -> None:
    for to in ("//evil.example", "https://evil.example", "../../v1/me", "javascript:alert(1)", "a\nb", "/x", "a/../.."):
        page = visitor.send("sign-in", api_key=gateway.api_key, to=to)
        assert page.url == f"{gateway.base_url}/console/intents", to
        visitor.session.cookies.clear()


def test_a_wrong_key_opens_nothing(visitor: Visitor, gateway: LocalGateway) -> None:
    for key in ("", "axme_sa_nobody", gateway.api_key + "x", "é", "\u0000"):
        page = visitor.sign_in(key)
        assert page.status_code == 401
        assert (not key) or key not in page.text
    assert visitor.open("intents").url.endswith("to=intents")


def test_the_cookie_is_for_this_gateway_alone(gateway: LocalGateway, visitor: Visitor) -> None:
    before = visitor.open("sign-in").headers["set-cookie"]
    tokens = visitor.tokens("sign-in") | {"api_key": gateway.api_key}
    answer = visitor.session.post(visitor.url("sign-in"), data=tokens, timeout=TIMEOUT, allow_redirects=False)
    after = answer.headers["set-cookie"]
    for header in (before, after):
        assert header.startswith("axme_console=")
        assert header.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert before.split(";")[0] != after.split(";")[0], "a session must not begin with a value known before"


def test_behind_tls_the_cookie_is_secure(tmp_path: Path) -> None:
    with axme.gateway.start(data_dir=tmp_path / "g", public_url="https://axme.example.com") as gateway:
        answer = requests.get(
            f"{gateway.base_url}/console/sign-in", headers={"Host": "axme.example.com"}, timeout=TIMEOUT
        )
        assert answer.headers["set-cookie"].startswith("__Host-axme_console=")
        assert answer.headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Strict; Secure")


def test_signing_out_ends_it_for_good(admin_visitor: Visitor) -> None:
    cookies = admin_visitor.session.cookies.copy()
    page = admin_visitor.send("sign-out", tokens=admin_visitor.tokens("me"))
    assert "You have signed out" in page.text
    admin_visitor.session.cookies.update(cookies)
    assert "/sign-in" in admin_visitor.open("intents").url


def test_a_session_ends_with_its_key(visitor: Visitor, caller: Caller, world: World) -> None:
    visitor.sign_in(world.key)
    assert visitor.open("intents").url.endswith("/console/intents")
    caller.post(f"/v1/service-accounts/{world.account_id}/keys/{world.key_id}/revoke")
    assert "/sign-in" in visitor.open("intents").url


def test_it_ends_when_unused_and_after_half_a_day(movable_gateway: LocalGateway) -> None:
    with Visitor(movable_gateway.base_url) as visitor:
        visitor.sign_in(movable_gateway.api_key)
        for _ in range(14):
            movable_gateway.advance(timedelta(minutes=50))
            assert visitor.open("me").url.endswith("/me")
        movable_gateway.advance(timedelta(minutes=21))
        assert "/sign-in" in visitor.open("me").url
        visitor.sign_in(movable_gateway.api_key)
        movable_gateway.advance(timedelta(minutes=60))
        tokens = {"form_token": "x"}
        assert "/sign-in" in visitor.send("sign-out", tokens=tokens).url


def test_a_link_signs_in_once(tmp_path: Path) -> None:
    place = tmp_path / "gateway"
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--data-dir", str(place)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=databases.environment(place))
    try:
        assert process.stdout
        link = next(found[0] for line in process.stdout if (found := re.search(r"http\S+/console/enter/\S+", line)))
        base_url = link.partition("/console/")[0]
        with Visitor(base_url) as visitor, Visitor(base_url) as late:
            path = link.rpartition("/console/")[2]
            for _ in range(2):
                assert "signs you in once" in visitor.open(path).text
            assert late.open(path).status_code == 200
            assert visitor.send(path).url == f"{base_url}/console/intents"
            assert late.send(path).status_code == 401
            assert "has been used" in late.open(path).text
            assert "/sign-in" in late.open("intents").url
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIMEOUT)
    token = link.rpartition("/")[2].encode()
    assert all(token not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_guesses_are_slowed_down(fresh_gateway: LocalGateway) -> None:
    with Visitor(fresh_gateway.base_url) as visitor, admin(fresh_gateway):
        tokens = visitor.tokens("sign-in")
        codes = [visitor.send("sign-in", tokens=tokens, api_key=f"guess-{n}").status_code for n in range(40)]
        assert codes[:30] == [401] * 30
        assert set(codes[32:]) == {429}
        assert visitor.sign_in(fresh_gateway.api_key).status_code == 200
