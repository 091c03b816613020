"""Users and invites as objects, on a real gateway."""

from __future__ import annotations

import pickle
import uuid
from datetime import timedelta

import pytest

from axme import (
    AxmeClient,
    AxmeConflictError,
    AxmeNotFoundError,
    AxmePermissionError,
    AxmeProtocolError,
    AxmeValidationError,
    Invite,
    User,
)
from axme.gateway import LocalGateway


@pytest.fixture
def nick() -> str:
    return f"ada.{uuid.uuid4().hex[:8]}"


def test_a_user_has_a_nick_and_an_address(client: AxmeClient, nick: str) -> None:
    assert client.users.is_free(nick)
    user = client.users.register(f"@{nick.upper()}", display_name="Ada", email="ada@example.com")
    assert (user.nick, user.public_address) == (f"@{nick}", f"{nick}@ax")
    assert user.address == f"agent://user/{user.user_id}"
    assert repr(user) == f"<User @{nick}>"
    assert not client.users.is_free(f"@{nick}")
    assert client.users.find(nick) == user == client.users.get(user.address)
    assert client.users.get(user.address).email == "ada@example.com"
    assert client.users.find(f"{nick}-x") is None
    intent = client.intents.create("hello.v1", to=user, payload={})
    assert intent.to_agent == user.address


def test_what_is_known_of_a_user_changes_piece_by_piece(client: AxmeClient, nick: str) -> None:
    user = client.users.register(nick, display_name="Ada", phone="+49 30 123")
    born = user.created_at
    user.update(display_name="Ada L.")
    assert (user.display_name, user.phone, user.email) == ("Ada L.", "+49 30 123", None)
    user.rename(f"{nick}_2")
    assert user.nick == f"@{nick}_2"
    assert client.users.is_free(nick), "the old nick can be had again"
    assert user.refresh().created_at == born
    user.rename(f"{nick}_2")


def test_a_nick_is_one_persons(client: AxmeClient, nick: str) -> None:
    client.users.register(nick)
    other = client.users.register(f"{nick}x")
    for take in (lambda: client.users.register(nick.upper()), lambda: other.rename(nick)):
        with pytest.raises(AxmeConflictError, match=f"@{nick} is taken") as caught:
            take()
        assert caught.value.code == "nick_taken"


@pytest.mark.parametrize("bad", ["ab", "@", "a b c", "ädä", "x" * 33, "a/b/c", "ada@x"])
def test_what_cannot_be_a_nick(client: AxmeClient, bad: str) -> None:
    with pytest.raises(AxmeValidationError, match="cannot be a nick"):
        client.users.register(bad)
    with pytest.raises(AxmeValidationError, match="cannot be a nick"):
        client.users.is_free(bad)


@pytest.mark.parametrize("told", [{"phone": "call me"}, {"email": "nowhere"}, {"display_name": ""}], ids=str)
def test_what_cannot_be_told_of_a_user(client: AxmeClient, nick: str, told: dict[str, str]) -> None:
    with pytest.raises(AxmeValidationError, match=next(iter(told))):
        client.users.register(nick, **told)
    assert client.users.is_free(nick)


def test_nobody_there(client: AxmeClient) -> None:
    address = f"agent://user/{uuid.uuid4()}"
    for ask in (lambda: client.users.get(address), lambda: client.users.handle(address).update(display_name="x")):
        with pytest.raises(AxmeNotFoundError, match="there is no user"):
            ask()
    with pytest.raises(AxmeValidationError, match="owner_agent"):
        client.get("/v1/users/profile")


def test_an_invite_makes_a_user(client: AxmeClient, nick: str) -> None:
    invite = client.invites.create(recipient_hint="ada@example.com", ttl=timedelta(hours=1))
    assert (invite.status, invite.user) == ("pending", None)
    assert invite.expires_at - invite.created_at == timedelta(hours=1)
    assert str(invite.invite_url).endswith(f"/v1/invites/{invite.token}")
    assert invite.token not in repr(invite)
    user = client.invites.handle(invite.token).accept(nick, display_name="Ada")
    assert (user.nick, user.refresh().display_name) == (f"@{nick}", "Ada")
    assert (invite.refresh().status, invite.nick, invite.user) == ("accepted", f"@{nick}", user)
    with pytest.raises(AxmeConflictError, match="accepted at") as caught:
        invite.accept(f"{nick}2")
    assert caught.value.code == "invite_already_accepted"


def test_a_taken_nick_leaves_the_invite_open(client: AxmeClient, nick: str) -> None:
    client.users.register(nick)
    invite = client.invites.create()
    with pytest.raises(AxmeConflictError, match="is taken"):
        invite.accept(nick)
    assert invite.refresh().status == "pending"
    assert invite.accept(f"{nick}2").nick == f"@{nick}2"


def test_an_invite_nobody_made(client: AxmeClient) -> None:
    with pytest.raises(AxmeNotFoundError, match="no invite with this token"):
        client.invites.get("not-a-token-of-ours")
    with pytest.raises(AxmePermissionError):
        client.invites.create(owner="agent://other/ws/agent")
    with pytest.raises(AxmeValidationError, match="ttl_seconds"):
        client.invites.create(ttl=timedelta(days=15))


def test_an_invite_expires_by_the_gateways_clock(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        invite = client.invites.create(ttl=timedelta(days=1))
        movable_gateway.advance(timedelta(hours=23))
        assert invite.refresh().status == "pending"
        movable_gateway.advance(timedelta(hours=1))
        assert invite.refresh().status == "expired"
        with pytest.raises(AxmeConflictError, match="expired at") as caught:
            invite.accept("too-late")
        assert caught.value.code == "invite_expired"
        assert client.users.is_free("too-late")


def test_the_same_key_makes_one_user_and_one_invite(client: AxmeClient, nick: str) -> None:
    first = client.register_nick({"nick": nick}, idempotency_key=nick)
    assert client.register_nick({"nick": nick}, idempotency_key=nick) == first
    made = client.create_invite({}, idempotency_key=nick)
    again = client.create_invite({}, idempotency_key=nick)
    # The token is told once, and no answer that holds it is kept.
    assert made.keys() - again.keys() == {"token", "invite_url"}
    assert {name: made[name] for name in again} == again
    user = client.accept_invite(made["token"], {"nick": f"{nick}2"}, idempotency_key=nick)
    assert client.accept_invite(made["token"], {"nick": f"{nick}2"}, idempotency_key=nick) == user


def test_an_invite_whose_answer_was_lost_is_not_taken_for_one(client: AxmeClient, nick: str) -> None:
    client.create_invite({}, idempotency_key=nick)
    with pytest.MonkeyPatch.context() as patch:
        replayed = client.create_invite({}, idempotency_key=nick)
        patch.setattr(client, "create_invite", lambda payload: replayed)
        with pytest.raises(AxmeProtocolError, match="create another"):
            client.invites.create()


def test_objects_come_back_from_a_pickle(client: AxmeClient, nick: str) -> None:
    user, invite = client.users.register(nick), client.invites.create()
    assert client.attach(pickle.loads(pickle.dumps(user))).refresh() == user
    assert isinstance(pickle.loads(pickle.dumps(invite)), Invite)
    assert isinstance(user, User)
