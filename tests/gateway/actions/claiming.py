"""What a worker does with its claims, said to a rig."""

from __future__ import annotations

from typing import Any

from axme.contract.schemas.claims import ClaimFail, ClaimRequest, ClaimSuspend
from axme.gateway.actions import claims
from axme.gateway.auth.identity import Identity
from tests.gateway.rig import Body, Rig

REQUEST, _fail, _suspend = ClaimRequest(), ClaimFail(), ClaimSuspend()


def claim(rig: Rig, worker_id: str = "w1", *, who: Identity | None = None, key: str | None = None, **more: Any) -> Any:
    """The claims a worker is given now."""
    body = REQUEST.load({"worker_id": worker_id} | more)
    return rig.do(claims.claim, more.pop("address", "worker"), body, key=key, who=who)["claims"]


def one(rig: Rig, worker_id: str = "w1", **more: Any) -> Body:
    """The only claim a worker is given now."""
    found = claim(rig, worker_id, **more)
    assert len(found) == 1
    taken: Body = found[0]
    return taken


def fail(rig: Rig, claim_id: str, **more: Any) -> Body:
    """Fail with an error."""
    return rig.do(claims.fail, claim_id, _fail.load({"error": {"code": "broken", "message": "it broke"}} | more))


def suspend(rig: Rig, claim_id: str, checkpoint: Body | None = None, **wait: Any) -> Body:
    """Suspend for something."""
    wait["for"] = wait.pop("what")
    body = {"wait": wait} | ({"checkpoint": checkpoint} if checkpoint else {})
    return rig.do(claims.suspend, claim_id, _suspend.load(body))


def complete(rig: Rig, claim_id: str) -> Body:
    """Complete with a result."""
    return rig.do(claims.complete, claim_id, {"result": {"done": 1}})
