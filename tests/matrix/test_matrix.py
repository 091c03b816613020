"""The authorization matrix: every route with every kind of caller and every kind of id (contract 1.2 to 1.4).

All of it is made from the route table; what the table does not say stands in ``catalogue.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from axme.contract.member_roles import ROLES
from axme.gateway import start
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Operation, Reads, Streams
from axme.gateway.routes.table import OPERATIONS
from tests.databases import state
from tests.matrix.catalogue import EXAMPLES
from tests.matrix.filling import Part, example_of, like, masked, own_ids, parts_of, request_of
from tests.matrix.shape import surprises
from tests.matrix.world import Place, Request, Speaker, World

# One world for all of it, so one process.
pytestmark = pytest.mark.xdist_group("matrix")
#: Whoever knows an upload's id may send its bytes; metrics are for this machine; the others are for all.
PUBLIC = {"health", "ready", "metrics", "openapi", "upload_media_bytes"}
#: For every caller with a key or token, whatever its roles.
FOR_EVERYBODY = {"get_capabilities"}
#: A route that is not in the catalogue fails one test, which says so, and not all of them.
GUARDED = [it for it in OPERATIONS if it.access is not Access.PUBLIC and it.name in EXAMPLES]
NAMING = [operation for operation in GUARDED if parts_of(operation)]
#: Written to the database while nothing changes: who asked.
#: Reading is noted and counted.
NOT_STATE = {"audit_events", "audit_seals", "usage_counts"}
MALFORMED = ("no id!", "x" * 600, "%00", "'; DROP TABLE intents; --")
_STAMP = "2001-01-01T00:00:00Z"
_NUMBER = 424_242


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with start(data_dir=tmp_path_factory.mktemp("matrix"), clock="test") as gateway:
        made = World(gateway)
        yield made
        made.close()
        print(f"\n{len(OPERATIONS)} routes, {made.requests} requests, {len(made.leaks)} marks seen by others")


@pytest.fixture(autouse=True)
def no_leaks(world: World) -> Iterator[None]:
    """No answer, list, stream, count, cursor or error tells a tenant anything of another."""
    yield
    leaks, world.leaks = world.leaks, []
    assert not leaks, "\n".join(leaks)


def _each(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.name)


def _ask(speaker: Speaker, operation: Operation, request: Request) -> tuple[int, dict[str, object]]:
    answer = speaker.ask(request, whole=not isinstance(operation.action, Streams))
    json = answer.headers["content-type"].startswith("application/json") and request.method != "HEAD"
    return answer.status_code, answer.json() if json else {}


def _writes(operation: Operation) -> bool:
    return not isinstance(operation.action, (Reads, Streams)) and "GET" not in operation.methods


def test_every_route_says_who_may_call_it() -> None:
    for operation in OPERATIONS:
        assert parts_of(operation) is not None
        if operation.access is Access.PUBLIC:
            assert operation.name in PUBLIC, f"{operation.name} is public: say why at PUBLIC in this file"
        elif operation.name not in FOR_EVERYBODY:
            assert operation.may, f"{operation.name} names no roles: give its Operation a `may` of policy/roles.py"
            assert operation.may <= roles.ANY
    names = {operation.name for operation in OPERATIONS}
    assert names >= EXAMPLES.keys(), f"examples without a route: {sorted(EXAMPLES.keys() - names)}"


@_each(GUARDED)
def test_nobody_gets_in_without_a_good_key(operation: Operation, world: World) -> None:
    good = world.here.agent.key
    wrong_secret = f"{good[:-8]}{'A' * 8}"
    shown = {
        "none": ({}, "missing_platform_api_key"),
        "empty": ({"x-api-key": ""}, "missing_platform_api_key"),
        "garbage": ({"x-api-key": "\xa7\xa7 nonsense"}, "invalid_platform_api_key"),
        "wrong prefix": ({"x-api-key": good.replace("axme_sa_", "other_")}, "invalid_platform_api_key"),
        "wrong secret": ({"x-api-key": wrong_secret}, "invalid_platform_api_key"),
        "revoked": ({"x-api-key": world.dead_keys["revoked"]}, "invalid_platform_api_key"),
        "expired": ({"x-api-key": world.dead_keys["expired"]}, "invalid_platform_api_key"),
        "bad token": ({"Authorization": "Bearer a.b.c"}, "invalid_actor_token"),
    }
    for method in operation.methods:
        request = request_of(operation, own_ids(operation, world.here, fresh=False), method)
        said = set()
        for kind, (headers, code) in shown.items():
            status, body = _ask(Speaker(world, headers, ()), operation, request)
            assert (status, body["error_code"]) == (401, code), f"{kind}: {body}"
            said.add(str(body))
        assert len(said) == 3, "answers to bad keys differ, so they tell which of them were keys once"


@_each(GUARDED)
def test_the_role_decides(operation: Operation, world: World) -> None:
    example = example_of(operation)
    for method in operation.methods:
        for role in ROLES:
            allowed = operation.may is None or role in operation.may
            through = allowed and role not in example.turned_away and not example.key_only
            request = request_of(
                operation, own_ids(operation, world.here, fresh=through and _writes(operation)), method
            )
            status, body = _ask(world.people[role], operation, request)
            assert status == (200 if through else 403), f"{role}: {status} {body}"
            if not allowed:
                wanted = [name for name in ROLES if name in (operation.may or ())]
                assert body["error"]["details"]["required_roles"] == wanted  # type: ignore[index]


@_each(GUARDED)
def test_a_key_does_what_its_workspace_admin_may(operation: Operation, world: World) -> None:
    allowed = operation.may is None or roles.OF_A_KEY & operation.may
    through = allowed and not roles.OF_A_KEY & example_of(operation).turned_away
    ids = own_ids(operation, world.here, fresh=_writes(operation))
    status, body = _ask(world.here.machine(), operation, request_of(operation, ids))
    assert status == (200 if through else 403), body
    if through and operation.answer is not None:
        assert list(surprises(operation.answer(), body)) == []


@_each(NAMING)
def test_what_is_another_tenants_does_not_exist(operation: Operation, world: World) -> None:
    example = example_of(operation)
    for speaker in (world.people["org_owner"], world.here.machine()):
        for part in parts_of(operation):
            foreign = world.there.id_of(part.maker)
            answers = [_exchanged(operation, world.here, speaker, part, value) for value in (foreign, like(foreign))]
            assert example.tells or answers[0] == answers[1], (
                f"{part.where} {part.name} tells another tenant's from a missing one"
            )
            status, text = answers[0]
            too_small = status == 403 and ("operation requires" in text or example.key_only)
            assert too_small or status in example.answers_to(part.where, part.name), f"{part}: {status} {text}"


@_each([it for it in NAMING if any(part.where == "query" for part in parts_of(it)) and not _writes(it)])
def test_lists_stay_at_home_however_little_is_asked(operation: Operation, world: World) -> None:
    for place in world.places:
        named = own_ids(operation, place, fresh=False)
        in_query = [part.name for part in named if part.where == "query"]
        home = world.people["org_owner"] if place is world.here else place.machine()
        for kept in (None, *in_query):
            whole = request_of(operation, named)
            query = {name: value for name, value in whole.query.items() if name not in in_query or name == kept}
            status, body = _ask(home, operation, Request(**{**vars(whole), "query": query}))
            assert status in (200, 403, 404, 422), body


@_each(NAMING)
def test_ids_that_are_none_are_refused(operation: Operation, world: World) -> None:
    for part in parts_of(operation):
        for value in MALFORMED:
            status, text = _exchanged(operation, world.here, world.people["org_owner"], part, value)
            fine = {400, 403, 404, 422, *example_of(operation).answers_to(part.where, part.name)}
            assert status in fine, f"{part} {value[:20]}: {status} {text}"


@_each([operation for operation in GUARDED if operation.body is not None])
def test_read_only_fields_are_not_set_from_outside(operation: Operation, world: World) -> None:
    assert operation.body is not None
    poison = {"created_at": _STAMP, "updated_at": _STAMP, "finalized_at": _STAMP, "slug": "stolen", "seq": _NUMBER}
    poison |= {"policy_generation": _NUMBER, "members_count": _NUMBER, "token": "stolen", "key_id": "stolen"}
    poison |= {"seq": _NUMBER, "org_slug": "stolen", "roles": ["org_owner", "stolen"], "remind_count": _NUMBER}
    mine = {name: value for name, value in poison.items() if name not in operation.body().fields}
    request = request_of(operation, own_ids(operation, world.here, fresh=_writes(operation)))
    poisoned = Request(**{**vars(request), "body": {**(request.body or {}), **mine}})
    _, body = _ask(world.people["org_owner"], operation, poisoned)
    assert not [mark for mark in (_STAMP, str(_NUMBER), "stolen") if mark in str(body)], body


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS}))
def test_other_methods_and_other_sites_are_refused(path: str, world: World) -> None:
    known = {method for operation in OPERATIONS if operation.path == path for method in operation.methods}
    nobody = Speaker(world, {"Origin": "https://elsewhere.example"}, ())
    for method in {"GET", "PUT", "POST", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"} - known:
        answer = nobody.ask(Request(method=method, path=re.sub(r"\{(\w+)(:\w+)?\}", "x", path)))
        if answer.status_code == 401:
            continue  # a path that another one covers, such as one with an address in it
        assert (answer.status_code, answer.json()["error_code"]) == (405, "method_not_allowed"), method
        assert set(answer.headers["allow"].split(", ")) >= known
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_reading_changes_nothing(world: World) -> None:
    world.gateway.advance(timedelta(seconds=1))
    reading = [operation for operation in GUARDED if "GET" in operation.methods]
    before = _state(world)
    for operation in reading * 3:
        for speaker in (world.here.machine(), world.people["org_owner"]):
            request = request_of(operation, own_ids(operation, world.here, fresh=False))
            status, _ = _ask(speaker, operation, request)
            assert status in (200, 403), operation.name
            _ask(speaker, operation, Request(**{**vars(request), "method": "HEAD"}))
    after = _state(world)
    changed = {name: set(before[name]) ^ set(after[name]) for name in before}
    assert {name: rows for name, rows in changed.items() if rows} == {}


def test_streams_carry_only_their_own(world: World) -> None:
    for place in world.places:
        for path in ("/v1/agents/worker/intents/stream", f"/v1/intents/{place.id_of('intent_id')}/events/stream"):
            answer = place.machine().ask(Request(method="GET", path=path, query={"wait_seconds": "1"}))
            assert answer.status_code == 200
            assert place.id_of("intent_id") in answer.text


#: What all workspaces of an organization share: agents to write and hand over to, people, and by their id files and
#: invites.
OF_THE_ORGANIZATION = {"address", "idle_address", "user_address", "nick", "upload_id", "token", "org_id", "actor_id"}


@_each(NAMING)
def test_a_key_of_another_workspace_reaches_nothing_of_this_one(operation: Operation, world: World) -> None:
    for part in parts_of(operation):
        shared = part.maker in OF_THE_ORGANIZATION
        speaker = world.beside.machine(*([world.here.mark] if shared else []))
        status, text = _exchanged(operation, world.beside, speaker, part, world.here.id_of(part.maker))
        fine = {400, 403, 404, *example_of(operation).answers_to(part.where, part.name)} | ({200} if shared else set())
        assert status in fine, f"{part}: {status} {text}"


def _exchanged(operation: Operation, place: Place, speaker: Speaker, part: Part, value: str) -> tuple[int, str]:
    """Ask with one id exchanged; the answer without that id."""
    ids = own_ids(operation, place, fresh=False) | {part: value}
    status, body = _ask(speaker, operation, request_of(operation, ids))
    return status, masked(str(body), value)


def _state(world: World) -> dict[str, list[tuple[object, ...]]]:
    return state(world.gateway.data_dir, but=NOT_STATE)
