"""How many of a thing one owner may have."""

from __future__ import annotations

from axme.contract.codes import QUOTA_EXCEEDED
from axme.gateway.errors import GatewayError


def require_room(owner: str, have: int, most: int, things: str) -> None:
    """Let one more be made, unless there are ``most`` of them.

    Raises:
        GatewayError: 429 ``quota_exceeded``.
    """
    if have >= most:
        raise GatewayError(
            QUOTA_EXCEEDED,
            f"{owner} has {have} {things}, and may have {most}: take away what is not needed",
            details={"limit": most},
        )
