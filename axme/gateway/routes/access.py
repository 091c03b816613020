"""Who is calling: the key and token of a request, looked up at most once a second (contract 1.2, 1.3)."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

from axme.contract import addresses
from axme.contract.codes import BAD_REQUEST, INVALID_AGENT_ADDRESS, INVALID_KEY, MISSING_KEY
from axme.contract.headers import API_KEY, OWNER_AGENT
from axme.gateway.actions.refusals import Refusal
from axme.gateway.auth import keys, tokens
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.routes.query import OWNER
from axme.gateway.routes.request import Request
from axme.gateway.store import Notice, Store, Tx
from axme.gateway.trail import Trail

REMEMBER_SECONDS = 1.0
_MOST_REMEMBERED = 4096
_NOT_LET_IN = (401, 403)


class Gatekeeper:
    """Turns keys and tokens into identities. A change is seen at once, on other nodes within a second."""

    def __init__(self, store: Store, trail: Trail) -> None:
        self._store = store
        self._trail = trail
        self._known: dict[str, tuple[Identity, float]] = {}
        self._revocations = 0

    async def admit(self, request: Request) -> Identity:
        """The caller of ``request``.

        Raises:
            GatewayError: 401 ``missing_platform_api_key``, ``invalid_platform_api_key``, ``invalid_actor_token`` or
                ``token_expired``; 403 ``invalid_actor_scope``.
        """
        shown = _credentials(request)
        fingerprint = keys.digest(f"{shown.key or ''} {shown.token or ''}")
        known = self._known.get(fingerprint)
        if known is not None and monotonic() < known[1]:
            return known[0]
        revocations = self._revocations
        self._known.pop(fingerprint, None)
        try:
            who = await self._store.glance(lambda tx: _authenticate(tx, shown))
        except GatewayError as error:
            if error.code.status in _NOT_LET_IN:
                await self._note(request, shown, error)
            raise
        if revocations == self._revocations:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[fingerprint] = (who, monotonic() + REMEMBER_SECONDS)
        return who

    async def _note(self, request: Request, shown: _Shown, error: GatewayError) -> None:
        key = shown.key
        holder = await self._store.glance(lambda tx: keys.holder_of(tx, key)) if key else None
        known = (holder["key_id"], holder["address"], holder["org_id"], holder["workspace_id"]) if holder else ()
        self._trail.refused(Refusal(request.source, error.code.code, *known), request.request_id)

    def forget(self, _revoked: Notice) -> None:
        """Some key was revoked, or a role changed: look all of them up again."""
        self._revocations += 1
        self._known.clear()


class _Shown(NamedTuple):
    key: str | None
    token: str | None


def _credentials(request: Request) -> _Shown:
    """A key, a token beside it, or a token alone; ``Authorization`` may carry the key as well."""
    key = request.headers.get(API_KEY, "").strip() or None
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    bearer = rest.strip() if scheme.lower() == "bearer" else ""
    if bearer and key is None and not tokens.looks_like_one(bearer):
        return _Shown(bearer, None)
    if key is None and not bearer:
        raise GatewayError(MISSING_KEY, f"send an API key in the header {API_KEY}", details={"header": API_KEY})
    return _Shown(key, bearer if bearer and bearer != key else None)


def _authenticate(tx: Tx, shown: _Shown) -> Identity:
    who = keys.authenticate(tx, shown.key) if shown.key else None
    if shown.token is not None and (who is not None or shown.key is None):
        return tokens.authenticate(tx, shown.token, who)
    if who is None:
        raise GatewayError(INVALID_KEY, "this API key is unknown, expired or revoked", details={"header": API_KEY})
    return who


def owner_of(request: Request, who: Identity, query_owner: str | None) -> str | None:
    """In whose name the caller acts: by query or header, which must not contradict each other."""
    header_owner = OWNER.read(request.headers.get(OWNER_AGENT))
    owner = query_owner or header_owner
    if owner is None:
        return None
    try:
        full = who.canonical(owner)
        if header_owner is not None and who.canonical(header_owner) != full:
            raise GatewayError(
                BAD_REQUEST, f"the query says owner_agent={owner!r}, the header {OWNER_AGENT} says {header_owner!r}"
            )
    except addresses.AddressError as error:
        raise GatewayError(INVALID_AGENT_ADDRESS, f"owner_agent: {error}") from None
    return full
