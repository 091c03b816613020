"""Users: people with a nick and an address of their own (contract 3.15)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import given
from axme.resources._gathered import Gathered
from axme.resources.collections import Collection
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class User(Gathered):
    """A person of the organization, at ``agent://user/…``.

    ``nick`` is written ``@ada`` and ``public_address`` ``ada@ax``; both are nobody else's.
    """

    __slots__ = ()
    _ID = "owner_agent"
    _KEY = "user"
    _WHOLE = "updated_at"

    user_id = field("user_id", str)
    nick = field("nick", str)
    public_address = field("public_address", str)
    display_name = optional("display_name", str)
    phone = optional("phone", str)
    email = optional("email", str)
    created_at = optional("created_at", datetime)
    updated_at = optional("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.users import User as Shape

        return Shape

    @property
    def address(self) -> str:
        """Where intents for this person go."""
        return self.id

    def rename(self, nick: str) -> Self:
        """Give the user another nick. ``POST /v1/users/rename-nick``

        Raises:
            AxmeConflictError: the nick is taken.
        """
        return self._absorb({"user": self._api.rename_nick({"owner_agent": self.id, "nick": nick})})

    def update(self, *, display_name: str | None = None, phone: str | None = None, email: str | None = None) -> Self:
        """Change what is known of the user. ``POST /v1/users/profile/update``"""
        said = given(owner_agent=self.id, display_name=display_name, phone=phone, email=email)
        return self._absorb({"user": self._api.update_user_profile(said)})

    def _fetch(self) -> dict[str, Any]:
        return {"user": self._api.get_user_profile(self.id)}

    def _summary(self) -> str:
        return self._seen("nick") or self.id


class Users(Collection):
    """The users of the organization."""

    __slots__ = ()

    def register(
        self, nick: str, *, display_name: str | None = None, phone: str | None = None, email: str | None = None
    ) -> User:
        """Make a user. ``POST /v1/users/register-nick``

        Args:
            nick: 3 to 32 letters, digits and ``_ . -``, with or without ``@``.

        Raises:
            AxmeConflictError: the nick is taken.
            AxmeValidationError: it cannot be a nick.
        """
        said = given(nick=nick, display_name=display_name, phone=phone, email=email)
        return User._from(self._api, self._api.register_nick(said), complete=False)

    def is_free(self, nick: str) -> bool:
        """Whether a nick can be had. ``GET /v1/users/check-nick``"""
        return bool(self._api.check_nick(nick).get("available"))

    def find(self, nick: str) -> User | None:
        """The user of a nick, if there is one in the caller's organization. ``GET /v1/users/resolve-nick``"""
        answer = self._api.resolve_nick(nick)
        return User._from(self._api, answer, complete=False) if answer.get("resolved") else None

    def get(self, address: str) -> User:
        """The user at ``agent://user/…``. ``GET /v1/users/profile``

        Raises:
            AxmeNotFoundError: there is none.
        """
        return self.handle(address).refresh()

    def handle(self, address: str) -> User:
        """A handle on a user whose address is known; asks nobody until it is used."""
        return User(self._api, address)
