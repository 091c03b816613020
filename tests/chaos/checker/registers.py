"""I5: policy generations are a register that is compared and set, and what clients saw of it can be put in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tests.chaos.checker.history import Final, Found, History, Op, Violation

_NEVER = float("inf")


def compared(history: History, final: Final) -> Found:
    """I5: accepted changes are as many as the generation says, each consumed its own, and an order exists."""
    by_intent: dict[str, list[Op]] = defaultdict(list)
    for op in history.ops:
        if op.verb in ("cas", "read"):
            by_intent[op.intent_id].append(op)
    for intent_id, ops in by_intent.items():
        row = final.intent(intent_id)
        if row is None:
            continue  # the create of it is judged by I1
        consumed = [op.asked["expected"] for op in ops if op.verb == "cas" and op.outcome == "ok"]
        twice = sorted({expected for expected in consumed if consumed.count(expected) > 1})
        if twice:
            yield Violation("I5", f"generations {twice} of {intent_id} were consumed more than once")
        unknown = sum(op.verb == "cas" and op.outcome == "unknown" for op in ops)
        if not len(consumed) <= row["policy_generation"] <= len(consumed) + unknown:
            told = f"{len(consumed)} accepted, {unknown} unknown"
            yield Violation("I5", f"{intent_id} is at generation {row['policy_generation']} with {told}")
        if not linearizable(ops):
            yield Violation("I5", f"what clients saw of {intent_id} has no order")


def linearizable(ops: Sequence[Op]) -> bool:
    """Whether the calls can be put in one order that respects time and explains every answer (Wing and Gong).

    A call is a point between its begin and its end; one of unknown outcome may lie at any time after its begin, or
    nowhere. Sets of calls already placed are remembered with the value they left, so that no state is tried twice.
    """
    calls = [op for op in ops if _tells(op)]
    ends = [op.ended if op.outcome != "unknown" else _NEVER for op in calls]
    required = frozenset(place for place, op in enumerate(calls) if op.outcome != "unknown")
    tried: set[tuple[frozenset[int], int]] = set()
    stack: list[tuple[frozenset[int], int]] = [(frozenset(), 0)]
    while stack:
        placed, value = stack.pop()
        if required <= placed:
            return True
        if (placed, value) in tried:
            continue
        tried.add((placed, value))
        open_ = [place for place in range(len(calls)) if place not in placed]
        first_end = min(ends[place] for place in open_)
        for place in open_:
            after = _step(calls[place], value) if calls[place].began <= first_end else None
            if after is not None:
                stack.append((placed | {place}, after))
    return False


def _tells(op: Op) -> bool:
    """Whether something follows from it: a read that failed, or a refusal for other reasons, says nothing."""
    if op.outcome == "ok":
        return True
    if op.verb == "read":
        return False
    return op.outcome == "unknown" or (op.outcome == "rejected" and "policy_generation" in op.answer)


def _step(op: Op, value: int) -> int | None:
    """The value after ``op``, or ``None`` if it cannot have happened at ``value``."""
    if op.verb == "read":
        return value if op.answer["policy_generation"] == value else None
    expected = op.asked["expected"]
    if op.outcome == "rejected":
        return value if expected != value == op.answer["policy_generation"] else None
    if expected != value:
        return None
    if op.outcome == "ok" and op.answer["policy_generation"] != value + 1:
        return None
    return value + 1
