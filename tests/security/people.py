"""A person with a role in the first workspace, and a token to show for it."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from tests.plain import Caller


class Person(NamedTuple):
    """A member, and plain HTTP with its token; ``with_key`` shows the workspace's key beside it."""

    member_path: str
    actor_id: str
    token: str
    base_url: str

    def caller(self, key: str | None = None) -> Caller:
        """Requests in this person's name."""
        made = Caller(self.base_url, key)
        made.session.headers["authorization"] = f"Bearer {self.token}"
        return made


def person(admin: Caller, role: str = "member") -> Person:
    """A new member of the caller's workspace."""
    me = admin.get("/v1/me")["me"]
    path = f"/v1/organizations/{me['org_id']}/members"
    actor_id = f"p{uuid.uuid4().hex[:10]}"
    place = {"workspace_id": me["workspace_id"]}
    member = admin.post(path, {"actor_id": actor_id, "role": role, **place})["member"]
    member_path = f"{path}/{member['member_id']}"
    token: str = admin.post(f"{member_path}/token", place)["actor_token"]["token"]
    return Person(member_path, actor_id, token, admin.base_url)
