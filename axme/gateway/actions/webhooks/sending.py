"""The tries to tell: what is posted, and what becomes of a delivery when a try has ended."""

from __future__ import annotations

import random
from urllib.parse import urlencode

from axme._version import __version__
from axme.contract import jsontext, signing
from axme.contract.clock import to_text
from axme.gateway.actions import owner_mails
from axme.gateway.actions.webhooks.subscriptions import store
from axme.gateway.lifecycle.pushing import WAITS_OF_DAYS, Outcome, Push, Verdict, next_try
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import webhooks
from axme.gateway.store.tx import Row, Tx

_GONE = 410
_SWITCHED_OFF = " The URL says that it is gone, so the subscription is switched off: nothing more is sent to it."
_STILL_ON = (
    " Others are still tried, and what fails within a day is not mailed about again. When the URL works, replay it."
)


def prepare(tx: Tx, delivery_id: str) -> Push | None:
    """What to post for a delivery that is due; ``None`` when nobody wants it any more."""
    delivery = tx.one(webhooks.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})
    if delivery is None or delivery["status"] != webhooks.PENDING:
        return None
    subscription = tx.run(webhooks.ONE, {"subscription_id": delivery["subscription_id"]})[0]
    if not subscription["active"]:
        why = "the subscription was switched off"
        ended = {"status": webhooks.DEAD_LETTERED, "error_detail": why, "next_attempt_at": None}
        _store_delivery(tx, delivery | ended)
        return None
    event = tx.run(webhooks.EVENT, {"event_id": delivery["event_id"]})[0]
    return _push(event, subscription, tx.now)


def settle(tx: Tx, delivery_id: str, outcome: Outcome) -> int | None:
    """Take down a try; the answer is when the next one is due, in microseconds. HTTP 410 ends the subscription."""
    delivery = tx.run(webhooks.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})[0]
    attempt = delivery["attempt_count"] + 1
    webhooks.add_attempt(tx, delivery_id, attempt, outcome)
    again = next_try(attempt, outcome, at=tx.now, chance=random.random(), waits=WAITS_OF_DAYS)
    if outcome.verdict is Verdict.DELIVERED:
        changed: Row = {"status": webhooks.DELIVERED, "error_detail": None}
    else:
        status = webhooks.DEAD_LETTERED if again is None else webhooks.PENDING
        changed = {"status": status, "error_detail": f"try {attempt}: {outcome.detail}"}
    _store_delivery(tx, delivery | changed | {"attempt_count": attempt, "next_attempt_at": again})
    if outcome.status == _GONE:
        row = tx.run(webhooks.ONE_TO_CHANGE, {"subscription_id": delivery["subscription_id"]})[0]
        store(tx, row | {"active": 0, "updated_at": tx.now})
    if changed["status"] == webhooks.DEAD_LETTERED:
        _tell_owner(tx, delivery, changed["error_detail"])
    return again


def _tell_owner(tx: Tx, delivery: Row, detail: str) -> None:
    subscription = tx.run(webhooks.ONE, {"subscription_id": delivery["subscription_id"]})[0]
    event = tx.run(webhooks.EVENT, {"event_id": delivery["event_id"]})[0]
    url, owner = subscription["callback_url"], subscription["owner_agent"]
    note = f"{event['event_type']} was not delivered, and is not tried again ({detail})."
    note += _STILL_ON if subscription["active"] else _SWITCHED_OFF
    path = f"/console/webhooks/{event['event_id']}?{urlencode({'owner': owner})}"
    loss = owner_mails.Loss(f"webhook:{delivery['subscription_id']}", owner, f"Webhook given up: {url}", note, path)
    owner_mails.plan(tx, subscription, loss)


def _push(event: Row, subscription: Row, now: int) -> Push:
    event_id: str = event["event_id"]
    body = jsontext.dumps(
        {
            "type": event["event_type"],
            "timestamp": to_text(event["created_at"]),
            "event_id": event_id,
            "source": event["source"],
            "owner_agent": event["owner_agent"],
            "data": from_json(event["payload"]),
        }
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"axme-gateway/{__version__}",
        "Idempotency-Key": event_id,
    }
    secrets = signing.living(subscription["secret"], subscription["old_secret"], subscription["old_secret_until"], now)
    return Push(subscription["callback_url"], body, headers | signing.sign(secrets, event_id, now // SECOND, body))


def _store_delivery(tx: Tx, delivery: Row) -> None:
    changed = {f"new_{name}": delivery[name] for name in webhooks.DELIVERY_CHANGING}
    tx.run(webhooks.UPDATE_DELIVERY, {"id": delivery["delivery_id"]} | changed | {"new_updated_at": tx.now})
