"""A worker on a server without claims: a plain listener that says so."""

from __future__ import annotations

import logging

import pytest

from axme import Agent, AxmeClient, ClaimedIntent, HumanTask, IntentStatus, Reject, Wait


def test_it_listens_handles_and_resolves(
    plain_agent: Agent, client: AxmeClient, caplog: pytest.LogCaptureFixture
) -> None:
    def handle(intent: ClaimedIntent) -> object:
        intent.progress("nobody hears it", percent=1)
        if intent.payload["n"] == 2:
            raise Reject("two is too many")
        if intent.payload["n"] == 3:
            return Wait.for_human(HumanTask.approval("Three?"))
        return {"n": intent.payload["n"], "attempt": intent.attempt}

    with caplog.at_level(logging.INFO, "axme.worker"), plain_agent.worker(handle):
        ended = [client.intents.create("job.v1", to=plain_agent, payload={"n": n}) for n in (1, 2, 3)]
        for intent in ended:
            intent.wait(20)
    assert [intent.status for intent in ended] == [IntentStatus.COMPLETED, IntentStatus.FAILED, IntentStatus.FAILED]
    assert ended[0].result == {"n": 1, "attempt": 1}
    assert ended[1].error
    assert ended[1].error["message"] == "two is too many"
    assert ended[2].error
    assert ended[2].error["code"] == "no_claims"
    assert caplog.text.count("this server knows no claims") == 1


def test_an_intent_the_handler_ends_itself_is_left_alone(plain_agent: Agent, client: AxmeClient) -> None:
    def handle(intent: ClaimedIntent) -> object:
        return intent.complete({"by": "hand"})

    with plain_agent.worker(handle) as worker:
        assert client.intents.create("job.v1", to=plain_agent).wait(20).result == {"by": "hand"}
    assert worker.summary.completed == 1
