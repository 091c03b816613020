"""Schemas, users, invites, media and tasks over plain HTTP: tenants apart, bytes bounded, nothing left behind."""

from __future__ import annotations

import hashlib
import os
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from axme.gateway import LocalGateway, start
from axme.gateway.routes.table import OPERATIONS
from tests import databases
from tests.plain import Caller, make_agent, refused, until

DATA = b"some bytes"
FILE: dict[str, Any] = {"filename": "a.txt", "mime_type": "text/plain", "size_bytes": len(DATA)}


@pytest.fixture
def stranger(gateway: LocalGateway, caller: Caller) -> Iterator[Caller]:
    """The administrator of a workspace in another organization."""
    org_id = caller.post("/v1/organizations", {"name": f"other {uuid.uuid4().hex[:8]}"})["organization"]["org_id"]
    place = {"name": "main", "environment": "sandbox"}
    workspace_id = caller.post(f"/v1/organizations/{org_id}/workspaces", place)["workspace"]["workspace_id"]
    robot = {"name": "robot", "org_id": org_id, "workspace_id": workspace_id}
    account_id = caller.post("/v1/service-accounts", robot)["service_account"]["service_account_id"]
    with Caller(gateway.base_url, caller.post(f"/v1/service-accounts/{account_id}/keys")["key"]["token"]) as calls:
        yield calls


def _uploaded(caller: Caller, **changed: Any) -> str:
    created = caller.post("/v1/media/create-upload", FILE | changed)
    answer = requests.put(created["upload_url"], data=DATA, timeout=5)
    assert answer.json()["sha256"] == hashlib.sha256(DATA).hexdigest(), answer.text
    caller.post("/v1/media/finalize-upload", {"upload_id": created["upload_id"], "size_bytes": len(DATA)})
    upload_id: str = created["upload_id"]
    return upload_id


def _same_404(stranger: Caller, method: str, path: str, theirs: str, nobodys: str, **options: Any) -> None:
    """What belongs to another organization looks just like what nobody has."""
    answers = [stranger.send(method, path.replace("ID", one), **options) for one in (theirs, nobodys)]
    bodies = [refused(answer, 404, "not_found") for answer in answers]
    said = [body["message"].replace(one, "ID") for body, one in zip(bodies, (theirs, nobodys), strict=True)]
    assert said[0] == said[1]


def test_nothing_crosses_an_organization(caller: Caller, stranger: Caller) -> None:
    upload_id, nobody = _uploaded(caller), str(uuid.uuid4())
    for path in ("/v1/media/ID", "/v1/media/download/ID", "/v1/media/preview/ID"):
        _same_404(stranger, "GET", path, upload_id, nobody)
    pending = caller.post("/v1/media/create-upload", FILE)["upload_id"]
    for one in (pending, nobody):
        answer = stranger.send("POST", "/v1/media/finalize-upload", json={"upload_id": one, "size_bytes": 10})
        refused(answer, 404, "not_found")
    token = caller.post("/v1/invites/create", {})["token"]
    _same_404(stranger, "GET", "/v1/invites/ID", token, "x" * 32)
    _same_404(stranger, "POST", "/v1/invites/ID/accept", token, "x" * 32, json={"nick": "abc"})
    nick = f"n{uuid.uuid4().hex[:8]}"
    user = caller.post("/v1/users/register-nick", {"nick": nick, "email": "a@example.com"})
    own, other = user["owner_agent"], f"agent://user/{nobody}"
    _same_404(stranger, "GET", "/v1/users/profile?owner_agent=ID", own, other)
    for path in ("/v1/users/profile/update", "/v1/users/rename-nick"):
        for one in (own, other):
            body = {"owner_agent": one, "nick": f"{nick}-2"}
            refused(stranger.send("POST", path, json=body), 404, "not_found")
    unknown = stranger.get("/v1/users/resolve-nick", nick=nick)
    assert (unknown["resolved"], unknown["owner_agent"], unknown["email"]) == (False, None, None)
    taken = stranger.send("POST", "/v1/users/register-nick", json={"nick": nick})
    refused(taken, 409, "nick_taken")
    kind = f"a.n{uuid.uuid4().hex[:8]}.v1"
    caller.post("/v1/schemas", {"semantic_type": kind, "schema_json": {"type": "array"}, "compatibility_mode": "warn"})
    _same_404(stranger, "GET", "/v1/schemas/ID", kind, "a.nobody.v1")
    stranger.post("/v1/intents", {"intent_type": kind, "to_agent": "w", "payload": {}})
    caller.create(human_task={"title": "Ours"})
    assert stranger.get("/v1/me/tasks")["tasks"] == []


def test_another_workspace_may_read_what_it_may_not_change(gateway: LocalGateway, caller: Caller) -> None:
    place = {"name": f"w {uuid.uuid4().hex[:6]}", "environment": "sandbox"}
    workspace = caller.post(f"/v1/organizations/{gateway.org_id}/workspaces", place)["workspace"]
    robot = {"name": "robot", "org_id": gateway.org_id, "workspace_id": workspace["workspace_id"]}
    account_id = caller.post("/v1/service-accounts", robot)["service_account"]["service_account_id"]
    key = caller.post(f"/v1/service-accounts/{account_id}/keys")["key"]["token"]
    user = caller.post("/v1/users/register-nick", {"nick": f"n{uuid.uuid4().hex[:8]}"})
    pending = caller.post("/v1/media/create-upload", FILE)
    requests.put(pending["upload_url"], data=DATA, timeout=5)
    with Caller(gateway.base_url, key) as neighbour:
        assert neighbour.get("/v1/users/profile", owner_agent=user["owner_agent"])["nick"] == user["nick"]
        assert neighbour.get(f"/v1/media/{pending['upload_id']}")["upload"]["status"] == "pending"
        body = {"owner_agent": user["owner_agent"], "display_name": "x"}
        refused(neighbour.send("POST", "/v1/users/profile/update", json=body), 403, "forbidden")
        done = {"upload_id": pending["upload_id"], "size_bytes": len(DATA)}
        refused(neighbour.send("POST", "/v1/media/finalize-upload", json=done), 403, "forbidden")


def test_answers_are_what_their_schemas_say(caller: Caller) -> None:
    answers = {operation.name: operation.answer for operation in OPERATIONS}
    nick, kind = f"n{uuid.uuid4().hex[:8]}", f"a.n{uuid.uuid4().hex[:8]}.v1"
    user = caller.post("/v1/users/register-nick", {"nick": nick})
    invite = caller.post("/v1/invites/create", {"recipient_hint": "bob"})
    upload_id = _uploaded(caller)
    caller.create(human_task={"title": "Go?"})
    schema = {"semantic_type": kind, "schema_json": {}, "compatibility_mode": "warn"}
    seen = {
        "register_nick": user,
        "check_nick": caller.get("/v1/users/check-nick", nick=nick),
        "resolve_nick": caller.get("/v1/users/resolve-nick", nick=nick),
        "get_user_profile": caller.get("/v1/users/profile", owner_agent=user["owner_agent"]),
        "create_invite": invite,
        "accept_invite": caller.post(f"/v1/invites/{invite['token']}/accept", {"nick": f"{nick}b"}),
        "get_invite": caller.get(f"/v1/invites/{invite['token']}"),
        "upsert_schema": caller.post("/v1/schemas", schema),
        "get_schema": caller.get(f"/v1/schemas/{kind}"),
        "get_media_upload": caller.get(f"/v1/media/{upload_id}"),
        "list_my_tasks": caller.get("/v1/me/tasks"),
    }
    for name, body in seen.items():
        answer = answers[name]
        assert answer is not None
        assert not answer().validate(body), name
    assert seen["accept_invite"]["registry_bind_status"] == "disabled"


@pytest.mark.parametrize("mime_type", ["text/html", "image/svg+xml", "text/plain; charset=utf-8"])
def test_no_browser_runs_what_was_uploaded(caller: Caller, mime_type: str) -> None:
    upload_id = _uploaded(caller, mime_type=mime_type, filename='a";\u00e9\u20ac.html')
    for verb, kind in (("download", "application/octet-stream"), ("preview", mime_type)):
        answer = caller.send("GET", f"/v1/media/{verb}/{upload_id}")
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, DATA, kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["content-disposition"] == (
            "attachment; filename=\"a____.html\"; filename*=UTF-8''a%22%3B%C3%A9%E2%82%AC.html"
        )
        head = caller.send("HEAD", f"/v1/media/{verb}/{upload_id}")
        assert (head.headers["content-length"], head.content) == (str(len(DATA)), b"")


@pytest.mark.parametrize("bad", ["text", "text/html\r\nX-Evil: 1", "a/b; c", "/", "\u00e4/b"])
def test_a_type_that_is_none(caller: Caller, bad: str) -> None:
    refused(caller.send("POST", "/v1/media/create-upload", json=FILE | {"mime_type": bad}), 422, "validation_error")


def test_bytes_need_an_announced_upload(gateway: LocalGateway, caller: Caller) -> None:
    def put(upload_id: str, data: Any) -> requests.Response:
        return requests.put(f"{gateway.base_url}/v1/media/upload/{upload_id}", data=data, timeout=5)

    refused(put(str(uuid.uuid4()), DATA), 404, "not_found")
    refused(put("..%2F..%2Fetc", DATA), 404, "not_found")
    created = caller.post("/v1/media/create-upload", FILE)
    refused(put(created["upload_id"], DATA + b"!"), 413, "payload_too_large")
    refused(put(created["upload_id"], iter([DATA, b"!"])), 413, "payload_too_large")
    assert put(created["upload_id"].upper(), iter([DATA[:3], DATA[3:]])).status_code == 200
    assert put(created["upload_id"], DATA).status_code == 200, "sending again does no harm"


def test_what_arrives_in_part_leaves_nothing(tmp_path: Path) -> None:
    with start(data_dir=tmp_path) as gateway:
        with Caller(gateway.base_url, gateway.api_key) as caller:
            created = caller.post("/v1/media/create-upload", FILE | {"size_bytes": 5_000_000})
        incoming = tmp_path / "media" / "incoming"
        url = urlsplit(created["upload_url"])
        head = f"PUT {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 5000000\r\n\r\n"
        for _ in range(2):
            with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
                connection.sendall(head.encode() + b"x" * 2_000_000)
                until(lambda: list(incoming.glob("*")))
            until(lambda: not list(incoming.glob("*")))
        half = socket.create_connection((url.hostname, url.port), timeout=10)
        half.sendall(head.encode() + b"x" * 2_000_000)
        until(lambda: list(incoming.glob("*")))
        gateway.kill()
        half.close()
        (part,) = incoming.glob("*")
    if databases.kind() == "postgresql":  # where another node may be receiving it, until it is a day old
        with start(data_dir=tmp_path):
            assert part.exists()
        os.utime(part, (0, time.time() - 90_000))
    with start(data_dir=tmp_path):
        assert [path.name for path in (tmp_path / "media").rglob("*")] == ["incoming"]


def test_an_owner_may_be_a_bare_name_of_the_workspace(caller: Caller) -> None:
    agent = make_agent(caller)
    name = agent.address.rpartition("/")[2]
    kind = f"a.n{uuid.uuid4().hex[:8]}.v1"
    body = {"semantic_type": kind, "schema_json": {}, "compatibility_mode": "strict"}
    answer = caller.send("POST", "/v1/schemas", json=body, params={"owner_agent": name})
    assert answer.json()["schema"]["owner_agent"] == agent.address
    found = caller.send("GET", f"/v1/schemas/{kind}", headers={"x-owner-agent": name}).json()
    assert found["schema"]["owner_agent"] == agent.address
    assert caller.post("/v1/invites/create", {"owner_agent": name})["owner_agent"] == agent.address
    assert caller.post("/v1/media/create-upload", FILE | {"owner_agent": name})["owner_agent"] == agent.address
    elsewhere = {"owner_agent": "agent://other/ws/agent"}
    refused(caller.send("POST", "/v1/media/create-upload", json=FILE | elsewhere), 403, "owner_scope_mismatch")


def test_a_person_sees_his_own_tasks(gateway: LocalGateway, caller: Caller) -> None:
    anna = f"anna-{uuid.uuid4().hex[:6]}"
    member = caller.post(f"/v1/organizations/{gateway.org_id}/members", {"actor_id": anna, "role": "member"})["member"]
    path = f"/v1/organizations/{gateway.org_id}/members/{member['member_id']}/token"
    token = caller.post(path)["actor_token"]["token"]
    hers = caller.create(human_task={"title": "a", "assignees": [anna]})
    anybodys = caller.create(human_task={"title": "b"})
    his = caller.create(human_task={"title": "c", "assignees": ["bob"]})
    answer = caller.send("GET", "/v1/me/tasks", headers={"Authorization": f"Bearer {token}"})
    seen = {task["intent_id"] for task in answer.json()["tasks"]}
    assert {hers, anybodys} <= seen
    assert his not in seen
    assert {hers, anybodys, his} <= {task["intent_id"] for task in caller.get("/v1/me/tasks")["tasks"]}
    caller.post(f"/v1/intents/{hers}/resolve", {"status": "CANCELED"})
    assert hers not in {task["intent_id"] for task in caller.get("/v1/me/tasks")["tasks"]}
