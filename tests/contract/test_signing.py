"""Webhook signatures, held against the Standard Webhooks library and the plain definition."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

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
        (lambda: headers(), BODY + b" ", SECRET, "does not match"),
        (lambda: headers(), BODY, SECRET + "!", "does not match"),
        (lambda: headers() | {"webhook-id": "e-2"}, BODY, SECRET, "does not match"),
        (lambda: headers() | {"webhook-signature": "v1"}, BODY, SECRET, "does not match"),
        (lambda: headers() | {"webhook-signature": "v1,ünd"}, BODY, SECRET, "does not match"),
        (lambda: headers(at=time.time() - 301), BODY, SECRET, "five minutes"),
        (lambda: headers(at=time.time() + 400), BODY, SECRET, "five minutes"),
        (dict, BODY, SECRET, "webhook-id is missing"),
        (lambda: headers(body=b"[]"), b"[]", SECRET, "no JSON object"),
        (lambda: headers(body=b"{"), b"{", SECRET, "no JSON"),
    ],
)
def test_what_is_not_from_the_gateway(shown: Callable[[], dict[str, str]], body: bytes, secret: str, why: str) -> None:
    # Signed now, not when the tests were collected: that may be minutes ago.
    with pytest.raises(SignatureError, match=why):
        verify(body, shown(), secret)


def test_one_of_several_secrets_and_an_age_of_ones_own() -> None:
    other = signing.new_secret()
    assert verify(BODY, headers(other), [SECRET, other])
    with pytest.raises(SignatureError, match="no secret"):
        verify(BODY, headers(), [])
    late = headers(at=time.time() - 7200)
    assert verify(BODY, late, SECRET, tolerance=timedelta(hours=3))
    with pytest.raises(SignatureError, match="within the last 60 seconds"):
        verify(BODY, late, SECRET, tolerance=timedelta(minutes=1))
    assert verify(BODY, late, SECRET, tolerance=None)


def test_the_plain_signature_alone_is_enough_only_when_asked_for() -> None:
    plain = {"x-axme-signature": headers()["X-AXME-Signature"]}
    assert verify(BODY, plain, SECRET, tolerance=None)
    with pytest.raises(SignatureError, match="webhook-id is missing"):
        verify(BODY, plain, SECRET)
    for wrong in ("", "sha256=", "sha256=\u00fc", plain["x-axme-signature"][:-1] + "z"):
        with pytest.raises(SignatureError):
            verify(BODY, {"x-axme-signature": wrong}, SECRET, tolerance=None)


@given(
    shown=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "X-AXME-Signature", "x"]),
        st.text(max_size=40) | st.sampled_from(["v1", "v1,", "v1,a,b", "1", "-1", "9" * 40, "\u0660"]),
    ),
    body=st.binary(max_size=20),
    loose=st.booleans(),
)
def test_nothing_but_a_signature_error_comes_out(shown: dict[str, str], body: bytes, loose: bool) -> None:
    with pytest.raises(SignatureError):
        verify(body, shown, SECRET, tolerance=None if loose else timedelta(minutes=5))


@given(data=st.data())
def test_every_bit_counts(data: st.DataObject) -> None:
    good = headers()
    name = data.draw(st.sampled_from(["body", "webhook-id", "webhook-timestamp", "webhook-signature"]))
    raw = bytearray(BODY if name == "body" else good[name].encode())
    first = len("v1,") if name == "webhook-signature" else 0
    raw[data.draw(st.integers(first, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    changed = good if name == "body" else good | {name: raw.decode()}
    with pytest.raises(SignatureError):
        verify(bytes(raw) if name == "body" else BODY, changed, SECRET)
