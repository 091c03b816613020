"""The checklist of the API, held against the flat calls, the objects and a running gateway."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import axme
from axme import AxmeClient, AxmeError
from axme.wire import FlatCalls
from tests.meta.checklist import ELSEWHERE, FORMS, IN_SCOPE, Listed
from tests.plain import Caller
from tests.wire.recorder import Recorder, recording

CALLS = [(operation, name) for operation in IN_SCOPE for name in operation.calls]
#: Work of a thread rather than one request: it has tests of its own.
IN_THE_BACKGROUND = {"mesh.start_heartbeat"}
#: Operations without a verb: a plain dict is enough.
PLAIN = {"health"}
#: What a call is given for its required parameters, unless the name of the parameter will do.
GIVEN: dict[str, Any] = {
    "payload": {"intent_type": "order.v1", "to_agent": "shop", "status": "CANCELED", "reason": "r", "decision": "a"},
    "bundle": {"scenario_id": "s", "intent": {"type": "order.v1"}},
    "decision": "approve",
    "size_bytes": 5,
}
#: Values of optional parameters without which a call would wait, ask something else first, or send to nowhere.
CHOSEN: dict[str, Any] = {"timeout_seconds": 5, "validate_input_schema": False}


def _find(client: AxmeClient, name: str) -> Callable[..., Any]:
    found: Any = client
    for step in name.split("."):
        found = getattr(found, step)
    return found  # type: ignore[no-any-return]


def _arguments(call: Callable[..., Any], base_url: str) -> Iterator[tuple[str, Any]]:
    given = GIVEN | {"upload_url": f"{base_url}/v1/media/upload/an-id", "source": BytesIO(b"12345")}
    for parameter in inspect.signature(call).parameters.values():
        if parameter.name in CHOSEN:
            yield parameter.name, CHOSEN[parameter.name]
        elif parameter.default is parameter.empty or parameter.name == "payload":
            yield parameter.name, given.get(parameter.name, f"a-{parameter.name}")


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as made:
        yield made


@pytest.mark.parametrize(
    ("operation", "name"), [pytest.param(*row, id=row[1]) for row in CALLS if row[1] not in IN_THE_BACKGROUND]
)
def test_a_flat_call_makes_the_request_of_its_operation(operation: Listed, name: str, recorder: Recorder) -> None:
    recorder.asked.clear()
    with recorder.client() as client, suppress(AxmeError):  # the recorder's answer may not be what the call needs
        call = _find(client, name)
        answer = call(**dict(_arguments(call, recorder.base_url)))
        if isinstance(answer, Iterator):
            next(answer, None)
    assert recorder.asked, f"{name} sent nothing"
    pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.path))
    first = recorder.asked[0]
    assert first.method == operation.method
    assert re.fullmatch(pattern, first.path), f"{name} asked for {first.path}, not {operation.path}"


@pytest.mark.parametrize("name", FORMS)
def test_a_flat_call_takes_what_programs_give(name: str, recorder: Recorder) -> None:
    with recorder.client() as client:
        ours = dict(inspect.signature(_find(client, name)).parameters)
    positional, _, keyword = FORMS[name].partition("*")
    for place, form in enumerate(positional.split()):
        assert list(ours)[place] == form
        assert ours[form].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    for form in keyword.split():
        wanted, _, default = form.partition("=")
        assert wanted in ours, f"{name} takes no {wanted}"
        assert not default or repr(ours[wanted].default) == default
    known = {form.partition("=")[0] for form in FORMS[name].split()}
    more = [parameter for parameter in ours.values() if parameter.name not in known]
    assert all(parameter.default is not inspect.Parameter.empty for parameter in more), f"{name} demands more"


def test_every_operation_has_an_object_verb() -> None:
    root = Path(axme.__file__).parent
    used: set[str] = set()
    for path in [root / "client.py", *(root / "resources").rglob("*.py")]:
        used |= {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    without = [
        operation.name for operation in IN_SCOPE if not any("." in name or name in used for name in operation.calls)
    ]
    assert not set(without) - PLAIN, f"no object has a verb for {without}"


def test_every_flat_call_is_on_the_checklist_or_an_extension_that_says_so() -> None:
    listed = {name for _, name in CALLS}
    public = {name for name in dir(FlatCalls) if not name.startswith("_") and callable(getattr(FlatCalls, name))}
    assert not (extra := public - listed - EXTENSIONS), f"not on the checklist: {sorted(extra)}"


#: Flat calls over operations that are this gateway's own, and the generic verbs.
EXTENSIONS = {
    *("get", "post", "put", "patch", "delete"),
    *("claim_deliveries", "renew_claims", "report_claim_progress", "checkpoint_claim"),
    *("complete_claim", "fail_claim", "suspend_claim", "release_claim"),
    *("get_me", "create_member_token", "list_service_account_keys", "acknowledge_delivery"),
    *("list_task_links", "create_task_link", "revoke_task_link", "revoke_task_links"),
    *("rotate_webhook_secret", "replay_webhook_subscription", "list_webhook_events", "get_webhook_event"),
    *("get_agent_delivery", "set_agent_delivery"),
    *("list_task_mails", "list_intent_attempts"),
    "explain_intent",
}


def test_every_operation_in_scope_is_served(caller: Caller) -> None:
    missing = []
    for operation in IN_SCOPE:
        path = re.sub(r"\{\w+\}", "x", operation.path)
        answer = caller.send(operation.method, path, headers={"x-api-key": ""})
        nowhere = answer.status_code == 404 and answer.json()["message"].startswith("there is nothing at")
        if nowhere or answer.status_code in (405, 501):
            missing.append(f"{operation.method} {operation.path}: {answer.status_code}")
    print(f"\n{len(IN_SCOPE)} operations in scope, {len(CALLS)} flat calls over them, {len(FORMS)} forms")
    assert not missing, "\n".join(missing)


def test_the_families_of_the_hosted_service_answer_501(caller: Caller) -> None:
    for operation in ELSEWHERE:
        answer = caller.send(operation.method, re.sub(r"\{\w+\}", "x", operation.path))
        assert (answer.status_code, answer.json()["error_code"]) == (501, "not_implemented"), operation
    print(f"\n{len(ELSEWHERE)} operations answered with 501")
