"""Three workspaces in two organizations, with one of everything in each, and every text marked with whose it is."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import requests

from axme.contract.clock import to_text
from axme.contract.member_roles import ROLES
from axme.gateway import LocalGateway
from tests.plain import TIMEOUT, Agent, Caller, good, make_agent

_count = itertools.count(1)


def new_word(start: str) -> str:
    """A word nobody has used yet; a semantic type where it begins like one."""
    return f"{start}{next(_count)}.v1" if start.startswith("matrix.") else f"{start}-{next(_count)}"


class Speaker:
    """A credential, and the marks it may see. Every answer is searched for the marks of others."""

    def __init__(self, world: World, headers: Mapping[str, str], sees: Iterable[str]) -> None:
        self._world = world
        self._headers = dict(headers)
        self._sees = frozenset(sees)

    def ask(self, request: Request, *, whole: bool = True) -> requests.Response:
        """Send it and search the answer; ``whole=False`` leaves a stream after its head."""
        self._world.requests += 1
        answer = self._world.session.request(
            request.method,
            self._world.gateway.base_url + request.path,
            params=request.query,
            json=request.body,
            data=request.content,
            headers={**self._headers, **request.headers},
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=not whole,
        )
        if not whole and answer.headers["content-type"].startswith("text/event-stream"):
            answer.close()
            return answer
        text = f"{answer.text} {dict(answer.headers)}"
        for mark in self._world.marks - self._sees:
            if mark in text:
                self._world.leaks.append(f"{request} told of {mark}: {text[:500]}")
        return answer


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request, ready to be sent."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Place:
    """A workspace, who speaks in it, and what is in it."""

    world: World
    mark: str
    org_mark: str
    org_id: str
    workspace_id: str
    agent: Agent
    #: The workspace's own key, and a person who owns the organization.
    key: Caller
    owner: Caller
    ids: dict[str, str] = field(default_factory=dict)

    def machine(self, *also: str) -> Speaker:
        """The agent's key: it administers this workspace. It may see the marks ``also``."""
        return Speaker(self.world, {"x-api-key": self.agent.key}, {self.mark, self.org_mark, *also})

    def person(self, role: str) -> Speaker:
        """Somebody with a role: of the organization, unless it is one of a workspace."""
        narrow = role in ("workspace_admin", "member")
        body = {"actor_id": new_word("person"), "role": role} | ({"workspace_id": self.workspace_id} if narrow else {})
        member = self.owner.post(f"/v1/organizations/{self.org_id}/members", body)["member"]
        path = f"/v1/organizations/{self.org_id}/members/{member['member_id']}/token"
        token = self.owner.post(path, {"workspace_id": self.workspace_id})["actor_token"]["token"]
        home = {place.mark for place in self.world.places if place.org_id == self.org_id}
        return Speaker(self.world, {"Authorization": f"Bearer {token}"}, {*home, self.mark, self.org_mark})

    def id_of(self, maker: str) -> str:
        """The one that everybody shares."""
        if maker not in self.ids:
            self.ids[maker] = MAKERS[maker](self, self.ids)
        return self.ids[maker]


class World:
    """All of it, on one gateway whose clock stands still."""

    def __init__(self, gateway: LocalGateway) -> None:
        self.gateway = gateway
        self.session = requests.Session()
        self.session.trust_env = False
        self.requests = 0
        self.marks: set[str] = set()
        self.leaks: list[str] = []
        self.places: list[Place] = []
        self.admin = Caller(gateway.base_url, gateway.api_key)
        home = self._organization("home")
        self.here = self._place(home, "main")
        self.beside = self._place(home, "side")
        self.there = self._place(self._organization("there"), "main")
        for place in self.places:
            for maker in MAKERS:
                place.id_of(maker)
        self.people = {role: self.here.person(role) for role in ROLES}
        self.dead_keys = self._dead_keys()

    def close(self) -> None:
        """Close the connections."""
        for caller in (self.admin, *(place.key for place in self.places), *(place.owner for place in self.places)):
            caller.session.close()
        self.session.close()

    def _mark(self, whose: str) -> str:
        mark = f"canary{uuid.uuid4().hex[:12]}of{whose}"
        self.marks.add(mark)
        return mark

    def _organization(self, name: str) -> tuple[str, str]:
        mark = self._mark(name)
        org_id = self.admin.post("/v1/organizations", {"name": name})["organization"]["org_id"]
        told = {
            "name": f"{name} {mark}",
            "legal_name": mark,
            "primary_domain": f"{mark}.example",
            "metadata": {"m": mark},
        }
        good(self.admin.send("PATCH", f"/v1/organizations/{org_id}", json=told))
        return org_id, mark

    def _place(self, organization: tuple[str, str], name: str) -> Place:
        org_id, org_mark = organization
        mark = self._mark(f"{org_mark[-4:]}{name}")
        base = f"/v1/organizations/{org_id}"
        made = self.admin.post(f"{base}/workspaces", {"name": name, "environment": "sandbox"})["workspace"]
        workspace_id = made["workspace_id"]
        good(self.admin.send("PATCH", f"{base}/workspaces/{workspace_id}", json={"name": mark, "region": mark}))
        account = {"name": "worker", "display_name": mark, "description": mark, "org_id": org_id}
        made = self.admin.post("/v1/service-accounts", {**account, "workspace_id": workspace_id})["service_account"]
        account_id = made["service_account_id"]
        key = self.admin.post(f"/v1/service-accounts/{account_id}/keys")["key"]
        boss = self.admin.post(f"{base}/members", {"actor_id": new_word(mark), "role": "org_owner"})["member"]
        token_path = f"{base}/members/{boss['member_id']}/token"
        token = self.admin.post(token_path, {"workspace_id": workspace_id})["actor_token"]["token"]
        owner = Caller(self.gateway.base_url, None)
        owner.session.headers["Authorization"] = f"Bearer {token}"
        place = Place(
            world=self,
            mark=mark,
            org_mark=org_mark,
            org_id=org_id,
            workspace_id=workspace_id,
            agent=Agent(account_id, key["key_id"], made["agent_address"], key["token"]),
            key=Caller(self.gateway.base_url, key["token"]),
            owner=owner,
        )
        self.places.append(place)
        return place

    def _dead_keys(self) -> dict[str, str]:
        """Keys that were good once."""
        here = self.here
        revoked, expired = make_agent(here.key), make_agent(here.key)
        path = f"/v1/service-accounts/{revoked.service_account_id}/keys/{revoked.key_id}/revoke"
        here.key.post(path)
        now = self.gateway.advance(timedelta(seconds=1))
        body = {"expires_at": to_text(now + timedelta(seconds=5))}
        lapsed = here.key.post(f"/v1/service-accounts/{expired.service_account_id}/keys", body)["key"]["token"]
        self.gateway.advance(timedelta(seconds=10))
        return {"revoked": revoked.key, "expired": lapsed}


Maker = Callable[[Place, Mapping[str, str]], str]


def _intent(place: Place, **more: Any) -> str:
    body = {"intent_type": "matrix.task.v1", "to_agent": place.agent.address, "payload": {"note": place.mark}, **more}
    intent_id: str = place.key.post("/v1/intents", body)["intent_id"]
    return intent_id


def _claim(place: Place) -> str:
    name = new_word("claimed")
    body = {"intent_type": "matrix.task.v1", "to_agent": name, "payload": {"note": place.mark}}
    place.key.post("/v1/intents", body)
    return str(place.key.post(f"/v1/agents/{name}/claims", {"worker_id": place.mark})["claims"][0]["claim_id"])


def _human(place: Place) -> str:
    return _intent(place, human_task={"title": place.mark, "description": place.mark, "task_type": "approval"})


def _thread(place: Place, intent_id: str) -> str:
    threads = place.key.get("/v1/inbox", owner_agent=place.agent.address)["threads"]
    return str(next(thread["thread_id"] for thread in threads if thread["intent_id"] == intent_id))


def _link(place: Place, intent_id: str) -> str:
    return str(place.key.post(f"/v1/intents/{intent_id}/links", {"recipient": place.mark})["link"]["link_id"])


def _account(place: Place) -> str:
    body = {"name": new_word("agent"), "display_name": place.mark, "description": place.mark}
    return str(place.key.post("/v1/service-accounts", body)["service_account"]["service_account_id"])


def _mesh_agent(place: Place) -> str:
    address = make_agent(place.key).address
    agents = place.key.get("/v1/mesh/agents", limit=1000)["agents"]
    return str(next(agent["address_id"] for agent in agents if agent["address"] == address))


def _member(place: Place, **more: str) -> str:
    body = {"actor_id": new_word(place.mark), "role": "member", **more}
    return str(place.owner.post(f"/v1/organizations/{place.org_id}/members", body)["member"]["member_id"])


def _actor(place: Place) -> str:
    body = {"actor_id": new_word("actor"), "role": "member"}
    place.owner.post(f"/v1/organizations/{place.org_id}/members", body)
    return body["actor_id"]


def _request(place: Place) -> str:
    body = {"request_type": "join_organization", "org_id": place.org_id, "justification": place.mark}
    body |= {"company_name": place.mark, "workspace_id": place.workspace_id, "requester_actor_id": new_word("person")}
    return str(place.key.post("/v1/access-requests", body)["access_request"]["access_request_id"])


def _schema(place: Place) -> str:
    name = new_word("matrix.n")
    schema = {"type": "object", "description": place.mark}
    place.key.post("/v1/schemas", {"semantic_type": name, "schema_json": schema, "compatibility_mode": "warn"})
    return name


def _nick(place: Place) -> str:
    nick = new_word("nick")
    told = {"display_name": place.mark, "email": f"{place.mark}@example.com", "phone": "+49 30 123"}
    place.key.post("/v1/users/register-nick", {"nick": nick, **told})
    return nick


def _user(place: Place) -> str:
    return str(place.key.get("/v1/users/resolve-nick", nick=_nick(place))["owner_agent"])


def _announced(place: Place) -> str:
    told = {"owner_agent": place.agent.address, "filename": f"{place.mark}.txt", "mime_type": "text/plain"}
    return str(place.key.post("/v1/media/create-upload", {**told, "size_bytes": 5})["upload_id"])


def _arrived(place: Place) -> str:
    upload_id = _announced(place)
    headers = {"content-type": "text/plain"}
    good(place.key.send("PUT", f"/v1/media/upload/{upload_id}", data=b"12345", headers=headers))
    return upload_id


def _ready(place: Place) -> str:
    upload_id = _arrived(place)
    place.key.post("/v1/media/finalize-upload", {"upload_id": upload_id, "size_bytes": 5})
    return upload_id


def _invoice(place: Place) -> str:
    plan = {"plan_code": place.mark, "currency": "EUR", "monthly_commit_minor": 100, "metadata": {"m": place.mark}}
    good(place.key.send("PATCH", "/v1/billing/plan", json=plan))
    return str(place.key.get("/v1/billing/invoices")["invoices"][0]["invoice_id"])


def _principal(place: Place) -> str:
    body = {"principal_type": "user", "display_name": place.mark, "metadata": {"m": place.mark}}
    principal_id: str = place.key.post("/v1/principals", body)["principal"]["principal_id"]
    _route(place, principal_id)
    return principal_id


def _route(place: Place, principal_id: str) -> str:
    body = {"principal_id": principal_id, "transport_type": "queue", "endpoint_url": f"queue://{place.mark}"}
    told = {"auth_mode": "none", "cluster_id": place.mark, "region": place.mark, "metadata": {"m": place.mark}}
    return str(place.key.post("/v1/routing/endpoints", body | told)["route"]["route_id"])


def _alias(place: Place, principal_id: str, key: str) -> str:
    body = {"principal_id": principal_id, "alias": new_word("alias"), "alias_type": "service"}
    return str(place.key.post("/v1/aliases", body | {"metadata": {"m": place.mark}})["alias"][key])


def _binding(place: Place, principal_id: str) -> str:
    body = {"principal_id": principal_id, "transport_type": "queue", "transport_handle": new_word(place.mark)}
    return str(
        place.key.post("/v1/transports/bindings", body | {"metadata": {"m": place.mark}})["binding"]["binding_id"]
    )


def _delivery(place: Place, principal_id: str) -> str:
    body = {"principal_id": principal_id, "payload": {"m": place.mark}, "correlation_id": place.mark}
    return str(place.key.post("/v1/deliveries", body)["delivery"]["delivery_id"])


def _ended(place: Place, principal_id: str) -> str:
    delivery_id = _delivery(place, principal_id)
    place.key.post(f"/v1/deliveries/{delivery_id}/acknowledge")
    return delivery_id


def _subscription(place: Place) -> str:
    url = new_word(f"https://hooks.example.com/{place.mark}")
    body = {"callback_url": url, "event_types": ["auth.session_revoked"], "description": place.mark}
    return str(place.key.post("/v1/webhooks/subscriptions", body)["subscription"]["subscription_id"])


def _event(place: Place) -> str:
    body = {"event_type": "invite.accepted", "source": place.mark, "payload": {"m": place.mark}}
    return str(place.key.post("/v1/webhooks/events", body)["event_id"])


def _entry(place: Place, policy: str, mark: str) -> str:
    return str(place.owner.post(f"{policy}/entries", {"sender_pattern": new_word(mark)})["entry"]["entry_id"])


def _of_agent(place: Place, kind: str) -> str:
    return f"/v1/agents/{quote(place.agent.address, safe='')}/{kind}"


#: How each id is made. ``ids`` holds those made before it for the same request.
MAKERS: dict[str, Maker] = {
    "org_id": lambda place, ids: place.org_id,
    "workspace_id": lambda place, ids: place.workspace_id,
    "address": lambda place, ids: place.agent.address,
    "idle_address": lambda place, ids: f"{place.agent.address.rpartition('/')[0]}/idle",
    "intent_id": lambda place, ids: _intent(place),
    "claim_id": lambda place, ids: _claim(place),
    "thread_id": lambda place, ids: _thread(place, _intent(place)),
    "human_thread_id": lambda place, ids: _thread(place, _human(place)),
    "approval_id": lambda place, ids: _human(place),
    "link_id": lambda place, ids: _link(place, place.id_of("approval_id") if ids is place.ids else ids["intent_id"]),
    "service_account_id": lambda place, ids: _account(place),
    "key_id": lambda place, ids: str(
        place.key.post(f"/v1/service-accounts/{ids['service_account_id']}/keys")["key"]["key_id"]
    ),
    "address_id": lambda place, ids: _mesh_agent(place),
    "member_id": lambda place, ids: _member(place),
    "workspace_member_id": lambda place, ids: _member(place, workspace_id=place.workspace_id),
    "actor_id": lambda place, ids: _actor(place),
    "access_request_id": lambda place, ids: _request(place),
    "semantic_type": lambda place, ids: _schema(place),
    "token": lambda place, ids: str(place.key.post("/v1/invites/create", {"recipient_hint": place.mark})["token"]),
    "nick": lambda place, ids: _nick(place),
    "user_address": lambda place, ids: _user(place),
    "announced_upload_id": lambda place, ids: _announced(place),
    "arrived_upload_id": lambda place, ids: _arrived(place),
    "upload_id": lambda place, ids: _ready(place),
    "invoice_id": lambda place, ids: _invoice(place),
    "principal_id": lambda place, ids: _principal(place),
    "route_id": lambda place, ids: _route(place, place.id_of("principal_id")),
    "alias": lambda place, ids: _alias(place, place.id_of("principal_id"), "alias"),
    "alias_id": lambda place, ids: _alias(place, place.id_of("principal_id"), "alias_id"),
    "binding_id": lambda place, ids: _binding(place, place.id_of("principal_id")),
    "delivery_id": lambda place, ids: _delivery(place, place.id_of("principal_id")),
    "ended_delivery_id": lambda place, ids: _ended(place, place.id_of("principal_id")),
    "macro_id": lambda place, ids: "approval.v1",
    "subscription_id": lambda place, ids: _subscription(place),
    "event_id": lambda place, ids: _event(place),
    "receive_policy_entry_id": lambda place, ids: _entry(
        place, f"/v1/organizations/{place.org_id}/receive-policy", place.org_mark
    ),
    "receive_override_entry_id": lambda place, ids: _entry(place, _of_agent(place, "receive-override"), place.mark),
    "agent_policy_entry_id": lambda place, ids: _entry(place, _of_agent(place, "policy"), place.mark),
}
