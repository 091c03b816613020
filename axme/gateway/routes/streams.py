"""An event stream as an HTTP answer."""

from __future__ import annotations

from contextlib import aclosing

from starlette.types import Send

from axme.gateway.delivery.stream import Source, Stream
from axme.gateway.routes.operation import Asked
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def send_stream(services: Services, source: Source, asked: Asked, request: Request, send: Send) -> None:
    """Send events until the end, the deadline, the departure of the client or of the gateway."""
    with services.stream_limit.take(asked.who.key_id):
        await _send(services, source, asked, request, send)


async def _send(services: Services, source: Source, asked: Asked, request: Request, send: Send) -> None:
    query = asked.query
    stream = Stream(source, services.broadcaster, asked.who.closed_by, query["since"], query["wait_seconds"])
    await stream.open()
    try:
        with request.watched(stream.subscriber.end):
            await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, *request.echo()]})
            async with aclosing(stream.frames()) as frames:
                async for chunk in frames:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
    finally:
        stream.close()
