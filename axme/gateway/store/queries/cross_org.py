"""Policies about senders, and the entries they name."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, or_, select, text

from axme.contract.sender_policies import Effect, Mode
from axme.gateway.policy.cross_org import Entry, Policy
from axme.gateway.store.tables import sender_policies, sender_policy_entries, service_accounts
from axme.gateway.store.tx import Row, Tx

RECEIVE, OVERRIDE, SEND = "receive", "override", "send"
_p, _e, _a = sender_policies.c, sender_policy_entries.c, service_accounts.c

POLICY = select(sender_policies).where(_p.kind == bindparam("kind"), _p.subject == bindparam("subject"))
ENTRIES = (
    select(sender_policy_entries)
    .where(_e.kind == bindparam("kind"), _e.subject == bindparam("subject"))
    .order_by(_e.created_at, _e.entry_id)
)
SET = text(
    "INSERT INTO sender_policies (kind, subject, org_id, mode, updated_at)"
    " VALUES (:kind, :subject, :org_id, :mode, :updated_at)"
    " ON CONFLICT (kind, subject) DO UPDATE SET mode = excluded.mode, updated_at = excluded.updated_at"
)
#: An entry makes a policy known without changing its mode.
TOUCH = text(
    "INSERT INTO sender_policies (kind, subject, org_id, mode, updated_at)"
    " VALUES (:kind, :subject, :org_id, :mode, :updated_at)"
    " ON CONFLICT (kind, subject) DO UPDATE SET updated_at = excluded.updated_at"
)
INSERT_ENTRY = insert(sender_policy_entries)
FIND_ENTRY = select(sender_policy_entries).where(
    _e.kind == bindparam("kind"), _e.subject == bindparam("subject"), _e.entry_id == bindparam("entry_id")
)
SAME_ENTRY = select(sender_policy_entries).where(
    _e.kind == bindparam("kind"),
    _e.subject == bindparam("subject"),
    _e.sender_pattern == bindparam("sender_pattern"),
    _e.effect == bindparam("effect"),
)
DELETE_ENTRY = delete(sender_policy_entries).where(_e.entry_id == bindparam("entry_id"))
#: Everything that names a sender by one organization, whatever it says of it.
DELETE_EXCEPTIONS = delete(sender_policy_entries).where(
    _e.kind == bindparam("kind"),
    _e.subject == bindparam("subject"),
    _e.sender_pattern == bindparam("sender_pattern"),
    _e.effect != Effect.LISTED.value,
)
DELETE_LISTED = delete(sender_policy_entries).where(
    _e.kind == bindparam("kind"), _e.subject == bindparam("subject"), _e.effect == Effect.LISTED.value
)
KILLED_OF = (
    select(_a.address)
    .where(
        or_(_a.address == bindparam("sender"), _a.address == bindparam("recipient")),
        _a.killed_at.is_not(None),
        _a.status != "deleted",
    )
    .limit(1)
)


def find(tx: Tx, kind: str, subject: str, default: Policy) -> Policy:
    """The policy of a subject, or ``default`` where none was set."""
    row = tx.one(POLICY, {"kind": kind, "subject": subject})
    if row is None:
        return default
    return Policy(Mode(row["mode"]), tuple(map(_entry, tx.run(ENTRIES, {"kind": kind, "subject": subject}))))


def is_killed(tx: Tx, sender: str, recipient: str) -> bool:
    """Whether one of two addresses is killed in the mesh."""
    return tx.one(KILLED_OF, {"sender": sender, "recipient": recipient}) is not None


def _entry(row: Row) -> Entry:
    return Entry(row["sender_pattern"], Effect(row["effect"]))
