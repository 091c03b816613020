"""Reading request bodies: the short way for good ones, marshmallow's own way for the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, missing
from marshmallow.fields import Field

from axme.contract.codes import VALIDATION_ERROR
from axme.contract.schemas.base import RequestSchema
from axme.gateway.errors import GatewayError
from axme.gateway.routes.answers import issue

_KINDS = {"Missing data for required field.": "missing"}


class BodyReader:
    """Reads bodies of one schema.

    ``Schema.load`` visits every declared field, most of which are absent; that costs more than the rest of a request.
    Here only the fields sent are visited, by the schema's own field objects, and whatever they refuse is left to
    ``Schema.load``, whose report names everything that is wrong.
    """

    def __init__(self, schema: RequestSchema) -> None:
        self._schema = schema
        self._readers = {name: _reader(field) for name, field in schema.fields.items()}
        self._required = frozenset(name for name, field in schema.fields.items() if field.required)
        self._defaults: dict[str, Any] = {
            name: field.load_default for name, field in schema.fields.items() if field.load_default is not missing
        }
        hooks = type(schema).resolve_hooks()
        self._before: list[Callable[[Any], Any]] = [getattr(schema, name) for name, _, _ in hooks.get("pre_load", [])]
        self._is_plain = not any(found for kind, found in hooks.items() if kind != "pre_load")

    def read(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The declared fields of ``sent``.

        Raises:
            GatewayError: 422, with every issue and its place.
        """
        try:
            if self._is_plain:
                return self._quickly(sent)
        except ValidationError:
            pass
        try:
            loaded: dict[str, Any] = self._schema.load(sent)
        except ValidationError as error:
            raise invalid(_issues(["body"], error.messages)) from None
        return loaded

    def _quickly(self, sent: dict[str, Any]) -> dict[str, Any]:
        data: Any = {name: value for name, value in sent.items() if value is not None}
        for prepare in self._before:
            data = prepare(data)
        found: dict[str, Any] = {}
        for name, value in data.items():
            read = self._readers.get(name)
            if read is not None:
                found[name] = read(value, name, data)
        if not self._required <= found.keys():
            raise ValidationError("a required field is missing")
        for name, default in self._defaults.items():
            if name not in found:
                found[name] = default() if callable(default) else default
        return found


def _reader(field: Field[Any]) -> Callable[..., Any]:
    """``field.deserialize`` for a value that is there: it would put its checks together anew each time."""
    if field.pre_load or field.post_load or type(field)._validate is not Field._validate:
        return field.deserialize
    read, checks = field._deserialize, tuple(field.validators)
    if not checks:
        return read

    def read_and_check(value: Any, name: str, data: Any) -> Any:
        found = read(value, name, data)
        for check in checks:
            check(found)
        return found

    return read_and_check


def invalid(issues: list[dict[str, Any]]) -> GatewayError:
    """A refusal that names every issue."""
    first = issues[0]
    where = ".".join(str(step) for step in first["loc"])
    more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
    return GatewayError(VALIDATION_ERROR, f"{where}: {first['msg']}{more}", details={"issues": issues})


def _issues(loc: list[str | int], messages: Any) -> list[dict[str, Any]]:
    if isinstance(messages, dict):
        return [found for step, inner in messages.items() for found in _issues([*loc, step], inner)]
    texts = messages if isinstance(messages, list) else [messages]
    return [issue(loc, str(text), _KINDS.get(str(text), "value_error")) for text in texts]
