"""Making deliveries: what is posted where, and what becomes of a delivery when a try has ended (contract 3.30)."""

from __future__ import annotations

import random

from axme._version import __version__
from axme.contract import jsontext
from axme.contract.clock import to_text
from axme.gateway.actions import owner_mails
from axme.gateway.actions.routing import POSTED
from axme.gateway.lifecycle.pushing import Outcome, Push, Verdict, next_try
from axme.gateway.policy import routing as rules
from axme.gateway.policy import ssrf
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import deliveries, outside, routing
from axme.gateway.store.tx import Row, Tx

KIND = "delivery"
QUEUE = "queue"
_NO_ROUTE = "the principal has no active route any more: register one, then replay the delivery"
_REPLAY = "What fails within a day is not mailed about again. When the endpoint works, replay it."
_UNSIGNED = "none"
_CHANGING = ("transport_type", "route_id", "status", "error_detail", "attempt_count", "next_attempt_at", "updated_at")


def begin(tx: Tx, delivery: Row, route: Row) -> Row:
    """Set a stored delivery on its way by ``route``: into the queue, or as a job that posts it."""
    delivery = _by_route(delivery, route)
    if delivery["status"] == deliveries.SUBMITTED:
        outside.add(tx, KIND, delivery["delivery_id"], tx.now, ssrf.target_of(route["endpoint_url"]))
        delivery["next_attempt_at"] = tx.now
    return store(tx, delivery)


def prepare(tx: Tx, delivery_id: str) -> Push | None:
    """What to post for a delivery that is due; ``None`` when it has ended, or goes another way now."""
    delivery = tx.one(deliveries.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})
    if delivery is None or delivery["status"] not in deliveries.OPEN:
        return None
    route = _next_route(tx, delivery)
    if route is None:
        store(tx, delivery | {"status": deliveries.FAILED, "error_detail": _NO_ROUTE, "next_attempt_at": None})
        return None
    before = delivery["status"]
    delivery = _by_route(delivery | {"status": deliveries.SUBMITTED}, route)
    if delivery["status"] != deliveries.SUBMITTED:
        store(tx, delivery | {"next_attempt_at": None})
        return None
    return _push(store(tx, delivery | {"status": before}), route)


def settle(tx: Tx, delivery_id: str, outcome: Outcome) -> int | None:
    """Take down a try; the answer is when the next one is due, in microseconds."""
    delivery = tx.run(deliveries.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})[0]
    attempt = delivery["attempt_count"] + 1
    add_attempt(tx, delivery, attempt, outcome)
    again = next_try(attempt, outcome, at=tx.now, chance=random.random())
    settled(tx, delivery, attempt, outcome, again)
    return again


def add_attempt(tx: Tx, delivery: Row, attempt: int, outcome: Outcome) -> None:
    """Store how a try ended."""
    tx.run(
        deliveries.INSERT_ATTEMPT,
        {
            "delivery_id": delivery["delivery_id"],
            "attempt": attempt,
            "route_id": delivery["route_id"],
            "at": tx.now,
            "outcome": outcome.verdict.value,
            "http_status": outcome.status,
            "detail": outcome.detail,
        },
    )


def settled(tx: Tx, delivery: Row, attempt: int, outcome: Outcome, again: int | None) -> None:
    """Write down where a delivery stands after a try."""
    done = outcome.verdict is Verdict.DELIVERED
    changed = {
        "status": _status(outcome, again),
        "error_detail": None if done else f"try {attempt}: {outcome.detail}",
        "attempt_count": attempt,
        "next_attempt_at": again,
    }
    stored = store(tx, delivery | changed)
    if not done and again is None:
        _tell_owner(tx, stored)


def _tell_owner(tx: Tx, delivery: Row) -> None:
    what = "An intent" if delivery["intent_id"] else "A delivery"
    to: str = delivery["alias"] or delivery["principal_id"]
    note = f"{what} could not be posted, and is not tried again ({delivery['error_detail']}). {_REPLAY}"
    about, path = f"route:{delivery['route_id']}", f"/console/deliveries/{delivery['delivery_id']}"
    owner_mails.plan(tx, delivery, owner_mails.Loss(about, to, f"Delivery given up: {to}", note, path))


def store(tx: Tx, delivery: Row) -> Row:
    """Write down what of a delivery can change."""
    delivery = delivery | {"updated_at": tx.now}
    tx.run(
        deliveries.UPDATE,
        {"id": delivery["delivery_id"]} | {f"new_{name}": delivery[name] for name in _CHANGING},
    )
    return delivery


def _status(outcome: Outcome, again: int | None) -> str:
    if outcome.verdict is Verdict.DELIVERED:
        return deliveries.DELIVERED
    if outcome.verdict is Verdict.HOPELESS:
        return deliveries.FAILED
    return deliveries.DEAD_LETTERED if again is None else deliveries.PENDING


def _by_route(delivery: Row, route: Row) -> Row:
    """A delivery that takes ``route``: submitted if it is to be posted, pending in a queue, or failed right away."""
    taken = {"route_id": route["route_id"], "transport_type": route["transport_type"]}
    if route["transport_type"] == QUEUE:
        taken["status"] = deliveries.PENDING
    elif route["transport_type"] not in POSTED:
        taken |= {
            "status": deliveries.FAILED,
            "error_detail": f"this gateway has no {route['transport_type']} transport",
        }
    elif route["auth_mode"] != _UNSIGNED:
        why = f"this gateway cannot authenticate with {route['auth_mode']}: give the route auth_mode none"
        taken |= {"status": deliveries.FAILED, "error_detail": why}
    return delivery | taken


def _next_route(tx: Tx, delivery: Row) -> Row | None:
    routes = tx.run(routing.OF_PRINCIPAL, {"principal_id": delivery["principal_id"]})
    if delivery["attempt_count"] == 0:
        able = rules.candidates(routes)
        chosen = [route for route in able if route["route_id"] == delivery["route_id"]] or able
        return chosen[0] if chosen else None
    return rules.following(routes, delivery["route_id"])


def _push(delivery: Row, route: Row) -> Push:
    told = ("delivery_id", "replay_of_delivery_id", "org_id", "workspace_id", "principal_id", "alias", "correlation_id")
    body = {name: delivery[name] for name in told} | {
        "attempt": delivery["attempt_count"] + 1,
        "created_at": to_text(delivery["created_at"]),
        "payload": from_json(delivery["payload"]),
    }
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"axme-gateway/{__version__}",
        "Idempotency-Key": delivery["delivery_id"],
    }
    return Push(route["endpoint_url"], jsontext.dumps(body).encode(), headers)
