"""The forms of create_intent and of the answers programs subscript (contract 4)."""

from __future__ import annotations

import copy
import json
import pickle
import uuid
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axme import AxmeClient, AxmeIdempotencyWarning, AxmeProtocolError, AxmeValueError
from tests.wire.recorder import Recorder

BODY = {"intent_type": "order.v1", "to_agent": "shop", "payload": {"n": 1}}


def test_a_whole_body_is_sent_as_it_is_with_a_correlation_id(flat: AxmeClient, recorder: Recorder) -> None:
    given_body = copy.deepcopy(BODY)
    flat.create_intent(given_body, correlation_id="corr-ord-123-001", idempotency_key="k")
    assert recorder.last.body == {**BODY, "correlation_id": "corr-ord-123-001"}
    assert recorder.last.headers["x-correlation-id"] == "corr-ord-123-001"
    assert given_body == BODY, "the caller's dict is left alone"


def test_keywords_make_the_same_body(flat: AxmeClient, recorder: Recorder) -> None:
    task = {"title": "Approve", "task_type": "approval"}
    flat.create_intent(
        intent_type="order.v1", to_agent="shop", payload={"n": 1}, human_task=task, reply_to="me", max_reminders=2
    )
    body = recorder.last.body
    assert uuid.UUID(body.pop("correlation_id"))
    assert body == {**BODY, "human_task": task, "reply_to": "me", "max_reminders": 2}


def test_upstream_names_its_body_payload(flat: AxmeClient, recorder: Recorder) -> None:
    flat.create_intent(payload=BODY, correlation_id="c")
    assert recorder.last.body == {**BODY, "correlation_id": "c"}


def test_a_keyword_beside_a_whole_body_is_refused(flat: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(AxmeValueError, match="to_agent= needs intent_type="):
        flat.create_intent(BODY, to_agent="elsewhere")
    assert not recorder.asked


@pytest.mark.parametrize("bad", [None, [], "text", 7])
def test_a_body_that_is_no_object_is_refused(bad: Any, flat: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(AxmeValueError, match="must be a dict"):
        flat.create_intent(bad)
    assert not recorder.asked


def test_two_different_correlation_ids_are_refused(flat: AxmeClient, recorder: Recorder) -> None:
    for name in ("correlation_id", "correlationId"):
        with pytest.raises(ValueError, match="give one of them"):
            flat.create_intent({**BODY, name: "a"}, correlation_id="b")
    assert not recorder.asked
    flat.create_intent({**BODY, "correlation_id": "a"}, correlation_id="a")
    assert recorder.last.body["correlation_id"] == "a"


def test_the_other_spelling_is_not_doubled(flat: AxmeClient, recorder: Recorder) -> None:
    flat.create_intent({**BODY, "correlationId": "mine"})
    assert recorder.last.body == {**BODY, "correlationId": "mine"}
    assert recorder.last.headers["x-correlation-id"] == "mine"


def test_a_repeated_key_makes_the_very_same_request(flat: AxmeClient, recorder: Recorder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flat.create_intent(BODY, idempotency_key="order-1")
        flat.create_intent(BODY, idempotency_key="order-1")
        flat.create_intent(BODY, idempotency_key="order-2")
    first, again, other = (asked.body["correlation_id"] for asked in recorder.asked)
    assert first == again != other
    with pytest.warns(AxmeIdempotencyWarning, match="order-1"):
        flat.create_intent({**BODY, "payload": {}}, idempotency_key="order-1")


def test_without_a_key_each_call_is_its_own(flat: AxmeClient, recorder: Recorder) -> None:
    flat.create_intent(BODY)
    flat.create_intent(BODY)
    one, two = recorder.asked
    assert one.body["correlation_id"] != two.body["correlation_id"]
    assert one.headers["idempotency-key"] != two.headers["idempotency-key"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(correlation=st.text(min_size=1, max_size=40))
def test_any_correlation_id_arrives_in_the_body(correlation: str, flat: AxmeClient, recorder: Recorder) -> None:
    flat.create_intent(BODY, correlation_id=correlation)
    assert recorder.last.body["correlation_id"] == correlation
    assert recorder.last.headers.get("x-correlation-id", correlation) == correlation


def test_send_intent_returns_the_id(flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent_id": "i-1"})
    assert flat.send_intent(BODY, correlation_id="c") == "i-1"
    with pytest.raises(AxmeProtocolError, match="no intent_id"):
        flat.send_intent(BODY)


def test_the_answer_of_get_finds_the_fields_of_the_intent(flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent": {"intent_id": "i-1", "payload": {"n": 1}}})
    answer = flat.get_intent("i-1")
    assert answer["payload"] == answer["intent"]["payload"] == {"n": 1}
    assert answer.get("intent", answer)["intent_id"] == "i-1"
    assert isinstance(answer, dict)
    assert json.loads(json.dumps(answer)) == pickle.loads(pickle.dumps(answer)) == copy.deepcopy(answer) == answer
    with pytest.raises(KeyError, match="nothing"):
        answer["nothing"]


def test_the_answer_of_get_without_an_intent_is_a_plain_dict(flat: AxmeClient) -> None:
    with pytest.raises(KeyError, match="payload"):
        flat.get_intent("i-1")["payload"]


def test_a_list_of_events_from_before_the_first_is_refused(flat: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(ValueError, match="since must be 0 or more"):
        flat.list_intent_events("i-1", since=-1)
    assert not recorder.asked


@pytest.mark.parametrize("call", ["update_intent_controls", "update_intent_policy", "resume_intent"])
def test_a_payload_that_is_no_object_is_refused(call: str, flat: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(AxmeValueError, match="payload must be a dict"):
        getattr(flat, call)("i-1", ["no"])
    assert not recorder.asked
