"""What the flat calls about webhooks put on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder

BODY = {"callback_url": "https://example.com/in", "event_types": ["intent.*"]}
EVENT = {"event_type": "invite.accepted", "source": "me", "payload": {}}
SUBSCRIPTIONS = "/v1/webhooks/subscriptions"
OWNER = {"owner_agent": "shop"}

CALLS: dict[str, tuple[Callable[[AxmeClient], Any], str, str, dict[str, str], Any]] = {
    "upsert": (lambda c: c.upsert_webhook_subscription(BODY), "POST", SUBSCRIPTIONS, {}, BODY),
    "list": (lambda c: c.list_webhook_subscriptions(owner_agent="shop"), "GET", SUBSCRIPTIONS, OWNER, None),
    "list all": (
        lambda c: c.list_webhook_subscriptions(include_inactive=True),
        "GET",
        SUBSCRIPTIONS,
        {"include_inactive": "true"},
        None,
    ),
    "delete": (
        lambda c: c.delete_webhook_subscription("s-1", owner_agent="shop"),
        "DELETE",
        f"{SUBSCRIPTIONS}/s-1",
        OWNER,
        None,
    ),
    "publish": (
        lambda c: c.publish_webhook_event(EVENT, owner_agent="shop"),
        "POST",
        "/v1/webhooks/events",
        OWNER,
        EVENT,
    ),
    "replay": (lambda c: c.replay_webhook_event("e-1"), "POST", "/v1/webhooks/events/e-1/replay", {}, None),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_flat_call_is_one_request(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, query, body = CALLS[name]
    assert call(flat) == {"ok": True}
    assert [(a.method, a.path, a.query, a.body) for a in recorder.asked] == [(method, path, query, body)]
