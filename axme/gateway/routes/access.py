"""Who is calling: the key of a request, looked up at most once a second (contract 1.2, 1.3)."""

from __future__ import annotations

from time import monotonic

from axme.contract import addresses
from axme.contract.codes import BAD_REQUEST, INVALID_AGENT_ADDRESS, INVALID_KEY, MISSING_KEY
from axme.contract.headers import API_KEY, OWNER_AGENT
from axme.gateway.auth import keys
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.routes.query import OWNER
from axme.gateway.routes.request import Request
from axme.gateway.store import Notice, Store

REMEMBER_SECONDS = 1.0
_MOST_REMEMBERED = 4096


class Gatekeeper:
    """Turns keys into identities. A revoked key is forgotten at once, on other nodes within a second."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[Identity, float]] = {}
        self._revocations = 0

    async def admit(self, request: Request) -> Identity:
        """The caller of ``request``."""
        token = _token(request)
        fingerprint = keys.digest(token)
        known = self._known.get(fingerprint)
        if known is not None and monotonic() < known[1]:
            return known[0]
        revocations = self._revocations
        who = await self._store.glance(lambda tx: keys.authenticate(tx, token))
        if who is None:
            self._known.pop(fingerprint, None)
            raise GatewayError(INVALID_KEY, "this API key is unknown, expired or revoked", details={"header": API_KEY})
        if revocations == self._revocations:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[fingerprint] = (who, monotonic() + REMEMBER_SECONDS)
        return who

    def forget(self, _revoked: Notice) -> None:
        """Some key was revoked: look all of them up again."""
        self._revocations += 1
        self._known.clear()


def _token(request: Request) -> str:
    token = request.headers.get(API_KEY, "").strip()
    if not token:
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        token = rest.strip() if scheme.lower() == "bearer" else ""
    if not token:
        raise GatewayError(MISSING_KEY, f"send an API key in the header {API_KEY}", details={"header": API_KEY})
    return token


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
