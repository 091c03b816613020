"""An approved request gives, and never takes away: on both databases."""

from __future__ import annotations

import pytest

from axme.gateway.actions import access_requests, members
from axme.gateway.auth.identity import Identity
from axme.gateway.policy import roles
from tests.gateway.rig import Rig


def _granted(rig: Rig, who: Identity, **asked: str) -> None:
    """Ask for something as ``who``, and have it approved."""
    made = rig.do(access_requests.create, {"org_id": rig.who.org_id, **asked}, who=who)["access_request"]
    reviewed = rig.do(access_requests.review, made["access_request_id"], {"decision": "approve"})["access_request"]
    assert reviewed["state"] == "approved"


def _roles(rig: Rig, who: Identity) -> frozenset[str]:
    """The roles of a key, read anew."""
    made = rig.do(members.list_members, rig.who.org_id, workspace_id=None)["members"]
    return frozenset(
        row["role"]
        for row in made
        if row["actor_id"] == who.service_account_id and row["workspace_id"] in (None, who.workspace_id)
    )


@pytest.mark.parametrize("place", ["organization", "workspace"])
def test_a_key_that_joins_its_organization_keeps_its_workspace(rig: Rig, place: str) -> None:
    robot = rig.account("robot")
    assert robot.roles == roles.OF_A_KEY
    at = {"workspace_id": robot.workspace_id} if place == "workspace" else {}
    _granted(rig, robot, request_type="join_organization", **at)
    assert _roles(rig, robot) >= roles.OF_A_KEY


def test_a_key_that_rises_keeps_what_it_had(rig: Rig) -> None:
    robot = rig.account("robot")
    _granted(rig, robot, request_type="elevated_role", requested_role="org_admin")
    assert _roles(rig, robot) == {"org_admin", "workspace_admin"}


@pytest.mark.parametrize(
    ("has", "asks", "gets"),
    [
        ("org_admin", None, "org_admin"),
        ("org_admin", "member", "org_admin"),
        ("member", "org_admin", "org_admin"),
        ("billing_viewer", "member", "member"),
    ],
)
def test_nobody_is_lowered_by_joining(rig: Rig, has: str, asks: str | None, gets: str) -> None:
    org_id = rig.who.org_id
    rig.do(members.add, org_id, {"actor_id": "mia", "role": has})
    asked = {"request_type": "join_organization", "requester_actor_id": "mia"}
    _granted(rig, rig.who, **asked | ({"requested_role": asks} if asks else {}))
    rows = rig.do(members.list_members, org_id, workspace_id=None)["members"]
    assert [row["role"] for row in rows if row["actor_id"] == "mia"] == [gets]


def test_who_was_suspended_comes_back_with_what_was_asked_for(rig: Rig) -> None:
    org_id = rig.who.org_id
    row = rig.do(members.add, org_id, {"actor_id": "mia", "role": "org_admin"})["member"]
    rig.do(members.update, org_id, row["member_id"], {"status": "suspended"})
    _granted(rig, rig.who, request_type="join_organization", requester_actor_id="mia")
    rows = rig.do(members.list_members, org_id, workspace_id=None)["members"]
    assert [(row["role"], row["status"]) for row in rows if row["actor_id"] == "mia"] == [("member", "active")]
