"""A person's step, its reminders and its chain of escalations, as those who are asked read of them in their mail."""

from __future__ import annotations

from axme.gateway.actions import links
from axme.gateway.lifecycle.mailing import Mail
from tests.gateway.actions.stage import Play, human, runtime
from tests.gateway.actions.test_mails import send
from tests.gateway.rig import Rig

CHAIN = [{"after_seconds": 3600, "to": "owner"}, {"after_seconds": 7200, "to": "chief@example.com"}]


def addressed(sent: list[Mail]) -> list[tuple[str, str]]:
    """Who was written to, and why."""
    return sorted((mail.address, mail.occasion.value) for mail in sent)


def test_each_of_a_chain_is_written_to_in_turn_and_nobody_after_the_decision(rig: Rig) -> None:
    play = Play(rig, runtime("up", "escalation", config={"chain": CHAIN}), human("sign"), human("again"))
    assert addressed(send(rig)) == [("boss@example.com", "assigned")]
    assert send(rig) == []
    play.later(hours=1)
    (escalated,) = send(rig)
    assert addressed([escalated]) == [("owner@example.com", "escalated")]
    play.later(hours=1)
    assert addressed(send(rig)) == [("chief@example.com", "escalated")]
    token = str(escalated.path).rpartition("/")[2]
    assert rig.store.read_sync(lambda tx: links.open(tx, token)).state.value == "open"
    play.decide("approved")
    assert play.statuses["again"] == "running"
    assert addressed(send(rig)) == [("boss@example.com", "assigned")]
    play.later(hours=5)
    assert send(rig) == [], "the chain was for the step that followed it, and for no other"


def test_the_chain_of_a_step_that_is_decided_says_no_more(rig: Rig) -> None:
    play = Play(rig, runtime("up", "escalation", config={"chain": CHAIN}), human("sign"))
    send(rig)
    play.later(hours=1)
    play.decide("approved")
    assert send(rig) == [], "what was planned before the decision is not sent after it"
    play.later(hours=5)
    assert send(rig) == []
    assert play.intent["status"] == "COMPLETED"


def test_who_is_reminded_is_also_written_to(rig: Rig) -> None:
    remind = runtime("nudge", "reminder", config={"seconds": 600, "interval_seconds": 600, "max_reminders": 2})
    play = Play(rig, remind, human("sign", escalate_to="owner", remind_after_seconds=7200, max_reminders=1))
    send(rig)
    for _ in range(2):
        play.later(seconds=600)
        assert addressed(send(rig)) == [("boss@example.com", "reminded")]
    play.later(hours=2)
    assert ("boss@example.com", "reminded") in addressed(send(rig))
    play.later(hours=2)
    assert ("owner@example.com", "escalated") in addressed(send(rig))
