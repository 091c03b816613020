"""Plain HTTP to a gateway, without a line of the SDK: what any other program would send."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

import requests

from axme.gateway import LocalGateway

TIMEOUT = 20


class Caller:
    """One key, and the requests it makes."""

    def __init__(self, base_url: str, key: str | None) -> None:
        self.base_url = base_url
        self.key = key
        self.session = requests.Session()
        self.session.trust_env = False
        if key:
            self.session.headers["x-api-key"] = key

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, self.base_url + path, timeout=TIMEOUT, allow_redirects=False, **options)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return good(self.send("GET", path, params=query))

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return good(self.send("POST", path, json=body if body is not None else {}, headers=named))

    def create(self, to_agent: str = "worker", **fields: Any) -> str:
        """A new intent; returns its id."""
        body = {"intent_type": "test.task.v1", "to_agent": to_agent, "payload": {"n": 1}, **fields}
        intent_id: str = self.post("/v1/intents", body)["intent_id"]
        return intent_id

    @contextmanager
    def stream(self, path: str, **query: Any) -> Iterator[Frames]:
        """An open event stream."""
        with self.send("GET", path, params=query, stream=True) as answer:
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Frames(answer)


class Frame(NamedTuple):
    """One block of a stream, as its bytes say."""

    id: int
    event: str
    data: dict[str, Any]
    raw: bytes


class Frames:
    """The frames of a stream as they arrive. Comments are counted and left out."""

    def __init__(self, answer: requests.Response) -> None:
        self._answer = answer
        self._rest = b""
        self.comments = 0

    def __iter__(self) -> Iterator[Frame]:
        while True:
            while b"\n\n" in self._rest:
                block, self._rest = self._rest.split(b"\n\n", 1)
                if block.startswith(b":"):
                    self.comments += 1
                else:
                    yield _frame(block + b"\n\n")
            chunk = self._answer.raw.read1()
            if not chunk:
                assert not self._rest, f"the stream ended inside a frame: {self._rest!r}"
                return
            self._rest += chunk


def _frame(raw: bytes) -> Frame:
    lines = raw.decode().split("\n")
    assert len(lines) == 5, raw
    assert lines[3:] == ["", ""], raw
    assert lines[0].startswith("id: "), raw
    assert lines[1].startswith("event: "), raw
    assert lines[2].startswith("data: "), raw
    return Frame(int(lines[0][4:]), lines[1][7:], json.loads(lines[2][6:]), raw)


class Agent(NamedTuple):
    """A service account with one key."""

    service_account_id: str
    key_id: str
    address: str
    key: str


def good(answer: requests.Response) -> dict[str, Any]:
    """The body of an answer that must be a success."""
    assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
    body: dict[str, Any] = answer.json()
    assert body["ok"] is True
    return body


def refused(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    """The body of an answer that must be this refusal, in the one envelope."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:500]}"
    body: dict[str, Any] = answer.json()
    assert body["ok"] is False
    assert body["error"]["code"] == body["error_code"] == code, body
    assert body["message"] == body["error"]["message"]
    assert set(body["error"]) == {"code", "message", "details", "category", "retryable"}
    if status == 422:
        assert body["detail"], body
        assert all({"loc", "msg", "type"} <= set(issue) for issue in body["detail"])
    else:
        assert body["detail"] == body["message"]
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["trace_id"] == answer.headers["x-trace-id"]
    return body


def admin(gateway: LocalGateway) -> Caller:
    """The first key of a gateway."""
    return Caller(gateway.base_url, gateway.api_key)


def make_agent(caller: Caller, name: str | None = None) -> Agent:
    """A new service account in the caller's workspace, with a key."""
    account = caller.post("/v1/service-accounts", {"name": name or f"agent-{uuid.uuid4().hex[:8]}"})["service_account"]
    key = caller.post(f"/v1/service-accounts/{account['service_account_id']}/keys")["key"]
    return Agent(account["service_account_id"], key["key_id"], account["agent_address"], key["token"])


def started(failures: list[BaseException], work: Callable[..., None], *arguments: Any) -> threading.Thread:
    """A thread at work; what it dies of is put among the failures."""

    def run() -> None:
        try:
            work(*arguments)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def measured(gateway: LocalGateway, name: str) -> float:
    """What the gateway tells Prometheus of itself under a name without labels."""
    text = requests.get(f"{gateway.base_url}/metrics", timeout=TIMEOUT).text
    return float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE)[1])  # type: ignore[index]


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Wait for something that must become true."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return found


def raw_exchange(base_url: str, data: bytes, seconds: float = 15.0) -> bytes:
    """Send bytes as they are and read until the other side closes."""
    host, port = base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received
