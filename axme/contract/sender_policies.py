"""The words of policies about who may send to whom (contract 3.7 to 3.9)."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What a policy does with senders it does not name, or names."""

    OPEN = "open"
    ALLOWLIST = "allowlist"
    DENYLIST = "denylist"
    CLOSED = "closed"
    USE_ORG_DEFAULT = "use_org_default"


class Effect(StrEnum):
    """What an entry does: it belongs to the list of the mode, or it is an exception from the mode."""

    LISTED = "listed"
    ALLOW = "allow"
    DENY = "deny"


RECEIVE_MODES = (Mode.OPEN, Mode.ALLOWLIST, Mode.CLOSED)
OVERRIDE_MODES = (Mode.OPEN, Mode.ALLOWLIST, Mode.CLOSED, Mode.USE_ORG_DEFAULT)
SEND_MODES = (Mode.OPEN, Mode.ALLOWLIST, Mode.DENYLIST)
