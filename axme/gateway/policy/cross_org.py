"""Whether an intent may go from one agent to another (contract 3.10): a pure rule over the policies of the recipient.

What a refusal tells is decided from the outside in, so that nobody learns of an agent behind a closed door: whoever
the organization itself refuses hears that and nothing else, and an organization that does not exist answers as a
closed one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from axme.contract import addresses
from axme.contract.sender_policies import Effect, Mode


class Reason(StrEnum):
    """Why an intent is refused, as ``details.reason`` says it."""

    RECEIVE_POLICY_CLOSED = "receive_policy_closed"
    RECEIVE_POLICY_NOT_ALLOWLISTED = "receive_policy_not_allowlisted"
    OVERRIDE_DENIED = "override_denied"
    OVERRIDE_CLOSED = "override_closed"
    OVERRIDE_NOT_ALLOWLISTED = "override_not_allowlisted"
    SEND_POLICY_DENIED = "send_policy_denied"
    AGENT_KILLED = "agent_killed"


class Sender(NamedTuple):
    """Who sends."""

    address: str
    org_id: str
    org_slug: str
    #: ``org/workspace``.
    scope: str


class Entry(NamedTuple):
    """Senders that a policy names."""

    pattern: str
    effect: Effect = Effect.LISTED


@dataclass(frozen=True, slots=True)
class Policy:
    """A mode, and the senders it names."""

    mode: Mode
    entries: tuple[Entry, ...] = ()

    def names(self, sender: Sender, effect: Effect = Effect.LISTED) -> bool:
        """Whether an entry with ``effect`` matches ``sender``."""
        return any(entry.effect is effect and matches(entry.pattern, sender) for entry in self.entries)


#: What holds where nothing was set.
CLOSED = Policy(Mode.CLOSED)
OPEN = Policy(Mode.OPEN)
USE_ORG_DEFAULT = Policy(Mode.USE_ORG_DEFAULT)


def matches(pattern: str, sender: Sender) -> bool:
    """Whether ``pattern`` (an address, ``agent://org/workspace/*``, ``agent://org/*`` or ``*``) names ``sender``."""
    if pattern in ("*", sender.address):
        return True
    if not pattern.endswith("/*"):
        return False
    place = pattern.removeprefix("agent://").removesuffix("/*")
    return place in (sender.org_slug, sender.org_id, sender.scope)


def refusal(
    sender: Sender,
    *,
    foreign: bool,
    receive: Policy,
    override: Policy,
    send: Policy,
    killed: bool,
) -> Reason | None:
    """Why an intent must not be sent, or ``None`` when it may.

    Args:
        sender: who sends.
        foreign: whether the recipient belongs to another organization.
        receive: the receive policy of the recipient's organization.
        override: the receive override of the recipient.
        send: the send policy of the recipient.
        killed: whether sender or recipient is killed in the mesh.
    """
    if foreign and (reason := _received(sender, receive, override)) is not None:
        return reason
    if (send.mode is Mode.ALLOWLIST and not send.names(sender)) or (send.mode is Mode.DENYLIST and send.names(sender)):
        return Reason.SEND_POLICY_DENIED
    return Reason.AGENT_KILLED if killed else None


def _received(sender: Sender, receive: Policy, override: Policy) -> Reason | None:
    by_organization = _by_organization(sender, receive)
    if override.names(sender, Effect.DENY):
        return by_organization or Reason.OVERRIDE_DENIED
    if override.names(sender, Effect.ALLOW):
        return None
    match override.mode:
        case Mode.OPEN:
            return None
        case Mode.CLOSED:
            return by_organization or Reason.OVERRIDE_CLOSED
        case Mode.ALLOWLIST:
            return None if override.names(sender) else by_organization or Reason.OVERRIDE_NOT_ALLOWLISTED
        case _:
            return by_organization


def _by_organization(sender: Sender, receive: Policy) -> Reason | None:
    match receive.mode:
        case Mode.OPEN:
            return None
        case Mode.ALLOWLIST:
            return None if receive.names(sender) else Reason.RECEIVE_POLICY_NOT_ALLOWLISTED
        case _:
            return Reason.RECEIVE_POLICY_CLOSED


def pattern(text: str) -> str:
    """The one spelling of a pattern; a bare word is an organization.

    Raises:
        AddressError: it is no pattern.
    """
    word = text.strip().lower()
    if word == "*":
        return word
    if "/" not in word:
        return f"{addresses.canonical(f'agent://{word}')}/*"
    named = addresses.canonical(word.removesuffix("/*"))
    is_place = word.endswith("/*") and named.startswith("agent://") and addresses.parts(named) is None
    if not is_place and (word.endswith("/*") or addresses.parts(named) is None):
        raise addresses.AddressError(
            f"{text[:80]!r} is no pattern of senders: write agent://org/workspace/name, agent://org/workspace/*, "
            "agent://org/* or *"
        )
    return f"{named}/*" if is_place else named
