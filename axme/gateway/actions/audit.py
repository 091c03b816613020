"""Writing the audit trail."""

from __future__ import annotations

from typing import Any

from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle.transitions import SYSTEM
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import audit
from axme.gateway.store.tx import Tx

DONE = "done"
REFUSED = "refused"
_NOTHING: dict[str, Any] = {}


def record(
    tx: Tx,
    who: Identity,
    action: str,
    target: str,
    *,
    outcome: str = DONE,
    details: dict[str, Any] = _NOTHING,
    org_id: str | None = None,
    workspace_id: str | None = None,
) -> None:
    """Note that ``who`` did ``action`` to ``target``, or was refused.

    Args:
        org_id: the organization whose trail it belongs to, if not the caller's own.
        workspace_id: the workspace it belongs to; by default the caller's own, in another organization none.
    """
    own = org_id in (None, who.org_id)
    tx.run(
        audit.INSERT,
        {
            "at": tx.now,
            "org_id": org_id or who.org_id,
            "workspace_id": workspace_id or (who.workspace_id if own else ""),
            "actor": who.actor_id or who.address,
            "key_id": who.key_id,
            "request_id": who.request_id,
            "action": action,
            "target": target,
            "outcome": outcome,
            "details": to_json(details),
        },
    )


def record_own(
    tx: Tx, org_id: str, workspace_id: str, action: str, target: str, *, details: dict[str, Any] = _NOTHING
) -> None:
    """Note something that the gateway did by itself."""
    tx.run(
        audit.INSERT,
        {
            "at": tx.now,
            "org_id": org_id,
            "workspace_id": workspace_id,
            "actor": SYSTEM,
            "key_id": SYSTEM,
            "request_id": None,
            "action": action,
            "target": target,
            "outcome": DONE,
            "details": to_json(details),
        },
    )


def record_refusal(tx: Tx, who: Identity, action: str, target: str, why: str) -> None:
    """Have a refusal noted, which is about to roll everything else back."""
    tx.if_refused(lambda later: record(later, who, action, target, outcome=REFUSED, details={"reason": why}))
