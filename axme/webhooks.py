"""For who receives webhooks: is this message really from the gateway?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from axme.contract import jsontext, signing
from axme.contract.signing import SignatureError

__all__ = ["SignatureError", "verify"]
_TOLERANCE = timedelta(seconds=signing.TOLERANCE_SECONDS)


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secret: str | Iterable[str],
    *,
    tolerance: timedelta | None = _TOLERANCE,
) -> dict[str, Any]:
    """The message of a ``POST /your-callback-url``, once its signature is checked (contract 3.12).

    Args:
        body: the raw bytes, before anything has parsed them.
        headers: of the request, in any case.
        secret: the one the subscription was made with, or several of which one must have signed.
        tolerance: how far the sender's clock may be from this one's, and a message on its way. ``None`` takes messages
            of any age, and those whose only signature is ``X-AXME-Signature``: then a repeat may be years old.

    Returns:
        ``{"type": …, "event_id": …, "timestamp": …, "data": {…}, …}``. A message may arrive more than once: the
        ``event_id`` tells a repeat.

    Raises:
        SignatureError: it is not from the gateway, was changed, or is too old; its text says which.

    Example:
        >>> message = verify(request.body, request.headers, secret)  # doctest: +SKIP
    """
    if not isinstance(body, bytes):
        raise SignatureError(f"the body must be the raw bytes that arrived, not {type(body).__name__}")
    seconds = None if tolerance is None else tolerance.total_seconds()
    signing.check(secret, headers, body, now=time.time(), tolerance=seconds)
    try:
        message = jsontext.loads(body.decode())
    except ValueError as error:
        raise SignatureError(f"the message is signed, but no JSON: {error}") from None
    if not isinstance(message, dict):
        raise SignatureError("the message is signed, but no JSON object")
    return message
