"""The floor of a durable round trip: create, hand to the agent's stream, resolve, show the submitter. Two commits.

No keys, no schemas, no state machine, no leases, one agent: what is left is HTTP, SQLite and two event streams.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

from group_commit import GroupCommit, serve
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

SCHEMA = """
CREATE TABLE intents (intent_id TEXT PRIMARY KEY, body TEXT NOT NULL, status TEXT NOT NULL, result TEXT);
CREATE TABLE events (intent_id TEXT NOT NULL, seq INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (intent_id, seq));
"""
EVENT = "INSERT INTO events VALUES (?, ?, ?)"


def frame(data: dict[str, Any]) -> bytes:
    return b"data: %s\n\n" % json.dumps(data).encode()


commits = GroupCommit(SCHEMA)
deliveries: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
ends: dict[str, asyncio.Event] = {}


async def create(request: Request) -> JSONResponse:
    body = await request.json()
    intent_id = str(uuid.uuid4())
    row = "INSERT INTO intents VALUES (?, ?, 'DELIVERED', NULL)"
    await commits.write((row, (intent_id, json.dumps(body))), (EVENT, (intent_id, 1, "DELIVERED")))
    ends[intent_id] = asyncio.Event()
    deliveries.put_nowait({"intent_id": intent_id, "payload": body["payload"]})
    return JSONResponse({"ok": True, "intent_id": intent_id, "status": "DELIVERED"})


async def resolve(request: Request) -> JSONResponse:
    intent_id, body = request.path_params["intent_id"], await request.json()
    row = "UPDATE intents SET status = 'COMPLETED', result = ? WHERE intent_id = ?"
    await commits.write((row, (json.dumps(body["result"]), intent_id)), (EVENT, (intent_id, 2, "COMPLETED")))
    ends[intent_id].set()
    return JSONResponse({"ok": True, "status": "COMPLETED"})


async def listen(request: Request) -> StreamingResponse:
    async def events() -> AsyncIterator[bytes]:
        while True:
            yield frame(await deliveries.get())

    return StreamingResponse(events(), media_type="text/event-stream")


async def watch(request: Request) -> StreamingResponse:
    async def events() -> AsyncIterator[bytes]:
        await ends[request.path_params["intent_id"]].wait()
        yield frame({"status": "COMPLETED"})

    return StreamingResponse(events(), media_type="text/event-stream")


serve(
    [
        Route("/v1/intents", create, methods=["POST"]),
        Route("/v1/intents/{intent_id}/resolve", resolve, methods=["POST"]),
        Route("/v1/intents/{intent_id}/stream", watch),
        Route("/v1/agent/stream", listen),
    ]
)
