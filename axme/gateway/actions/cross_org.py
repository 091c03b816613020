"""Saying who may send to whom: receive policies, receive overrides, send policies (contract 3.7 to 3.9)."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from axme.contract.addresses import AddressError
from axme.contract.clock import to_text
from axme.contract.codes import DUPLICATE, NOT_FOUND, VALIDATION_ERROR
from axme.contract.sender_policies import Effect, Mode
from axme.gateway.actions import audit
from axme.gateway.actions.agents import find_living
from axme.gateway.actions.tenants import the_organization
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import cross_org as rules
from axme.gateway.store.queries import cross_org as queries
from axme.gateway.store.queries import tenants
from axme.gateway.store.tx import Row, Tx

Body = dict[str, Any]
_EXCEPTION_MODES = {Effect.ALLOW.value: Mode.OPEN.value, Effect.DENY.value: Mode.CLOSED.value}


class Subject(NamedTuple):
    """Whose policy it is, and which of the three."""

    kind: str
    name: str
    org_id: str
    workspace_id: str
    default: rules.Policy

    @property
    def at(self) -> dict[str, str]:
        """Where its rows are."""
        return {"kind": self.kind, "subject": self.name}


def receive_policy(tx: Tx, who: Identity, org_id: str) -> Subject:
    """What an organization takes from others.

    Raises:
        GatewayError: 404, the same for another tenant's and a missing one; 403.
    """
    found: str = the_organization(tx, who, org_id)["org_id"]
    return Subject(queries.RECEIVE, found, found, "", rules.CLOSED)


def override(tx: Tx, who: Identity, address: str) -> Subject:
    """What one agent takes from other organizations.

    Raises:
        GatewayError: 404, the same for another tenant's and a missing one; 403.
    """
    return _of_agent(tx, who, address, queries.OVERRIDE, rules.USE_ORG_DEFAULT)


def send_policy(tx: Tx, who: Identity, address: str) -> Subject:
    """Whom one agent takes intents from at all.

    Raises:
        GatewayError: 404, the same for another tenant's and a missing one; 403.
    """
    return _of_agent(tx, who, address, queries.SEND, rules.OPEN)


def show(tx: Tx, subject: Subject) -> Body:
    """A policy as it stands. ``GET …/receive-policy``, ``…/receive-override``, ``/v1/agents/{address}/policy``"""
    row = tx.one(queries.POLICY, subject.at)
    mode = row["mode"] if row else subject.default.mode.value
    entries = tx.run(queries.ENTRIES, subject.at) if row else []
    shown = {
        "entries": [_entry(entry) for entry in entries],
        "updated_at": to_text(row["updated_at"]) if row else None,
    }
    if subject.kind == queries.RECEIVE:
        allowlist = [entry["source_org_id"] or entry["sender_pattern"] for entry in entries]
        both = {"mode": mode, "allowlist": allowlist}
        return {"ok": True, "policy": {"org_id": subject.name, "policy_type": mode, **both, **shown}, **both}
    if subject.kind == queries.OVERRIDE:
        return {
            "ok": True,
            "override": {"address": subject.name, "override_type": mode, **shown},
            "override_type": mode,
        }
    return {"ok": True, "policy": {"address": subject.name, "policy_type": mode, **shown}}


def set_receive_policy(tx: Tx, who: Identity, subject: Subject, body: Body) -> Body:
    """Set the mode, the list, or both. ``PUT /v1/organizations/{org_id}/receive-policy``

    Args:
        body: as :class:`~axme.contract.schemas.cross_org.ReceivePolicySet` loads it; a list replaces the former one.

    Raises:
        GatewayError: 422, an item of the list is no pattern.
    """
    if "mode" in body:
        _set_mode(tx, who, subject, body["mode"])
    if "allowlist" in body:
        tx.run(queries.DELETE_LISTED, subject.at)
        for place, text in enumerate(dict.fromkeys(body["allowlist"])):
            _insert(tx, subject, text, Effect.LISTED, "allowlist", place)
        _note(tx, who, subject, "set_list", {"allowlist": body["allowlist"]})
    return show(tx, subject)


def set_send_policy(tx: Tx, who: Identity, subject: Subject, body: Body) -> Body:
    """Set the mode. ``PUT /v1/agents/{address}/policy``"""
    _set_mode(tx, who, subject, body["policy_type"])
    return show(tx, subject)


def set_override(tx: Tx, who: Identity, subject: Subject, body: Body) -> Body:
    """Set the mode, or allow or deny one organization. ``PUT /v1/agents/{address}/receive-override``

    Raises:
        GatewayError: 422, ``source_org_id`` is no organization's name or id.
    """
    said: str = body["override_type"]
    source: str | None = body.get("source_org_id")
    if source is None:
        _set_mode(tx, who, subject, _EXCEPTION_MODES.get(said, said))
        return show(tx, subject) | {"override_type": said}
    pattern = _pattern(tx, source, "source_org_id")
    tx.run(queries.DELETE_EXCEPTIONS, subject.at | {"sender_pattern": pattern})
    _insert(tx, subject, source, Effect(said), "source_org_id")
    _note(tx, who, subject, said, {"source_org_id": source})
    return show(tx, subject) | {"override_type": said, "source_org_id": source}


def add_entry(tx: Tx, who: Identity, subject: Subject, body: Body) -> Body:
    """Name one more sender. ``POST …/entries``

    Raises:
        GatewayError: 409 ``duplicate``; 422, it is no pattern.
    """
    text: str = body["sender_pattern"]
    sought = subject.at | {
        "sender_pattern": _pattern(tx, text, "sender_pattern"),
        "effect": Effect.LISTED.value,
    }
    taken = tx.one(queries.SAME_ENTRY, sought)
    if taken is not None:
        raise GatewayError(
            DUPLICATE,
            f"{taken['sender_pattern']} is among the entries already, as {taken['entry_id']}",
            details={"entry_id": taken["entry_id"]},
        )
    row = _insert(tx, subject, text, Effect.LISTED, "sender_pattern")
    _note(tx, who, subject, "add", {"sender_pattern": row["sender_pattern"]})
    return show(tx, subject) | {"entry": _entry(row)}


def remove_entry(tx: Tx, who: Identity, subject: Subject, entry_id: str) -> Body:
    """Name a sender no longer. ``DELETE …/entries/{entry_id}``

    Raises:
        GatewayError: 404.
    """
    row = tx.one(queries.FIND_ENTRY, subject.at | {"entry_id": entry_id})
    if row is None:
        raise GatewayError(NOT_FOUND, f"this policy has no entry {entry_id[:64]}: read it to see those it has")
    tx.run(queries.DELETE_ENTRY, {"entry_id": entry_id})
    _touch(tx, subject)
    _note(tx, who, subject, "remove", {"sender_pattern": row["sender_pattern"]})
    return show(tx, subject) | {"entry_id": entry_id, "removed": True}


def _of_agent(tx: Tx, who: Identity, address: str, kind: str, default: rules.Policy) -> Subject:
    account = find_living(tx, who, address)
    return Subject(kind, account["address"], account["org_id"], account["workspace_id"], default)


def _set_mode(tx: Tx, who: Identity, subject: Subject, mode: str) -> None:
    tx.run(queries.SET, subject.at | {"org_id": subject.org_id, "mode": mode, "updated_at": tx.now})
    _note(tx, who, subject, "set", {"mode": mode})


def _insert(tx: Tx, subject: Subject, text: str, effect: Effect, field: str, place: int = 0) -> Row:
    pattern = _pattern(tx, text, field)
    row = subject.at | {
        "entry_id": str(uuid.uuid4()),
        "sender_pattern": pattern,
        "effect": effect.value,
        "source_org_id": text if "/" not in text and text != "*" else None,
        # A list keeps its order: its items come a microsecond apart.
        "created_at": tx.now + place,
    }
    same = subject.at | {"sender_pattern": pattern, "effect": effect.value}
    if tx.one(queries.SAME_ENTRY, same) is None:
        tx.run(queries.INSERT_ENTRY, row)
    _touch(tx, subject)
    return row


def _touch(tx: Tx, subject: Subject) -> None:
    default = subject.default.mode.value
    tx.run(queries.TOUCH, subject.at | {"org_id": subject.org_id, "mode": default, "updated_at": tx.now})


def _pattern(tx: Tx, text: str, field: str) -> str:
    """The pattern that ``text`` stands for; the id of an organization stands for all its agents."""
    try:
        pattern = rules.pattern(text)
    except AddressError as error:
        raise GatewayError(VALIDATION_ERROR, f"{field}: {error}", details={"field": field}) from None
    row = None if "/" in text or text == "*" else tx.one(tenants.ORGANIZATION, {"sought": text.lower()})
    return f"agent://{row['slug']}/*" if row else pattern


def _note(tx: Tx, who: Identity, subject: Subject, verb: str, details: dict[str, Any]) -> None:
    audit.record(
        tx,
        who,
        f"{subject.kind}_policy.{verb}",
        subject.name,
        details=details,
        org_id=subject.org_id,
        workspace_id=subject.workspace_id,
    )


def _entry(row: Row) -> Body:
    shown = {
        "entry_id": row["entry_id"],
        "sender_pattern": row["sender_pattern"],
        "created_at": to_text(row["created_at"]),
    }
    if row["effect"] != Effect.LISTED.value:
        shown["effect"] = row["effect"]
    return shown | ({} if row["source_org_id"] is None else {"source_org_id": row["source_org_id"]})
