"""What every object is: a handle with a snapshot, not a mapping, silent unless asked."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axme import (
    AxmeClient,
    AxmeClosedError,
    AxmeProtocolError,
    AxmeValueError,
    Intent,
    IntentEvent,
    IntentStatus,
    Page,
    WaitingReason,
)
from tests.resources.samples import ID, INTENT, THREAD, event
from tests.wire.recorder import Recorder


def intent_of(client: AxmeClient, **changes: Any) -> Intent:
    return Intent._from(client, INTENT | changes)


def test_fields_are_decoded_to_python_values(scripted: AxmeClient, recorder: Recorder) -> None:
    intent = intent_of(scripted)
    assert intent.id == ID
    assert intent.status is IntentStatus.WAITING
    assert intent.waiting_reason is WaitingReason.HUMAN
    assert intent.created_at == datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)
    assert intent.payload == INTENT["payload"]
    assert intent.seq == 4
    assert intent.policy_generation == 0
    assert intent.paused is False
    assert intent.reply_to is None
    assert not recorder.asked


def test_a_status_of_either_vocabulary_is_read(scripted: AxmeClient) -> None:
    assert intent_of(scripted, status="RESOLVED").status is IntentStatus.COMPLETED
    assert intent_of(scripted, status="EXPIRED").is_terminal


def test_words_of_a_newer_server_break_nothing(scripted: AxmeClient) -> None:
    intent = intent_of(scripted, status="SLEEPING", waiting_reason="WAITING_FOR_MOON")
    assert (intent.status, intent.waiting_reason) == ("SLEEPING", "WAITING_FOR_MOON")
    assert isinstance(intent.status, IntentStatus)
    assert intent.status not in set(IntentStatus)
    assert not intent.is_terminal
    assert intent.status.alias == "SLEEPING"
    assert f"{intent.status} {intent.status!r}" == "SLEEPING <IntentStatus.SLEEPING: 'SLEEPING'>"
    assert IntentEvent(event(1, "CREATED", event_type="intent.dreamt")).event_type == "intent.dreamt"


def test_raw_is_the_dict_as_received_and_safe_to_change(scripted: AxmeClient) -> None:
    intent = intent_of(scripted)
    assert intent.raw == INTENT
    intent.raw["payload"]["order"] = "changed"
    intent.payload["lines"].append(3)
    assert intent.raw == INTENT


def test_an_object_is_not_a_mapping_and_says_so(scripted: AxmeClient) -> None:
    intent: Any = intent_of(scripted)
    with pytest.raises(TypeError, match=r"not a dict: use its fields, or \.raw\['status'\]"):
        intent["status"]
    with pytest.raises(AttributeError, match=r"\.raw\.get"):
        intent.get("status")
    with pytest.raises(AttributeError, match=r"\.raw\.items"):
        intent.items()
    with pytest.raises(AttributeError, match="no attribute 'statsu'"):
        _ = intent.statsu
    with pytest.raises(TypeError, match="not a dict"):
        _ = "status" in intent
    assert not hasattr(intent, "_repr_mimebundle_")


def test_a_field_cannot_be_set(scripted: AxmeClient) -> None:
    intent: Any = intent_of(scripted)
    with pytest.raises(AttributeError, match=r"Intent\.status is what the server said"):
        intent.status = "COMPLETED"
    with pytest.raises(AttributeError):
        intent.statsu = "COMPLETED"


@pytest.mark.parametrize(
    ("changes", "field", "named"),
    [
        ({"status": "what?"}, "status", r"Intent\.status: the server sent 'what\?'"),
        ({"status": 7}, "status", r"Intent\.status: the server sent 7"),
        ({"created_at": "yesterday"}, "created_at", r"Intent\.created_at: .*'yesterday'.*RFC 3339"),
        ({"payload": [1]}, "payload", r"Intent\.payload: .*\[1\]"),
        ({"seq": "4"}, "seq", r"Intent\.seq: .*'4'"),
        ({"seq": True}, "seq", r"Intent\.seq: .*True"),
        ({"paused": "yes"}, "paused", r"Intent\.paused: .*'yes'"),
        ({"intent_type": None}, "intent_type", r"Intent\.intent_type: .*None"),
        ({"from_agent": 7}, "from_agent", r"Intent\.from_agent: .*7"),
        ({"remind_count": -1}, "remind_count", r"Intent\.remind_count: .*-1"),
    ],
)
def test_a_value_that_cannot_be_right_is_named(
    changes: dict[str, Any], field: str, named: str, scripted: AxmeClient
) -> None:
    intent = intent_of(scripted, **changes)
    with pytest.raises(AxmeProtocolError, match=named):
        getattr(intent, field)
    assert intent.correlation_id == "c-1", "one bad field leaves the others readable"
    repr(intent)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        ["status", "created_at", "payload", "seq", "paused", "pending_with", "waiting_reason", "to_agent"]
    ),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_whatever_a_server_sends_ends_in_a_value_or_our_error(name: str, value: Any, scripted: AxmeClient) -> None:
    intent = intent_of(scripted, **{name: value})
    assert "\n" not in repr(intent)
    refused: list[AxmeProtocolError] = []
    try:
        getattr(intent, name)
    except AxmeProtocolError as error:
        refused.append(error)
    assert all(f"Intent.{name}: the server sent" in str(error) for error in refused)


def test_a_handle_asks_once_for_what_it_was_never_told(scripted: AxmeClient, recorder: Recorder) -> None:
    intent = scripted.intents.handle(ID)
    assert repr(intent) == "<Intent …1a2b3c4d>"
    assert intent == scripted.intents.handle(ID)
    assert not recorder.asked
    recorder.answer({"ok": True, "intent": INTENT})
    assert intent.status == "WAITING"
    assert intent.reply_to is None
    assert intent.deadline_at is None
    assert [asked.path for asked in recorder.asked] == [f"/v1/intents/{ID}"]


def test_a_required_field_that_never_comes_is_named(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent": {"intent_id": ID}})
    intent = scripted.intents.get(ID)
    with pytest.raises(AxmeProtocolError, match=r"Intent\.status: the server sent no 'status'"):
        _ = intent.status
    assert len(recorder.asked) == 1


@pytest.mark.parametrize("answer", [{}, {"intent": None}, {"intent": []}, {"intent": {}}, {"intent": {"intent_id": 7}}])
def test_an_answer_without_the_object_is_a_protocol_error(
    answer: dict[str, Any], scripted: AxmeClient, recorder: Recorder
) -> None:
    recorder.answer({"ok": True, **answer})
    with pytest.raises(AxmeProtocolError, match="no Intent with an 'intent_id'"):
        scripted.intents.get(ID)


def test_refresh_brings_the_newest_and_returns_the_same_object(scripted: AxmeClient, recorder: Recorder) -> None:
    intent = intent_of(scripted)
    assert intent.status == "WAITING"
    recorder.answer({"ok": True, "intent": INTENT | {"status": "COMPLETED", "result": {"n": 1}}})
    assert intent.refresh() is intent
    assert (intent.status, intent.result) == ("COMPLETED", {"n": 1})


def test_a_repr_is_one_line_and_asks_nobody(scripted: AxmeClient, recorder: Recorder) -> None:
    assert repr(intent_of(scripted)) == "<Intent …1a2b3c4d WAITING for human>"
    assert repr(intent_of(scripted, status="COMPLETED")) == "<Intent …1a2b3c4d COMPLETED>"
    assert "\n" not in repr(intent_of(scripted, status="x\n\x1b[31m"))
    assert repr(IntentEvent(event(3, "DELIVERED"))) == "<IntentEvent 3 intent.delivered DELIVERED>"
    dir(intent_of(scripted))
    assert not recorder.asked


def test_equality_is_class_id_and_server(scripted: AxmeClient, recorder: Recorder) -> None:
    one, same = intent_of(scripted), intent_of(scripted, status="COMPLETED")
    assert one == same
    assert len({one, same}) == 1
    assert one != intent_of(scripted, intent_id="other")
    assert one != ID
    assert one != scripted.agents.handle(ID)
    with AxmeClient(type(scripted.config)(base_url="http://127.0.0.1:1", api_key="k")) as elsewhere:
        assert one != intent_of(elsewhere)


def test_records_are_equal_when_their_dicts_are() -> None:
    assert IntentEvent(event(1, "CREATED")) == IntentEvent(event(1, "CREATED"))
    assert IntentEvent(event(1, "CREATED")) != IntentEvent(event(2, "CREATED"))
    assert IntentEvent(event(1, "CREATED")) != event(1, "CREATED")


def test_a_pickled_object_comes_back_detached(scripted: AxmeClient, recorder: Recorder) -> None:
    data = pickle.dumps(intent_of(scripted))
    assert b"key-of-the-recorder" not in data
    back: Intent = pickle.loads(data)
    assert back == intent_of(scripted)
    assert (back.status, back.raw) == ("WAITING", INTENT)
    with pytest.raises(AxmeClosedError, match=r"this Intent is detached.*client\.attach"):
        back.cancel()
    assert not recorder.asked
    assert scripted.attach(back) is back
    recorder.answer({"ok": True, "intent": INTENT | {"status": "CANCELED"}})
    assert back.cancel().status == "CANCELED"


def test_copies_keep_the_client_and_share_nothing(scripted: AxmeClient, recorder: Recorder) -> None:
    intent = intent_of(scripted)
    for twin in (copy.copy(intent), copy.deepcopy(intent)):
        assert twin == intent
        recorder.answer({"ok": True, "intent": INTENT | {"status": "CANCELED"}})
        twin.cancel()
    assert intent.status == "WAITING"


def test_a_page_of_objects_can_be_pickled(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "threads": [THREAD], "items": [THREAD]})
    page = scripted.inbox.list()
    back: Page[Any] = pickle.loads(pickle.dumps(page))
    assert back == page
    assert back[0].timeline[0].event_type == "intent_received"


def test_only_resources_can_be_attached(scripted: AxmeClient) -> None:
    thing: Any = IntentEvent(event(1, "CREATED"))
    with pytest.raises(AxmeValueError, match="not IntentEvent"):
        scripted.attach(thing)


@pytest.mark.parametrize("bad", ["", None, 7])
def test_a_handle_needs_an_id(bad: Any, scripted: AxmeClient) -> None:
    with pytest.raises(AxmeValueError, match="Intent needs an id"):
        scripted.intents.handle(bad)


def test_plain_fields_are_read_without_the_schema_library() -> None:
    code = (
        "import sys, json, axme\n"
        "from axme.resources.intent import Intent\n"
        "client = axme.AxmeClient(axme.AxmeClientConfig(api_key='k', base_url='http://127.0.0.1:1'))\n"
        f"intent = Intent._from(client, json.loads({json.dumps(json.dumps(INTENT))}))\n"
        "print(intent.status, intent.payload['order'], intent.to_agent, intent.seq, intent.paused, repr(intent))\n"
        "print('marshmallow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "False"
