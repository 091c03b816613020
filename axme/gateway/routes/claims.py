"""Claims of workers. An extension of the protocol; ``agents.claims`` in the capabilities tells of it."""

from __future__ import annotations

from time import monotonic

from axme.contract.schemas import claims as schemas
from axme.contract.schemas.base import RequestSchema
from axme.gateway.actions import claims
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.routes.agents import address_of
from axme.gateway.routes.answers import refusal
from axme.gateway.routes.bodies import BodyReader
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Waits, Writes
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.store import Tx, topics

_ONE = "/v1/claims/{claim_id}"
_NAMED = BodyReader(schemas.Settling())
_OF_KIND = {
    "complete": BodyReader(schemas.ClaimComplete()),
    "fail": BodyReader(schemas.ClaimFail()),
    "suspend": BodyReader(schemas.ClaimSuspend()),
    "release": BodyReader(RequestSchema()),
}


async def claim(services: Services, request: Request, asked: Asked) -> Body:
    """What is free, as soon as something is; at once where there are results to be answered."""
    address = address_of(asked)
    mailbox = topics.mailbox(address, asked.who.workspace_id)
    if asked.body["settle"]:
        return await _exchange(services, request, asked, address, mailbox)
    deadline = monotonic() + asked.body["wait_seconds"]
    # In line before looking: a delivery that comes meanwhile calls again.
    place = services.desk.join(mailbox, asked.who.closed_by)
    try:
        found = await _claim_now(services, request, asked, address)
        if not found["claims"] and deadline > monotonic():
            with request.watched(place.depart):
                while not found["claims"] and await place.is_called(deadline - monotonic()):
                    found = await _claim_now(services, request, asked, address)
            if place.departed and found["claims"]:
                taken = [one["intent_id"] for one in found["claims"]]
                await services.store.write(lambda tx: claims.give_back_all(tx, taken))
    finally:
        services.desk.leave(place)
    _pass_on(services, asked, mailbox, found)
    return found


async def _exchange(services: Services, request: Request, asked: Asked, address: str, mailbox: str) -> Body:
    settles, key = [_read(one) for one in asked.body["settle"]], request.idempotency_key
    told, found = await services.store.write(
        lambda tx: claims.exchange(tx, asked.who, address, asked.body, settles, key=key)
    )
    _pass_on(services, asked, mailbox, found)
    return found | {"settled": [_told(one.claim_id, what) for one, what in zip(settles, told, strict=True)]}


def _read(sent: Body) -> claims.Settle:
    """What is said of a claim, by the schema of its kind; what it refuses is this one's, and no other's."""
    try:
        kind = _NAMED.read(sent)["kind"]
        return claims.Settle(sent["claim_id"], kind, sent, _OF_KIND[kind].read(sent))
    except GatewayError as error:
        return claims.Settle(str(sent.get("claim_id", "")), "", sent, error)


def _told(claim_id: str, what: str | GatewayError) -> Body:
    if isinstance(what, str):
        return {"claim_id": claim_id, "ok": True, "status": what}
    error = refusal(what.code, what.message, what.details)
    return {"claim_id": claim_id, "ok": False, "status_code": what.code.status, "error": error}


def _pass_on(services: Services, asked: Asked, mailbox: str, found: Body) -> None:
    """There may be more than one worker may take."""
    if found["claims"] and len(found["claims"]) == asked.body["limit"]:
        services.desk.call(mailbox)


async def _claim_now(services: Services, request: Request, asked: Asked, address: str) -> Body:
    key = request.idempotency_key
    return await services.store.write(lambda tx: claims.claim(tx, asked.who, address, asked.body, key=key))


def renew(tx: Tx, asked: Asked) -> Body:
    """Go on with claims."""
    return claims.renew(tx, asked.who, asked.body)


def progress(tx: Tx, asked: Asked) -> Body:
    """Tell how far it is."""
    return claims.progress(tx, asked.who, asked.params["claim_id"], asked.body)


def checkpoint(tx: Tx, asked: Asked) -> Body:
    """Keep something for the next worker."""
    return claims.checkpoint(tx, asked.who, asked.params["claim_id"], asked.body)


def complete(tx: Tx, asked: Asked) -> Body:
    """Bring back the result."""
    return claims.complete(tx, asked.who, asked.params["claim_id"], asked.body)


def fail(tx: Tx, asked: Asked) -> Body:
    """Say that the attempt failed."""
    return claims.fail(tx, asked.who, asked.params["claim_id"], asked.body)


def suspend(tx: Tx, asked: Asked) -> Body:
    """Wait for somebody else, or for a time."""
    return claims.suspend(tx, asked.who, asked.params["claim_id"], asked.body)


def release(tx: Tx, asked: Asked) -> Body:
    """Give it back."""
    return claims.release(tx, asked.who, asked.params["claim_id"])


def list_attempts(tx: Tx, asked: Asked) -> Body:
    """What workers have tried."""
    return claims.list_attempts(tx, asked.who, asked.params["intent_id"])


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/agents/{address:path}/claims",
        name="claim_deliveries",
        about="Settle what is done, and take deliveries of an agent under a lease; waits for the first if asked to.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Waits(claim),
        body=schemas.ClaimRequest,
        answer=schemas.Claims,
    ),
    Operation(
        methods=("POST",),
        path="/v1/claims/renew",
        name="renew_claims",
        about="Let claims go on for another lease, and say which are over.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(renew),
        body=schemas.ClaimRenew,
        answer=schemas.ClaimsRenewed,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/progress",
        name="report_claim_progress",
        about="Tell those who follow the intent how far the work is.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(progress),
        body=schemas.ClaimProgress,
        answer=schemas.ClaimAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/checkpoint",
        name="checkpoint_claim",
        about="Keep data that the next claim of the intent brings again.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(checkpoint),
        body=schemas.ClaimCheckpoint,
        answer=schemas.ClaimKept,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/complete",
        name="complete_claim",
        about="Bring back the result: the intent is COMPLETED.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(complete),
        body=schemas.ClaimComplete,
        answer=schemas.ClaimCompleted,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/fail",
        name="fail_claim",
        about="Say that the attempt failed; the intent is tried again as its policy says, or FAILED.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(fail),
        body=schemas.ClaimFail,
        answer=schemas.ClaimAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/suspend",
        name="suspend_claim",
        about="Let go of the intent until a person has decided, a time has come, or another agent has done its part.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(suspend),
        body=schemas.ClaimSuspend,
        answer=schemas.ClaimAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/release",
        name="release_claim",
        about="Give the intent back without counting an attempt.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(release),
        answer=schemas.ClaimKept,
    ),
    Operation(
        methods=("GET",),
        path="/v1/intents/{intent_id}/attempts",
        name="list_intent_attempts",
        about="List what workers have tried with an intent, and how each attempt ended.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(list_attempts),
        answer=schemas.DeliveryAttempts,
    ),
)
