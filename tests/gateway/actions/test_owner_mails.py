"""Owners hear of what could not be delivered, once a day for each thing; and history is deleted when it is old."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from functools import partial
from typing import Any

from sqlalchemy import func, select

from axme.contract.clock import to_micros
from axme.contract.schemas.users import NickRegister
from axme.contract.schemas.webhooks import SubscriptionUpsert
from axme.gateway.actions import bindings, explanations, jobs, members, outside, users, webhooks
from axme.gateway.delivery.mail import compose
from axme.gateway.lifecycle.mailing import DAILY_GIVEN_UP, Mail
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.store.queries import history
from axme.gateway.store.tables import deliveries, task_mails, webhook_attempts, webhook_events
from tests.gateway.actions.test_mails import ask
from tests.gateway.rig import Body, Rig

URL = "https://hooks.example.com/axme"
BOSS = "boss@example.com"
DOWN = Outcome(Verdict.RETRY, "HTTP 500", 500)
GONE = Outcome(Verdict.HOPELESS, "HTTP 410: the endpoint is gone", 410)
TAKEN = Outcome(Verdict.DELIVERED, "HTTP 200", 200)


def subscribe(rig: Rig, url: str = URL, *, owner: str | None = None) -> str:
    """Have a URL told of everything that happens to intents."""
    body = SubscriptionUpsert().load({"callback_url": url, "event_types": ["intent.created", "inbox.reply_received"]})
    found: str = rig.do(webhooks.upsert, body, owner=owner)["subscription"]["subscription_id"]
    return found


def administrator(rig: Rig, actor_id: str = BOSS, role: str = "org_admin") -> None:
    """Somebody who looks after the organization."""
    rig.store.write_sync(
        partial(members.insert, org_id=rig.who.org_id, workspace_id=None, actor_id=actor_id, role=role)
    )


def work(rig: Rig, outcome: Outcome) -> list[Mail]:
    """Do what is due, with one outcome for everything that is posted; returns the mails, all of which are sent."""
    sent: list[Mail] = []
    while (errand := rig.store.write_sync(outside.take)) is not None:
        if errand.mail is not None:
            sent.append(errand.mail)
        if errand.mail is not None or errand.push is not None:
            took = TAKEN if errand.mail is not None else outcome
            rig.store.write_sync(lambda tx, it=errand, how=took: outside.settle(tx, it, how))
    return sent


def tire(rig: Rig, outcome: Outcome = DOWN, hours: int = 120) -> list[Mail]:
    """Let every try be made."""
    sent = work(rig, outcome)
    for _ in range(hours // 6):
        rig.advance(hours=6)
        sent += work(rig, outcome)
    return sent


def count(rig: Rig, table: Any) -> int:
    """How many rows there are."""
    found: int = rig.store.read_sync(lambda tx: tx.run(select(func.count().label("n")).select_from(table)))[0]["n"]
    return found


def test_a_webhook_that_is_given_up_is_mailed_to_who_looks_after_it(rig: Rig) -> None:
    administrator(rig)
    subscribe(rig)
    first, second = rig.create(), rig.create()
    (mail,) = tire(rig)
    assert (mail.address, mail.title) == (BOSS, f"Webhook given up: {URL}")
    assert "try 10: HTTP 500" in str(mail.description)
    assert str(mail.path).startswith("/console/webhooks/")
    for intent_id in (first, second):
        assert rig.do(explanations.explain, intent_id)["explanation"]["webhooks"] == {"dead_lettered": 1}
    message = message_from_bytes(compose(mail, url=f"https://a.example{mail.path}", sender="a@b.example").as_bytes())
    text = str(message.get_payload()[0].get_payload(decode=True), "utf-8")
    assert "See it in the console:" in text
    assert "It belongs to: agent://local/default/admin" in text
    assert "yours alone" not in text


def test_a_user_who_subscribed_hears_of_it_and_nobody_else(rig: Rig) -> None:
    administrator(rig)
    told = NickRegister().load({"nick": "mia", "email": "mia@example.com"})
    owner = rig.do(users.register, told)["owner_agent"]
    subscribe(rig, owner=owner)
    body: Body = {"event_type": "inbox.reply_received", "source": "tests", "payload": {}}
    rig.do(webhooks.publish, body, owner=owner)
    (mail,) = tire(rig, GONE, hours=0)
    assert mail.address == "mia@example.com"
    assert "switched off" in str(mail.description)


def test_a_dead_endpoint_makes_no_heap_of_mails(one_rig: Rig) -> None:
    administrator(one_rig)
    for number in range(DAILY_GIVEN_UP + 5):
        subscribe(one_rig, f"{URL}/{number}")
    for _ in range(3):
        one_rig.create()
    assert len(tire(one_rig, GONE, hours=0)) == DAILY_GIVEN_UP


def test_an_agent_that_cannot_be_posted_to_is_mailed_about(rig: Rig) -> None:
    administrator(rig)
    administrator(rig, "owner@example.com", "org_owner")
    rig.account("posted")
    sent = {"delivery_mode": "http", "callback_url": URL, "rotate_secret": False}
    rig.do(bindings.put, "posted", sent)
    intent_id = rig.create(to_agent="posted")
    mails = tire(rig, hours=48)
    assert sorted(mail.address for mail in mails) == [BOSS, "owner@example.com"]
    assert mails[0].title == "Delivery given up: agent://local/default/posted"
    assert rig.intent(intent_id)["status"] == "FAILED"


def test_old_history_is_deleted_and_what_is_open_is_kept(rig: Rig) -> None:
    rig.store.write_sync(jobs.begin)
    administrator(rig)
    subscribe(rig)
    open_task, done_task = ask(rig), ask(rig)
    rig.account("posted")
    rig.do(bindings.put, "posted", {"delivery_mode": "http", "callback_url": URL, "rotate_secret": False})
    rig.create(to_agent="posted")
    work(rig, TAKEN)
    rig.resolve(done_task, "CANCELED")
    assert (count(rig, webhook_events), count(rig, deliveries)) == (3, 1)
    rig.advance(days=29)
    assert (count(rig, webhook_events), count(rig, deliveries), count(rig, task_mails)) == (3, 1, 2)
    rig.create()
    for _ in range(3):
        rig.advance(days=1)
    kept = (count(rig, webhook_events), count(rig, webhook_attempts), count(rig, deliveries), count(rig, task_mails))
    assert kept == (1, 0, 0, 1), "what is still to be told is kept, and so is the mail about a task that waits"
    assert rig.intent(open_task)["status"] == "WAITING"


def test_much_is_deleted_little_by_little(one_rig: Rig) -> None:
    subscribe(one_rig)
    for _ in range(5):
        one_rig.create()
    work(one_rig, TAKEN)
    later = to_micros(one_rig.clock.now() + timedelta(days=1))
    assert [one_rig.store.write_sync(lambda tx: history.prune(tx, later, 2)) for _ in range(4)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert count(one_rig, webhook_events) == 0
