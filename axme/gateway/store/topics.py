"""Names: of the mailbox an address has, and of the topics news is announced on."""

from __future__ import annotations

from axme.contract import addresses

JOBS = "jobs"
#: Something on any topic may have been missed: whoever follows one reads it again.
ANYTHING = "*"


def mailbox(address: str, workspace_id: str) -> str:
    """The key under which deliveries and threads of ``address`` are kept.

    A full address is its own mailbox. A short one, such as ``agent://manager``, means another owner in every
    workspace, so the workspace becomes part of the key.
    """
    return address if addresses.parts(address) else f"{address}@{workspace_id}"


def intent(intent_id: str) -> str:
    """Events of one intent."""
    return f"intent:{intent_id}"


def agent(mailbox_name: str) -> str:
    """Deliveries to one mailbox."""
    return f"agent:{mailbox_name}"


def inbox(mailbox_name: str) -> str:
    """Changed threads of one mailbox."""
    return f"inbox:{mailbox_name}"


def key(key_id: str) -> str:
    """A key was revoked."""
    return f"key:{key_id}"


def member_name(member_id: str) -> str:
    """What stands for a key where a member has a token alone."""
    return f"member:{member_id}"


def member(member_id: str) -> str:
    """A membership changed: keys and tokens are looked up again, and streams opened with the token alone end."""
    return key(member_name(member_id))
