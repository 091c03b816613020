"""How many of a thing one owner may have, and what is open of those who are not let in any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from axme.contract import limits
from axme.gateway.actions import members, organizations, service_accounts, sessions, workspaces
from axme.gateway.errors import GatewayError
from axme.gateway.routes.stream_limit import StreamLimit
from tests.gateway.rig import Rig, refusal


def test_nobody_has_keys_accounts_workspaces_or_organizations_without_end(
    one_rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = one_rig
    for name in (
        "KEYS_PER_ACCOUNT", "ACCOUNTS_PER_WORKSPACE", "WORKSPACES_PER_ORGANIZATION", "ORGANIZATIONS_PER_OWNER",
    ):  # fmt: skip
        monkeypatch.setattr(limits, name, 3)
    account = rig.do(service_accounts.create, {"name": "robot"})["service_account"]["service_account_id"]
    later = {"expires_at": rig.clock.now() + timedelta(hours=1)}
    made = [rig.do(service_accounts.create_key, account, body)["key"] for body in ({}, {}, later)]

    def full(act: object, *args: object) -> str:
        error = refusal(lambda: rig.do(act, *args))  # type: ignore[arg-type]
        assert (error.code.code, error.details) == ("quota_exceeded", {"limit": 3})
        return error.message

    assert full(service_accounts.create_key, account, {}) == (
        "the account has 3 keys, and may have 3: take away what is not needed"
    )
    rig.do(service_accounts.revoke_key, account, made[0]["key_id"])
    rig.do(service_accounts.create_key, account, {})
    full(service_accounts.create_key, account, {})
    rig.clock.advance(timedelta(hours=2))
    rig.do(service_accounts.create_key, account, {})
    rig.do(service_accounts.create, {"name": "second"})
    full(service_accounts.create, {"name": "third"})
    for name in ("b", "c"):
        rig.do(workspaces.create, rig.who.org_id, {"name": name, "environment": "sandbox"})
    full(workspaces.create, rig.who.org_id, {"name": "d", "environment": "sandbox"})
    for name in ("Two", "Three"):
        rig.do(organizations.create, {"name": name})
    assert "organizations" in full(organizations.create, {"name": "Four"})
    assert "anna" not in full(organizations.create, {"name": "Four", "requested_by_actor_id": "anna"})


def test_a_key_has_only_so_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAMS_PER_KEY", 2)
    limit = StreamLimit()
    with limit.take("a"), limit.take("a"), limit.take("b"):
        with pytest.raises(GatewayError, match="2 streams open") as refused, limit.take("a"):
            pass
        assert (refused.value.code.status, refused.value.headers) == (429, {"Retry-After": "5"})
    with limit.take("a"):
        pass
    assert not limit._taken


def test_what_lets_nobody_in_any_more_is_known_by_its_name(rig: Rig) -> None:
    org_id, robot, retired, peer = rig.who.org_id, rig.account("robot"), rig.account("retired"), rig.peer("Partner")
    anna = rig.do(members.add, org_id, {"actor_id": "anna", "role": "member"})["member"]["member_id"]
    eve = rig.do(members.add, org_id, {"actor_id": "eve", "role": "member"})["member"]["member_id"]
    names = {
        robot.key_id, retired.key_id, peer.key_id, peer.workspace_id, peer.org_id, org_id, rig.who.workspace_id,
        f"member:{anna}", f"member:{eve}", "nobody",
    }  # fmt: skip

    def ended() -> set[str]:
        return rig.store.read_sync(lambda tx: sessions.ended(tx, names))

    assert ended() == {"nobody"}
    rig.do(service_accounts.revoke_key, robot.service_account_id, robot.key_id)
    rig.do(service_accounts.delete, retired.service_account_id)
    rig.do(members.remove, org_id, eve)
    owner = rig.identity(rig.first.api_key)
    rig.do(workspaces.update, peer.org_id, peer.workspace_id, {"status": "archived"}, who=owner)
    assert ended() == {"nobody", robot.key_id, retired.key_id, f"member:{eve}", peer.workspace_id}
    rig.do(organizations.update, peer.org_id, {"status": "suspended"}, who=owner)
    assert peer.org_id in ended()
    assert not {org_id, rig.who.key_id, f"member:{anna}"} & ended()
