"""Every change leaves a row with its actor, and rows stay as they are."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import select, text

from axme.gateway.store.tables import audit_events
from tests.gateway.rig import Rig, refusal


def trail(rig: Rig) -> list[tuple[Any, ...]]:
    """Who did what, how it went, and in which request."""
    columns = ("actor", "action", "outcome", "request_id")
    rows = rig.store.read_sync(lambda tx: tx.query(select(audit_events).order_by(audit_events.c.audit_id)))
    return [tuple(row[name] for name in columns) for row in rows]


def test_changes_and_refusals_are_recorded_with_actor_and_request(rig: Rig) -> None:
    who = dataclasses.replace(rig.who, request_id="req-1")
    intent_id = rig.create(who=who, key="k")
    rig.create(who=who, key="k")
    refusal(lambda: rig.create(who=who, to_agent="agent://acme/x/y"))
    rig.controls(intent_id, {"controls": {"n": 1}}, who=who)
    refusal(lambda: rig.controls(intent_id, {"controls": {}, "policy_generation": 9}, who=who))
    rig.resolve(intent_id, "CANCELED", who=who)
    assert trail(rig) == [
        (who.address, "intent.create", "done", "req-1"),
        (who.address, "intent.create", "refused", "req-1"),
        (who.address, "intent.update_controls", "done", "req-1"),
        (who.address, "intent.resolve", "done", "req-1"),
    ]


@pytest.mark.parametrize("attempt", ["UPDATE audit_events SET actor = 'me'", "DELETE FROM audit_events"])
def test_the_database_itself_refuses_to_change_the_trail(rig: Rig, attempt: str) -> None:
    rig.create()
    before = trail(rig)
    with pytest.raises(Exception, match="append-only"):
        rig.store.write_sync(lambda tx: tx.query(text(attempt)))
    assert trail(rig) == before
