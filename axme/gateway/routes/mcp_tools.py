"""The tools of the MCP server: other names for operations of the API, with the same rules (contract 3.32)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from axme.contract import jsontext
from axme.contract.codes import VALIDATION_ERROR
from axme.contract.schemas.base import RequestSchema
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.routes import agents, inbox, intents, tasks, users
from axme.gateway.routes.answers import issue
from axme.gateway.routes.layer import perform
from axme.gateway.routes.operation import Asked, Body, Operation
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services

_FAMILIES = (intents, inbox, agents, tasks, users)
_OPERATIONS: dict[str, Operation] = {
    operation.name: operation for family in _FAMILIES for operation in family.OPERATIONS
}
PREFIX = "axme."
_FOR_ALL = {
    "owner_agent": {"type": "string", "description": "In whose name: an address, or a bare name of your workspace."},
    "idempotency_key": {"type": "string", "description": "The same key with the same arguments is done once."},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool, and the operation it stands for."""

    name: str
    about: str
    operation: Operation
    path: tuple[str, ...] = ()
    #: What the body says besides the arguments.
    fixed: Mapping[str, Any]
    #: Arguments that may be left out although the operation asks for them, and what they are then.
    defaults: Mapping[str, Callable[[Identity, str | None], Any]]
    #: The arguments of the body, where they are fewer than the operation takes.
    body: tuple[str, ...] | None = None


def _tool(
    name: str,
    about: str,
    operation: str,
    *,
    path: tuple[str, ...] = (),
    body: tuple[str, ...] | None = None,
    fixed: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Callable[[Identity, str | None], Any]] | None = None,
) -> Tool:
    return Tool(
        name=name,
        about=about,
        operation=_OPERATIONS[operation],
        path=path,
        body=body,
        fixed=fixed or {},
        defaults=defaults or {},
    )


_INTENT, _THREAD = ("intent_id",), ("thread_id",)
TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        _tool(
            "create_intent",
            "Send a durable intent to an agent; without to_agent, to its owner's own agent.",
            "create_intent",
            defaults={"to_agent": lambda who, owner: owner or who.address},
        ),
        _tool("get_intent", "Read one intent: its status, payload and result.", "get_intent", path=_INTENT),
        _tool("list_intents", "List intents, the newest first.", "list_intents"),
        _tool(
            "cancel_intent",
            "Stop an intent for good.",
            "resolve_intent",
            path=_INTENT,
            body=("reason",),
            fixed={"status": "CANCELED"},
        ),
        _tool("resume_intent", "Let a waiting intent go on, or give it its result.", "resume_intent", path=_INTENT),
        _tool("list_inbox", "List the threads of an inbox, the last changed first.", "list_inbox"),
        _tool("reply_inbox_thread", "Write into a thread.", "reply_inbox_thread", path=_THREAD),
        _tool("approve_inbox_thread", "Approve what a thread asks.", "approve_inbox_thread", path=_THREAD),
        _tool("reject_inbox_thread", "Reject what a thread asks.", "reject_inbox_thread", path=_THREAD),
        _tool("list_tasks", "List the human tasks that wait for a decision.", "list_my_tasks"),
        _tool("list_agents", "List the agents of the workspace.", "list_agents"),
        _tool("check_nick", "Ask whether a nick is free.", "check_nick"),
    )
}


def find(name: str) -> Tool | None:
    """The tool of a name, with or without ``axme.`` in front."""
    return TOOLS.get(name.removeprefix(PREFIX))


@cache
def described() -> list[dict[str, Any]]:
    """All tools as ``tools/list`` shows them, under both names."""
    shown: list[dict[str, Any]] = [
        {"name": tool.name, "description": tool.about, "inputSchema": _input_schema(tool)} for tool in TOOLS.values()
    ]
    return shown + [tool | {"name": PREFIX + tool["name"]} for tool in shown]


async def call(services: Services, who: Identity, request: Request, tool: Tool, arguments: Body) -> Body:
    """Do what a tool stands for, as if it had been asked for over its own route.

    Raises:
        GatewayError: whatever the operation refuses.
    """
    operation = tool.operation
    roles.require(who.roles, operation.may)
    given = dict(arguments)
    owner = _text(given, "owner_agent")
    for name, default in tool.defaults.items():
        given.setdefault(name, default(who, owner))
    params = {name: _needed(given, name) for name in tool.path}
    query = {parameter.name: parameter.read(_plain(given, parameter.name)) for parameter in operation.query}
    sent = {**given, **tool.fixed}
    asked = Asked(
        who=replace(who, request_id=request.request_id, may=operation.may),
        params=params,
        query=query | ({"owner_agent": owner} if "owner_agent" in query else {}),
        owner=owner,
        sent=sent,
        body=operation.reader.read(sent) if operation.reader else {},
        correlation_id=request.correlation_id,
        base_url=request.base_url,
    )
    answered = await perform(services, operation, asked, request.idempotency_key)
    result: dict[str, Any] = jsontext.loads(answered.text)
    return result


def _input_schema(tool: Tool) -> dict[str, Any]:
    properties: dict[str, Any] = {name: {"type": "string"} for name in tool.path}
    needed = list(tool.path)
    for parameter in tool.operation.query:
        properties[parameter.name] = {**parameter.schema(), "description": parameter.about}
    if tool.operation.body is not None:
        body = _json_schema(tool.operation.body())
        wanted = set(body["properties"] if tool.body is None else tool.body) - {"from_agent"}
        properties |= {name: _portable(shape) for name, shape in body["properties"].items() if name in wanted}
        needed += [name for name in body.get("required", ()) if name in wanted and name not in tool.defaults]
    return {"type": "object", "properties": {**properties, **_FOR_ALL}, "required": sorted(needed)}


def _json_schema(schema: RequestSchema) -> dict[str, Any]:
    # Imported here, like for the OpenAPI document: a gateway without MCP clients should not wait for it.
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    plugin = MarshmallowPlugin(schema_name_resolver=_inline)
    APISpec(title="tools", version="1", openapi_version="3.1.0", plugins=[plugin])
    if plugin.converter is None:
        raise AssertionError("a plugin has a converter once it belongs to a document")
    made: dict[str, Any] = plugin.converter.schema2jsonschema(schema)  # type: ignore[no-untyped-call]
    return made


def _portable(shape: dict[str, Any]) -> dict[str, Any]:
    """A property whose pattern other languages read too: the end of a text is ``\\Z`` in Python alone."""
    pattern = shape.get("pattern")
    return shape | {"pattern": pattern.removesuffix("\\Z") + "$"} if pattern else shape


def _inline(_schema: Any) -> str:
    """No name: the schema stands where it is used, because a tool has no place for definitions."""
    return ""


def _needed(given: Body, name: str) -> str:
    value = _text(given, name)
    if value is None:
        raise _invalid(name, "is missing")
    return value


def _text(given: Body, name: str) -> str | None:
    value = given.pop(name, None)
    if value is not None and not isinstance(value, str):
        raise _invalid(name, "must be text")
    return value or None


def _plain(given: Body, name: str) -> str | None:
    value = given.pop(name, None)
    if isinstance(value, bool) or not isinstance(value, (str, int, type(None))):
        raise _invalid(name, "must be text or a whole number")
    return None if value is None else str(value)


def _invalid(name: str, what: str) -> GatewayError:
    return GatewayError(
        VALIDATION_ERROR, f"{name}: {what}", details={"issues": [issue(["arguments", name], f"{name} {what}")]}
    )
