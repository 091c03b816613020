"""The judge is judged: each kind of bad history is flagged under its name; open outcomes are held against nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.checker import Final, History, Mail, Op, Post, Seen, Timer, check, linearizable
from tests.chaos.checker.made import audit, create, delivery, event, good, intent, row_of

Tamper = Callable[[History, Final], object]


def _cas(expected: int, outcome: Any, began: float, ended: float, now: int | None = None) -> Op:
    answer = {} if now is None else {"policy_generation": now}
    return Op("cas", outcome, "", "one", asked={"expected": expected}, answer=answer, began=began, ended=ended)


def _read(value: int, began: float, ended: float) -> Op:
    return Op("read", "ok", "", "one", answer={"policy_generation": value}, began=began, ended=ended)


def _finish(claim_id: str, n: int, outcome: Any = "ok") -> Op:
    return Op("finish", outcome, claim_id, "two", asked={"result": {"n": n}})


def _lose(final: Final, intent_id: str) -> None:
    for table, column in (("intents", "intent_id"), ("intent_events", "intent_id"), ("audit_events", "target")):
        final.tables[table] = [row for row in final[table] if row[column] != intent_id]


def _drop_event(final: Final, intent_id: str, seq: int) -> None:
    kept = [row for row in final["intent_events"] if (row["intent_id"], row["seq"]) != (intent_id, seq)]
    final.tables["intent_events"] = kept


def _double(h: History, f: Final) -> None:
    f["intents"].append(intent("one-again", "k1"))
    f["intent_events"].extend(event("one-again", e["seq"], e["event_type"][7:], e["status"]) for e in f.events()["one"])
    f["audit_events"].append(audit("create", "one-again"))


def _claimed(h: History, f: Final) -> None:
    row_of(f, "one").update(claim_id="c1", queue=None, status="IN_PROGRESS")
    f["intent_events"].append(event("one", 4, "in_progress", "IN_PROGRESS"))
    row_of(f, "one")["seq"] = 4
    f["claims"].append({"intent_id": "one", "claim_id": "c1", "lease_until": 10, "lease_seconds": 15})


def _overdue(h: History, f: Final) -> None:
    _claimed(h, f)
    f.now = 10 + 16_000_000


def _generation(h: History, f: Final, *ops: Op) -> None:
    h.ops.extend(ops)
    row_of(f, "one")["policy_generation"] = sum(op.verb == "cas" and op.outcome == "ok" for op in ops)


BAD: dict[str, tuple[str, Tamper]] = {
    "an acknowledged create is lost": ("I1", lambda h, f: _lose(f, "one")),
    "another payload is stored": ("I1", lambda h, f: row_of(f, "one").update(payload='{"mark": "k1", "n": 2}')),
    "an acknowledged end is lost": (
        "I1",
        lambda h, f: (
            h.ops.append(Op("resolve", "ok", "e", "one", asked={"status": "COMPLETED"})),
            f["audit_events"].append(audit("resolve", "one")),
        ),
    ),
    "a key made two intents": ("I2", _double),
    "a key was answered in two ways": (
        "I2",
        lambda h, f: h.ops.append(Op("decide", "ok", "yes", "three", answer={"n": 1})),
    ),
    "what was not sent is there": ("I2", lambda h, f: h.ops.__setitem__(0, create("one", "k1", "not_sent"))),
    "what nobody sent is there": ("I2", lambda h, f: h.ops.pop(0)),
    "a number is missing": ("I3", lambda h, f: _drop_event(f, "one", 2)),
    "an observer missed an event": ("I3", lambda h, f: h.seen.append(Seen("one", 0, f.events()["one"][1:]))),
    "an observer saw one twice": (
        "I3",
        lambda h, f: h.seen.append(Seen("one", 0, [f.events()["one"][n] for n in (0, 0, 1)])),
    ),
    "an observer saw what is not stored": (
        "I3",
        lambda h, f: h.seen.append(Seen("one", 3, [event("one", 4, "failed", "FAILED")])),
    ),
    "observers saw different bytes": (
        "I3",
        lambda h, f: h.seen.append(Seen("two", 0, [f.events()["two"][0] | {"details": {"n": 1}}])),
    ),
    "a second end": (
        "I4",
        lambda h, f: f["intent_events"].append(event("two", 5, "failed", "FAILED")),
    ),
    "something after the end": (
        "I4",
        lambda h, f: f["intent_events"].append(event("two", 5, "reminder", "WAITING")),
    ),
    "row and events disagree": ("I4", lambda h, f: row_of(f, "one").update(status="WAITING")),
    "a generation was consumed twice": (
        "I5",
        lambda h, f: _generation(h, f, _cas(0, "ok", 0, 1, 1), _cas(0, "ok", 2, 3, 1)),
    ),
    "a change was lost": ("I5", lambda h, f: h.ops.append(_cas(0, "ok", 0, 1, 1))),
    "a read went back": (
        "I5",
        lambda h, f: _generation(h, f, _cas(0, "ok", 0, 1, 1), _read(1, 2, 3), _read(0, 4, 5)),
    ),
    "a timer did not fire": ("I6", lambda h, f: h.timers.append(Timer("one", "intent.timed_out", 5, 1.0))),
    "a timer fired early": ("I6", lambda h, f: h.timers.append(Timer("two", "intent.completed", 10, 1.0))),
    "a timer fired late": ("I6", lambda h, f: h.timers.append(Timer("two", "intent.completed", -5_000_000, 1.0))),
    "a timer fired too often": ("I6", lambda h, f: h.timers.append(Timer("two", "intent.completed", 0, 1.0, count=0))),
    "two results were accepted": (
        "I7",
        lambda h, f: h.ops.extend(Op("finish", "ok", key, "two") for key in ("a", "b")),
    ),
    "an accepted result is not the one that is stored": (
        "I7",
        lambda h, f: (row_of(f, "two").update(result='{"n": 1}'), h.ops.append(_finish("c1", 2))),
    ),
    "nobody can claim it": ("I7", lambda h, f: row_of(f, "one").update(queue=None)),
    "a lease was never ended": ("I7", _overdue),
    "an event vanished": ("I8", lambda h, f: f["webhook_events"].clear()),
    "a delivery is in no state": ("I8", lambda h, f: f["webhook_deliveries"].__setitem__(0, delivery("e1", "gone"))),
    "delivered, and never arrived": ("I8", lambda h, f: h.posts.clear()),
    "sent again under a new id": ("I8", lambda h, f: h.posts.append(Post("e2", "s", "{}"))),
    "sent again with another body": ("I8", lambda h, f: h.posts.append(Post("e1", "s", "{1}"))),
    "a try is missing": ("I8", lambda h, f: f["webhook_attempts"].pop(0)),
    "two decisions": ("I9", lambda h, f: h.ops.append(Op("decide", "ok", "no", "three"))),
    "decided by nobody": ("I9", lambda h, f: row_of(f, "three").update(decided_by=None)),
    "a link to another task": ("I9", lambda h, f: h.mails.append(Mail("three", "b@example.com", "two"))),
    "nobody was written to": ("I9", lambda h, f: h.mails.clear()),
    "a create is not noted": ("I10", lambda h, f: f["audit_events"].pop(0)),
    "an end is noted twice": ("I10", lambda h, f: f["audit_events"].append(audit("resolve", "two"))),
    "noted without an actor": (
        "I10",
        lambda h, f: f["audit_events"].__setitem__(0, audit("create", "one", actor="")),
    ),
    "what was rolled back is noted": ("I10", lambda h, f: f["audit_events"].append(audit("create", "ghost"))),
    "the file is damaged": ("I11", lambda h, f: f.faults.append("row 5 missing from index")),
    "a key without an answer": ("I11", lambda h, f: f["idempotency_keys"][0].update(answer=None)),  # type: ignore[attr-defined]
    "a claim nobody knows": (
        "I11",
        lambda h, f: f["claims"].append({"intent_id": "one", "claim_id": "c", "lease_until": 0, "lease_seconds": 15}),
    ),
    "a secret in a log": ("I12", lambda h, f: h.texts.update(log="key axsk_canary was used")),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_history_is_flagged_under_its_name(case: str) -> None:
    name, tamper = BAD[case]
    history, final = good()
    tamper(history, final)
    assert {violation.name for violation in check(history, final)} == {name}, check(history, final)


def _unknown_create_lost(h: History, f: Final) -> None:
    h.ops[0] = create("one", "k1", "unknown")
    _lose(f, "one")


GOOD: dict[str, Tamper] = {
    "nothing special": lambda h, f: None,
    "an unknown create that happened": lambda h, f: h.ops.__setitem__(0, create("one", "k1", "unknown")),
    "an unknown create that did not": _unknown_create_lost,
    "an unknown end that did not happen": lambda h, f: h.ops.append(
        Op("resolve", "unknown", "e", "one", asked={"status": "FAILED"})
    ),
    "an unknown change that happened": lambda h, f: (
        h.ops.append(_cas(0, "unknown", 0, 1)),
        h.ops.append(_read(1, 5, 6)),
        row_of(f, "one").update(policy_generation=1),
    ),
    "an unknown change that did not, seen by a later one": lambda h, f: (
        h.ops.append(_cas(0, "unknown", 0, 1)),
        h.ops.append(_read(0, 5, 6)),
    ),
    "a replay": lambda h, f: h.ops.append(create("one", "k1")),
    "an observer that began in the middle": lambda h, f: h.seen.append(Seen("two", 2, f.events()["two"][2:])),
    "a claim in hand": _claimed,
    "a result that was sent again": lambda h, f: (
        row_of(f, "two").update(result='{"n": 1}'),
        h.ops.extend((_finish("c1", 1, "unknown"), _finish("c1", 1), _finish("c1", 1))),
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_good_history_is_not_flagged(case: str) -> None:
    history, final = good()
    GOOD[case](history, final)
    assert check(history, final) == []


def test_orders_are_searched_within_time() -> None:
    """Two changes at once may be in either order; one after the other may not."""
    assert linearizable([_cas(1, "ok", 0, 9, 2), _cas(0, "ok", 0, 9, 1), _read(2, 5, 9)])
    assert not linearizable([_cas(1, "ok", 0, 1, 2), _cas(0, "ok", 2, 3, 1)])
    assert linearizable([_cas(0, "ok", 0, 1, 1), _cas(0, "rejected", 0, 2, 1), _read(1, 3, 4)])
    assert not linearizable([_cas(0, "rejected", 0, 2, 1), _cas(0, "ok", 3, 4, 1)])
