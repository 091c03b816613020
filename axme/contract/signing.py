"""How webhooks are signed (contract 3.12, D-10): Standard Webhooks, and ``X-AXME-Signature`` over the raw body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Iterable, Mapping, Sequence

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
AXME_SIGNATURE = "X-AXME-Signature"
TOLERANCE_SECONDS = 300.0
#: What a secret of one's own must have at least, and may have at most.
SECRET_CHARS = (24, 128)
_PREFIX = "whsec_"
_VERSION = "v1"
_HEX = "sha256="
_BYTES = 32


class SignatureError(ValueError):
    """The message was not signed with this secret, or not lately; the text says which."""


def new_secret() -> str:
    """A secret nobody has yet: 256 random bits."""
    return _PREFIX + base64.b64encode(randomness.token_bytes(_BYTES)).decode()


def living(secret: str | None, old: str | None, old_until: int | None, now: int) -> list[str]:
    """The secrets that a message is signed with now, the new one first; times in microseconds."""
    return [each for each in (secret, old if old_until is not None and now < old_until else None) if each]


def sign(secrets: str | Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message; of one without any secret those that say what it is.

    Args:
        secrets: each a text of your own, or ``whsec_`` and base64; while one follows another, both.
        message_id: the same for every try to send the message.
        timestamp: seconds since 1970.
    """
    every = _listed(secrets)
    headers = {ID: message_id, TIMESTAMP: str(timestamp)}
    if every:
        standard = (f"{_VERSION},{_standard(each, message_id, str(timestamp), body)}" for each in every)
        headers |= {SIGNATURE: " ".join(standard), AXME_SIGNATURE: ",".join(_plain(each, body) for each in every)}
    return headers


def check(
    secrets: str | Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    tolerance: float | None = TOLERANCE_SECONDS,
) -> str | None:
    """The id of a message whose signature is right; ``None`` when it has none.

    Args:
        secrets: those that may have signed it.
        now: seconds since 1970.
        tolerance: how far from ``now`` it may have been signed, in seconds. ``None``: any time, and then
            ``X-AXME-Signature``, which tells no time, is enough.

    Raises:
        SignatureError: a header is missing, the signature is another's, or the message is too old.
    """
    every, found = _listed(secrets), {name.lower(): str(value) for name, value in headers.items()}
    if not every:
        raise SignatureError("there is no secret to check the signature with")
    if tolerance is None and SIGNATURE not in found and AXME_SIGNATURE.lower() in found:
        given = [each.strip() for each in found[AXME_SIGNATURE.lower()].split(",")]
        _match((_plain(each, body) for each in every), given)
        return found.get(ID)
    for name in (ID, TIMESTAMP, SIGNATURE):
        if not found.get(name):
            raise SignatureError(f"the header {name} is missing")
    message_id, timestamp = found[ID], found[TIMESTAMP]
    parts = [each.partition(",") for each in found[SIGNATURE].split()]
    signatures = [signature for version, _, signature in parts if version == _VERSION]
    _match((_standard(each, message_id, timestamp, body) for each in every), signatures)
    if tolerance is not None and not _is_near(timestamp, now, tolerance):
        raise SignatureError(
            f"the message was not signed within the last {_words(tolerance)}: it may have been replayed, or a clock"
            " is wrong"
        )
    return message_id


def _match(expected: Iterable[str], given: Sequence[str]) -> None:
    # Every pair is compared, and each in constant time.
    pairs = [
        hmac.compare_digest(right.encode(), shown.encode("utf-8", "replace")) for right in expected for shown in given
    ]
    if not any(pairs):
        raise SignatureError("the signature does not match: another secret signed this, or the body was changed")


def _is_near(timestamp: str, now: float, tolerance: float) -> bool:
    return timestamp.isascii() and timestamp.isdigit() and abs(now - int(timestamp[:12])) <= tolerance


def _words(seconds: float) -> str:
    return "five minutes" if seconds == TOLERANCE_SECONDS else f"{seconds:g} seconds"


def _listed(secrets: str | Iterable[str]) -> list[str]:
    return [secrets] if isinstance(secrets, str) else list(secrets)


def _standard(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _plain(secret: str, body: bytes) -> str:
    return _HEX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX) + "==")
        except (binascii.Error, ValueError):
            pass
    return secret.encode()
