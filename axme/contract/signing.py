"""How webhooks are signed (contract 3.12, D-10): Standard Webhooks, and ``X-AXME-Signature`` over the raw body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
AXME_SIGNATURE = "X-AXME-Signature"
TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"
_VERSION = "v1"


class SignatureError(ValueError):
    """The message was not signed with this secret, or not lately; the text says which."""


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a signed message.

    Args:
        secret: a text of your own, or ``whsec_`` and base64.
        message_id: the same for every try to send the message.
        timestamp: seconds since 1970.
    """
    return {
        SIGNATURE: f"{_VERSION},{_standard(secret, message_id, str(timestamp), body)}",
        AXME_SIGNATURE: f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}",
    }


def check(secret: str, headers: Mapping[str, str], body: bytes, *, now: float) -> str:
    """The id of a message whose signature is right.

    Raises:
        SignatureError: a header is missing, the signature is another's, or the message is older than five minutes.
    """
    found = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not found.get(name)]
    if missing:
        raise SignatureError(f"the header {missing[0]} is missing")
    timestamp = found[TIMESTAMP]
    expected = _standard(secret, found[ID], timestamp, body).encode()
    given = [each.partition(",") for each in found[SIGNATURE].split()]
    if not any(
        version == _VERSION and hmac.compare_digest(expected, signature.encode("utf-8", "replace"))
        for version, _, signature in given
    ):
        raise SignatureError("the signature does not match: another secret signed this, or the body was changed")
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp[:12])) > TOLERANCE_SECONDS:
        raise SignatureError("the message was not signed within the last five minutes: it may have been replayed")
    return found[ID]


def _standard(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX) + "==")
        except (binascii.Error, ValueError):
            pass
    return secret.encode()
