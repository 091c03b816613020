"""What belongs to principals: each thing knows its principal, and each collection whose things it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.contract.limits import LIST_LIMIT
from axme.exceptions import AxmeLookupError, AxmeValueError
from axme.resources._arguments import Identified, id_of
from axme.resources.base import Resource
from axme.resources.collections import Placed
from axme.resources.fields import field
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from axme.resources.principals import Principal


class Belonging(Resource):
    """Something of a principal."""

    __slots__ = ()

    principal_id = field("principal_id", str)
    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @property
    def principal(self) -> Principal:
        """Whose it is; asks nobody."""
        from axme.resources.principals import Principal

        return Principal(self._api, self.principal_id)

    def _mine(self) -> dict[str, Any]:
        """The query of the list it is in."""
        principal_id = self._snapshot.raw.get("principal_id")
        return {"principal_id": principal_id, "limit": LIST_LIMIT[1]}

    def _among(self, answer: Mapping[str, Any], key: str) -> dict[str, Any]:
        """It, out of the list that ``answer`` holds under ``key``: there is no call that gets one."""
        for raw in answer.get(key) or ():
            if isinstance(raw, Mapping) and raw.get(self._ID) == self.id:
                return {self._KEY: raw}
        raise AxmeLookupError(f"the {type(self).__name__} {self.id} is not there any more")


class Belongings(Placed):
    """Things of one principal, or of all principals of a workspace or organization."""

    __slots__ = ("_principal_id",)

    def __init__(
        self,
        client: FlatCalls,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        principal_id: str | None = None,
    ) -> None:
        super().__init__(client, org_id=org_id, workspace_id=workspace_id)
        self._principal_id = principal_id

    def _of(self, principal: str | Identified | None) -> str:
        """The id of the principal meant."""
        found = id_of(principal) or self._principal_id
        if not found:
            raise AxmeValueError("say whose it is: principal=…, or begin at a principal, such as principal.routes")
        return found

    def _where(self, principal: str | Identified | None, limit: int | None) -> dict[str, Any]:
        """The query of a list."""
        return {
            "org_id": self._org_id,
            "workspace_id": self._workspace_id,
            "principal_id": id_of(principal) or self._principal_id,
            "limit": LIST_LIMIT[1] if limit is None else limit,
        }
