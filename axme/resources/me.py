"""Who the caller is, and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeProtocolError
from axme.resources.base import Record
from axme.resources.fields import field, optional
from axme.resources.organizations import Organization
from axme.resources.workspaces import Workspace
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema


class Me(Record):
    """Whose key or token this is: ``address``, ``roles`` there, ``organization`` and ``workspace``."""

    __slots__ = ("_client",)

    address = field("address", str)
    service_account_id = optional("service_account_id", str)
    actor_id = optional("actor_id", str)
    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    roles = field("roles", list[str])

    def __init__(self, client: FlatCalls, raw: Any) -> None:
        if not isinstance(raw, Mapping):
            raise AxmeProtocolError("the server's answer does not say who the caller is")
        super().__init__(dict(raw))
        self._client = client

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.me import Me as Shape

        return Shape

    @property
    def organization(self) -> Organization:
        """The caller's organization, with what was told of it."""
        return Organization._from(self._client, self._snapshot.raw.get("organization"), complete=False)

    @property
    def workspace(self) -> Workspace:
        """The caller's workspace, with what was told of it."""
        return Workspace._from(self._client, self._snapshot.raw.get("workspace"), complete=False)

    def _summary(self) -> str:
        return self._seen("address")
