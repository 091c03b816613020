"""The registry of semantic schemas, and the payloads they speak about (contract 3.13)."""

from __future__ import annotations

import hashlib
from typing import Any

from axme.contract import jsontext
from axme.contract.clock import to_text
from axme.contract.codes import BAD_REQUEST, FORBIDDEN, NOT_FOUND, SCHEMA_INCOMPATIBLE, SCHEMA_INVALID
from axme.contract.core_schemas import CORE
from axme.contract.metering import Dimension
from axme.gateway.actions import audit
from axme.gateway.actions.metering import spend
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy import payloads
from axme.gateway.policy.compatibility import breaks
from axme.gateway.store import topics
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import schemas
from axme.gateway.store.tx import Row, Tx

_HASH_SHOWN = 12


def upsert(tx: Tx, who: Identity, body: dict[str, Any], *, owner: str | None) -> dict[str, Any]:
    """Register a schema of an owner, or change it. ``POST /v1/schemas``

    The mode it was registered with decides on a change of its document: ``strict`` forbids it, ``backward`` allows what
    leaves every valid document valid, ``warn`` allows all and tells what breaks. A new mode holds from then on.

    Raises:
        GatewayError: 400, the document is no JSON Schema; 403, the core's schemas are not to be changed, or ``owner``
            is not the caller's to speak for; 409 ``schema_incompatible``.
    """
    owner_agent = owner_address(who, owner)
    semantic_type: str = body["semantic_type"]
    if body["scope"] == "core":
        raise GatewayError(FORBIDDEN, "the schemas of the core come with the gateway: register it with scope tenant")
    flaw = payloads.flaw(body["schema_json"])
    if flaw is not None:
        raise GatewayError(BAD_REQUEST, f"no valid JSON Schema: {flaw}", details={"field": "schema_json"})
    mailbox = topics.mailbox(owner_agent, who.workspace_id)
    known = tx.one(schemas.FIND_FOR_UPDATE, {"semantic_type": semantic_type, "mailbox": mailbox})
    broken = [] if known is None else _weighed(known, body["schema_json"])
    digest = hashlib.sha256(jsontext.canonical(body["schema_json"]).encode()).hexdigest()
    row: Row = {
        "semantic_type": semantic_type,
        "mailbox": mailbox,
        "org_id": who.org_id,
        "workspace_id": who.workspace_id,
        "owner_agent": owner_agent,
        "schema_ref": body.get("schema_ref") or _ref(owner_agent, semantic_type, digest),
        "schema_hash": digest,
        "schema_json": to_json(body["schema_json"]),
        "compatibility_mode": body["compatibility_mode"],
        "active": int(body.get("active", known is None or bool(known["active"]))),
        "created_at": tx.now if known is None else known["created_at"],
        "updated_at": tx.now,
    }
    tx.run(schemas.UPSERT, row)
    audit.record(tx, who, "schema.upsert", semantic_type, details={"owner_agent": owner_agent, "schema_hash": digest})
    spend(tx, who, Dimension.SCHEMA_WRITES)
    answer = {"ok": True, "schema": _schema(row)}
    return answer | {"warnings": broken} if broken else answer


def get(tx: Tx, who: Identity, semantic_type: str, *, owner: str | None) -> dict[str, Any]:
    """A schema with its document: the owner's, else the core's. ``GET /v1/schemas/{semantic_type}``

    Raises:
        GatewayError: 404.
    """
    mailbox = topics.mailbox(owner_address(who, owner), who.workspace_id)
    row = tx.one(schemas.FIND, {"semantic_type": semantic_type, "mailbox": mailbox})
    if row is not None:
        return {"ok": True, "schema": _schema(row) | {"schema_json": from_json(row["schema_json"])}}
    if semantic_type in CORE:
        return {"ok": True, "schema": _core(semantic_type)}
    raise GatewayError(
        NOT_FOUND, f"there is no schema {semantic_type[:120]}: check the type, and whose it is (owner_agent)"
    )


def check_payload(tx: Tx, who: Identity, intent: IntentRecord) -> None:
    """Refuse a payload that is not what its sender or its recipient has registered for the type.

    Raises:
        GatewayError: 422 ``schema_invalid``, naming the place.
    """
    sought = {
        "semantic_type": intent.intent_type,
        "sender": who.address,
        "recipient": topics.mailbox(intent.to_agent, who.workspace_id),
    }
    for row in tx.run(schemas.ACTIVE, sought):
        fault = payloads.fault(row["schema_json"], intent.payload)
        if fault is not None:
            raise GatewayError(
                SCHEMA_INVALID,
                f"{fault} (by the schema {intent.intent_type} of {row['owner_agent']})",
                details={
                    "field": fault.partition(":")[0],
                    "schema_ref": row["schema_ref"],
                    "owner_agent": row["owner_agent"],
                },
            )


def _weighed(known: Row, document: dict[str, Any]) -> list[str]:
    """What a change of the document breaks, where the mode lets it pass."""
    before = from_json(known["schema_json"])
    broken = breaks(before, document)
    mode, changed = known["compatibility_mode"], jsontext.canonical(before) != jsontext.canonical(document)
    if (mode == "strict" and changed) or (mode == "backward" and broken):
        found = broken or ["$: the document has changed"]
        raise GatewayError(
            SCHEMA_INCOMPATIBLE,
            f"the schema {known['semantic_type']} is kept {mode}: {found[0]}; register a new version beside it, or "
            "first the same document with compatibility_mode warn",
            details={"compatibility_mode": mode, "breaks": found},
        )
    return broken


def _ref(owner_agent: str, semantic_type: str, digest: str) -> str:
    return f"registry://{owner_agent.removeprefix('agent://')}/{semantic_type}@{digest[:_HASH_SHOWN]}"


def _schema(row: Row) -> dict[str, Any]:
    shown = {name: row[name] for name in ("semantic_type", "schema_ref", "schema_hash", "compatibility_mode")}
    return shown | {
        "scope": "tenant",
        "owner_agent": row["owner_agent"],
        "active": bool(row["active"]),
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
    }


def _core(semantic_type: str) -> dict[str, Any]:
    digest = hashlib.sha256(jsontext.canonical(CORE[semantic_type]).encode()).hexdigest()
    return {
        "semantic_type": semantic_type,
        "schema_ref": _ref("core", semantic_type, digest),
        "schema_hash": digest,
        "compatibility_mode": "strict",
        "scope": "core",
        "owner_agent": None,
        "active": True,
        # Older than any database: it comes with the protocol.
        "created_at": to_text(0),
        "updated_at": to_text(0),
        "schema_json": CORE[semantic_type],
    }
