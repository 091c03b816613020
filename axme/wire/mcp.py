"""The Model Context Protocol: JSON-RPC over one path, ``/mcp`` unless configured otherwise (contract 3.32)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from axme import exceptions as ex
from axme._version import __version__
from axme.transport import Call
from axme.wire._base import WireCalls, unexpected
from axme.wire._mcp_arguments import check

#: What a JSON-RPC error code stands for; other codes are told apart by their range.
_ERRORS: dict[int, tuple[int, type[ex.AxmeHttpError]]] = {
    -32001: (403, ex.AxmeAuthError),
    -32003: (403, ex.AxmeAuthError),
    -32004: (429, ex.AxmeRateLimitError),
    -32602: (422, ex.AxmeValidationError),
}
_SERVER_CODES = -32000


class McpCalls(WireCalls):
    """The calls that speak to a gateway as an MCP server."""

    #: The input schemas last listed; replaced as a whole.
    _mcp_schemas: Mapping[str, Mapping[str, Any]] | None = None

    def mcp_initialize(self, *, protocol_version: str | None = None, trace_id: str | None = None) -> dict[str, Any]:
        """Agree on a protocol version and learn what the server is. ``POST /mcp`` with ``initialize``

        Args:
            protocol_version: the version offered; the configuration's ``mcp_protocol_version`` by default.

        Returns:
            ``{"protocolVersion": …, "serverInfo": {"name": …, "version": …}, "capabilities": {…}}``.

        Raises:
            AxmeHttpError: the server refused; see :meth:`mcp_call_tool`.
        """
        params = {
            "protocolVersion": protocol_version or self.config.mcp_protocol_version,
            "capabilities": {},
            "clientInfo": {"name": "axme", "version": __version__},
        }
        return self._rpc("initialize", params, retryable=True, trace_id=trace_id)

    def mcp_list_tools(self, *, trace_id: str | None = None) -> dict[str, Any]:
        """The tools of the server. ``POST /mcp`` with ``tools/list``

        Returns:
            ``{"tools": [{"name": …, "description": …, "inputSchema": {…}}]}``.

        Raises:
            AxmeHttpError: the server refused; see :meth:`mcp_call_tool`.
        """
        result = self._rpc("tools/list", {}, retryable=True, trace_id=trace_id)
        tools = result.get("tools")
        if not isinstance(tools, list):
            raise unexpected("mcp_list_tools", "it holds no list of tools")
        self._mcp_schemas = {
            tool["name"]: tool.get("inputSchema") or {}
            for tool in tools
            if isinstance(tool, Mapping) and isinstance(tool.get("name"), str)
        }
        return result

    def mcp_call_tool(
        self,
        name: str,
        *,
        arguments: Mapping[str, Any] | None = None,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
        validate_input_schema: bool = True,
        retryable: bool | None = None,
    ) -> dict[str, Any]:
        """Call a tool. ``POST /mcp`` with ``tools/call``

        Args:
            name: such as ``create_intent``.
            arguments: what the tool's input schema asks for.
            owner_agent: in whose name; it becomes an argument of the tool.
            idempotency_key: names the effect; it becomes an argument of the tool.
            validate_input_schema: check the arguments first; the tools are listed once for that.
            retryable: whether to try again after a failure; by default if there is an ``idempotency_key``.

        Returns:
            ``{"content": […], "structuredContent": {…}, "isError": False}``.

        Raises:
            AxmeValueError: there is no such tool, or its schema does not allow the arguments; nothing was sent.
            AxmeAuthError: the key may not do this.
            AxmeRateLimitError: too many calls.
            AxmeValidationError: the server did not accept the arguments.
            AxmeServerError: the server failed.
        """
        if not isinstance(name, str) or not name.strip():
            raise ex.AxmeValueError(f"the name of a tool is needed, not {name!r}")
        owner = self._owner(owner_agent)
        sent = dict(arguments or {})
        for key, value in (("owner_agent", owner), ("idempotency_key", idempotency_key)):
            if value is not None:
                sent.setdefault(key, value)
        if validate_input_schema:
            check(name, self._mcp_schema(name, trace_id), sent)
        params: dict[str, Any] = {"name": name, "arguments": sent}
        if owner is not None:
            params["owner_agent"] = owner
        again = idempotency_key is not None if retryable is None else retryable
        return self._rpc("tools/call", params, retryable=again, trace_id=trace_id, idempotency_key=idempotency_key)

    def _mcp_schema(self, name: str, trace_id: str | None) -> Mapping[str, Any]:
        if name not in (self._mcp_schemas or {}):
            self.mcp_list_tools(trace_id=trace_id)
        known = self._mcp_schemas or {}
        if name not in known:
            raise ex.AxmeValueError(f"the server has no MCP tool {name!r}: it has {', '.join(sorted(known)) or 'none'}")
        return known[name]

    def _rpc(
        self,
        method: str,
        params: Mapping[str, Any],
        *,
        retryable: bool,
        trace_id: str | None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        rpc_id = str(uuid.uuid4())
        operation = f"mcp {method}"
        self._observed({"phase": "request", "method": method, "rpc_id": rpc_id, "retryable": retryable})
        answer = self._send(
            Call(
                method="POST",
                path=self.config.mcp_endpoint_path,
                json={"jsonrpc": "2.0", "id": rpc_id, "method": method, "params": params},
                operation=operation,
                idempotency_key=idempotency_key,
                trace_id=trace_id,
                retryable=retryable,
            )
        )
        if answer.get("error") is not None:
            raise _refusal(answer["error"], operation)
        result = answer.get("result")
        if not isinstance(result, dict):
            raise unexpected(operation, "its result is no object")
        self._observed({"phase": "response", "method": method, "rpc_id": rpc_id, "result_keys": sorted(result)})
        return result

    def _observed(self, event: dict[str, Any]) -> None:
        if self.config.mcp_observer is not None:
            self.config.mcp_observer(event)


def _refusal(error: Any, operation: str) -> ex.AxmeHttpError:
    said: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    number = said.get("code")
    data = said.get("data")
    facts: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    other = (
        (502, ex.AxmeServerError) if isinstance(number, int) and number <= _SERVER_CODES else (400, ex.AxmeHttpError)
    )
    status, kind = _ERRORS.get(number, other) if isinstance(number, int) else other
    message = said.get("message")
    return kind(
        status,
        message if isinstance(message, str) and message else "the MCP server gave no reason",
        body=error,
        code=facts.get("code"),
        details=facts.get("details"),
        retryable=facts.get("retryable"),
        operation=operation,
    )
