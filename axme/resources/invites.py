"""Invites: a token lets somebody in as a user (contract 3.16)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeProtocolError
from axme.resources._arguments import Recipient, address_of, given, seconds
from axme.resources._gathered import Gathered
from axme.resources.collections import Collection
from axme.resources.fields import field, optional
from axme.resources.users import User

if TYPE_CHECKING:
    from marshmallow import Schema


class Invite(Gathered):
    """An invite; ``status`` is ``pending``, ``accepted`` or ``expired``. Who has its ``token`` may accept it."""

    __slots__ = ()
    _ID = "token"
    _KEY = "invite"
    _WHOLE = "accepted_at"
    _HIDDEN = frozenset({"invite_url"})

    owner_agent = field("owner_agent", str)
    recipient_hint = optional("recipient_hint", str)
    status = field("status", str)
    created_at = field("created_at", datetime)
    expires_at = field("expires_at", datetime)
    accepted_at = optional("accepted_at", datetime)
    accepted_owner_agent = optional("accepted_owner_agent", str)
    nick = optional("nick", str)
    invite_url = optional("invite_url", str)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.invites import Invite as Shape

        return Shape

    @property
    def token(self) -> str:
        """What its recipient needs to accept it."""
        return self.id

    @property
    def user(self) -> User | None:
        """Who accepted it; ``None`` before that."""
        address = self.accepted_owner_agent
        return None if address is None else User(self._api, address)

    def accept(self, nick: str, *, display_name: str | None = None) -> User:
        """Accept it, which makes a user. ``POST /v1/invites/{token}/accept``

        Raises:
            AxmeConflictError: it was accepted before, it has expired, or the nick is taken.
        """
        answer = self._api.accept_invite(self.id, given(nick=nick, display_name=display_name))
        return User._from(self._api, answer, complete=False)

    def _fetch(self) -> dict[str, Any]:
        return {"invite": self._api.get_invite(self.id)}

    def _shown_id(self) -> str:
        return ""

    def _summary(self) -> str:
        # Never the token: it is as good as a key.
        return " ".join(filter(None, (self._seen("status"), self._seen("recipient_hint"))))


class Invites(Collection):
    """Invites into the caller's workspace."""

    __slots__ = ()

    def create(
        self, *, recipient_hint: str | None = None, ttl: timedelta | None = None, owner: Recipient | None = None
    ) -> Invite:
        """Invite somebody. ``POST /v1/invites/create``

        Args:
            recipient_hint: whom it is for, in your own words.
            ttl: how long it can be accepted: a minute to 14 days, by default 7 days.
            owner: the agent that invites; the caller's own by default.

        Raises:
            AxmeProtocolError: the first answer was lost on the way: the token is told only once, so create another.
        """
        said = given(
            owner_agent=self._api.config.default_owner_agent if owner is None else address_of(owner),
            recipient_hint=recipient_hint,
            ttl_seconds=seconds("ttl", ttl),
        )
        made = self._api.create_invite(said)
        if "token" not in made:
            raise AxmeProtocolError(
                "the answer with the token of this invite was lost, and it is told only once: create another invite"
            )
        return Invite._from(self._api, made, complete=False)

    def get(self, token: str) -> Invite:
        """One invite. ``GET /v1/invites/{token}``

        Raises:
            AxmeNotFoundError: there is none with this token.
        """
        return self.handle(token).refresh()

    def handle(self, token: str) -> Invite:
        """A handle on an invite whose token is known; asks nobody until it is used."""
        return Invite(self._api, token)
