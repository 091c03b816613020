"""Whatever is asked wrongly is refused with an error that says what is wrong, and nothing at all has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from axme import exceptions as errors
from axme.config import AxmeClientConfig
from axme.transport import Call
from tests.hard.conftest import INTENT, World
from tests.hard.kit import snapshot

PAYLOAD_LIMIT = 131_072


def _create(**fields: Any) -> Callable[[World], Any]:
    return lambda world: world.client.create_intent({**INTENT, **fields})


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def _sized(size: int) -> dict[str, str]:
    return {"x": "x" * (size - len('{"x":""}'))}


def _last(stream: Iterator[Any]) -> Any:
    return list(stream)


BEFORE = errors.AxmeValueError
INVALID = errors.AxmeValidationError
_UNKNOWN = "00000000-0000-4000-8000-000000000000"
_HUGE = 10**18

CASES: dict[str, tuple[type[Exception], str, Callable[[World], Any]]] = {
    "address with a blank": (INVALID, "to_agent", _create(to_agent="agent://a b/c/d")),
    "address of four parts": (INVALID, "to_agent", _create(to_agent="agent://a/b/c/d")),
    "address with an accent": (INVALID, "to_agent", _create(to_agent="wörker")),
    "address as a number": (INVALID, "to_agent", _create(to_agent=7)),
    "no address": (INVALID, "to_agent", _create(to_agent=None)),
    "reply address": (INVALID, "reply_to", _create(reply_to="nobody at all")),
    "another organization": (errors.AxmePermissionError, "takes no intents", _create(to_agent="agent://x/y/z")),
    "payload as text": (INVALID, "payload", _create(payload="text")),
    "payload as a list": (INVALID, "payload", _create(payload=[1])),
    "type as an object": (INVALID, "intent_type", _create(intent_type={})),
    "deadline as a number": (INVALID, "deadline_at", _create(deadline_at=5)),
    "deadline that is no date": (INVALID, "deadline_at", _create(deadline_at="tomorrow")),
    "deadline before the calendar": (INVALID, "deadline_at", _create(deadline_at="0001-01-01T00:00:00+14:00")),
    "deadline after the calendar": (INVALID, "deadline_at", _create(deadline_at="9999-12-31T23:59:59-14:00")),
    "an end after the calendar": (
        INVALID,
        "expires_at",
        lambda w: w.client.update_intent_policy(w.open, {"envelope": {"expires_at": "9999-12-31T23:59:59-14:00"}}),
    ),
    "reminder as a truth": (INVALID, "remind_after_seconds", _create(remind_after_seconds=True)),
    "reminder of no time": (INVALID, "remind_after_seconds", _create(remind_after_seconds=0)),
    "reminder after ages": (INVALID, "remind_after_seconds", _create(remind_after_seconds=_HUGE)),
    "interval of ages": (INVALID, "remind_interval_seconds", _create(remind_interval_seconds=_HUGE)),
    "too many reminders": (INVALID, "max_reminders", _create(max_reminders=10**30)),
    "unknown task": (INVALID, "task_type", _create(human_task={"task_type": "juggle"})),
    "form that is no schema": (INVALID, "form_schema", _create(human_task={"form_schema": {"type": 7}})),
    "payload one byte too long": (INVALID, "131073 bytes", _create(payload=_sized(PAYLOAD_LIMIT + 1))),
    "NaN": (BEFORE, r"\$\.payload\.x", _create(payload={"x": float("nan")})),
    "infinity": (BEFORE, r"\$\.payload\.x", _create(payload={"x": float("inf")})),
    "deep nesting": (BEFORE, "nested", _create(payload={"x": _nested(300)})),
    "very deep nesting": (BEFORE, "nested|written", _create(payload={"x": _nested(900)})),
    "a set": (BEFORE, r"\$\.payload\.x", _create(payload={"x": {1}})),
    "half a surrogate pair": (BEFORE, "surrogate", _create(payload={"x": "\ud800"})),
    "a number as a key": (BEFORE, "key", _create(payload={1: "x"})),
    "U+0000": (INVALID, r"U\+0000", _create(payload={"x": ["a\x00"]})),
    "U+0000 in a key": (INVALID, r"U\+0000", _create(payload={"\x00": 1})),
    "control character in an id": (INVALID, "correlation_id", _create(correlation_id="a\x07b")),
    "control character in a title": (INVALID, r"U\+0000", _create(human_task={"title": "a\x00b"})),
    "control character in a reason": (
        INVALID,
        r"U\+0000",
        lambda w: w.client.resolve_intent(w.open, {"status": "CANCELED", "reason": "a\x00"}),
    ),
    "U+0000 in a result": (INVALID, r"U\+0000", lambda w: w.client.resume_intent(w.open, {"x": "\x00"})),
    "a key that cannot be a header": (
        BEFORE,
        "dempotency",
        lambda w: w.client.create_intent(INTENT, idempotency_key="a\r\nb"),
    ),
    "an empty key": (BEFORE, "dempotency", lambda w: w.client.create_intent(INTENT, idempotency_key="")),
    "unknown intent": (errors.AxmeNotFoundError, _UNKNOWN, lambda w: w.client.get_intent(_UNKNOWN)),
    "unknown intent to resolve": (
        errors.AxmeNotFoundError,
        _UNKNOWN,
        lambda w: w.client.resolve_intent(_UNKNOWN, {"status": "CANCELED"}),
    ),
    "unknown intent to observe": (
        errors.AxmeNotFoundError,
        _UNKNOWN,
        lambda w: _last(w.client.observe(_UNKNOWN, timeout_seconds=20)),
    ),
    "stale generation": (
        errors.AxmePolicyGenerationError,
        "generation is 1",
        lambda w: w.client.update_intent_controls(w.open, {"controls": {"max_retries": 5}}, policy_generation=0),
    ),
    "stale generation of a resume": (
        errors.AxmePolicyGenerationError,
        "generation is 1",
        lambda w: w.client.resume_intent(w.open, {"action": "complete"}, policy_generation=0),
    ),
    "generations that contradict each other": (
        INVALID,
        "differ",
        lambda w: w.client.update_intent_controls(
            w.open, {"controls": {}, "policy_generation": 1, "expected_policy_generation": 0}
        ),
    ),
    "controls of a wrong type": (
        INVALID,
        "max_retries",
        lambda w: w.client.update_intent_controls(w.open, {"controls": {"max_retries": "many"}}),
    ),
    "a time-out after ages": (
        INVALID,
        "timeout_seconds",
        lambda w: w.client.update_intent_controls(w.open, {"controls": {"timeout_seconds": _HUGE}}),
    ),
    "a life for ages": (
        INVALID,
        "ttl_seconds",
        lambda w: w.client.update_intent_policy(w.open, {"envelope": {"ttl_seconds": _HUGE}}),
    ),
    "a reminder asked for after ages": (
        INVALID,
        "offset_seconds",
        lambda w: w.client.update_intent_controls(w.open, {"controls": {"reminders": [{"offset_seconds": _HUGE}]}}),
    ),
    "an end that is no end": (
        INVALID,
        "IN_PROGRESS",
        lambda w: w.client.resolve_intent(w.open, {"status": "IN_PROGRESS"}),
    ),
    "an end only time may bring": (
        INVALID,
        "TIMED_OUT",
        lambda w: w.client.resolve_intent(w.open, {"status": "TIMED_OUT"}),
    ),
    "completed without a result": (
        INVALID,
        "result",
        lambda w: w.client.resolve_intent(w.open, {"status": "COMPLETED"}),
    ),
    "a second end": (
        errors.AxmeTerminalError,
        "CANCELED",
        lambda w: w.client.resolve_intent(w.ended, {"status": "COMPLETED", "result": {}}),
    ),
    "a result after the end": (
        errors.AxmeTerminalError,
        "CANCELED",
        lambda w: w.client.resume_intent(w.ended, {"action": "complete"}),
    ),
    "controls after the end": (
        errors.AxmeTerminalError,
        "CANCELED",
        lambda w: w.client.update_intent_controls(w.ended, {"controls": {"paused": True}}),
    ),
    "an outcome the task does not know": (
        INVALID,
        "provided",
        lambda w: w.client.resume_intent(w.task, {"task_result": {"outcome": "perhaps", "comment": "x"}}),
    ),
    "a decision without its comment": (
        INVALID,
        "comment",
        lambda w: w.client.approve_inbox_thread(w.thread, {}, owner_agent="worker"),
    ),
    "a thread of somebody else": (
        errors.AxmePermissionError,
        "belongs to",
        lambda w: w.client.approve_inbox_thread(w.thread, {"note": "x"}, owner_agent="somebody-else"),
    ),
    "an approval of neither kind": (INVALID, "decision", lambda w: w.client.decide_approval(w.task, decision="maybe")),
    "a bulk cancel older than time": (
        INVALID,
        "older_than_hours",
        lambda w: w.client.bulk_cancel_intents({"older_than_hours": 1e300, "dry_run": False}),
    ),
    "a bulk cancel older than the calendar": (
        INVALID,
        "older_than_hours",
        lambda w: w.client.bulk_cancel_intents({"older_than_hours": 1e13, "dry_run": False}),
    ),
    "an unknown key": (
        errors.AxmeAuthenticationError,
        "unknown",
        lambda w: w.other("axme_sa_nobody_x").create_intent(INTENT),
    ),
    "a revoked key": (
        errors.AxmeAuthenticationError,
        "revoked",
        lambda w: w.other(w.revoked_key).create_intent(INTENT),
    ),
    "a revoked key that listens": (
        errors.AxmeAuthenticationError,
        "revoked",
        lambda w: _last(w.other(w.revoked_key).listen("worker", timeout_seconds=20)),
    ),
    "since beyond the end of an open intent": (
        BEFORE,
        "no event 99",
        lambda w: _last(w.client.observe(w.open, since=99, wait_seconds=1, timeout_seconds=20)),
    ),
    "since at the end of an ended intent": (
        BEFORE,
        "nothing follows",
        lambda w: _last(w.client.observe(w.ended, since=4, wait_seconds=1, timeout_seconds=20)),
    ),
    "since beyond the end of an ended intent": (
        BEFORE,
        "nothing follows",
        lambda w: _last(w.client.observe(w.ended, since=99, wait_seconds=1, timeout_seconds=20)),
    ),
    "since below zero": (BEFORE, "since", lambda w: w.client.observe(w.open, since=-1)),
    "since that is no number": (BEFORE, "since", lambda w: w.client.observe(w.open, since="1")),  # type: ignore[arg-type]
    "a window of no time": (
        INVALID,
        "wait_seconds",
        lambda w: _last(w.client.observe(w.open, wait_seconds=0, timeout_seconds=20)),
    ),
    "a stream that ends before it begins": (BEFORE, "timeout", lambda w: w.client.observe(w.open, timeout_seconds=-1)),
    "a stream with no time": (
        errors.AxmeTimeoutError,
        "0 s",
        lambda w: _last(w.client.observe(w.open, timeout_seconds=0)),
    ),
    "a wait with no time": (errors.AxmeTimeoutError, "0 s", lambda w: w.client.intents.get(w.open).wait(timeout=0)),
    "a client with no time": (errors.AxmeConfigError, "timeout", lambda w: w.client.with_options(timeout=0)),
    "a client with less than no time": (errors.AxmeConfigError, "timeout", lambda w: w.client.with_options(timeout=-1)),
    "a connection with no time": (
        errors.AxmeConfigError,
        "timeout_seconds",
        lambda w: AxmeClientConfig(base_url=w.gateway.base_url, api_key="x", timeout_seconds=0),
    ),
    "a call with no time": (
        BEFORE,
        "timeout",
        lambda w: w.client.transport.send(Call(method="POST", path="/v1/intents", json=INTENT, timeout=0)),
    ),
    "a limit of none": (INVALID, "limit", lambda w: w.client.list_intents(limit=0)),
    "an unknown status": (INVALID, "ASLEEP", lambda w: w.client.list_intents(status="ASLEEP")),
    "a cursor of no inbox": (INVALID, "cursor", lambda w: w.client.list_inbox_changes(cursor="abc")),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore::axme.exceptions.AxmeIdempotencyWarning")
def test_what_is_wrong_is_refused_and_changes_nothing(world: World, case: str) -> None:
    kind, says, action = CASES[case]
    before = snapshot(world.gateway.data_dir)
    with pytest.raises(kind, match=says) as caught:
        action(world)
    assert isinstance(caught.value, errors.AxmeError)
    assert snapshot(world.gateway.data_dir) == before


def test_a_key_stands_for_one_body_only(world: World) -> None:
    before = snapshot(world.gateway.data_dir)
    with (
        pytest.warns(errors.AxmeIdempotencyWarning),
        pytest.raises(errors.AxmeIdempotencyError, match="different payload"),
    ):
        world.client.create_intent({**INTENT, "payload": {"n": 2}}, idempotency_key="used")
    assert world.client.create_intent(INTENT, idempotency_key="used")["intent_id"] == world.open
    assert snapshot(world.gateway.data_dir) == before


def test_a_payload_of_exactly_128_kib_is_taken_whole(world: World) -> None:
    payload = _sized(PAYLOAD_LIMIT)
    intent_id = world.client.create_intent({**INTENT, "payload": payload})["intent_id"]
    assert world.client.get_intent(intent_id)["payload"] == payload


def test_a_wrong_library_path_is_not_mistaken_for_a_gateway(tmp_path: Path) -> None:
    with pytest.raises(errors.AxmeConfigError, match="base_url"):
        AxmeClientConfig(base_url=str(tmp_path), api_key="x")
