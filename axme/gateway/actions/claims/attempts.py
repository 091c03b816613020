"""What workers have tried."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions.intents.access import find
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.tries import history
from axme.gateway.store.queries import intents
from axme.gateway.store.tx import Tx


def list_attempts(tx: Tx, who: Identity, intent_id: str) -> dict[str, Any]:
    """The attempts of an intent's workers, in order. ``GET /v1/intents/{intent_id}/attempts``

    Raises:
        GatewayError: 404.
    """
    return {"ok": True, "attempts": tried(tx, find(tx, who, intent_id))}


def tried(tx: Tx, intent: IntentRecord) -> list[dict[str, Any]]:
    """The attempts, those included that are only about to be stored."""
    return history([*intents.events_since(tx, intent.intent_id, 0), *intent.new_events])
