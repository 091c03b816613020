"""I10: the audit trail. I11: the database is whole. I12: no secret stands where it should not."""

from __future__ import annotations

from collections import Counter

from tests.chaos.checker.history import Final, Found, History, Violation

#: What is noted of a call that was accepted.
_NOTED = {"create": "intent.create", "resolve": "intent.resolve"}


def audited(history: History, final: Final) -> Found:
    """I10: one row for each change of state, with actor and request; none for what was refused."""
    done = [row for row in final["audit_events"] if row["outcome"] == "done"]
    for row in done:
        if not row["actor"] or (row["request_id"] is None and row["actor"] != "system"):
            yield Violation("I10", f"{row['action']} of {row['target']} is noted without an actor or a request")
    noted = Counter((row["action"], row["target"]) for row in done)
    for row in final["intents"]:
        count = noted["intent.create", row["intent_id"]]
        if count != 1 and row["parent_intent_id"] is None:
            yield Violation("I10", f"the create of {row['intent_id']} is noted {count} times")
    for op in history.of("resolve", "ok"):
        count = noted[_NOTED["resolve"], op.intent_id]
        if count != 1:
            yield Violation("I10", f"the end of {op.intent_id} is noted {count} times")
    stored = {row["intent_id"] for row in final["intents"]}
    for action, target in noted:
        if action in _NOTED.values() and target not in stored:
            yield Violation("I10", f"{action} is noted of {target}, which does not exist")


def whole(history: History, final: Final) -> Found:
    """I11: the database finds no fault in itself, keys have answers, and claims have owners."""
    for fault in final.faults:
        yield Violation("I11", fault)
    for row in final["idempotency_keys"]:
        if row["answer"] is None:
            yield Violation("I11", f"the key {row['key']} of {row['operation']} has no answer")
    held = {row["intent_id"]: row["claim_id"] for row in final["intents"] if row["claim_id"] is not None}
    claims = {row["intent_id"]: row["claim_id"] for row in final["claims"]}
    for intent_id in held.keys() | claims.keys():
        if held.get(intent_id) != claims.get(intent_id):
            yield Violation(
                "I11", f"{intent_id} is claimed as {held.get(intent_id)}, the claim is {claims.get(intent_id)}"
            )


def secret(history: History, final: Final) -> Found:
    """I12: secrets stand in no text."""
    for name, text in history.texts.items():
        for number, word in enumerate(history.secrets, start=1):
            if word in text:
                yield Violation("I12", f"secret {number} stands in {name}")
