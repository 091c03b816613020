"""``GET /openapi.json``: the document is made from the same table that routes requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from axme._version import __version__
from axme.contract.schemas.base import ObjectSchema, RequestSchema
from axme.gateway.routes.operation import Access, Answers, Asked, Body, Operation, Streams, Transfers, Waits, Writes
from axme.gateway.routes.services import Services

_CONVERTER = re.compile(r"\{(\w+):\w+\}")
_NAMES = re.compile(r"\{(\w+)\}")


def document(operations: Iterable[Operation]) -> Body:
    """The OpenAPI 3.1 document of ``operations``."""
    # Imported here: nobody who never asks for the document should wait for it at start-up.
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    spec = APISpec(
        title="axme gateway",
        version=__version__,
        openapi_version="3.1.0",
        info={"description": "Durable intents: the AXP HTTP API of this gateway."},
        plugins=[MarshmallowPlugin(schema_name_resolver=_name_of)],
    )
    spec.components.security_scheme("key", {"type": "apiKey", "in": "header", "name": "x-api-key"})
    spec.components.security_scheme("actor", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for operation in operations:
        described = {method.lower(): _describe(operation, method) for method in operation.methods}
        spec.path(path=_CONVERTER.sub(r"{\1}", operation.path), operations=described)
    made: Body = spec.to_dict()
    return made


def _name_of(schema: Any) -> str:
    name: str = (schema if isinstance(schema, type) else type(schema)).__name__
    return name.lstrip("_")


def _describe(operation: Operation, method: str) -> dict[str, Any]:
    first = method == operation.methods[0]
    found: dict[str, Any] = {
        "operationId": operation.name if first else f"{operation.name}_{method.lower()}",
        "summary": operation.about,
        "parameters": _parameters(operation),
        "responses": {"200": _answer(operation), "default": _failure(operation)},
        "security": [] if operation.access is Access.PUBLIC else [{"key": []}, {"actor": []}],
    }
    if operation.body or isinstance(operation.action, (Writes, Waits)) or _takes_json(operation, method):
        schema: Any = operation.body or {"type": "object"}
        found["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    if isinstance(operation.action, Transfers) and method == "PUT":
        found["requestBody"] = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    return found


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    names = _NAMES.findall(_CONVERTER.sub(r"{\1}", operation.path))
    found = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    found += [
        {"name": parameter.name, "in": "query", "description": parameter.about, "schema": parameter.schema()}
        for parameter in operation.query
    ]
    if isinstance(operation.action, (Writes, Waits)):
        about = "The same key with the same body is done once."
        found.append({"name": "Idempotency-Key", "in": "header", "description": about, "schema": {"type": "string"}})
    return found


def _answer(operation: Operation) -> dict[str, Any]:
    if isinstance(operation.action, Streams):
        return {"description": "Events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    if isinstance(operation.action, Transfers) and operation.answer is None:
        return {"description": "The bytes.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    if operation.answer is None:
        return {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}}
    return _content("The answer.", operation.answer)


def _takes_json(operation: Operation, method: str) -> bool:
    return isinstance(operation.action, Transfers) and method == "POST"


def _failure(operation: Operation) -> dict[str, Any]:
    found = _content("What went wrong.", operation.failures[0])
    if len(operation.failures) > 1:
        found["content"]["application/json"]["schema"] = {"anyOf": list(operation.failures)}
    return found


def _content(description: str, schema: type[ObjectSchema | RequestSchema]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


@lru_cache(maxsize=1)
def _cached() -> Body:
    from axme.gateway.routes.table import OPERATIONS as ALL

    return document(ALL)


async def openapi(_services: Services, _asked: Asked | None) -> Body:
    """The document."""
    return _cached()


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/openapi.json",
        name="openapi",
        about="This document.",
        access=Access.PUBLIC,
        action=Answers(openapi),
    ),
)
