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


class RpcFault(ObjectSchema):
    """Why a message was refused, in the words of JSON-RPC."""

    code = fields.Integer(required=True)
    message = fields.String(required=True)
    data = fields.Dict()


class RpcAnswer(ObjectSchema):
    """The answer to one message: a result or an error."""

    jsonrpc = fields.String(required=True)
    id = fields.Raw(required=True, allow_none=True)
    result = Object()
    error = fields.Nested(RpcFault)
