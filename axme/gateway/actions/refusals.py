"""Writing down who was not let in: keys, tokens and links that are none, or no longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from axme.gateway.actions.audit import REFUSED
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import audit
from axme.gateway.store.tx import Tx

_ACTION = "auth.refuse"
_NOBODY = "unknown"
_OTHERS = "other addresses"


class Refusal(NamedTuple):
    """One way of not being let in."""

    #: The address it came from, as the connection says.
    source: str
    #: The code of the answer, or what the page said.
    reason: str
    #: What was shown, where it is known here: a key that was revoked or has expired.
    key_id: str = ""
    actor: str = ""
    #: Whose trail it belongs to; what is not known belongs to nobody's.
    org_id: str = ""
    workspace_id: str = ""

    def of_many(self) -> Refusal:
        """The same from many addresses, with many keys."""
        return Refusal(_OTHERS, self.reason)


def record(tx: Tx, refused: Mapping[Refusal, tuple[int, str]]) -> None:
    """Note what was refused since the last time: how often, and the last request that was."""
    tx.run_many(
        audit.INSERT,
        [
            {
                "at": tx.now,
                "org_id": refusal.org_id,
                "workspace_id": refusal.workspace_id,
                "actor": refusal.actor or _NOBODY,
                "key_id": refusal.key_id,
                "request_id": request_id,
                "action": _ACTION,
                "target": refusal.source,
                "outcome": REFUSED,
                "details": to_json({"reason": refusal.reason, "count": count}),
            }
            for refusal, (count, request_id) in refused.items()
        ],
    )
