"""The console against markup in every field, and against forms and cookies that are not its own."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import requests

import axme.gateway
from axme.gateway import LocalGateway
from axme.gateway.errors import GatewayError
from axme.gateway.web import guard
from axme.gateway.web.console import cookie
from tests.plain import TIMEOUT, Caller, admin
from tests.security.hostile import HOSTILE
from tests.web.console.visitor import Visitor, furnish
from tests.web.test_security import Elements

GROUP = 25
GROUPS = [HOSTILE[start : start + GROUP] for start in range(0, len(HOSTILE), GROUP)]
#: Pages of one thing; lists show the newest of many, so that one look in a while sees them all.
LISTS = {"intents", "found intents", "tasks", "agents", "deliveries", "webhooks", "access"}


class Desk(NamedTuple):
    """Somebody signed in, and the API beside it."""

    visitor: Visitor
    caller: Caller


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("console")
    with axme.gateway.start(place) as gateway, admin(gateway) as caller, Visitor(gateway.base_url) as visitor:
        assert visitor.sign_in(gateway.api_key).status_code == 200
        yield Desk(visitor, caller)


@pytest.mark.parametrize("texts", GROUPS, ids=[f"payloads from {GROUP * n}" for n in range(len(GROUPS))])
def test_a_payload_stays_text_on_every_page_of_the_console(desk: Desk, texts: tuple[str, ...]) -> None:
    for at, text in enumerate(texts):
        # Names and titles take no control characters.
        plain = "".join(sign for sign in text if sign.isprintable())
        for name, path in furnish(desk.caller, plain).pages().items():
            if name in LISTS and at % 5 != 4:
                continue
            page = desk.visitor.open(path)
            where = (name, text)
            assert page.status_code == 200, where
            found = Elements(page.text)
            tags = {each for each in found.seen if " " not in each}
            assert not tags & {"img", "svg", "iframe", "base", "object", "embed", "video", "math", "marquee"}, (
                name,
                text,
            )
            assert found.seen.get("script", 0) <= 1, where
            assert found.seen["style"] == 1, where
            attributes = {each.split()[1] for each in found.seen if " " in each}
            assert not [each for each in attributes if each.startswith("on") or each in ("style", "srcdoc")], (
                name,
                text,
            )
            for address in found.addresses:
                assert not address.strip().lower().startswith(("javascript:", "data:", "vbscript:", "//")), where


def test_a_form_sealed_with_no_secret_is_nobodys(gateway: LocalGateway) -> None:
    """Without a cookie there is no secret, and a seal that anybody can make proves nothing."""
    seal = hmac.new(b"", b"axme form x", hashlib.sha256).hexdigest()
    forged = {"form_token": f"x.{seal}", "api_key": gateway.api_key}
    for headers in ({}, {"Origin": "null"}):
        answer = requests.post(
            f"{gateway.base_url}/console/sign-in", data=forged, headers=headers, timeout=TIMEOUT, allow_redirects=False
        )
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    with pytest.raises(GatewayError):
        guard.require_own_form("", f"x.{seal}", {}, frozenset())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_gateway_that_speaks_tls_itself_keeps_its_cookie_to_tls(scheme: str) -> None:
    settings = SimpleNamespace(public_url=None)
    request = SimpleNamespace(scope={"scheme": scheme}, headers={"host": "localhost"})
    visit: Any = SimpleNamespace(request=request, services=SimpleNamespace(settings=settings))
    text = cookie.write(visit, "value")[0][1].decode()
    assert text.endswith("; Secure") == text.startswith("__Host-") == (scheme == "https")
    assert "HttpOnly; SameSite=Strict" in text
