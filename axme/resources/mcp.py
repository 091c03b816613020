"""An MCP server and its tools as objects (contract 3.32)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeProtocolError, AxmeValueError
from axme.resources.base import Record
from axme.resources.collections import Collection
from axme.resources.fields import field, optional
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema


class McpServerInfo(Record):
    """What the server is."""

    __slots__ = ()

    name = field("name", str)
    version = field("version", str)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.mcp import McpServerInfo as Shape

        return Shape

    def _summary(self) -> str:
        return f"{self._seen('name')} {self._seen('version')}"


class McpToolResult(Record):
    """What a tool answered."""

    __slots__ = ()

    content = field("content", list[dict[str, Any]])
    #: The answer as an object, where the tool gives one.
    structured = optional("structuredContent", dict[str, Any])
    is_error = optional("isError", bool)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.mcp import McpToolResult as Shape

        return Shape

    @property
    def text(self) -> str:
        """The text parts, one below the other."""
        return "\n".join(str(part["text"]) for part in self.content if part.get("type") == "text")


class McpTool(Record):
    """A tool; calling it calls it."""

    __slots__ = ("_client",)

    name = field("name", str)
    description = optional("description", str)
    #: A JSON schema of the arguments.
    input_schema = field("inputSchema", dict[str, Any])

    def __init__(self, client: FlatCalls, raw: Mapping[str, Any]) -> None:
        super().__init__(dict(raw))
        self._client = client

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.mcp import McpTool as Shape

        return Shape

    def __call__(
        self,
        arguments: Mapping[str, Any] | None = None,
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
    ) -> McpToolResult:
        """Call the tool. ``POST /mcp`` with ``tools/call``; errors as of ``client.mcp_call_tool``.

        Args:
            arguments: what ``input_schema`` asks for.
            owner_agent: in whose name.
            idempotency_key: names the effect; with one, the call is repeated after a failure.
        """
        return McpToolResult(
            self._client.mcp_call_tool(
                self.name, arguments=arguments, owner_agent=owner_agent, idempotency_key=idempotency_key
            )
        )

    def _summary(self) -> str:
        return self._seen("name")


class McpTools(Mapping[str, McpTool]):
    """The tools of a server, by name; listed once."""

    def __init__(self, tools: Mapping[str, McpTool]) -> None:
        self._tools = dict(tools)

    def __getitem__(self, name: str) -> McpTool:
        if name not in self._tools:
            raise AxmeValueError(f"the server has no MCP tool {name!r}: it has {', '.join(sorted(self._tools))}")
        return self._tools[name]

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __iter__(self) -> Iterator[str]:
        return iter(self._tools)

    def __len__(self) -> int:
        return len(self._tools)

    def __repr__(self) -> str:
        return f"<McpTools: {', '.join(self._tools)}>"


class Mcp(Collection):
    """The gateway as an MCP server.

    Example:
        >>> client.mcp.tools["create_intent"]({"intent_type": "order.v1", "payload": {}})  # doctest: +SKIP
    """

    __slots__ = ()

    @property
    def server_info(self) -> McpServerInfo:
        """Name and version of the server. ``POST /mcp`` with ``initialize``"""
        info = self._api.mcp_initialize().get("serverInfo")
        if not isinstance(info, Mapping):
            raise AxmeProtocolError("the server's answer holds no serverInfo")
        return McpServerInfo(dict(info))

    @property
    def tools(self) -> McpTools:
        """The tools of the server, by name. ``POST /mcp`` with ``tools/list``"""
        listed = (McpTool(self._api, raw) for raw in self._api.mcp_list_tools()["tools"])
        return McpTools({tool.name: tool for tool in listed})
