"""A revoked key is worth nothing at once, and no key is written anywhere but where it belongs."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator

import pytest

from axme.exceptions import AxmeAuthenticationError, AxmeError
from axme.gateway import LocalGateway
from tests.hard.conftest import INTENT
from tests.plain import Agent, Caller, admin, make_agent, until


@pytest.fixture
def agent(fresh_gateway: LocalGateway) -> Agent:
    with admin(fresh_gateway) as caller:
        return make_agent(caller, "listener")


def test_a_revoked_key_is_refused_and_its_streams_end(fresh_gateway: LocalGateway, agent: Agent) -> None:
    failures: list[BaseException] = []
    heard: list[str] = []
    with fresh_gateway.client() as client, fresh_gateway.client(api_key=agent.key) as listener:
        intent_id = client.send_intent({**INTENT, "to_agent": agent.address})

        def follow(stream: Iterator[dict[str, object]]) -> None:
            try:
                for event in stream:
                    heard.append(str(event["seq"]))
            except AxmeAuthenticationError as error:
                failures.append(error)

        streams = [listener.observe(intent_id, wait_seconds=60), listener.listen(agent.address, wait_seconds=60)]
        threads = [threading.Thread(target=follow, args=(stream,)) for stream in streams]
        for thread in threads:
            thread.start()
        until(lambda: len(heard) == 4)
        client.revoke_service_account_key(agent.service_account_id, agent.key_id)
        with pytest.raises(AxmeAuthenticationError):
            listener.get_intent(intent_id)
        with pytest.raises(AxmeAuthenticationError):
            listener.resume_intent(intent_id, {"action": "complete"})
        for thread in threads:
            thread.join(10)
        # A stream that goes on would have stayed open for its window of 60 seconds.
        assert len(failures) == len(threads)
        assert client.get_intent(intent_id)["status"] == "DELIVERED"


def test_deleting_an_account_ends_its_keys(fresh_gateway: LocalGateway, agent: Agent) -> None:
    with fresh_gateway.client() as client, fresh_gateway.client(api_key=agent.key) as other:
        assert other.list_intents()["intents"] == []
        client.delete_service_account(agent.service_account_id)
        with pytest.raises(AxmeAuthenticationError):
            other.list_intents()


def test_a_revoked_key_stays_revoked_after_a_kill(fresh_gateway: LocalGateway, agent: Agent) -> None:
    with fresh_gateway.client() as client:
        client.revoke_service_account_key(agent.service_account_id, agent.key_id)
    fresh_gateway.kill()
    fresh_gateway.restart()
    with fresh_gateway.client(api_key=agent.key) as other, pytest.raises(AxmeAuthenticationError):
        other.list_intents()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything this process logs, down to the libraries below."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(logging.NOTSET)


def test_no_secret_is_found_anywhere(fresh_gateway: LocalGateway, agent: Agent, logged: io.StringIO) -> None:
    secrets = [fresh_gateway.api_key, agent.key, "axme_sa_sa_unknown_0123456789canary"]
    shown: list[str] = []
    with fresh_gateway.client() as client, fresh_gateway.client(api_key=agent.key) as listener:
        intent_id = client.send_intent({**INTENT, "to_agent": agent.address})
        next(listener.listen(agent.address))
        listener.resume_intent(intent_id, {"action": "complete"}, idempotency_key="done")
        made = client.create_service_account_key(agent.service_account_id, {}, idempotency_key="new-key")
        again = client.create_service_account_key(agent.service_account_id, {}, idempotency_key="new-key")
        secrets.append(made["key"]["token"])
        shown += [str(again), repr(client), repr(client.config), str(client.list_service_accounts())]
        # From here on keys are mistaken for ids, and urllib3 logs the paths that a program asks for.
        logging.getLogger("urllib3").setLevel(logging.INFO)
        with fresh_gateway.client(api_key=secrets[2]) as stranger:
            for key in secrets:
                for call in (
                    lambda: stranger.list_intents(),
                    lambda key=key: client.get_intent(key),
                    lambda key=key: client.get(f"/v1/{key}"),
                    lambda key=key: client.get_agent(key + " "),
                    lambda: stranger.send_intent(INTENT),
                    lambda key=key: client.resolve_intent(intent_id, {"status": key}),
                ):
                    with pytest.raises(AxmeError) as caught:
                        call()
                    shown.append(f"{caught.value} {caught.value!r} {getattr(caught.value, 'body', '')}")
    with Caller(fresh_gateway.base_url, secrets[2]) as raw:
        for path in ("/v1/intents", "/nowhere", "/v1/intents/x/events/stream"):
            shown.append(raw.send("GET", path).text)
        shown.append(raw.send("POST", "/v1/intents", data=b"{").text)
    fresh_gateway.kill()
    shown.append(logged.getvalue())
    for place in fresh_gateway.data_dir.rglob("*"):
        if place.is_file() and place.name != "credentials.json":
            shown.append(place.read_bytes().decode("latin-1"))
    everything = "\n".join(shown)
    assert len(everything) > 10_000
    assert [secret[:20] for secret in secrets if secret in everything] == []
    assert [secret[:20] for secret in secrets if secret.split("_", 4)[-1] in everything] == []
