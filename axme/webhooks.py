"""For who receives webhooks: is this message really from the gateway?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from axme.contract import jsontext, signing
from axme.contract.signing import SignatureError

__all__ = ["SignatureError", "verify"]


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> dict[str, Any]:
    """The message of a ``POST /your-callback-url``, once its signature is checked (contract 3.12).

    Args:
        body: the raw bytes, before anything has parsed them.
        headers: of the request, in any case.
        secret: the one the subscription was made with.

    Returns:
        ``{"type": …, "event_id": …, "timestamp": …, "data": {…}, …}``. A message may arrive more than once: the
        ``event_id`` tells a repeat.

    Raises:
        SignatureError: it is not from the gateway, was changed, or is older than five minutes.

    Example:
        >>> message = verify(request.body, request.headers, secret)  # doctest: +SKIP
    """
    signing.check(secret, headers, body, now=time.time())
    try:
        message = jsontext.loads(body.decode())
    except ValueError as error:
        raise SignatureError(f"the message is signed, but no JSON: {error}") from None
    if not isinstance(message, dict):
        raise SignatureError("the message is signed, but no JSON object")
    return message
