"""Actor tokens: what a member speaks with, beside a key or instead of one (contract 1.2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.config import Secret
from axme.exceptions import AxmeProtocolError, AxmeValueError
from axme.resources.base import Record
from axme.resources.fields import field

if TYPE_CHECKING:
    from marshmallow import Schema


class ActorToken(Record):
    """A token of a member. Its text is there once, in the object that came from making it."""

    __slots__ = ("_secret",)

    member_id = field("member_id", str)
    actor_id = field("actor_id", str)
    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    expires_at = field("expires_at", datetime)

    def __init__(self, raw: Any) -> None:
        if not isinstance(raw, dict) or not isinstance(raw.get("token"), str):
            raise AxmeProtocolError("the server's answer holds no actor token")
        # The text stays out of the snapshot: that is shown, copied, compared and pickled.
        super().__init__({name: value for name, value in raw.items() if name != "token"})
        self._secret: Secret | None = Secret(raw["token"])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.members import ActorToken as Shape

        return Shape

    def reveal(self) -> str:
        """The token itself, for ``AxmeClientConfig(actor_token=…)``; afterwards this object has forgotten it.

        Raises:
            AxmeValueError: it was revealed before, or this is not the object that made the token.
        """
        if self._secret is None:
            raise AxmeValueError("the text of this token is gone: make a new one with member.create_token()")
        secret, self._secret = self._secret, None
        return str(secret)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._secret = None

    def _summary(self) -> str:
        return f"of {self._seen('actor_id')} until {self._seen('expires_at')}"
