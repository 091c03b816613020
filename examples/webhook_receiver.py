"""A service that is told what happens to the intents of an agent, and believes only what is signed.

Run `pip install axme[gateway]`, then this: it starts a gateway of its own, subscribes, and shows what arrives.
In production the receiver is a service of its own, with the secret in its environment.
"""

from __future__ import annotations

import socket
import threading
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import axme.gateway
from axme.webhooks import SignatureError, verify


def receiver(secret: str, messages: SimpleQueue[dict]) -> Starlette:
    """The whole service: check, note, answer at once, and work later."""
    seen: set[str] = set()  # in production: a table with a unique key

    async def receive(request: Request) -> Response:
        try:
            message = verify(await request.body(), request.headers, secret)
        except SignatureError as error:
            return Response(str(error), status_code=401)
        if message["event_id"] not in seen:  # it may arrive more than once
            seen.add(message["event_id"])
            messages.put(message)
        return Response(status_code=204)

    return Starlette(routes=[Route("/axme", receive, methods=["POST"])])


def main() -> None:
    with (
        TemporaryDirectory() as place,
        socket.create_server(("127.0.0.1", 0)) as listening,
        # Only to try it out: a gateway sends to public addresses otherwise.
        axme.gateway.start(data_dir=place, allow_local_targets=True) as gateway,
        gateway.client() as client,
    ):
        shop = client.agents.create("shop")
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/axme"
        subscription = client.webhooks.subscribe(url, ["intent.created", "intent.completed"], owner=shop.address)

        messages: SimpleQueue[dict] = SimpleQueue()
        app = receiver(subscription.reveal(), messages)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        serving.start()

        intent = client.intents.create("order.v1", to=shop, payload={"order": "A-1001"})
        intent.complete({"parcels": 1})
        told = [messages.get(timeout=10) for _ in range(2)]
        for message in sorted(told, key=lambda message: message["data"]["seq"]):
            print(message["type"], message["data"]["status"])

        server.should_exit = True
        serving.join()


if __name__ == "__main__":
    main()
