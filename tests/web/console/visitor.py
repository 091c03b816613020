"""Somebody at the console with plain HTTP in place of a browser, and a workspace with one of everything in it."""

from __future__ import annotations

import re
import uuid
from typing import Any, NamedTuple, Self

import requests

from tests.plain import Caller
from tests.web.person import TIMEOUT

_TOKEN = re.compile(r'name="(form_token|once)" value="([^"]+)"')


class Visitor:
    """A browser's cookie jar, and the forms it sends."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def open(self, path: str, **options: Any) -> requests.Response:
        """A page, below ``/console/``."""
        return self.session.get(self.url(path), timeout=TIMEOUT, **options)

    def send(self, path: str, *, tokens: dict[str, str] | None = None, **fields: str) -> requests.Response:
        """Send a form of the page at ``path`` and go where that leads."""
        known = dict(_TOKEN.findall(self.open(path).text)) if tokens is None else tokens
        return self.session.post(self.url(path), data=known | fields, timeout=TIMEOUT)

    def tokens(self, path: str) -> dict[str, str]:
        """The hidden fields of a page."""
        return dict(_TOKEN.findall(self.open(path).text))

    def sign_in(self, api_key: str) -> requests.Response:
        """Sign in; the answer is the first page."""
        return self.send("sign-in", api_key=api_key)

    def url(self, path: str) -> str:
        return f"{self.base_url}/console/{path}"


class World(NamedTuple):
    """One of everything, by the ids that pages need."""

    intent_id: str
    task_id: str
    ended_id: str
    thread_id: str
    owner: str
    account_id: str
    address_id: str
    key_id: str
    key: str
    delivery_id: str
    event_id: str

    def pages(self) -> dict[str, str]:
        """Every page that is shown to somebody who has signed in."""
        return {
            "intents": "intents",
            "found intents": "intents?status=pending&text=a",
            "intent": f"intents/{self.intent_id}",
            "intent with a task": f"intents/{self.task_id}",
            "ended intent": f"intents/{self.ended_id}",
            "tasks": "tasks",
            "task": f"tasks/{self.task_id}",
            "inbox": f"inbox?owner={self.owner}",
            "thread": f"inbox/{self.thread_id}?owner={self.owner}",
            "agents": "agents",
            "agent": f"agents/{self.address_id}",
            "deliveries": "deliveries",
            "delivery": f"deliveries/{self.delivery_id}",
            "webhooks": "webhooks",
            "webhook event": f"webhooks/{self.event_id}",
            "access": "access",
            "account": f"access/{self.account_id}",
            "me": "me",
        }


def furnish(caller: Caller, text: str) -> World:
    """Make one of everything, with ``text`` wherever somebody can write something."""
    unique = uuid.uuid4().hex
    account = caller.post(
        "/v1/service-accounts",
        {"name": f"agent-{unique[:12]}", "display_name": text[:100], "description": text}
        | {name: caller.get("/v1/me")["me"][name] for name in ("org_id", "workspace_id")},
    )["service_account"]
    account_id, owner = account["service_account_id"], account["address"]
    key = caller.post(f"/v1/service-accounts/{account_id}/keys")["key"]
    payload = {text: text, "list": [text], "deep": {text: {text: text}}}
    intent_id = caller.create(owner, payload=payload, correlation_id=text)
    thread = caller.get("/v1/inbox", owner_agent=owner)["threads"][0]
    caller.post(f"/v1/inbox/{thread['thread_id']}/reply?owner_agent={owner}", {"message": text})
    task = {"title": text, "description": text, "assignees": ["mia@example.com"]}
    ended_id = caller.create(owner, payload=payload)
    caller.post(f"/v1/intents/{ended_id}/resolve", {"status": "FAILED", "reason": text, "error": {"message": text}})
    whose = {"principal_id": caller.post("/v1/principals", {"principal_type": "user"})["principal"]["principal_id"]}
    route = {"transport_type": "queue", "endpoint_url": "https://hooks.example.com/", "auth_mode": "none"}
    caller.post("/v1/routing/endpoints", whose | route)
    delivery = caller.post("/v1/deliveries", whose | {"payload": payload})["delivery"]
    caller.post(f"/v1/deliveries/{delivery['delivery_id']}/acknowledge")
    event = {"event_type": "intent.created", "source": "test", "payload": payload}
    return World(
        intent_id=intent_id,
        task_id=caller.create("manager", payload=payload, human_task=task),
        ended_id=ended_id,
        thread_id=thread["thread_id"],
        owner=owner,
        account_id=account_id,
        address_id=f"addr_{account_id.removeprefix('sa_')}",
        key_id=key["key_id"],
        key=key["token"],
        delivery_id=delivery["delivery_id"],
        event_id=caller.post("/v1/webhooks/events", event)["event_id"],
    )
