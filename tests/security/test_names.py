"""In whose name something is done: nobody is named who has nothing to do with the caller."""

from __future__ import annotations

import dataclasses

import pytest

from tests.gateway.rig import Rig, refusal


@pytest.mark.parametrize("way", ["resolve", "resume", "decide"])
def test_nobody_is_named_as_having_acted_from_elsewhere(one_rig: Rig, way: str) -> None:
    rig, victim = one_rig, one_rig.who
    peer = rig.peer("Elsewhere")
    anna = dataclasses.replace(victim, actor_id="anna@example.com")
    bodies = {
        "resolve": {"status": "COMPLETED", "result": {}},
        "resume": {"action": "complete"},
        "decide": {"task_result": {"outcome": "approved"}},
    }

    def act(intent_id: str, actor: str, who: object) -> str:
        body = bodies[way] | {"actor": actor}
        if way == "resolve":
            event = rig.resolve(intent_id, **body, who=who)["event"]  # type: ignore[arg-type]
        else:
            event = rig.resume(intent_id, body, who=who)["event"]  # type: ignore[arg-type]
        return str(event["actor"])

    task = {"human_task": {"title": "Pay it?"}} if way == "decide" else {}
    for who, actor in (
        (peer, victim.address),
        (peer, "AGENT://Local/default/admin"),
        (peer, "system"),
        (peer, " System "),
        (anna, "boss@example.com"),
        (anna, "agent://local/default/other"),
    ):
        intent_id = rig.create(who=who, **task)
        error = refusal(lambda intent_id=intent_id, actor=actor, who=who: act(intent_id, actor, who))  # type: ignore[misc]
        assert (error.code.code, error.code.status) == ("owner_scope_mismatch", 403), actor
    for who, actor in (
        (victim, "mia@example.com"),
        (victim, "agent://local/default/other"),
        (victim, victim.address),
        (anna, "anna@example.com"),
    ):
        assert act(rig.create(who=who, **task), actor, who) == actor
