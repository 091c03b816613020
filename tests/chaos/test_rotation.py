"""C42: the secret of a subscription changes again and again while events go out: each is signed by one that counts."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from axme.exceptions import AxmeError
from axme.webhooks import SignatureError, verify
from tests.chaos.harness import places
from tests.chaos.harness.sizes import add, size
from tests.chaos.probes import EVENT
from tests.gateway.delivery.target import answering, serving
from tests.plain import until

ROTATIONS, EVENTS = 20, 100


def test_each_delivery_is_signed_by_a_secret_that_counts(tmp_path: Path) -> None:
    """No overlap, a short one, a long one: none is signed by neither, and the last one by the last secret."""
    told: list[AxmeError] = []
    with serving(answering("200 OK")) as server, places.sqlite(tmp_path / "gateway") as place, place.client() as client:
        subscription = client.webhooks.subscribe(server.url, [EVENT])
        secrets = [subscription.reveal()]

        def publish() -> None:
            try:
                for number in range(size(EVENTS)):
                    client.webhooks.publish(EVENT, {"n": number}, source="chaos")
            except AxmeError as error:
                told.append(error)

        publishing = threading.Thread(target=publish)
        publishing.start()
        for number in range(size(ROTATIONS)):
            overlap = timedelta(seconds=(0, 0.2, 60)[number % 3])
            secrets.append(subscription.rotate_secret(overlap=overlap).reveal())
        publishing.join(120)
        assert not told
        client.webhooks.publish(EVENT, {"n": "last"}, source="chaos")
        until(lambda: len(server.requests) > size(EVENTS), seconds=60)
        until(lambda: not client.list_webhook_events(status="pending")["events"], seconds=60)
    signed = [_signers(request, secrets) for request in server.requests]
    assert all(signed), "one was signed by no secret there ever was"
    assert all(len(who) <= 2 and who[-1] - who[0] == len(who) - 1 for who in signed), "by one, or by it and the next"
    assert len(secrets) - 1 in max(signed)
    add(secrets_changed_under_load=size(ROTATIONS))


def _signers(request: bytes, secrets: list[str]) -> list[int]:
    """Which of the secrets have signed it."""
    head, _, body = request.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return [number for number, secret in enumerate(secrets) if _holds(body, headers, secret)]


def _holds(body: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        verify(body, headers, secret)
    except SignatureError:
        return False
    return True
