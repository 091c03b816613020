"""The audit trail of a running gateway: who was not let in, keys, policies and decisions; sealed, and verified."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from axme.gateway import start
from axme.gateway.store.columns import from_json
from tests import databases
from tests.plain import Caller, admin, good, make_agent
from tests.security.people import person

pytestmark = pytest.mark.sqlite


def _verify(place: Path, *head: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "axme.gateway", "--data-dir", str(place), "--verify-audit", *head]
    told = databases.environment(place)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=told)


def _trail(place: Path) -> list[dict[str, Any]]:
    names = ("action", "actor", "target", "request_id", "details")
    found = databases.rows(place, f"SELECT {', '.join(names)} FROM audit_events ORDER BY audit_id")  # noqa: S608
    return [dict(zip(names, row, strict=True)) for row in found]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is left of a gateway that people were refused at, and where keys, policies and tasks came and went."""
    found = tmp_path_factory.mktemp("audit") / "gateway"
    with start(found) as gateway, admin(gateway) as caller:
        agent = make_agent(caller, "robot")
        keys = f"/v1/service-accounts/{agent.service_account_id}/keys"
        expired = caller.post(keys, {"expires_at": "2126-01-01T00:00:00Z"})["key"]
        caller.post(f"{keys}/{agent.key_id}/revoke")
        member = person(caller)
        shown = {
            "revoked": {"x-api-key": agent.key},
            "unknown": {"x-api-key": "axme_sa_nobody"},
            "odd": {"x-api-key": "\xa7\xa7"},
            "forged token": {"authorization": "Bearer a.b.c"},
            "token of elsewhere": {"authorization": "Bearer a.b.c", "x-api-key": expired["token"]},
        }
        with Caller(gateway.base_url, None) as stranger:
            for headers in shown.values():
                for _ in range(20):
                    assert stranger.send("GET", "/v1/me", headers=headers).status_code == 401
            for n in range(5):
                assert stranger.send("GET", f"/tasks/guess{n}").status_code == 404
        with member.caller() as own:
            assert own.send("GET", "/v1/audit/events").status_code == 403
        created = caller.create(human_task={"title": "Look"})
        caller.post(f"/v1/approvals/{created}/decision", {"decision": "approve", "comment": "fine"})
        me = caller.get("/v1/me")["me"]
        policy = {"org_id": me["org_id"], "mode": "allowlist"}
        good(caller.send("PUT", f"/v1/organizations/{me['org_id']}/receive-policy", json=policy))
    return found


def test_who_was_not_let_in_is_counted_by_reason_and_address(place: Path) -> None:
    refused: Counter[tuple[str, str]] = Counter()
    for row in _trail(place):
        if row["action"] == "auth.refuse":
            told = from_json(row["details"])
            refused["mia" if told["reason"].startswith("forbidden") else row["actor"], told["reason"]] += told["count"]
            assert row["target"] == "127.0.0.1"
    robot = "agent://local/default/robot"
    assert refused == {
        (robot, "invalid_platform_api_key"): 20,
        ("unknown", "invalid_platform_api_key"): 40,
        ("unknown", "invalid_actor_token"): 20,
        (robot, "invalid_actor_token"): 20,
        ("unknown", "task_link"): 5,
        ("mia", "forbidden list_audit_events"): 1,
    }


def test_keys_policies_and_decisions_have_a_row_each(place: Path) -> None:
    rows = _trail(place)
    assert {
        "service_account.create", "key.create", "key.revoke", "approval.decide", "receive_policy.set", "intent.create",
        "member.add", "member.token",
    } <= {row["action"] for row in rows}  # fmt: skip
    assert all(row["actor"] and row["request_id"] for row in rows)


def test_the_trail_is_whole_and_a_change_is_found(place: Path, tmp_path: Path) -> None:
    whole = _verify(place)
    rows = len(_trail(place))
    assert (whole.returncode, whole.stderr) == (0, "")
    assert f"is whole: {rows} rows under 1 seals, 0 more not sealed yet." in whole.stdout
    head = whole.stdout.split()[-1]
    assert _verify(place, head).returncode == 0
    assert _verify(place, "0" * 64).returncode == 1
    databases.change(
        place,
        {
            "sqlite": "DROP TRIGGER audit_events_no_update",
            "postgresql": "DROP TRIGGER audit_events_no_change ON audit_events",
        }[databases.kind()],
        "UPDATE audit_events SET actor = 'agent://local/default/admin' WHERE action = 'auth.refuse'",
    )
    changed = _verify(place)
    assert changed.returncode == 1
    assert f"what seal 1 covers was changed: a row from the first to {rows}, or the seal itself" in changed.stderr
    assert "does not fit its seals" in changed.stdout


def test_a_database_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    missing = _verify(tmp_path / "nowhere")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "there is no database" in missing.stderr
    assert not (tmp_path / "nowhere").exists()
