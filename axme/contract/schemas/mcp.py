"""What an MCP server says of itself, of its tools and of their results (contract 3.32)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Object, ObjectSchema


class McpServerInfo(ObjectSchema):
    """The name and version of a server."""

    name = fields.String(required=True)
    version = fields.String(required=True)


class McpTool(ObjectSchema):
    """A tool."""

    name = fields.String(required=True)
    description = fields.String()
    inputSchema = Object(required=True)


class McpToolResult(ObjectSchema):
    """What a tool answered."""

    content = fields.List(fields.Dict(), required=True)
    structuredContent = Object()
    isError = Flag()
