"""What keeps a page safe in a browser: response headers, and proof that a form was sent from the page itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from axme.contract.codes import FORBIDDEN
from axme.gateway.errors import GatewayError

FORM_TOKEN = "form_token"
_OUTSIDE = "this form was not sent from the page it belongs to: open the page again and decide there"


def headers(style: str, script: str = "") -> list[tuple[bytes, bytes]]:
    """The headers of every page: nothing is loaded, framed, stored or told to others; the one style is our own.

    Args:
        style: all of the page's style.
        script: the one script of a page that has one; it may ask this gateway alone.
    """
    runs = f"script-src {_named(script)}; connect-src 'self'; " if script else ""
    policy = (
        f"default-src 'none'; style-src {_named(style)}; {runs}"
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    named = {
        "content-security-policy": policy,
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-robots-tag": "noindex, nofollow",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    return [(name.encode(), value.encode()) for name, value in named.items()]


def form_token(secret: str) -> str:
    """What a form carries to show that whoever sends it has read the page.

    Args:
        secret: known to the page's reader and the gateway alone, such as the token of a link or the id of a session.
    """
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_seal(secret, nonce)}"


def require_own_form(secret: str, said: str, sent_with: Mapping[str, str], hosts: frozenset[str]) -> None:
    """Let a form through that was sent from its own page.

    Args:
        secret: as :func:`form_token` had it; who sends none has not read the page.
        said: the token in the form.
        sent_with: the headers of the request.
        hosts: the names this gateway is reached by.

    Raises:
        GatewayError: 403.
    """
    nonce, _, seal = said.partition(".")
    if not secret or not hmac.compare_digest(seal.encode(), _seal(secret, nonce).encode()):
        raise GatewayError(FORBIDDEN, _OUTSIDE)
    if sent_with.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise GatewayError(FORBIDDEN, _OUTSIDE)
    # Browsers say null where a page, like ours, has no referrer; who lies in it has failed at the token.
    origin = sent_with.get("origin", "null")
    if origin != "null" and urlsplit(origin).netloc.lower() not in hosts:
        raise GatewayError(FORBIDDEN, _OUTSIDE)


def _named(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _seal(secret: str, nonce: str) -> str:
    return hmac.new(secret.encode(), f"axme form {nonce}".encode(), hashlib.sha256).hexdigest()
