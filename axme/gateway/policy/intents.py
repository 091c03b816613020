"""Who may see an intent and change it (contract 2.10, 3.2 and 3.10)."""

from __future__ import annotations

from axme.contract import addresses
from axme.gateway.lifecycle.record import IntentRecord

#: The verbs a grant may list.
RESUME = "resume"
UPDATE_CONTROLS = "update_controls"
UPDATE_POLICY = "update_policy"
RESOLVE = "resolve"
#: A cancellation is granted with ``resolve``.
CANCEL = "cancel"
_HANDLING = frozenset({RESUME, RESOLVE})


def is_within(org_slug: str, address: str) -> bool:
    """Whether ``address`` is of an organization; a short one always means the caller's own workspace."""
    target = addresses.parts(address)
    return target is None or target.org == org_slug


def may_see(intent: IntentRecord, *, org_id: str, workspace_id: str, scope: str, address: str) -> bool:
    """Whether the intent exists at all for a key: both sides' workspaces, its parties and its delegates see it."""
    return org_id in (intent.org_id, intent.to_org_id) and (
        _administers(intent, workspace_id=workspace_id, scope=scope)
        or address in {intent.from_agent, intent.to_agent, intent.handler}
        or _grant(intent, address) is not None
    )


def may_change(intent: IntentRecord, verb: str, *, org_id: str, workspace_id: str, scope: str, address: str) -> bool:
    """Whether a key may do ``verb``: the sides' workspace administrators, their agents, and delegates granted it.

    Between organizations each side keeps its own part: the recipient's handles the intent, the sender's may cancel
    and steer it.
    """
    if intent.crosses and verb in _HANDLING and org_id != intent.to_org_id:
        return False
    return (
        _administers(intent, workspace_id=workspace_id, scope=scope)
        or address in {intent.from_agent, intent.to_agent, intent.handler}
        or (RESOLVE if verb == CANCEL else verb) in (_grant(intent, address) or ())
    )


def _administers(intent: IntentRecord, *, workspace_id: str, scope: str) -> bool:
    return workspace_id == intent.workspace_id or scope == intent.to_scope


def _grant(intent: IntentRecord, address: str) -> list[str] | None:
    grant = intent.grants.get(f"delegate:{address}")
    allowed = grant.get("allow") if isinstance(grant, dict) else None
    return allowed if isinstance(allowed, list) else None
