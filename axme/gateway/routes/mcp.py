"""``POST /mcp``: the gateway as a stateless MCP server, JSON-RPC in and JSON-RPC out (contract 3.32)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.types import Send

from axme._version import __version__
from axme.contract import jsontext
from axme.contract.codes import FORBIDDEN, INTERNAL_ERROR
from axme.contract.schemas.errors import ErrorAnswer
from axme.contract.schemas.mcp import RpcAnswer
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.routes import mcp_tools
from axme.gateway.routes.access import owner_of
from axme.gateway.routes.answers import send_json
from axme.gateway.routes.operation import Access, Asked, Operation, Transfers
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services

#: Versions that begin with a handshake, and the stateless one that does not; the oldest first.
_HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
_STATELESS = ("2026-07-28",)
_VERSION_HEADER, _METHOD_HEADER = "mcp-protocol-version", "mcp-method"
_INFO = {"name": "axme-gateway", "version": __version__}
_CAPABILITIES: dict[str, Any] = {"tools": {"listChanged": False}}
_SERVER_INFO_KEY = "io.modelcontextprotocol/serverInfo"

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
_UNAUTHENTICATED, _DENIED, _TOO_MANY = -32001, -32003, -32004
_HEADER_MISMATCH, _UNSUPPORTED_VERSION = -32020, -32022
_OF_STATUS = {401: _UNAUTHENTICATED, 403: _DENIED, 429: _TOO_MANY}


class RpcError(Exception):
    """What a request is answered with instead of a result; ``status`` is that of HTTP."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None, *, status: int = 200) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message} | ({"data": data} if data is not None else {})


async def serve(services: Services, request: Request, asked: Asked | None, send: Send) -> None:
    """Answer one message."""
    if asked is None:
        raise TypeError("the route mcp is for callers with a key")
    _check_origin(request)
    message_id: Any = None
    try:
        message = await _read(request)
        message_id = message.get("id")
        if "id" not in message or "method" not in message:
            await _accept(request, send)
            return
        try:
            result = await _result(services, asked.who, request, message)
        except GatewayError as refusal:
            raise _as_rpc(refusal) from None
        answer, status = {"result": result}, 200
    except RpcError as refusal:
        answer, status = {"error": refusal.error}, refusal.status
    text = jsontext.encode({"jsonrpc": "2.0", "id": message_id, **answer})
    await send_json(send, status, text, request.echo())


async def _read(request: Request) -> dict[str, Any]:
    try:
        message = jsontext.loads(await request.body())
    except jsontext.JsonError as error:
        raise RpcError(PARSE_ERROR, f"the body is not acceptable JSON: {error}", status=400) from None
    if isinstance(message, list):
        raise RpcError(INVALID_REQUEST, "batches are not part of the protocol: send one message", status=400)
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'a message is a JSON object with "jsonrpc": "2.0"', status=400)
    if "method" in message and not isinstance(message["method"], str):
        raise RpcError(INVALID_REQUEST, "method must be text", status=400)
    if isinstance(message.get("id"), (dict, list, bool, float)):
        raise RpcError(INVALID_REQUEST, "id must be text or a whole number", status=400)
    return message


async def _result(services: Services, who: Identity, request: Request, message: dict[str, Any]) -> dict[str, Any]:
    version = _version(request, message)
    params: dict[str, Any] = message.get("params", {})
    if not isinstance(params, dict):
        raise RpcError(INVALID_PARAMS, "params must be an object")
    method: str = message["method"]
    if method != "tools/call":
        request.pace = services.pace.take(who, "mcp")
    match method:
        case "initialize":
            asked_for = params.get("protocolVersion")
            agreed = asked_for if asked_for in _HANDSHAKE else _HANDSHAKE[-1]
            return {"protocolVersion": agreed, "serverInfo": _INFO, "capabilities": _CAPABILITIES}
        case "server/discover":
            supported = [*_STATELESS, *reversed(_HANDSHAKE)]
            return _cacheable({"supportedVersions": supported, "capabilities": _CAPABILITIES})
        case "ping":
            return {}
        case "tools/list":
            listed = {"tools": mcp_tools.described()}
            return _cacheable(listed) if version in _STATELESS else listed
        case "tools/call":
            result = await _call(services, who, request, params)
            return _complete(result) if version in _STATELESS else result
        case other:
            raise RpcError(METHOD_NOT_FOUND, f"there is no method {other[:80]!r}")


async def _call(services: Services, who: Identity, request: Request, params: dict[str, Any]) -> dict[str, Any]:
    name, arguments = params.get("name"), params.get("arguments")
    tool = mcp_tools.find(name) if isinstance(name, str) else None
    if tool is None:
        known = ", ".join(sorted(mcp_tools.TOOLS))
        raise RpcError(INVALID_PARAMS, f"there is no tool {str(name)[:80]!r}: there are {known}")
    if not isinstance(arguments or {}, dict):
        raise RpcError(INVALID_PARAMS, "arguments must be an object")
    request.pace = services.pace.take(who, f"mcp {tool.name}")
    given = {**(arguments or {})}
    owner = given.get("owner_agent") or params.get("owner_agent")
    if owner is not None:
        given["owner_agent"] = owner_of(request, who, owner) if isinstance(owner, str) else owner
    body = await mcp_tools.call(services, who, request, tool, given)
    return {"content": [{"type": "text", "text": jsontext.dumps(body)}], "structuredContent": body, "isError": False}


def _as_rpc(refusal: GatewayError) -> RpcError:
    code = refusal.code
    number = _OF_STATUS.get(code.status, INTERNAL if code.status >= INTERNAL_ERROR.status else INVALID_PARAMS)
    data = {
        "code": code.code,
        "status": code.status,
        "category": code.category,
        "retryable": code.retryable,
        "details": refusal.details or {},
    }
    return RpcError(number, refusal.message, data | refusal.extra)


def _version(request: Request, message: dict[str, Any]) -> str | None:
    version = request.headers.get(_VERSION_HEADER)
    if version is not None and version not in (*_HANDSHAKE, *_STATELESS):
        data = {"supported": [*_STATELESS, *reversed(_HANDSHAKE)], "requested": version[:80]}
        raise RpcError(_UNSUPPORTED_VERSION, "Unsupported protocol version", data, status=400)
    if request.headers.get(_METHOD_HEADER, message["method"]) != message["method"]:
        raise RpcError(_HEADER_MISMATCH, f"the header {_METHOD_HEADER} names another method than the body", status=400)
    return version


def _complete(result: dict[str, Any]) -> dict[str, Any]:
    return result | {"resultType": "complete", "_meta": {_SERVER_INFO_KEY: _INFO}}


def _cacheable(result: dict[str, Any]) -> dict[str, Any]:
    return _complete(result) | {"ttlMs": 0, "cacheScope": "private"}


def _check_origin(request: Request) -> None:
    # A browser sends Origin: no web page but one of this very host may talk to the gateway of who reads it.
    origin = request.headers.get("origin")
    if origin is None:
        return
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        host = ""
    if not host or host.lower() != request.headers.get("host", "").lower():
        raise GatewayError(FORBIDDEN, f"the Origin {origin[:80]!r} is another site than this gateway")


async def _accept(request: Request, send: Send) -> None:
    """Notifications and answers need no answer."""
    await send({"type": "http.response.start", "status": 202, "headers": [*request.echo(), (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/mcp",
        name="mcp",
        about="The Model Context Protocol: JSON-RPC messages, one a request.",
        access=Access.MACHINE,
        may=roles.ANY,
        action=Transfers(serve),
        answer=RpcAnswer,
        failures=(RpcAnswer, ErrorAnswer),
        paced=False,
    ),
)
