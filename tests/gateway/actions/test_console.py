"""Sessions of the console: whose they are, when they end, and links that sign in once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from axme.gateway.actions import console, service_accounts
from axme.gateway.store.tables import console_sessions, console_tickets
from tests.gateway.rig import Rig


def _session(rig: Rig) -> str:
    cookie = rig.store.write_sync(lambda tx: console.sign_in(tx, rig.first.api_key, request_id="r"))
    assert cookie
    return cookie


def _found(rig: Rig, cookie: str) -> console.Session | None:
    return rig.store.read_sync(lambda tx: console.find(tx, cookie))


def test_a_session_is_the_identity_of_its_key_and_no_secret_is_stored(rig: Rig) -> None:
    cookie = _session(rig)
    found = _found(rig, cookie)
    assert found is not None
    assert found.who == rig.who
    assert _found(rig, cookie + "x") is None
    ticket = rig.store.write_sync(lambda tx: console.make_ticket(tx, rig.first.api_key))
    for table in (console_sessions, console_tickets):
        stored = str(rig.store.read_sync(lambda tx, table=table: tx.query(table.select())))  # type: ignore[misc]
        assert cookie not in stored
        assert ticket not in stored


def test_it_ends_unused_after_an_hour_and_used_after_twelve(rig: Rig) -> None:
    cookie = _session(rig)
    for _ in range(12):
        rig.clock.advance(timedelta(minutes=59))
        found = _found(rig, cookie)
        assert found is not None
        assert found.stale
        rig.store.write_sync(lambda tx: console.note_use(tx, cookie))
    rig.clock.advance(timedelta(minutes=12))
    assert _found(rig, cookie) is None
    unused = _session(rig)
    rig.clock.advance(timedelta(minutes=60))
    assert _found(rig, unused) is None
    _session(rig)
    assert len(rig.store.read_sync(lambda tx: tx.query(console_sessions.select()))) == 1


def test_it_ends_with_its_key(rig: Rig) -> None:
    cookie = _session(rig)
    ticket = rig.store.write_sync(lambda tx: console.make_ticket(tx, rig.first.api_key)) or ""
    rig.do(service_accounts.revoke_key, rig.who.service_account_id, rig.who.key_id)
    assert _found(rig, cookie) is None
    assert rig.store.write_sync(lambda tx: console.redeem(tx, ticket, request_id="r")) is None
    assert rig.store.write_sync(lambda tx: console.make_ticket(tx, rig.first.api_key)) is None


def test_of_many_who_follow_a_link_one_gets_in(rig: Rig) -> None:
    ticket = rig.store.write_sync(lambda tx: console.make_ticket(tx, rig.first.api_key)) or ""
    assert rig.store.read_sync(lambda tx: console.is_open(tx, ticket))

    def redeem(_: int) -> str | None:
        return rig.store.write_sync(lambda tx: console.redeem(tx, ticket, request_id="r"))

    with ThreadPoolExecutor(8) as pool:
        assert sum(cookie is not None for cookie in pool.map(redeem, range(8))) == 1


def test_a_link_is_good_for_ten_minutes(rig: Rig) -> None:
    ticket = rig.store.write_sync(lambda tx: console.make_ticket(tx, rig.first.api_key)) or ""
    rig.clock.advance(timedelta(minutes=10))
    assert not rig.store.read_sync(lambda tx: console.is_open(tx, ticket))
    assert rig.store.write_sync(lambda tx: console.redeem(tx, ticket, request_id="r")) is None
