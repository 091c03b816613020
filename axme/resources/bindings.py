"""How an agent gets its intents (contract 3.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import seconds
from axme.resources._once import OnceResource
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class AgentDelivery(OnceResource):
    """How an agent gets its intents: it asks for them (``stream``), or they are posted to a URL (``http``).

    A secret that the gateway has made is there once, in the object that came from it.
    """

    __slots__ = ()
    _ID = "address"
    _KEY = "binding"
    _GONE = "the secret of {id} is gone: make a new one with rotate_secret()"

    delivery_mode = field("delivery_mode", str)
    callback_url = optional("callback_url", str)
    binding_id = optional("binding_id", str)
    secret_hint = optional("secret_hint", str)
    old_secret_until = optional("old_secret_until", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.agents import AgentBinding

        return AgentBinding

    def rotate_secret(self, *, overlap: timedelta = timedelta(days=1)) -> Self:
        """Have what is posted signed with a new secret, and for a while with the one before too.
        ``PUT /v1/agents/{address}/delivery``

        Args:
            overlap: how long; up to 30 days.
        """
        length = seconds("overlap", overlap) if overlap else 0
        body = {"delivery_mode": "http", "callback_url": self.callback_url}
        return self._absorb(
            self._api.set_agent_delivery(self.id, body | {"rotate_secret": True, "overlap_seconds": length})
        )

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_agent_delivery(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("delivery_mode"), self._seen("callback_url"))))
