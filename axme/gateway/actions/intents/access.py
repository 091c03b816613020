"""Finding an intent, as far as it exists for the caller."""

from __future__ import annotations

from axme.contract.codes import FORBIDDEN, NOT_FOUND
from axme.gateway.actions import audit
from axme.gateway.actions.admission import require_alive
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy.intents import may_change, may_see
from axme.gateway.store.queries import intents
from axme.gateway.store.tx import Tx


def find(tx: Tx, who: Identity, intent_id: str) -> IntentRecord:
    """The intent, to be looked at.

    Raises:
        GatewayError: 404, the same for what does not exist and for what is not the caller's to see.
    """
    return _visible(who, intent_id, intents.load(tx, intent_id))


def find_to_change(tx: Tx, who: Identity, intent_id: str, verb: str, *, owner: str | None) -> IntentRecord:
    """The intent, locked until the transaction ends.

    Raises:
        GatewayError: 404 as above; 403 ``agent_killed``, or when the caller may see but not change it, or not
            speak for ``owner``.
    """
    require_alive(tx, who)
    acting = owner_address(who, owner)
    intent = _visible(who, intent_id, intents.load_for_update(tx, intent_id))
    if not may_change(intent, verb, org_id=who.org_id, workspace_id=who.workspace_id, scope=who.scope, address=acting):
        audit.record_refusal(tx, who, f"intent.{verb}", intent_id, "not granted")
        raise GatewayError(
            FORBIDDEN,
            f"{acting} may not {verb.replace('_', ' ')} on this intent: its creator, its recipient, their workspaces "
            f'and delegates granted "{verb}" may',
            details={"intent_id": intent_id, "verb": verb},
        )
    return intent


def sees(who: Identity, intent: IntentRecord) -> bool:
    """Whether the intent exists for the caller."""
    return may_see(intent, org_id=who.org_id, workspace_id=who.workspace_id, scope=who.scope, address=who.address)


def _visible(who: Identity, intent_id: str, intent: IntentRecord | None) -> IntentRecord:
    if intent is None or not sees(who, intent):
        raise GatewayError(
            NOT_FOUND, f"there is no intent {intent_id[:64]}: check the id, and that the key belongs to its workspace"
        )
    return intent
