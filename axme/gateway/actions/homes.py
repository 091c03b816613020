"""Changing what belongs to a workspace, found by an organization-wide look-up."""

from __future__ import annotations

from axme.contract.codes import FORBIDDEN
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store.tx import Row


def require_home(who: Identity, row: Row, what: str) -> None:
    """Let the caller change ``row`` if its roles in the row's own workspace allow the operation at hand.

    Raises:
        GatewayError: 403, naming ``what``.
    """
    held = who.roles_in(row["org_id"], row["workspace_id"])
    if not held:
        raise GatewayError(FORBIDDEN, f"{what} belongs to another workspace: use a key of its own workspace")
    roles.require(held, who.may)
