"""Who may write a profile: mails about tasks follow it, and who reads them decides."""

from __future__ import annotations

import pytest

from tests.plain import Caller, refused
from tests.security.people import person


@pytest.mark.parametrize("verb", ["profile/update", "rename-nick"])
def test_a_member_changes_nobody_elses_profile(caller: Caller, verb: str) -> None:
    boss, member = person(caller), person(caller)
    registered = caller.post("/v1/users/register-nick", {"nick": boss.actor_id, "email": "boss@example.com"})
    change = {"owner_agent": registered["owner_agent"], "email": "me@example.com", "nick": f"{boss.actor_id}x"}
    with member.caller() as hers:
        refused(hers.send("POST", f"/v1/users/{verb}", json=change), 403, "forbidden")
    with boss.caller() as his:
        his.post(f"/v1/users/{verb}", change)
    caller.post(f"/v1/users/{verb}", change | {"email": "third@example.com"})


def test_no_profile_becomes_ones_own_by_its_own_words(caller: Caller) -> None:
    """Claiming another's nick or address in one's own profile gives nothing of his."""
    boss, member = person(caller), person(caller)
    theirs = caller.post("/v1/users/register-nick", {"nick": boss.actor_id, "email": "boss@example.com"})["owner_agent"]
    with member.caller() as hers:
        own = hers.post("/v1/users/register-nick", {"nick": member.actor_id})["owner_agent"]
        hers.post("/v1/users/profile/update", {"owner_agent": own, "email": "boss@example.com"})
        taken = {"owner_agent": own, "nick": boss.actor_id}
        refused(hers.send("POST", "/v1/users/rename-nick", json=taken), 409, "nick_taken")
        change = {"owner_agent": theirs, "email": "me@example.com"}
        refused(hers.send("POST", "/v1/users/profile/update", json=change), 403, "forbidden")
