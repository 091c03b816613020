"""I1: what was acknowledged is there. I2: a key has one effect and one answer."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from axme.contract.statuses import IntentStatus
from tests.chaos.checker.history import Final, Found, History, Op, Violation


def acknowledged(history: History, final: Final) -> Found:
    """I1: every acknowledged write is in the database with its id and content."""
    rows = {row["intent_id"]: row for row in final["intents"]}
    for op in history.of("create", "ok"):
        row = rows.get(op.answer["intent_id"])
        if row is None:
            yield Violation("I1", f"the create {op.key} was acknowledged as {op.answer['intent_id']}, which is lost")
        elif json.loads(row["payload"]) != op.asked["payload"]:
            yield Violation("I1", f"the create {op.key} is stored as {row['payload']}, asked was {op.asked['payload']}")
    for op in history.of("resolve", "ok"):
        row = rows.get(op.intent_id)
        told = IntentStatus(op.asked["status"])
        if row is None or IntentStatus(row["status"]) is not told:
            yield Violation("I1", f"{op.intent_id} was acknowledged as {told}, stored is {row and row['status']}")


def once(history: History, final: Final) -> Found:
    """I2: at most one effect for each key, none where the client was told so, and equal answers."""
    marks = Counter(json.loads(row["payload"]).get("mark") for row in final["intents"])
    by_key: dict[tuple[str, str, str], list[Op]] = defaultdict(list)
    for op in history.ops:
        if op.key:
            by_key[op.sender, op.verb, op.key].append(op)
    for (_, verb, key), ops in by_key.items():
        answers = [op.answer for op in ops if op.outcome == "ok"]
        if any(answer != answers[0] for answer in answers[1:]):
            yield Violation("I2", f"the key {key} of {verb} was answered in different ways: {answers}")
        if verb != "create":
            continue
        if marks[key] > 1:
            yield Violation("I2", f"the key {key} made {marks[key]} intents")
        if marks[key] and all(op.outcome in ("rejected", "not_sent") for op in ops):
            yield Violation("I2", f"the create {key} was told to have had no effect, but it is stored")
    for mark, count in marks.items():
        if mark is not None and count and not any(op.key == mark for op in history.of("create")):
            yield Violation("I2", f"an intent is marked {mark}, which nobody sent")
