"""Webhook signatures, held against the Standard Webhooks library and the plain definition."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from axme.contract import signing
from axme.webhooks import SignatureError, verify

SECRET = "a secret of my own, long enough"
BODY = json.dumps({"type": "intent.completed", "data": {}}).encode()
SECRETS = st.one_of(
    st.binary(min_size=16, max_size=32).map(lambda raw: f"whsec_{base64.b64encode(raw).decode()}"),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=16, max_size=64),
)


def headers(secret: str = SECRET, body: bytes = BODY, at: float | None = None) -> dict[str, str]:
    timestamp = int(time.time() if at is None else at)
    return {"webhook-id": "e-1", "webhook-timestamp": str(timestamp)} | signing.sign(secret, "e-1", timestamp, body)


@given(secret=SECRETS, body=st.text(max_size=50))
def test_both_signatures_are_what_others_compute(secret: str, body: str) -> None:
    now = int(time.time())
    made = signing.sign(secret, "e-1", now, body.encode())
    theirs = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    assert made["webhook-signature"] == theirs.sign("e-1", datetime.fromtimestamp(now, UTC), body)
    digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    assert made["X-AXME-Signature"] == f"sha256={digest}"


def test_a_message_is_read_once_it_is_verified() -> None:
    assert verify(BODY, headers(), SECRET)["type"] == "intent.completed"
    loud = {name.upper(): value for name, value in headers().items()}
    assert verify(BODY, loud, SECRET) == json.loads(BODY)
    rotated = headers() | {"webhook-signature": f"v1,bm9wZQ== v2,x {headers()['webhook-signature']}"}
    assert verify(BODY, rotated, SECRET)


@pytest.mark.parametrize(
    ("shown", "body", "secret", "why"),
    [
        (headers(), BODY + b" ", SECRET, "does not match"),
        (headers(), BODY, SECRET + "!", "does not match"),
        (headers() | {"webhook-id": "e-2"}, BODY, SECRET, "does not match"),
        (headers() | {"webhook-signature": "v1"}, BODY, SECRET, "does not match"),
        (headers() | {"webhook-signature": "v1,ünd"}, BODY, SECRET, "does not match"),
        (headers(at=time.time() - 301), BODY, SECRET, "five minutes"),
        (headers(at=time.time() + 400), BODY, SECRET, "five minutes"),
        ({}, BODY, SECRET, "webhook-id is missing"),
        (headers(body=b"[]"), b"[]", SECRET, "no JSON object"),
        (headers(body=b"{"), b"{", SECRET, "no JSON"),
    ],
)
def test_what_is_not_from_the_gateway(shown: dict[str, str], body: bytes, secret: str, why: str) -> None:
    with pytest.raises(SignatureError, match=why):
        verify(body, shown, secret)
