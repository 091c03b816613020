"""The floor of a durable create: parse the body, one row, a shared commit, an answer. No rules, no keys, no events."""

from __future__ import annotations

import json
import uuid

from group_commit import GroupCommit, serve
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

SCHEMA = "CREATE TABLE intents (intent_id TEXT PRIMARY KEY, body TEXT NOT NULL)"

commits = GroupCommit(SCHEMA)


async def create(request: Request) -> JSONResponse:
    body = await request.json()
    intent_id = str(uuid.uuid4())
    await commits.write(("INSERT INTO intents VALUES (?, ?)", (intent_id, json.dumps(body))))
    return JSONResponse({"ok": True, "intent_id": intent_id, "status": "DELIVERED"})


serve([Route("/v1/intents", create, methods=["POST"])])
