"""What this gateway can do (contract 3.14)."""

from __future__ import annotations

from typing import Any

from axme.gateway.auth.identity import Identity
from axme.gateway.store.tx import Tx

_CAPABILITIES = (
    "intent.submit",
    "intent.status.read",
    "intent.events.stream",
    "intent.resolve",
    "intent.resume",
    "intent.controls",
    "intent.policy",
    "inbox.read",
    "inbox.write",
    "agents.listen",
    "agents.claims",
    "agents.exchange",
    "intents.run",
    "human_tasks",
    "service_accounts",
    "quotas",
    "usage",
    "billing",
    "mcp",
    "schemas",
    "users",
    "invites",
    "media",
)
_INTENT_TYPES = ("intent.ask.v1", "intent.reply.v1")


def get(tx: Tx, who: Identity) -> dict[str, Any]:
    """The capabilities and the protocol's own intent types. ``GET /v1/capabilities``"""
    return {"ok": True, "capabilities": list(_CAPABILITIES), "supported_intent_types": list(_INTENT_TYPES)}
