"""Mails about tasks: planned with their cause, sent at least once, never in a storm."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from axme.contract.schemas.users import NickRegister
from axme.gateway.actions import audit_trail, cross_org, links, mails, members, outside, users
from axme.gateway.lifecycle.mailing import DAILY, HOURLY, Mail, Occasion
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.policy.cross_org import CLOSED
from axme.gateway.store.queries import cross_org as queries
from tests.gateway.actions.test_links import as_member
from tests.gateway.rig import Rig, refusal

CORE = "agent://agent_core"
ANNA = "anna@example.com"
TAKEN = Outcome(Verdict.DELIVERED, "taken")
BUSY = Outcome(Verdict.RETRY, "450 busy")
NEVER = Outcome(Verdict.HOPELESS, "550 no such user")
PATIENT = {"remind_after_seconds": 3600, "max_reminders": 2, "escalate_to": "boss@example.com"}


def ask(rig: Rig, *, assignees: list[str] | None = None, notify: str | None = ANNA, **more: Any) -> str:
    """A task that somebody is written to about."""
    task = {"title": "Approve Q3 budget", "assignees": assignees, "notify_email": notify}
    return rig.create(to_agent=CORE, human_task={name: value for name, value in task.items() if value}, **more)


def send(rig: Rig, outcome: Outcome = TAKEN) -> list[Mail]:
    """Send what is due, each with the same outcome."""
    sent = []
    while (errand := rig.store.write_sync(outside.take)) is not None:
        if errand.mail is not None:
            sent.append(errand.mail)
            rig.store.write_sync(lambda tx, it=errand: outside.settle(tx, it, outcome))
    return sent


def pass_time(rig: Rig, by: timedelta, outcome: Outcome = TAKEN) -> list[Mail]:
    """Let time pass in steps of ten minutes, with timers and mails."""
    sent = []
    for _ in range(by // timedelta(minutes=10)):
        rig.advance(minutes=10)
        sent += send(rig, outcome)
    return sent


def statuses(rig: Rig, intent_id: str) -> Counter[str]:
    """How many mails are in which state."""
    return Counter(mail["status"] for mail in rig.do(mails.list_mails, intent_id)["mails"])


def test_everybody_named_is_written_to_once(rig: Rig) -> None:
    intent_id = ask(rig, assignees=["ben@example.com", ANNA, "agent://local/default/robot"])
    sent = send(rig)
    assert sorted(mail.address for mail in sent) == [ANNA, "ben@example.com"]
    assert {mail.occasion for mail in sent} == {Occasion.ASSIGNED}
    assert {mail.title for mail in sent} == {"Approve Q3 budget"}
    assert statuses(rig, intent_id) == {"sent": 2}
    assert send(rig) == []


def test_each_recipient_has_a_link_of_its_own(rig: Rig) -> None:
    intent_id = ask(rig, assignees=["ben@example.com"])
    for mail in send(rig):
        found = rig.store.read_sync(lambda tx, it=mail: links.open(tx, it.path.rpartition("/")[2]))
        assert found.link is not None
        assert (found.link.recipient, found.link.intent_id) == (mail.address, intent_id)


def test_reminders_and_the_escalation_keep_the_link(one_rig: Rig) -> None:
    ask(one_rig, **PATIENT)
    sent = send(one_rig) + pass_time(one_rig, timedelta(hours=5))
    assert [(mail.occasion, mail.address) for mail in sent] == [
        (Occasion.ASSIGNED, ANNA),
        (Occasion.REMINDED, ANNA),
        (Occasion.REMINDED, ANNA),
        (Occasion.ESCALATED, "boss@example.com"),
    ]
    assert len({mail.path for mail in sent[:3]}) == 1
    assert len({mail.conversation for mail in sent}) == 1
    assert len({mail.mail_id for mail in sent}) == 4


def test_a_repeat_is_the_same_mail(rig: Rig) -> None:
    ask(rig)
    first = send(rig, BUSY)
    assert send(rig) == []
    rig.clock.advance(timedelta(seconds=20))
    assert send(rig) == first


def test_a_crash_after_sending_sends_the_same_mail_again(rig: Rig) -> None:
    intent_id = ask(rig)
    crashed = rig.store.write_sync(outside.take)
    assert crashed is not None
    assert send(rig) == []
    rig.clock.advance(timedelta(seconds=61))
    assert send(rig) == [crashed.mail]
    assert statuses(rig, intent_id) == {"sent": 1}


def test_no_storm_after_an_outage(rig: Rig) -> None:
    waiting, decided = ask(rig, **PATIENT | {"max_reminders": 20}), ask(rig)
    tries = pass_time(rig, timedelta(hours=6), BUSY)
    assert len({mail.mail_id for mail in tries}) > 5
    rig.resume(decided, {"task_result": {"outcome": "approved"}})
    sent = pass_time(rig, timedelta(minutes=50))
    assert [(mail.occasion, mail.address) for mail in sent] == [(Occasion.REMINDED, ANNA)]
    assert statuses(rig, waiting) == {"replaced": 6, "sent": 1}
    assert statuses(rig, decided) == {"not_needed": 1}


def test_a_server_that_is_down_for_days_is_waited_for(one_rig: Rig) -> None:
    intent_id = ask(one_rig)
    pass_time(one_rig, timedelta(hours=60), BUSY)
    assert statuses(one_rig, intent_id) == {"pending": 1}
    pass_time(one_rig, timedelta(hours=60), BUSY)
    assert statuses(one_rig, intent_id) == {"failed": 1}


def test_a_refusal_for_good_is_seen_by_who_looks_after_the_workspace(rig: Rig) -> None:
    intent_id = ask(rig)
    send(rig, NEVER)
    rig.clock.advance(timedelta(days=1))
    assert send(rig) == []
    (mail,) = rig.do(mails.list_mails, intent_id)["mails"]
    assert (mail["status"], mail["attempt_count"]) == ("failed", 1)
    assert mail["error_detail"] == "try 1: 550 no such user"
    assert rig.intent(intent_id)["status"] == "WAITING", "the task can be answered all the same"
    sought = {"org_id": None, "actors": frozenset[str](), "action_prefix": "mail.", "limit": 10}
    events = rig.do(audit_trail.list_events, **sought)["events"]
    (lost,) = [event for event in events if event["action"] == "mail.lost"]
    assert lost["details"]["address"] == ANNA


def test_nobody_is_written_to_about_what_is_over(one_rig: Rig) -> None:
    canceled = ask(one_rig)
    one_rig.resolve(canceled, "CANCELED")
    assert send(one_rig) == []
    assert statuses(one_rig, canceled) == {"not_needed": 1}


def test_who_lost_the_link_gets_no_other_by_mail(one_rig: Rig) -> None:
    intent_id = ask(one_rig, **PATIENT)
    send(one_rig)
    one_rig.do(links.revoke_all, intent_id)
    assert pass_time(one_rig, timedelta(minutes=90)) == []
    assert statuses(one_rig, intent_id) == {"sent": 1, "not_needed": 1}


def test_one_address_is_not_flooded(one_rig: Rig) -> None:
    asked = [ask(one_rig) for _ in range(1000)]
    assert len(send(one_rig)) == HOURLY
    assert len(pass_time(one_rig, timedelta(minutes=50))) == 0
    assert len(pass_time(one_rig, timedelta(minutes=20))) == HOURLY
    pass_time(one_rig, timedelta(hours=6))
    every = sum((statuses(one_rig, intent_id) for intent_id in asked), Counter())
    assert every == {"sent": DAILY, "capped": 1000 - DAILY}
    ask(one_rig, notify="somebody.else@example.com")
    assert len(send(one_rig)) == 1


def test_a_user_is_written_to_at_the_address_in_the_profile(one_rig: Rig) -> None:
    told = NickRegister().load({"nick": "ops-lead", "email": "lead@example.com"})
    address = one_rig.do(users.register, told)["owner_agent"]
    ask(one_rig, assignees=["user://ops-lead"], notify=None)
    ask(one_rig, assignees=[address], notify=None)
    assert [mail.address for mail in send(one_rig)] == ["lead@example.com"] * 2
    ask(one_rig, assignees=["user://nobody"], notify=None)
    assert send(one_rig) == []


def test_everybody_with_a_role_is_written_to_once(rig: Rig) -> None:
    others = rig.peer().workspace_id
    for actor_id, role, workspace_id in (
        (ANNA, "org_admin", None),
        ("ben@example.com", "workspace_admin", rig.who.workspace_id),
        ("cleo@example.com", "workspace_admin", others),
        ("lead", "org_admin", None),
        ("nobody-knows-where", "org_admin", None),
    ):
        add = partial(members.insert, org_id=rig.who.org_id, workspace_id=workspace_id, actor_id=actor_id, role=role)
        rig.store.write_sync(add)
    rig.do(users.register, NickRegister().load({"nick": "lead", "email": "lead@example.com"}))
    ask(rig, assignees=["role:org_admin", ANNA], notify=None)
    assert sorted(mail.address for mail in send(rig)) == [ANNA, "lead@example.com"]
    intent_id = ask(rig, assignees=["role:workspace_admin"], notify=None)
    (mail,) = send(rig)
    assert mail.address == "ben@example.com"
    assert [link["recipient"] for link in rig.do(links.list_links, intent_id)["links"]] == ["ben@example.com"]
    ask(rig, assignees=["role:billing_viewer"], notify=None)
    assert send(rig) == []


@pytest.fixture
def peer_rig(one_rig: Rig) -> Rig:
    """With another organization that takes intents from anybody."""
    peer = one_rig.peer("partner")
    theirs = cross_org.Subject(queries.RECEIVE, peer.org_id, peer.org_id, "", CLOSED)
    one_rig.do(cross_org.set_receive_policy, theirs, {"mode": "open"})
    one_rig.do(users.register, NickRegister().load({"nick": "judge", "email": "judge@partner.example"}), who=peer)
    return one_rig


def test_a_sender_names_no_judge_in_another_organization(peer_rig: Rig) -> None:
    to = "agent://partner/other/peer"
    for address in (ANNA, "judge@partner.example"):
        peer_rig.create(to_agent=to, human_task={"title": "Yours to decide", "notify_email": address})
    assert [mail.address for mail in send(peer_rig)] == ["judge@partner.example"]


def test_who_may_not_make_links_sees_no_mails(one_rig: Rig) -> None:
    intent_id = ask(one_rig)
    member = as_member(one_rig.account("someone"))
    assert refusal(lambda: one_rig.do(mails.list_mails, intent_id, who=member)).code.code == "forbidden"
