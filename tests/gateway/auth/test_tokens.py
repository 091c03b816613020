"""Actor tokens against forgers, clocks and changes of heart."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from axme.contract.clock import MovableClock
from axme.contract.codes import INVALID_ACTOR_SCOPE, INVALID_ACTOR_TOKEN, TOKEN_EXPIRED
from axme.gateway import LocalGateway
from axme.gateway.actions import members
from axme.gateway.actions.bootstrap import Credentials, first_boot
from axme.gateway.auth import keys, tokens
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store import Store, Tx
from axme.gateway.store.queries import members as queries
from axme.gateway.store.queries import secrets
from tests import databases
from tests.plain import Caller, refused, until

HOUR = 3600


class Desk:
    """A store with one organization and the member anna."""

    def __init__(self, store: Store, clock: MovableClock, first: Credentials) -> None:
        self.store, self.clock, self.first = store, clock, first
        self.anna = store.write_sync(lambda tx: members.insert(tx, first.org_id, None, "anna", "member"))

    def issue(self, seconds: int = HOUR) -> str:
        return self.store.write_sync(
            lambda tx: tokens.issue(tx, self.anna, workspace_id=self.first.workspace_id, seconds=seconds)
        )

    def read(self, token: str, *, with_key: bool = False) -> Identity:
        def authenticate(tx: Tx) -> Identity:
            key = keys.authenticate(tx, self.first.api_key) if with_key else None
            return tokens.authenticate(tx, token, key)

        return self.store.read_sync(authenticate)

    def forge(self, **claims: Any) -> str:
        """A token with the right signature and other claims; ``None`` leaves one out."""
        secret = self.store.write_sync(lambda tx: secrets.find_or_make(tx, "actor_tokens"))
        good = jwt.decode(self.issue(), options={"verify_signature": False})
        told = {name: value for name, value in {**good, **claims}.items() if value is not None}
        return jwt.encode(told, secret, algorithm="HS256")

    @property
    def now(self) -> int:
        return int(self.clock.now().timestamp())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = MovableClock()
    store = Store.open(databases.url(tmp_path), clock)
    first = store.write_sync(first_boot)
    assert first is not None
    yield Desk(store, clock, first)
    store.close()


def test_a_token_is_the_member(desk: Desk) -> None:
    anna = desk.read(desk.issue())
    assert (anna.actor_id, anna.org_id, anna.workspace_id) == ("anna", desk.first.org_id, desk.first.workspace_id)
    assert (anna.roles, anna.address, anna.is_person) == (frozenset({"member"}), "user://anna", True)
    beside = desk.read(desk.issue(), with_key=True)
    assert (beside.address, beside.roles, beside.is_person) == (desk.first.address, frozenset({"member"}), False)
    assert beside.sender != anna.sender


def test_a_token_has_every_claim_it_should(desk: Desk) -> None:
    claims = jwt.decode(desk.issue(60), options={"verify_signature": False})
    assert {"sub", "iss", "aud", "exp", "iat", "jti", "sid", "org_id", "workspace_id", "roles", "scope"} <= set(claims)
    assert (claims["exp"] - claims["iat"], claims["scope"], claims["roles"]) == (60, "axme.api", ["member"])


def test_a_token_ends_by_the_clock_of_the_gateway(desk: Desk) -> None:
    token = desk.issue()
    desk.clock.advance(timedelta(seconds=HOUR + 59))
    assert desk.read(token).actor_id == "anna"
    desk.clock.advance(timedelta(seconds=2))
    with pytest.raises(GatewayError, match="expired") as caught:
        desk.read(token)
    assert caught.value.code is TOKEN_EXPIRED


FORGED: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "not before tomorrow": lambda desk: {"nbf": desk.now + 86_400},
    "made tomorrow": lambda desk: {"iat": desk.now + 86_400},
    "made for others": lambda desk: {"aud": "somebody"},
    "made by others": lambda desk: {"iss": "somebody"},
    "of nobody": lambda desk: {"sid": str(uuid.uuid4())},
    "of another person": lambda desk: {"sub": "boss"},
    "of another organization": lambda desk: {"org_id": str(uuid.uuid4())},
    "of another workspace": lambda desk: {"workspace_id": str(uuid.uuid4())},
    "with a list for a name": lambda desk: {"sid": ["x"]},
    "with a word for a time": lambda desk: {"exp": "never"},
    "true for a time": lambda desk: {"exp": True},
    "without an end": lambda desk: {"exp": None},
    "without an id": lambda desk: {"jti": None},
    "without a session": lambda desk: {"sid": None},
}


@pytest.mark.parametrize("name", FORGED)
def test_other_claims_are_refused(name: str, desk: Desk) -> None:
    with pytest.raises(GatewayError) as caught:
        desk.read(desk.forge(**FORGED[name](desk)))
    assert caught.value.code is INVALID_ACTOR_TOKEN


def test_a_token_needs_the_scope(desk: Desk) -> None:
    with pytest.raises(GatewayError) as caught:
        desk.read(desk.forge(scope="mail.read"))
    assert caught.value.code is INVALID_ACTOR_SCOPE
    assert desk.read(desk.forge(scope="mail.read axme.api")).actor_id == "anna"


def test_what_a_token_says_of_roles_is_not_what_counts(desk: Desk) -> None:
    assert desk.read(desk.forge(roles=["org_owner"])).roles == {"member"}


def _unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none")


def _signed_by_another(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "another secret of thirty-two bytes", algorithm="HS256")


def _other_algorithm(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "another secret of sixty-four bytes, as is fit for the longer hash", algorithm="HS512")


@pytest.mark.parametrize("make", [_unsigned, _signed_by_another, _other_algorithm])
def test_other_signatures_are_refused(make: Callable[[dict[str, Any]], str], desk: Desk) -> None:
    claims = jwt.decode(desk.issue(), options={"verify_signature": False})
    with pytest.raises(GatewayError) as caught:
        desk.read(make(claims))
    assert caught.value.code is INVALID_ACTOR_TOKEN


def test_changed_claims_are_refused(desk: Desk) -> None:
    head, body, mark = desk.issue().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "boss"}
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    for token in (f"{head}.{other}.{mark}", f"{head}.{body}.{mark[:-4]}AAAA", f"{head}.{body}.", "a.b.c", "é.b.c"):
        with pytest.raises(GatewayError) as caught:
            desk.read(token)
        assert caught.value.code is INVALID_ACTOR_TOKEN


@pytest.mark.parametrize("status", ["suspended", "removed", "invited"])
def test_who_is_no_active_member_has_no_token(status: str, desk: Desk) -> None:
    token = desk.issue()
    changed = {f"new_{name}": desk.anna[name] for name in ("workspace_id", "role", "status", "updated_at")}
    desk.store.write_sync(
        lambda tx: tx.run(queries.UPDATE, changed | {"id": desk.anna["member_id"], "new_status": status})
    )
    with pytest.raises(GatewayError) as caught:
        desk.read(token)
    assert caught.value.code is INVALID_ACTOR_TOKEN


def test_persons_have_addresses_that_nobody_else_has(desk: Desk) -> None:
    for actor in ("Anna", "anna smith", "agent://local/default/admin", "member/1", "日本"):
        desk.anna = desk.store.write_sync(lambda tx, a=actor: members.insert(tx, desk.first.org_id, None, a, "member"))
        assert desk.read(desk.issue()).address == f"user://member/{desk.anna['member_id']}"
    desk.anna = desk.store.write_sync(lambda tx: members.insert(tx, desk.first.org_id, None, "b@example.com", "member"))
    assert desk.read(desk.issue()).address == "user://b@example.com"


@pytest.fixture
def member(caller: Caller, gateway: LocalGateway) -> dict[str, Any]:
    body = {"actor_id": f"p-{uuid.uuid4().hex[:8]}", "role": "org_admin"}
    made: dict[str, Any] = caller.post(f"/v1/organizations/{gateway.org_id}/members", body)["member"]
    return made


def _asked(gateway: LocalGateway, token: str, key: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} | ({"x-api-key": key} if key else {})
    return requests.get(f"{gateway.base_url}/v1/me", headers=headers, timeout=10)


def test_a_change_of_role_counts_at_once(gateway: LocalGateway, caller: Caller, member: dict[str, Any]) -> None:
    path = f"/v1/organizations/{gateway.org_id}/members/{member['member_id']}"
    token = caller.post(f"{path}/token")["actor_token"]["token"]
    assert _asked(gateway, token).json()["me"]["roles"] == ["org_admin"]
    caller.send("PATCH", path, json={"role": "billing_viewer"})
    assert until(lambda: _asked(gateway, token).json()["me"]["roles"] == ["billing_viewer"])
    caller.send("DELETE", path)
    assert until(lambda: _asked(gateway, token).status_code == 401)
    refused(_asked(gateway, token), 401, "invalid_actor_token")


def test_key_and_token_must_fit(gateway: LocalGateway, caller: Caller, member: dict[str, Any]) -> None:
    path = f"/v1/organizations/{gateway.org_id}/members/{member['member_id']}"
    token = caller.post(f"{path}/token")["actor_token"]["token"]
    refused(_asked(gateway, token, "axme_sa_wrong"), 401, "invalid_platform_api_key")
    refused(_asked(gateway, "not-a-token", gateway.api_key), 401, "invalid_actor_token")
    assert _asked(gateway, gateway.api_key, gateway.api_key).status_code == 200
    org_id = caller.post("/v1/organizations", {"name": f"o {uuid.uuid4().hex[:8]}"})["organization"]["org_id"]
    caller.post(f"/v1/organizations/{org_id}/workspaces", {"name": "main", "environment": "sandbox"})
    other = caller.post(f"/v1/organizations/{org_id}/members", {"actor_id": "anna", "role": "member"})["member"]
    foreign = caller.post(f"/v1/organizations/{org_id}/members/{other['member_id']}/token")["actor_token"]["token"]
    assert _asked(gateway, foreign).status_code == 200
    refused(_asked(gateway, foreign, gateway.api_key), 403, "invalid_actor_scope")


def test_the_text_of_a_token_is_not_kept(gateway: LocalGateway, caller: Caller, member: dict[str, Any]) -> None:
    path = f"/v1/organizations/{gateway.org_id}/members/{member['member_id']}/token"
    key = str(uuid.uuid4())
    assert caller.post(path, {}, Idempotency_Key=key)["actor_token"]["token"]
    assert "token" not in caller.post(path, {}, Idempotency_Key=key)["actor_token"]


@pytest.mark.parametrize(
    "body", [{"ttl_seconds": 0}, {"ttl_seconds": 10**9}, {"ttl_seconds": "1"}, {"workspace_id": "x"}]
)
def test_a_token_has_a_sensible_life_and_place(
    body: dict[str, Any], gateway: LocalGateway, caller: Caller, member: dict[str, Any]
) -> None:
    path = f"/v1/organizations/{gateway.org_id}/members/{member['member_id']}/token"
    refused(caller.send("POST", path, json=body), 422, "validation_error")
