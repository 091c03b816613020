"""Keys: made once, known by their hash, and dead when revoked, expired or orphaned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from axme.gateway.actions import service_accounts
from axme.gateway.auth.keys import authenticate, digest, mint
from axme.gateway.store import topics
from tests.gateway.rig import Rig, refusal


def test_a_key_says_who_it_is_and_is_unlike_any_other() -> None:
    made = [mint("sa_1") for _ in range(1000)]
    assert len({key.token for key in made}) == len({key.hash for key in made}) == 1000
    assert all(key.token.startswith("axme_sa_sa_1_") for key in made)
    assert all(key.hash == digest(key.token) and key.token.endswith(key.hint[1:]) for key in made)


def test_the_first_key_belongs_to_the_admin_of_the_first_workspace(rig: Rig) -> None:
    assert rig.who.address == rig.first.address == "agent://local/default/admin"
    assert (rig.who.org_slug, rig.who.workspace_slug) == ("local", "default")
    assert (rig.who.org_id, rig.who.workspace_id) == (rig.first.org_id, rig.first.workspace_id)
    assert rig.who.roles == {"org_owner"}


@pytest.mark.parametrize("token", ["", "x", "axme_sa_", "ключ", "\udcff", "a\x00b", "k" * 5000])
def test_what_is_no_key_is_nobody(rig: Rig, token: str) -> None:
    assert rig.store.read_sync(lambda tx: authenticate(tx, token)) is None
    assert rig.store.read_sync(lambda tx: authenticate(tx, rig.first.api_key + token)) is None or token == ""


def test_a_revoked_an_expired_and_an_orphaned_key_are_nobody(rig: Rig) -> None:
    account = rig.do(service_accounts.create, {"name": "robot"})["service_account"]["service_account_id"]

    def key(**body: object) -> dict[str, str]:
        made: dict[str, str] = rig.do(service_accounts.create_key, account, body)["key"]
        return made

    def known(made: dict[str, str]) -> bool:
        return rig.store.read_sync(lambda tx: authenticate(tx, made["token"])) is not None

    revoked, expiring, orphan = key(), key(expires_at=rig.clock.now() + timedelta(hours=1)), key()
    assert all(map(known, (revoked, expiring, orphan)))
    rig.notices.clear()
    answer = rig.do(service_accounts.revoke_key, account, revoked["key_id"])["key"]
    assert (answer["status"], answer["revoked_at"] is None) == ("revoked", False)
    assert [notice.topic for notice in rig.notices] == [topics.key(revoked["key_id"])]
    assert rig.do(service_accounts.revoke_key, account, revoked["key_id"])["key"] == answer
    assert not known(revoked)
    rig.advance(hours=1)
    assert not known(expiring)
    assert known(orphan)
    rig.do(service_accounts.delete, account)
    assert not known(orphan)


def test_a_key_cannot_be_born_expired_or_revoked_through_another_account(rig: Rig) -> None:
    account = rig.who.service_account_id
    past = {"expires_at": rig.clock.now()}
    assert refusal(lambda: rig.do(service_accounts.create_key, account, past)).code.status == 422
    other = rig.account("other").service_account_id
    assert refusal(lambda: rig.do(service_accounts.revoke_key, other, rig.who.key_id)).code.status == 404
