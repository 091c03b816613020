"""From an intent, and what the gateway knows of it, to sentences. Pure: a gateway that knows nothing more is fine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from axme.contract import clock, human_tasks
from axme.contract.statuses import IntentStatus, WaitingReason
from axme.display.values import span
from axme.resources.decisions import Decision
from axme.resources.explanations import Coming, Explanation, Move
from axme.wire import FlatCalls

Raw = Mapping[str, Any]
#: The request a flat call stands for, in words.
Http = Callable[[Callable[[FlatCalls], Any]], str]
_KINDS = {
    "deadline": "its deadline passes, and it ends TIMED_OUT",
    "wake_up": "it wakes up and goes on",
    "step_retry": "its step is tried again",
    "step_deadline": "the time for its step is up",
    "lease_end": "its worker must be heard of by then, or the attempt is over",
}


class Said(NamedTuple):
    """What is said of an intent in one state."""

    summary: str
    waits_for: str | None = None
    because: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()


def explained(intent: Raw, facts: Raw, http: Http) -> Explanation:
    """Explain an intent.

    Args:
        intent: as the gateway shows it.
        facts: what an axme gateway adds to it; nothing from another one.
        http: tells the request of a flat call.
    """
    status = IntentStatus(intent["status"])
    said = (_ended if status.is_terminal else _living)(intent, facts, http)
    untold = tuple(_untold(facts.get("webhooks") or {}))
    return Explanation(
        intent_id=intent["intent_id"],
        status=status,
        summary=said.summary,
        waits_for=said.waits_for,
        since=_moment(facts.get("since") or intent.get("updated_at")),
        because=(*said.because, *untold),
        coming=() if status.is_terminal else tuple(_coming(intent, facts)),
        moves=said.moves,
        at=_moment(facts.get("at")),
    )


# ---- how it ended ----------------------------------------------------------------------------------------------------


def _ended(intent: Raw, facts: Raw, http: Http) -> Said:
    status = IntentStatus(intent["status"])
    by = f" by {facts['ended_by']}" if facts.get("ended_by", "system") != "system" else ""
    reason, error = intent.get("reason"), intent.get("error") or {}
    decision, because = Decision.of(intent.get("result")), []
    if decision is not None:
        comment = f" and said: {decision.comment}" if decision.comment else ""
        because.append(f"{decision.decided_by or 'a person'} decided {decision.outcome!r}{comment}")
    if isinstance(error.get("attempts"), list):
        many = len(error["attempts"])
        because.append(f"workers have tried it {'once' if many == 1 else f'{many} times'}")
    told = {
        IntentStatus.COMPLETED: f"was completed{by}",
        IntentStatus.FAILED: f"has failed{by}: {error.get('message') or error.get('code') or reason or _NO_REASON}",
        IntentStatus.CANCELED: f"was canceled{by}: {reason or _NO_REASON}",
        IntentStatus.TIMED_OUT: f"has timed out: {reason or 'its deadline passed'}",
    }
    again = Move("send it again as a new intent", "intent.retry()")
    return Said(told[status], because=tuple(because), moves=() if status is IntentStatus.COMPLETED else (again,))


# ---- why it waits ----------------------------------------------------------------------------------------------------


def _living(intent: Raw, facts: Raw, http: Http) -> Said:
    one = intent["intent_id"]
    said = (_waiting if intent["status"] == IntentStatus.WAITING else _with_an_agent)(intent, facts, http)
    because = (*said.because, *_troubles(facts))
    if (step := _step(intent)) is not None:
        because = (f"it is at step {step['step_index']} of {len(intent['steps'])}, {step['step_id']!r}", *because)
    end = Move("end it", 'intent.cancel("…")', http(lambda api: api.resolve_intent(one, {"status": "CANCELED"})))
    if intent.get("paused"):
        patch = {"controls": {"paused": False}}
        unpause = Move("let it go on", "intent.unpause()", http(lambda api: api.update_intent_controls(one, patch)))
        return Said(
            "is paused, and its timers stand still",
            said.waits_for,
            (f"but for the pause it {said.summary}", *because),
            (unpause, end),
        )
    return Said(said.summary, said.waits_for, because, (*said.moves, end))


def _waiting(intent: Raw, facts: Raw, http: Http) -> Said:
    reason = intent.get("waiting_reason")
    ways: dict[str | None, Callable[[Raw, Raw, Http], Said]] = {
        WaitingReason.HUMAN: _for_human,
        WaitingReason.AGENT: _for_agent,
        WaitingReason.TIME: _for_time,
    }
    return ways.get(reason, _for_whatever)(intent, facts, http)


def _for_human(intent: Raw, facts: Raw, http: Http) -> Said:
    task = intent.get("human_task") or {}
    who = _holder(intent) or "a person"
    title = task.get("title") or human_tasks.default_title(task, intent["intent_type"])
    outcomes = human_tasks.allowed_outcomes(task) or (human_tasks.YES,)
    because = []
    for address, state in {mail["address"]: mail["status"] for mail in facts.get("mails", ())}.items():
        because.append(f"the newest mail to {address} is {state}")
    if "open_links" in facts and not facts["open_links"] and not facts.get("mails"):
        because.append("nobody was mailed, and there is no open link to the task")
    if task.get("form_schema"):
        decide = Move("fill in the form", f"client.tasks.handle({intent['intent_id']!r}).submit(…)")
    else:
        needs = ', comment="…"' if human_tasks.task_type(task).needs_comment or task.get("required_comment") else ""
        body = {"task_result": {"outcome": outcomes[0]}}
        decide = Move(
            f"decide it ({' or '.join(outcomes)})", f"intent.decide({outcomes[0]!r}{needs})",
            http(lambda api: api.resume_intent(intent["intent_id"], body)),
        )  # fmt: skip
    link = Move(
        "make a link for somebody",
        f'client.tasks.handle({intent["intent_id"]!r}).link(for_="…")',
        http(lambda api: api.create_task_link(intent["intent_id"], recipient="…")),
    )
    return Said(f"waits for {who} to decide {title!r}", who, tuple(because), (decide, link))


def _for_agent(intent: Raw, facts: Raw, http: Http) -> Said:
    child, step = facts.get("waits_on") or {}, _step(intent) or {}
    child_id = child.get("intent_id") or step.get("step_intent_id")
    agent = child.get("to_agent") or _holder(intent) or step.get("assigned_to") or "another agent"
    if child_id is None:
        return Said(f"waits for {agent}", agent)
    status = f", which is {child['status']}" if "status" in child else ""
    look = Move(
        "look there", f"client.intents.get({child_id!r}).explain()", http(lambda api: api.explain_intent(child_id))
    )
    return Said(f"waits for {agent}", agent, (f"it goes on when intent {child_id} has ended{status}",), (look,))


def _for_time(intent: Raw, facts: Raw, http: Http) -> Said:
    now = http(lambda api: api.resume_intent(intent["intent_id"], {}))
    wake = Move("let it go on at once", "intent.resume()", now)
    until = intent.get("next_wakeup_at")
    return Said(f"sleeps until {until}" if until else "waits for a moment", "the clock", (), (wake,))


def _for_whatever(intent: Raw, facts: Raw, http: Http) -> Said:
    who = _holder(intent) or str(intent.get("waiting_reason") or "something").removeprefix("WAITING_FOR_").lower()
    request = http(lambda api: api.resume_intent(intent["intent_id"], {"action": "complete"}))
    give = Move("hand in what it waits for", "intent.resume({…})", request)
    return Said(f"waits for {who}", who, (), (give,))


def _with_an_agent(intent: Raw, facts: Raw, http: Http) -> Said:
    agent = intent.get("handler") or intent["to_agent"]
    claim, status = facts.get("claim"), intent["status"]
    most = facts.get("attempts_allowed")
    tries = f"attempt {intent.get('delivery_attempt', 1)}{f' of {most}' if most else ''}"
    if claim:
        who = claim["worker_id"]
        return Said(f"is being worked on by {who} of {agent} ({tries})", who)
    if any(one["kind"] == "retry" for one in facts.get("coming", ())):
        return Said(f"waits before {tries} by {agent}", agent, *_recipient(facts))
    body = {"status": "COMPLETED", "result": {}}
    done = Move(
        "hand in its result", "intent.complete({…})", http(lambda api: api.resolve_intent(intent["intent_id"], body))
    )
    if status == IntentStatus.IN_PROGRESS:
        return Said(f"is with {agent}, which has not handed in a result yet", agent, _recipient(facts)[0], (done,))
    because, moves = _recipient(facts)
    taken = "has seen it and not begun" if status == IntentStatus.ACKNOWLEDGED else "has not taken it yet"
    return Said(f"waits for {agent}, which {taken}", agent, because, moves)


def _recipient(facts: Raw) -> tuple[tuple[str, ...], tuple[Move, ...]]:
    """What is known of the agent that has it, and what would make it take it."""
    agent = facts.get("recipient") or {}
    address = agent.get("address", "")
    serve = Move("start a worker", f"client.agents.get({address!r}).serve(handler)", "python -m axme serve FILE:NAME")
    if agent.get("sender_killed"):
        return ("its sender is killed: nothing of it is handed out",), (_revive("the sender"),)
    match agent.get("state"):
        case "unregistered":
            name = address.rpartition("/")[2]
            make = Move("register the agent", f"client.agents.create({name!r})")
            return (f"nobody has registered {address}; check the spelling",), (make,)
        case "killed":
            return (f"{address} is killed: nothing is handed to it",), (_revive(repr(address)),)
        case "elsewhere":
            return ("the agent belongs to others, who alone know how it is",), ()
        case "active" if agent.get("posted"):
            return ("the gateway posts it to the URL of the agent",), (
                Move("see how that went", "client.deliveries.list()"),
            )
        case "active" if agent.get("delivery_mode") in ("poll", "inbox"):
            ways = {"poll": "the list of its pending intents", "inbox": "its inbox"}
            return (f"the agent looks for it in {ways[agent['delivery_mode']]}; {_heard_of(agent)}",), (serve,)
        case "active":
            return (_heard_of(agent),), (serve,)
        case None:
            return (), ()
        case state:
            return (f"the agent is {state}",), ()


def _heard_of(agent: Raw) -> str:
    if "last_heartbeat_at" in agent:
        return f"the agent is {agent['health']}; its last heartbeat came at {agent['last_heartbeat_at']}"
    return "no heartbeat of the agent was ever seen: is a worker of it running?"


def _revive(who: str) -> Move:
    return Move("let it work again", f"client.agents.get({who}).resume()")


def _untold(webhooks: Raw) -> Iterator[str]:
    given_up, pending = webhooks.get("dead_lettered"), webhooks.get("pending")
    if given_up:
        yield f"{_messages(given_up)} about it given up: client.webhooks.events(status='dead_lettered')"
    if pending:
        yield f"{_messages(pending)} about it not delivered yet"


def _messages(count: int) -> str:
    return "a message to a webhook was" if count == 1 else f"{count} messages to webhooks were"


def _troubles(facts: Raw) -> Iterator[str]:
    failed = facts.get("last_failure")
    if failed:
        error = failed.get("error") if isinstance(failed.get("error"), dict) else {}
        why = error.get("message") or error.get("code") or failed.get("reason") or _NO_REASON
        yield f"the last attempt ended at {failed['at']}: {why}"
    if facts.get("parked_jobs"):
        yield f"{facts['parked_jobs']} jobs of the gateway about it failed ten times and are parked until it restarts"


# ---- what comes next -------------------------------------------------------------------------------------------------


def _coming(intent: Raw, facts: Raw) -> Iterator[Coming]:
    if "coming" in facts:
        for one in facts["coming"]:
            left = one.get("left_seconds")
            told = "" if left is None else f" (then in {span(timedelta(seconds=left))})"
            yield Coming(f"{_sentence(one)}{told}", _moment(one.get("at")))
        return
    plain = (("reminder", "next_reminder_at"), ("wake_up", "next_wakeup_at"), ("deadline", "deadline_at"))
    found = [Coming(_sentence({"kind": kind}), _moment(intent[name])) for kind, name in plain if intent.get(name)]
    yield from sorted(found, key=lambda one: one.at or clock.from_micros(0))


def _sentence(one: Raw) -> str:
    number = f" {one['number']} of {one['of']}" if "number" in one else ""
    match one["kind"]:
        case "reminder":
            return f"reminder{number}" + (f": {one['note']}" if "note" in one else "")
        case "escalation":
            return f"it is handed to {one['to']}"
        case "retry":
            return f"attempt{number} may begin"
        case kind:
            return _KINDS.get(kind, str(kind))


# ---- small things ----------------------------------------------------------------------------------------------------

_NO_REASON = "no reason was given"


def _holder(intent: Raw) -> str | None:
    holder = intent.get("pending_with") or {}
    return holder.get("name") or holder.get("ref") or None


def _step(intent: Raw) -> Raw | None:
    steps = intent.get("steps") or ()
    return next((step for step in steps if step["status"] in ("running", "retrying")), None)


def _moment(text: Any) -> Any:
    return clock.from_text(text) if isinstance(text, str) else None
