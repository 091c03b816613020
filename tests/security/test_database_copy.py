"""A copy of the database alone lets nobody in: no secret it gave stands in it, and none can be made of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import requests

import axme.gateway
from axme.contract.clock import MovableClock
from axme.gateway import LocalGateway
from axme.gateway.auth import keys, links
from axme.gateway.settings import SECRET_VARIABLE, Settings, SettingsError
from axme.gateway.store import Store
from tests.databases import kind, state
from tests.plain import TIMEOUT, Caller, admin, make_agent, refused
from tests.security.people import person

MILLION = 1_000_000


def _given_out(caller: Caller) -> dict[str, str]:
    """One of every secret that the gateway gives to somebody."""
    agent = make_agent(caller)
    task = {"intent_type": "copy.test.v1", "to_agent": "worker", "human_task": {"title": "Approve"}, "payload": {}}
    intent_id = caller.post("/v1/intents", task)["intent_id"]
    link = caller.post(f"/v1/intents/{intent_id}/links", {"recipient": "mia@example.com"}, idempotency_key="link")
    invite = caller.post("/v1/invites/create", {}, idempotency_key="invite")
    caller.post(f"/v1/invites/{invite['token']}/accept", {"nick": "ada.copy"}, idempotency_key="accept")
    key = caller.post(f"/v1/service-accounts/{agent.service_account_id}/keys", {}, idempotency_key="key")["key"]
    return {
        "first key": caller.key or "",
        "key": agent.key,
        "key made with an idempotency key": key["token"],
        "actor token": person(caller).token,
        "link": link["link"]["url"].rpartition("/")[2],
        "invite": invite["token"],
    }


def test_no_secret_stands_in_the_database(fresh_gateway: LocalGateway) -> None:
    with admin(fresh_gateway) as caller:
        secrets = _given_out(caller)
    fresh_gateway.stop()
    dump = str(state(fresh_gateway.data_dir))
    assert len(dump) > 10_000
    for what, secret in secrets.items():
        # By its end, which is all that is secret of a key, and enough of it to stand nowhere by chance.
        assert secret[-16:] not in dump, what
    if kind() == "sqlite":
        own = axme.gateway.datadir.read_json(fresh_gateway.data_dir / "secret.json") or {}
        assert own["secret"] not in dump


@pytest.mark.sqlite
def test_what_was_signed_is_worth_nothing_where_only_the_database_was_copied(
    fresh_gateway: LocalGateway, tmp_path: Path
) -> None:
    with admin(fresh_gateway) as caller:
        secrets = _given_out(caller)
    fresh_gateway.stop()
    (tmp_path / "copy").mkdir()
    shutil.copy(fresh_gateway.data_dir / "axme.db", tmp_path / "copy")
    copied = Store.open(f"sqlite:///{tmp_path}/copy/axme.db", MovableClock())
    forged = copied.write_sync(lambda tx: links.sign(tx, secrets["link"].partition(".")[0]))
    copied.close()
    assert forged != secrets["link"]
    fresh_gateway.restart()
    assert requests.get(f"{fresh_gateway.base_url}/tasks/{forged}", timeout=TIMEOUT).status_code == 404
    assert requests.get(f"{fresh_gateway.base_url}/tasks/{secrets['link']}", timeout=TIMEOUT).status_code == 200


def test_nodes_with_the_same_secret_take_each_others_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "0123456789abcdef" * 4)
    place: dict[str, Any] = {"data_dir": tmp_path / "node"}
    with axme.gateway.start(**place) as one, admin(one) as caller:
        secrets = _given_out(caller)
        assert not (tmp_path / "node" / "secret.json").exists()
    with axme.gateway.start(**place) as two:
        assert requests.get(f"{two.base_url}/tasks/{secrets['link']}", timeout=TIMEOUT).status_code == 200
    monkeypatch.setenv(SECRET_VARIABLE, "fedcba9876543210" * 4)
    with axme.gateway.start(**place) as three:
        assert requests.get(f"{three.base_url}/tasks/{secrets['link']}", timeout=TIMEOUT).status_code == 404
        with Caller(three.base_url, None) as nobody:
            nobody.session.headers["authorization"] = f"Bearer {secrets['actor token']}"
            refused(nobody.send("GET", "/v1/me"), 401, "invalid_actor_token")


def test_a_short_secret_is_refused_and_none_is_shown() -> None:
    with pytest.raises(SettingsError, match="32 characters") as caught:
        Settings(data_dir=Path("/nowhere"), own_secret="hunter2")
    assert "hunter2" not in str(caught.value)
    assert "abc" * 20 not in repr(Settings(data_dir=Path("/nowhere"), own_secret="abc" * 20))


def test_a_million_keys_are_a_million_keys() -> None:
    hashes = {keys.digest(keys.mint("sa").token)[:32] for _ in range(MILLION)}
    assert len(hashes) == MILLION


@pytest.mark.parametrize("key", ["ключ", "clé", "\xa7\xff", "axme_sa_\x80", "a b", "=" * 5000])
def test_a_key_of_other_letters_is_401(gateway: LocalGateway, key: str) -> None:
    with Caller(gateway.base_url, None) as nobody:
        for name in ("x-api-key", "authorization"):
            shown = key.encode() if name == "x-api-key" else b"Bearer " + key.encode()
            answer = nobody.send("GET", "/v1/intents", headers={name: shown})  # type: ignore[dict-item]
            assert answer.status_code == 401, answer.text
            assert answer.json()["error_code"] in ("invalid_platform_api_key", "invalid_actor_token")
