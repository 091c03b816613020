"""Every kind of step, on each database (contract 3.11)."""

from __future__ import annotations

from datetime import timedelta

from axme.contract.clock import to_micros, to_text
from axme.gateway.actions import bindings, links, mails, mesh, outside
from axme.gateway.delivery.mail import compose
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from tests.gateway.actions.claiming import complete, fail, one, suspend
from tests.gateway.actions.stage import BOSS, WORKER, Play, agent, human, runtime
from tests.gateway.rig import Rig, refusal


def test_a_delay_waits_for_its_time_and_the_next_step_follows(rig: Rig) -> None:
    play = Play(rig, runtime("rest", "delay", config={"seconds": 60}), agent("work"))
    shown = play.intent
    assert (shown["status"], shown["waiting_reason"]) == ("WAITING", "WAITING_FOR_TIME")
    assert shown["next_wakeup_at"] > shown["created_at"]
    assert play.applied["pending_with"] == "timer"
    assert play.later(seconds=59).statuses == {"rest": "running", "work": "pending"}
    assert play.later(seconds=1).statuses == {"rest": "completed", "work": "running"}
    assert "next_wakeup_at" not in play.intent
    assert play.done(ok=1).intent["status"] == "COMPLETED"
    assert play.intent["result"]["steps"]["work"]["result"]["ok"] == 1


def test_a_delay_can_be_cut_short(rig: Rig) -> None:
    play = Play(rig, runtime("rest", "delay", config={"delay_seconds": 60}), agent("work"))
    rig.resume(play.id, {})
    assert play.statuses == {"rest": "completed", "work": "running"}
    assert play.later(seconds=61).statuses == {"rest": "completed", "work": "running"}, "its timer is of the past"
    rig.resume(play.id, {})
    assert play.intent["waiting_reason"] == "WAITING_FOR_AGENT", "a nudge is no result"


def test_events_say_which_step_they_are_about(rig: Rig) -> None:
    play = Play(rig, agent("work"), human("sign"))
    play.done().decide("approved")
    told = [
        (event["event_type"][7:], event["details"].get("step_id"), event["details"].get("step_status"))
        for event in [*play.told("waiting"), *play.told("in_progress")]
    ]
    assert told == [
        ("waiting", "work", "running"),
        ("waiting", "sign", "running"),
        ("in_progress", "work", "completed"),
        ("in_progress", None, None),
        ("in_progress", "sign", "completed"),
    ]
    details = play.told("waiting")[1]["details"]
    assert (details["step_index"], details["steps_total"], details["step_type"]) == (2, 2, "human")


def test_a_timeout_bounds_all_that_follows_it(rig: Rig) -> None:
    play = Play(rig, runtime("limit", "timeout", config={"seconds": 100}), agent("work"), human("sign"))
    play.later(seconds=60).done()
    assert play.later(seconds=39).statuses == {"limit": "completed", "work": "completed", "sign": "running"}
    shown = play.later(seconds=1).intent
    assert (shown["status"], shown["error"]["code"], shown["error"]["step_id"]) == ("FAILED", "step_timeout", "sign")
    assert play.statuses["sign"] == "timed_out"
    assert [event["details"]["step_id"] for event in play.told("timeout")] == ["sign"]
    assert shown["result"]["steps"]["work"]["status"] == "COMPLETED"


def test_a_timeout_takes_the_step_in_hand_back_and_knows_a_way_out(rig: Rig) -> None:
    limit = runtime("limit", "timeout", config={"seconds": 10}, on_success="work", on_failure="undo")
    play = Play(rig, limit, agent("work"), agent("undo"))
    late = play.work
    play.later(seconds=10)
    assert rig.intent(late)["status"] == "CANCELED"
    assert play.statuses == {"limit": "completed", "work": "timed_out", "undo": "running"}
    assert play.done().intent["status"] == "COMPLETED"


def test_a_timeout_may_end_where_a_step_begins(rig: Rig) -> None:
    limit = runtime("limit", "timeout", config={"seconds": 10, "until": "sign"})
    play = Play(rig, limit, agent("work"), human("sign"))
    play.done()
    assert play.later(seconds=1000).decide("approved").intent["status"] == "COMPLETED"


def test_reminders_reach_whoever_holds_the_next_step(rig: Rig) -> None:
    reminder = runtime("nudge", "reminder", config={"seconds": 10, "message": "hurry", "max_reminders": 2})
    play = Play(rig, reminder, agent("work"), human("sign"))
    for _ in range(4):
        play.later(seconds=10)
    told = [(event["details"]["note"], event["pending_with"]["ref"]) for event in play.told("reminder")]
    assert told == [("hurry", WORKER)] * 2
    play.done()
    assert len(play.later(seconds=100).told("reminder")) == 2, "the step after the next is not its business"


def test_reminders_of_one_person_do_not_reach_the_next(rig: Rig) -> None:
    play = Play(rig, human("a", remind_after_seconds=10), human("b"))
    assert play.later(seconds=10).intent["remind_count"] == 1
    play.decide("approved")
    assert play.later(seconds=60).intent["remind_count"] == 0


def test_an_escalation_goes_up_its_chain(rig: Rig) -> None:
    chain = [{"after_seconds": 10, "to": "owner"}, {"after_seconds": 30, "to": "agent://local/default/chief"}]
    play = Play(rig, runtime("up", "escalation", config={"chain": chain}), human("sign"))
    assert play.intent["pending_with"]["ref"] == "boss@example.com"
    shown = play.later(seconds=10).intent
    assert shown["pending_with"]["ref"] == "owner@example.com"
    assert shown["human_task"]["assignees"] == ["boss@example.com", "owner@example.com"]
    play.later(seconds=20)
    assert [event["details"]["escalated_to"] for event in play.told("escalated")] == [
        "owner@example.com",
        "agent://local/default/chief",
    ]
    assert play.threads() == [], "the thread has gone to the chief's inbox"
    assert play.decide("approved").intent["status"] == "COMPLETED"


def test_notifications_are_put_into_an_inbox_and_waited_for_by_nobody(rig: Rig) -> None:
    notice = runtime("tell", "notification", config={"to": "owner", "message": "version 7 is out"})
    play = Play(rig, agent("work"), notice)
    assert play.done().intent["status"] == "COMPLETED"
    (thread,) = play.threads()
    (entry,) = thread["timeline"]
    assert (entry["event_type"], entry["details"]["message"]) == ("notification", "version 7 is out")
    assert (thread["status"], entry["details"]["to"]) == ("pending", "owner@example.com")


def test_a_person_is_mailed_a_notification(rig: Rig) -> None:
    notice = runtime("tell", "notification", config={"to": "owner", "message": "version 7 is out"})
    play = Play(rig, notice)
    (mail,) = rig.do(mails.list_mails, play.intent["intent_id"])["mails"]
    assert (mail["occasion"], mail["address"], mail["status"]) == ("notified", "owner@example.com", "pending")
    errand = rig.store.write_sync(outside.take)
    assert errand is not None
    assert errand.mail is not None
    text = compose(errand.mail, url=None, sender="axme@example.com").as_string()
    assert "Subject: version 7 is out" in text
    assert "Sent by:" in text
    assert "Open the task" not in text
    rig.store.write_sync(lambda tx: outside.settle(tx, errand, Outcome(Verdict.DELIVERED, "250")))
    assert rig.do(mails.list_mails, play.intent["intent_id"])["mails"][0]["status"] == "sent"


def test_a_notification_decides_nothing(rig: Rig) -> None:
    play = Play(rig, runtime("tell", "notification", config={"to": BOSS}), human("sign"))
    notice = next(thread for thread in play.threads() if thread["timeline"][0]["event_type"] == "notification")
    play.approve(notice["thread_id"])
    assert play.intent["waiting_reason"] == "WAITING_FOR_HUMAN"


def test_a_person_decides_in_the_inbox_or_by_approval_and_the_first_wins(rig: Rig) -> None:
    play = Play(rig, human("a"), human("b"), human("c"))
    (first,) = play.threads()
    assert first["timeline"][0]["details"] == {
        "intent_type": "deploy.v1",
        "step_id": "a",
        "title": "Approval: deploy.v1",
    }
    play.approve(first["thread_id"])
    assert refusal(lambda: play.approve(first["thread_id"])).code.code == "already_decided"
    assert play.statuses == {"a": "completed", "b": "running", "c": "pending"}
    second = next(thread for thread in play.threads() if thread["status"] != "done")
    # What is said about a step that is over is not said about the one that is asked now.
    assert refusal(lambda: play.approve(first["thread_id"])).code.code == "already_decided"
    assert refusal(lambda: play.approval(first["thread_id"])).code.code == "already_decided"
    play.approval(second["thread_id"])
    assert play.statuses["b"] == "completed"
    play.decide("approved")
    assert play.intent["status"] == "COMPLETED"
    assert {thread["status"] for thread in play.threads()} == {"done"}


def test_canceling_it_closes_the_thread_of_its_step(rig: Rig) -> None:
    play = Play(rig, human("a"))
    rig.resolve(play.id, "CANCELED")
    assert (play.statuses, play.threads()[0]["status"]) == ({"a": "canceled"}, "done")


def test_a_review_that_asks_for_changes_goes_no_further(rig: Rig) -> None:
    review = human("review", human_task={"title": "Good?", "task_type": "review"})
    play = Play(rig, review, agent("ship"))
    assert play.decide("changes_requested").intent["status"] == "CANCELED"
    assert play.statuses == {"review": "rejected", "ship": "skipped"}


def test_a_person_may_be_too_late(rig: Rig) -> None:
    play = Play(rig, human("sign", step_deadline_seconds=60, on_failure="plan-b"), agent("plan-b"))
    assert play.later(seconds=60).statuses == {"sign": "timed_out", "plan-b": "running"}
    assert play.intent["human_task" if "human_task" in play.intent else "status"] == "WAITING"
    assert play.done().intent["status"] == "COMPLETED"


def test_retries_are_counted_and_shown(rig: Rig) -> None:
    play = Play(rig, agent("work", retry={"max_retries": 2, "retry_delay_seconds": 5}))
    play.broken()
    assert (play.step("work")["status"], play.step("work")["attempts"]) == ("retrying", 1)
    play.later(seconds=5).broken()
    assert play.later(seconds=5).step("work")["attempts"] == 3
    assert play.broken().intent["status"] == "FAILED"
    assert [event["details"].get("attempt") for event in play.told("waiting")] == [None, 2, 2, 3, 3]


def test_what_somebody_cancels_is_not_begun_anew(rig: Rig) -> None:
    play = Play(rig, agent("work", retry={"max_retries": 2}))
    rig.resolve(play.work, "CANCELED", reason="wrong order")
    assert (play.intent["status"], play.statuses) == ("FAILED", {"work": "canceled"})


def test_steps_may_lead_back_but_not_for_ever(rig: Rig) -> None:
    play = Play(rig, agent("make", on_success="check"), human("check", on_failure="make"))
    for _ in range(3):
        play.done().decide("rejected")
    assert play.step("make")["times"] == 4
    assert play.done().decide("approved").intent["status"] == "COMPLETED"


def test_a_pause_holds_every_step(rig: Rig) -> None:
    play = Play(rig, agent("work"), runtime("rest", "delay", config={"seconds": 60}), human("sign"))
    rig.controls(play.id, {"controls": {"paused": True}})
    work = play.work
    rig.resume(work, {"action": "complete"})
    assert play.statuses["rest"] == "pending"
    rig.controls(play.id, {"controls": {"paused": False}})
    assert play.statuses["rest"] == "running"
    before = play.intent["next_wakeup_at"]
    rig.controls(play.id, {"controls": {"paused": True}})
    assert play.later(seconds=600).statuses["rest"] == "running"
    rig.controls(play.id, {"controls": {"paused": False}})
    assert play.intent["next_wakeup_at"] > before
    assert play.later(seconds=60).statuses["sign"] == "running"


def test_a_deadline_of_the_whole_takes_the_step_along(rig: Rig) -> None:
    deadline = to_text(to_micros(rig.clock.now() + timedelta(seconds=60)))
    play = Play(rig, agent("work"), intent={"type": "deploy.v1", "deadline_at": deadline})
    work = play.work
    assert play.later(seconds=61).intent["status"] == "TIMED_OUT"
    assert rig.intent(work)["status"] == "CANCELED"


def test_the_scenario_goes_on_without_an_agent_that_was_killed(rig: Rig) -> None:
    rig.account("gone")
    steps = (
        agent("a", on_success="b"),
        agent("b", assigned_to="agent://local/default/gone", on_failure="c"),
        agent("c"),
    )
    play = Play(rig, *steps)
    rig.do(mesh.kill, "agent://local/default/gone")
    play.done()
    assert play.statuses == {"a": "completed", "b": "failed", "c": "running"}


def test_a_worker_with_a_claim_counts_failures_once(rig: Rig) -> None:
    play = Play(rig, agent("work", retry={"max_retries": 1, "retry_delay_seconds": 5}))
    fail(rig, one(rig)["claim_id"])
    assert play.statuses == {"work": "retrying"}
    play.later(seconds=5)
    complete(rig, one(rig)["claim_id"])
    assert (play.intent["status"], play.step("work")["attempts"]) == ("COMPLETED", 2)


def test_a_failure_for_good_is_not_tried_again_by_the_step_either(rig: Rig) -> None:
    play = Play(rig, agent("work", retry={"max_retries": 3}, on_failure="undo"), agent("undo"))
    fail(rig, one(rig)["claim_id"], retryable=False)
    assert play.statuses == {"work": "failed", "undo": "running"}
    rig.resume(play.work, {"action": "fail", "message": "hopeless"})
    assert play.intent["status"] == "FAILED"


def test_a_program_that_resumes_may_say_that_a_failure_is_for_good(rig: Rig) -> None:
    play = Play(rig, agent("work", retry={"max_retries": 3}))
    rig.resume(play.work, {"action": "fail", "message": "hopeless", "retryable": False})
    assert (play.intent["status"], play.intent["error"]["message"]) == ("FAILED", "hopeless")


def test_a_worker_may_suspend_a_step_and_the_scenario_waits_on(rig: Rig) -> None:
    play = Play(rig, agent("work"))
    taken = one(rig)
    suspend(rig, taken["claim_id"], what="time", seconds=60)
    assert play.statuses == {"work": "running"}
    play.later(seconds=60)
    complete(rig, one(rig)["claim_id"])
    assert play.intent["status"] == "COMPLETED"


def test_a_link_is_for_the_step_that_asks(rig: Rig) -> None:
    play = Play(rig, human("a"), human("b"))

    def link() -> str:
        body = {"recipient": "boss@example.com"}
        made: str = rig.do(links.create, play.id, body, base_url="")["link"]["url"].rpartition("/")[2]
        return made

    def state(token: str) -> str:
        return rig.store.read_sync(lambda tx: links.open(tx, token)).state.value

    first = link()
    assert state(first) == "open"
    play.decide("approved")
    assert play.statuses["b"] == "running"
    assert state(first) in {"decided", "superseded"}
    assert state(link()) == "open"


def test_an_agent_that_is_made_may_be_posted_to(rig: Rig) -> None:
    url = "https://agents.example.com/hook"
    made = {"role": "worker", "address": "posted", "create_if_missing": True, "delivery_mode": "http"}
    play = Play(rig, agent("work"), agents=[made | {"callback_url": url}])
    assert play.applied["agents_provisioned"] == ["agent://local/default/posted"]
    assert rig.do(bindings.get, "posted")["binding"]["callback_url"] == url
    nowhere = made | {"address": "nowhere"}
    assert "callback_url" in refusal(lambda: Play(rig, agent("work"), agents=[nowhere])).message
