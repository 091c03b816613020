"""What a caller has open ends with whatever let it in: key, membership, workspace, organization."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from axme.gateway import LocalGateway
from tests.plain import Caller, admin, refused
from tests.security.people import person
from tests.tenants import tenant

#: A stream that goes on stays open for this long.
WINDOW = 60
SOON = 15


@contextmanager
def _ends_soon(own: Caller, path: str) -> Iterator[None]:
    """Have a stream open meanwhile, which must then be over."""
    told: list[str] = []
    with own.stream(path, since=0, wait_seconds=WINDOW) as frames:
        each = iter(frames)
        next(each)

        def follow() -> None:
            told.extend(frame.event for frame in each)

        thread = threading.Thread(target=follow)
        thread.start()
        began = time.monotonic()
        yield
        thread.join(SOON)
        assert not thread.is_alive(), "the stream goes on"
        assert time.monotonic() - began < SOON
    assert told[-1] == "stream.timeout"


@pytest.mark.parametrize("beside_a_key", [False, True], ids=["token alone", "key and token"])
@pytest.mark.parametrize("way", ["removed", "suspended"])
def test_a_stream_ends_with_the_membership(fresh_gateway: LocalGateway, beside_a_key: bool, way: str) -> None:
    with admin(fresh_gateway) as caller:
        who = person(caller, "workspace_admin")
        path = f"/v1/intents/{caller.create()}/events/stream"
        with who.caller(caller.key if beside_a_key else None) as own:
            with _ends_soon(own, path):
                if way == "removed":
                    assert caller.send("DELETE", who.member_path).status_code == 200
                else:
                    assert caller.send("PATCH", who.member_path, json={"status": "suspended"}).status_code == 200
            refused(own.send("GET", path), 401, "invalid_actor_token")


@pytest.mark.parametrize("what", ["organization", "workspace"])
def test_a_stream_ends_with_its_tenant(gateway: LocalGateway, what: str) -> None:
    with tenant(gateway, "closing") as shop, admin(gateway) as caller, shop.caller() as own:
        with _ends_soon(own, f"/v1/intents/{own.create()}/events/stream"):
            organization = f"/v1/organizations/{shop.organization.id}"
            workspace = f"{organization}/workspaces/{shop.agent.workspace_id}"
            place, status = (organization, "suspended") if what == "organization" else (workspace, "archived")
            answer = caller.send("PATCH", place, json={"status": status})
            assert answer.status_code == 200, answer.text
        assert own.send("GET", "/v1/intents").status_code == 401


def test_a_worker_in_line_leaves_with_its_tenant(gateway: LocalGateway) -> None:
    with tenant(gateway, "line") as shop, admin(gateway) as caller, shop.caller() as own:
        answers: list[int] = []
        path = "/v1/agents/line/claims"

        def wait() -> None:
            answers.append(own.send("POST", path, json={"worker_id": "w", "wait_seconds": 15}).status_code)

        thread = threading.Thread(target=wait)
        began = time.monotonic()
        thread.start()
        time.sleep(0.5)
        answer = caller.send("PATCH", f"/v1/organizations/{shop.organization.id}", json={"status": "suspended"})
        assert answer.status_code == 200
        thread.join(SOON)
        assert time.monotonic() - began < 12
        assert answers == [200]
