"""The layer every request passes: key, parameters, body, idempotency, transaction, answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from starlette.types import Receive, Scope, Send

from axme.contract import jsontext
from axme.contract.codes import METHOD_NOT_ALLOWED, NOT_FOUND
from axme.contract.headers import REPLAYED
from axme.gateway.actions.idempotency import Answer, once
from axme.gateway.actions.refusals import Refusal
from axme.gateway.auth.identity import Identity
from axme.gateway.auth.keys import digest
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.routes.access import owner_of
from axme.gateway.routes.answers import Headers, issue, send_json
from axme.gateway.routes.bodies import invalid
from axme.gateway.routes.operation import (
    Access,
    Answers,
    Asked,
    Body,
    Operation,
    Reads,
    Streams,
    Transfers,
    Waits,
    Writes,
)
from axme.gateway.routes.query import read_query
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.routes.streams import send_stream

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UUID_PARAMS = frozenset({"intent_id", "thread_id", "approval_id", "upload_id"})
_REPLAYED_HEADER = (REPLAYED.lower().encode(), b"true")


class Endpoint:
    """All operations of one path, as an ASGI application."""

    def __init__(self, services: Services, operations: list[Operation]) -> None:
        self._services = services
        self._by_method = {method: operation for operation in operations for method in operation.methods}
        shown = self._by_method.get("GET")
        if shown is not None and not isinstance(shown.action, Streams):
            self._by_method["HEAD"] = shown
        self._allow = ", ".join(sorted(self._by_method))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request = scope["axme.request"]
        operation = self._by_method.get(request.method)
        if operation is None:
            raise GatewayError(
                METHOD_NOT_ALLOWED,
                f"{request.method} is not allowed here, only {self._allow}",
                headers={"Allow": self._allow},
            )
        request.operation = operation.name
        asked = await self._ask(operation, request)
        if isinstance(operation.action, Streams) and asked is not None:
            await send_stream(self._services, operation.action.source(self._services, asked), asked, request, send)
            return
        if isinstance(operation.action, Transfers):
            await operation.action.run(self._services, request, asked, send)
            return
        text, headers = await self._run(operation, request, asked)
        await send_json(send, 200, text, [*request.echo(), *headers])

    async def _ask(self, operation: Operation, request: Request) -> Asked | None:
        if operation.access is Access.PUBLIC:
            return None
        who = await self._services.gatekeeper.admit(request)
        writes = request.method not in ("GET", "HEAD") and not isinstance(operation.action, Transfers)
        return await prepare(
            self._services,
            operation,
            request,
            who,
            params=request.scope["path_params"],
            query=request.query_string,
            body=request.json_object if writes else None,
        )

    async def _run(self, operation: Operation, request: Request, asked: Asked | None) -> tuple[str, Headers]:
        action = operation.action
        if isinstance(action, Answers):
            return jsontext.encode(await action.run(self._services, asked)), []
        if asked is None:
            raise TypeError(f"the route {operation.name} cannot be run")
        if isinstance(action, Waits):
            return jsontext.encode(await action.run(self._services, request, asked)), []
        answer = await perform(self._services, operation, asked, request.idempotency_key)
        if answer.replayed:
            answer = answer._replace(text=_told_as_replay(operation, asked, answer.text))
        text = answer.text
        if isinstance(action, Writes) and action.then is not None:
            text = await action.then(self._services, request, asked, answer)
        return text, [_REPLAYED_HEADER] if answer.replayed else []


def _nameable(param: str, value: str) -> str:
    """A parameter of the path as it may be stored: who reads the database must not find a token in it."""
    return digest(value) if param == "token" else value


def _told_as_replay(operation: Operation, asked: Asked, text: str) -> str:
    """The stored answer; where its schema has a field for it, it says that it is told again."""
    fields = operation.answer._declared_fields if operation.answer is not None else {}
    # A token is not stored; who sent it in the path may hear it again.
    said: dict[str, Any] = {"token": asked.params["token"]} if {"token"} & fields.keys() & asked.params.keys() else {}
    if "idempotent" in fields:
        said["idempotent"] = True
    return jsontext.encode(jsontext.loads(text) | said) if said else text


async def prepare(
    services: Services,
    operation: Operation,
    request: Request,
    who: Identity,
    *,
    params: dict[str, str],
    query: bytes,
    body: Callable[[], Awaitable[Body]] | None,
) -> Asked:
    """Let a known caller ask for an operation: rate limit, roles, parameters, and the body if there is one to read.

    Raises:
        GatewayError: whatever is refused before the action itself is asked.
    """
    request.pace = await services.pace.admit(who, operation.name if operation.paced else None)
    try:
        roles.require(who.roles_anywhere if operation.access is Access.TENANT else who.roles, operation.may)
    except GatewayError as error:
        reason = f"{error.code.code} {operation.name}"
        refusal = Refusal(request.source, reason, who.key_id, who.actor_id or who.address, who.org_id, who.workspace_id)
        services.trail.refused(refusal, request.request_id)
        raise
    for name in _UUID_PARAMS & params.keys():
        params[name] = params[name].lower()
        if not _UUID.fullmatch(params[name]):
            raise GatewayError(NOT_FOUND, f"there is no {name.removesuffix('_id')} {params[name][:80]!r}")
    read = read_query(query, operation.query)
    sent = {} if body is None else await body()
    return Asked(
        who=replace(who, request_id=request.request_id, may=operation.may),
        params=params,
        query=read,
        owner=owner_of(request, who, read.get("owner_agent")),
        sent=sent,
        body=operation.reader.read(sent) if operation.reader else {},
        correlation_id=request.correlation_id,
        base_url=services.settings.public_url or request.base_url,
    )


async def perform(services: Services, operation: Operation, asked: Asked, key: str | None) -> Answer:
    """Do what is asked: read, or write once for each idempotency key.

    Args:
        services: those of the process.
        operation: a ``Reads`` or ``Writes``.
        asked: a request that has passed the layer.
        key: the idempotency key of the header; the body's counts where there is none.

    Raises:
        GatewayError: whatever the action refuses; 409, the key stands for another request.
    """
    action = operation.action
    if isinstance(action, Reads):
        run = action.run
        read = services.store.glance if action.few else services.store.read
        return Answer(jsontext.encode(await read(lambda tx: run(tx, asked))), False)
    if not isinstance(action, Writes):
        raise TypeError(f"the route {operation.name} neither reads nor writes")
    write = action.run
    key = key or asked.sent.get("idempotency_key")
    if key is not None and not isinstance(key, str):
        raise invalid([issue(["body", "idempotency_key"], "Not a valid string.")])
    asked.sent.pop("idempotency_key", None)
    # The ids of the path belong to the operation; the query, and whose name it is done in, to what is asked.
    target = " ".join([operation.name, *(_nameable(name, value) for name, value in asked.params.items())])
    behind = {**asked.query, "owner_agent": asked.owner}
    meant = asked.sent | {f"?{name}": value for name, value in behind.items() if value is not None}
    return await services.store.write(
        lambda tx: once(tx, asked.who, target, key or None, meant, lambda: write(tx, asked))
    )
