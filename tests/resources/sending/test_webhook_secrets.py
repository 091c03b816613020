"""Secrets that are made, shown once and followed by others, through objects against a real gateway."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest

from axme import Agent, AxmeClient, AxmeConflictError, AxmeNotFoundError, AxmeValidationError, AxmeValueError
from axme.gateway import LocalGateway
from axme.webhooks import SignatureError, verify
from tests.gateway.delivery.target import Server, answering, serving
from tests.plain import until


def newest(server: Server) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the last request."""
    head, _, body = server.requests[-1].partition(b"\r\n\r\n")
    return body, dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])


def verified(server: Server, *secrets: str) -> bool:
    body, headers = newest(server)
    try:
        verify(body, headers, secrets, tolerance=None)
    except SignatureError:
        return False
    return True


def test_a_secret_is_made_and_shown_once(client: AxmeClient, shop: Agent) -> None:
    with serving(answering("200 OK")) as server:
        subscription = client.webhooks.subscribe(server.url, ["invite.accepted"], owner=shop.address)
        assert "whsec_" not in repr(subscription) + repr(subscription.raw)
        assert "whsec_" not in repr(pickle.dumps(subscription))
        secret = subscription.reveal()
        assert (len(secret), subscription.secret_hint) == (50, f"…{secret[-4:]}")
        with pytest.raises(AxmeValueError, match=r"rotate_secret\(\)"):
            subscription.reveal()
        client.webhooks.publish("invite.accepted", {}, source="tests", owner=shop.address)
        until(lambda: server.requests)
        assert verified(server, secret)
        assert not verified(server, "another secret, long enough")
        again = client.webhooks.subscribe(server.url, ["invite.accepted"], owner=shop.address)
        with pytest.raises(AxmeValueError, match="is gone"):
            again.reveal()


def test_the_old_secret_signs_too_until_the_overlap_ends(sender: LocalGateway, client: AxmeClient, shop: Agent) -> None:
    with serving(answering("200 OK")) as server:
        subscription = client.webhooks.subscribe(server.url, ["invite.accepted"], owner=shop.address)
        first = subscription.reveal()
        second = subscription.rotate_secret(overlap=timedelta(hours=1)).reveal()
        assert subscription.old_secret_until is not None

        def push() -> None:
            before = len(server.requests)
            client.webhooks.publish("invite.accepted", {}, source="tests", owner=shop.address)
            until(lambda: len(server.requests) > before)

        push()
        assert verified(server, first)
        assert verified(server, second)
        body, headers = newest(server)
        plain = {"X-AXME-Signature": headers["X-AXME-Signature"]}
        assert verify(body, plain, first, tolerance=None) == verify(body, plain, second, tolerance=None)
        with pytest.raises(SignatureError, match="webhook-id is missing"):
            verify(body, plain, second)
        sender.advance(timedelta(hours=1))
        push()
        assert not verified(server, first)
        assert verified(server, "not this one, but the next", second)
        assert subscription.refresh().old_secret_until is None
        third = subscription.rotate_secret(overlap=timedelta(0), secret="one of my own, 24 characters").secret_hint
        push()
        assert third == "…ters"
        assert not verified(server, second)
        assert verified(server, "one of my own, 24 characters")


def test_what_was_missed_is_told_again(sender: LocalGateway, client: AxmeClient, shop: Agent) -> None:
    with serving(answering("500 No")) as server:
        subscription = client.webhooks.subscribe(server.url, ["invite.accepted"], owner=shop.address)
        made = [
            client.webhooks.publish("invite.accepted", {"n": n}, source="tests", owner=shop.address) for n in range(3)
        ]
        for _ in range(5):
            sender.advance(timedelta(days=1))
        listed = client.webhooks.events(status="dead_lettered", owner=shop.address)
        assert {event.id for event in listed} == {event.id for event in made}
        found = made[0].refresh()
        assert found.deliveries is not None
        attempts = found.deliveries[0]["attempts"]
        assert [attempt["attempt"] for attempt in attempts] == list(range(1, 11))
        assert {(attempt["http_status"], attempt["detail"]) for attempt in attempts} == {(500, "HTTP 500")}
        assert (found.data, found.deliveries[0]["status"]) == ({"n": 0}, "dead_lettered")
        assert subscription.replay(timedelta(days=30)) == 3
        assert subscription.replay(timedelta(days=30)) == 0, "they are on their way"
        subscription.update(active=False)
        with pytest.raises(AxmeConflictError, match="switch it on"):
            subscription.replay(timedelta(days=30))
    subscription.delete()
    with pytest.raises(AxmeNotFoundError):
        subscription.rotate_secret()


def test_an_accepted_invite_and_a_revoked_key_are_told(client: AxmeClient, shop: Agent) -> None:
    with serving(answering("200 OK")) as server:
        client.webhooks.subscribe(server.url, ["invite.accepted", "auth.session_revoked"], owner=shop.address)
        key = shop.create_key()
        key.revoke()
        key.revoke()
        until(lambda: len(server.requests) == 1)
        assert b'"key_id":"%s"' % key.id.encode() in newest(server)[0].replace(b": ", b":")
        invite = client.create_invite({"owner_agent": shop.address})
        client.accept_invite(invite["token"], {"nick": "@ann.webhooks", "display_name": "Ann"})
        until(lambda: len(server.requests) == 2)
        assert b'"type":"invite.accepted"' in newest(server)[0].replace(b": ", b":")


def test_a_weak_secret_is_refused(client: AxmeClient) -> None:
    with pytest.raises(AxmeValidationError):
        client.webhooks.subscribe("https://example.com/", ["intent.*"], secret="23 characters are few..")
