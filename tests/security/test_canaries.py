"""A canary in every slot a secret can be put in: after all of it, no log, answer or label has heard one sing."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from tests import databases
from tests.plain import TIMEOUT, Caller, make_agent, until
from tests.security.people import person
from tests.web.person import open_page, send

CANARY = "cAnArY"


def _sing(base_url: str, key: str) -> list[str]:
    """Use secrets rightly and wrongly; returns those that were made."""
    made: list[str] = [key]
    count = iter(range(1000))

    def canary() -> str:
        made.append(f"{CANARY}{next(count):03}{secrets.token_hex(10)}")
        return made[-1]

    with Caller(base_url, key) as caller:
        agent = make_agent(caller)
        who = person(caller)
        made += [agent.key, who.token]
        task = {"intent_type": "canary.v1", "to_agent": "worker", "payload": {}, "human_task": {"title": "Approve"}}
        intent_id = caller.post("/v1/intents", task)["intent_id"]
        url = caller.post(f"/v1/intents/{intent_id}/links", {"recipient": "a@example.com"})["link"]["url"]
        invite = caller.post("/v1/invites/create")["token"]
        made += [url.rpartition("/")[2], invite]
        hook: dict[str, Any] = {"callback_url": "https://hooks.example.com/x", "event_types": ["intent.*"]}
        caller.send("POST", "/v1/webhooks/subscriptions", json=hook | {"secret": canary()})
        caller.send("POST", "/v1/webhooks/subscriptions", json=hook | {"secret": canary(), "event_types": ["no such"]})
        caller.send("POST", "/v1/webhooks/subscriptions", data=f'{{"secret": "{canary()}",'.encode())
        caller.send("GET", f"/v1/invites/{invite}")
        caller.send("POST", f"/v1/invites/{invite}/accept", json={"nick": "x"}, headers={"Idempotency-Key": "accept"})
        for path in ("/v1/intents", "/nowhere", f"/v1/intents/{intent_id}/events/stream?wait_seconds=1", "/mcp"):
            for headers in (
                {"x-api-key": canary()},
                {"Authorization": f"Bearer {canary()}"},
                {"Authorization": f"Bearer {canary()}.{canary()}.{canary()}"},
                {"Authorization": f"Basic {canary()}"},
                {"Cookie": f"session={canary()}"},
                {"Proxy-Authorization": canary()},
                {"Referer": f"{base_url}/tasks/{canary()}"},
            ):
                caller.send("GET", path, headers=headers)
                caller.send("POST", path, headers=headers, json={})
        for name in ("invites", "tasks"):
            prefix = "/v1" if name == "invites" else ""
            for end in ("", "/", "/accept", "?x=1", "%00", "/../x"):
                caller.send("GET", f"{prefix}/{name}/{canary()}{end}")
                caller.send("POST", f"{prefix}/{name}/{canary()}{end}", data={"x": canary()})
        _, form = open_page(url)
        made.append(form.fields["form_token"][0])
        send(url, form, outcome="approved")
        caller.send("POST", f"/v1/service-accounts/{agent.service_account_id}/keys/{agent.key_id}/revoke")
        with Caller(base_url, agent.key) as revoked:
            revoked.send("GET", "/v1/intents")
    return made


def test_no_log_hears_a_canary(tmp_path: Path) -> None:
    place = tmp_path / "gateway"
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--log-level", "debug", "--data-dir", str(place)]
    # As the child of a parent it prints no banner, which shows the first key once.
    command += ["--parent-pid", str(os.getpid())]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=databases.environment(place))
        try:
            until((place / "ready.json").exists, seconds=TIMEOUT)
            base_url = json.loads((place / "ready.json").read_text())["base_url"]
            made = _sing(base_url, json.loads((place / "credentials.json").read_text())["api_key"])
            public = [requests.get(f"{base_url}{path}", timeout=TIMEOUT).text for path in ("/health", "/openapi.json")]
        finally:
            process.terminate()
            process.wait(TIMEOUT)
    logged = (tmp_path / "log").read_text(errors="replace")
    assert len(made) > 75
    for told in (logged, *public):
        assert [secret[-16:] for secret in made if secret in told or secret[-16:] in told] == []
    assert CANARY not in logged
    # Nothing a caller sends moves the cursor of who reads the log.
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", logged)
