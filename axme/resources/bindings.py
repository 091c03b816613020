"""How an agent gets its intents (contract 3.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from axme.config import Secret
from axme.exceptions import AxmeValueError
from axme.resources._arguments import seconds
from axme.resources.base import Resource
from axme.resources.fields import field, optional
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema


class AgentDelivery(Resource):
    """How an agent gets its intents: it asks for them (``stream``), or they are posted to a URL (``http``).

    A secret that the gateway has made is there once, in the object that came from it.
    """

    __slots__ = ("_secret",)
    _ID = "address"
    _KEY = "binding"

    delivery_mode = field("delivery_mode", str)
    callback_url = optional("callback_url", str)
    binding_id = optional("binding_id", str)
    secret_hint = optional("secret_hint", str)
    old_secret_until = optional("old_secret_until", datetime)

    def __init__(
        self, client: FlatCalls, resource_id: str, raw: dict[str, Any] | None = None, *, complete: bool = False
    ) -> None:
        self._secret: Secret | None = None
        super().__init__(client, resource_id, self._apart(raw), complete=complete)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.agents import AgentBinding

        return AgentBinding

    def reveal(self) -> str:
        """The secret that what is posted is signed with; afterwards this object has forgotten it.

        Raises:
            AxmeValueError: it was revealed before, or is not new.
        """
        if self._secret is None:
            raise AxmeValueError(f"the secret of {self.id} is gone: make a new one with rotate_secret()")
        secret, self._secret = self._secret, None
        return str(secret)

    def rotate_secret(self, *, overlap: timedelta = timedelta(days=1)) -> Self:
        """Have what is posted signed with a new secret, and for a while with the one before too.
        ``PUT /v1/agents/{address}/delivery``

        Args:
            overlap: how long; up to 30 days.
        """
        length = seconds("overlap", overlap) if overlap else 0
        body = {"delivery_mode": "http", "callback_url": self.callback_url}
        answer = self._api.set_agent_delivery(self.id, body | {"rotate_secret": True, "overlap_seconds": length})
        raw = answer.get("binding")
        return self._absorb(answer | {"binding": self._apart(raw)} if isinstance(raw, dict) else answer)

    def _apart(self, raw: dict[str, Any] | None) -> dict[str, Any] | None:
        """``raw`` without the secret: a snapshot is shown, copied, compared and pickled."""
        if raw and isinstance(raw.get("secret"), str):
            self._secret = Secret(raw["secret"])
            return {name: value for name, value in raw.items() if name != "secret"}
        return raw

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._secret = None

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_agent_delivery(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("delivery_mode"), self._seen("callback_url"))))
