"""What is told of the timers of an intent is what the timers then do."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axme.contract.clock import from_text, to_text
from axme.contract.codes import NOT_FOUND
from axme.gateway.actions import cross_org
from axme.gateway.actions.explanations import explain
from tests.gateway.rig import Rig, refusal


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    after=st.integers(1, 90),
    interval=st.integers(1, 90) | st.none(),
    most=st.integers(1, 5) | st.none(),
    escalates=st.booleans(),
    ttl=st.integers(1, 400) | st.none(),
)
def test_reminders_come_when_it_was_told(
    one_rig: Rig, after: int, interval: int | None, most: int | None, escalates: bool, ttl: int | None
) -> None:
    rig = one_rig
    given_ = {
        "remind_after_seconds": after, "remind_interval_seconds": interval, "max_reminders": most,
        # Between two seconds, where nothing else is due.
        "deadline_at": ttl and to_text(rig.clock.now() + timedelta(seconds=ttl + 0.5)),
        "escalate_to": "boss@example.com" if escalates else None, "human_task": {"title": "Look"},
    }  # fmt: skip
    intent = rig.create(**{name: value for name, value in given_.items() if value is not None})
    told = rig.do(explain, intent)["explanation"]["coming"]
    for one in told:
        rig.clock.advance(from_text(one["at"]) - rig.clock.now() + timedelta(microseconds=1))
        rig.engine.run_due()
    kinds = {"intent.reminder": "reminder", "intent.escalated": "escalation", "intent.timed_out": "deadline"}
    happened = [kinds[event["event_type"]] for event in rig.events(intent) if event["event_type"] in kinds]
    assert happened == [one["kind"] for one in told]


def test_what_an_agent_of_others_is_like_stays_theirs(rig: Rig) -> None:
    peer = rig.peer("elsewhere")
    intent = rig.create(to_agent="worker")
    assert rig.do(explain, intent)["explanation"]["recipient"]["state"] == "unregistered"
    assert refusal(lambda: rig.do(explain, intent, who=peer)).code is NOT_FOUND
    policy = rig.do(cross_org.receive_policy, rig.who.org_id)
    rig.do(cross_org.set_receive_policy, policy, {"mode": "open"})
    theirs = rig.create(to_agent=rig.who.address, who=peer)
    assert rig.do(explain, theirs)["explanation"]["recipient"]["state"] == "active"
    told = rig.do(explain, theirs, who=peer)["explanation"]["recipient"]
    assert told == {"address": rig.who.address, "state": "elsewhere"}
