"""The client itself: made from a configuration, shared, closed, never pickled."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
import requests

import axme
import axme_sdk
from axme import AxmeClient, AxmeClientConfig, AxmeClosedError, AxmeConfigError
from axme.gateway import LocalGateway
from tests.wire.recorder import Recorder, recording


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as made:
        yield made


def test_making_a_client_costs_no_request(recorder: Recorder) -> None:
    with recorder.client() as client:
        collections = (client.intents, client.inbox, client.agents, client.service_accounts, client.approvals)
        assert {repr(collection).partition(" ")[2] for collection in collections} == {f"of {recorder.base_url}>"}
    assert not recorder.asked


def test_from_env(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXME_API_KEY", "from-the-environment")
    monkeypatch.setenv("AXME_BASE_URL", recorder.base_url)
    with AxmeClient.from_env() as client:
        client.health()
    assert recorder.last.headers["x-api-key"] == "from-the-environment"
    monkeypatch.delenv("AXME_API_KEY")
    with pytest.raises(AxmeConfigError, match="AXME_API_KEY"):
        AxmeClient.from_env()


def test_a_client_shows_no_secret(recorder: Recorder) -> None:
    with recorder.client() as client:
        assert repr(client) == f"<AxmeClient of {recorder.base_url}>"
        assert "key-of-the-recorder" not in repr(client) + repr(client.config) + repr(vars(client))


@pytest.mark.parametrize("how", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_not_pickled_or_copied(how: object, recorder: Recorder) -> None:
    with recorder.client() as client, pytest.raises(TypeError, match="make one in the other process"):
        how(client)  # type: ignore[operator]


def test_after_close_calls_say_so(recorder: Recorder) -> None:
    client = recorder.client()
    intent = client.intents.handle("i-1")
    client.close()
    client.close()
    for call in (client.health, intent.refresh, client.intents.list):
        with pytest.raises(AxmeClosedError):
            call()
    assert not recorder.asked


def test_with_options_is_another_client_with_other_limits(recorder: Recorder) -> None:
    with recorder.client(default_owner_agent="me") as client, client.with_options(timeout=2, max_retries=0) as quick:
        assert (quick.config.timeout, quick.config.max_retries) == (2, 0)
        assert (quick.config.base_url, quick.config.default_owner_agent) == (recorder.base_url, "me")
        assert client.config.timeout == 30
        recorder.answer({"ok": False}, 503)
        with pytest.raises(axme.AxmeServerError):
            quick.health()
        assert len(recorder.asked) == 1
        quick.close()
        assert client.health() == {"ok": True}


def test_a_session_of_the_callers_own_is_used_and_left_open(recorder: Recorder) -> None:
    class Counting(requests.adapters.HTTPAdapter):
        sent = 0

        def send(self, *args: object, **options: object) -> requests.Response:
            Counting.sent += 1
            return super().send(*args, **options)  # type: ignore[arg-type]

    with requests.Session() as session:
        session.mount("http://", Counting())
        with AxmeClient(AxmeClientConfig(base_url=recorder.base_url, api_key="k"), session=session) as client:
            client.health()
            client.with_options(timeout=2).health()
        assert Counting.sent == 2
        assert session.get(recorder.base_url, timeout=5).status_code == 200


def test_many_threads_share_a_client(client: AxmeClient) -> None:
    found: list[tuple[int, int]] = []

    def work(number: int) -> None:
        for n in range(5):
            intent = client.intents.create("order.v1", to="nobody", payload={"who": number, "n": n})
            found.append((number * 5 + n, client.intents.get(intent.id).payload["who"] * 5 + intent.payload["n"]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert all(mine == theirs for mine, theirs in found)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_client_goes_on_after_a_fork(client: AxmeClient) -> None:
    intent = client.intents.create("order.v1", to="nobody", payload={"n": 1})
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = int(client.intents.get(intent.id).payload != {"n": 1} or intent.refresh().is_terminal)
        finally:
            os._exit(status)
    assert intent.refresh().payload == {"n": 1}
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_unpickled_intent_is_bound_again_in_another_process(gateway: LocalGateway, client: AxmeClient) -> None:
    intent = client.intents.create("order.v1", to="nobody", payload={"n": 1})
    code = (
        "import pickle, sys, axme\n"
        "intent = pickle.load(sys.stdin.buffer)\n"
        "with axme.AxmeClient.from_env() as client:\n"
        "    print(client.attach(intent).cancel('by the other process').status)\n"
    )
    environment = os.environ | {"AXME_API_KEY": gateway.api_key, "AXME_BASE_URL": gateway.base_url}
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(intent), capture_output=True, check=True, env=environment
    )
    assert done.stdout.decode().strip() == "CANCELED"
    assert intent.refresh().reason == "by the other process"


def test_the_older_import_path_holds_the_very_same_objects() -> None:
    assert all(getattr(axme_sdk, name) is getattr(axme, name) for name in axme_sdk.__all__)


def test_the_front_door_names_everything_and_nothing_else() -> None:
    assert set(axme.__all__) <= set(dir(axme))
    with pytest.raises(AttributeError, match="'axme' has no attribute 'Client'"):
        _ = axme.Client  # type: ignore[attr-defined]


def test_importing_axme_loads_no_http_library() -> None:
    code = "import sys, axme; print(sorted({'requests', 'marshmallow', 'tenacity', 'urllib3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
