"""Writing the audit trail."""

from __future__ import annotations

from typing import Any

from axme.gateway.auth.identity import Identity
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import audit
from axme.gateway.store.tx import Tx

DONE = "done"
REFUSED = "refused"
_NOTHING: dict[str, Any] = {}


def record(
    tx: Tx, who: Identity, action: str, target: str, *, outcome: str = DONE, details: dict[str, Any] = _NOTHING
) -> None:
    """Note that ``who`` did ``action`` to ``target``, or was refused."""
    tx.run(
        audit.INSERT,
        {
            "at": tx.now,
            "org_id": who.org_id,
            "workspace_id": who.workspace_id,
            "actor": who.actor_id or who.address,
            "key_id": who.key_id,
            "request_id": who.request_id,
            "action": action,
            "target": target,
            "outcome": outcome,
            "details": to_json(details),
        },
    )


def record_refusal(tx: Tx, who: Identity, action: str, target: str, why: str) -> None:
    """Have a refusal noted, which is about to roll everything else back."""
    tx.if_refused(lambda later: record(later, who, action, target, outcome=REFUSED, details={"reason": why}))
