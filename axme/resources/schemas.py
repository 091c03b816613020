"""The registry of semantic schemas: what the payloads of an intent type look like (contract 3.13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import Recipient, address_of, given
from axme.resources.base import Resource
from axme.resources.collections import Collection
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class SemanticSchema(Resource):
    """A registered JSON Schema: payloads of intents of its type, sent by its owner or to it, must be valid under it.

    ``compatibility_mode`` says how it may change: ``strict`` not at all, ``backward`` as long as every document that
    was valid stays valid, ``warn`` in any way; ``schema_hash`` is the SHA-256 of the document in canonical form.
    ``warnings`` is what the last change broke.
    """

    __slots__ = ()
    _ID = "semantic_type"
    _KEY = "schema"

    schema_json = field("schema_json", dict[str, Any])
    schema_ref = field("schema_ref", str)
    schema_hash = field("schema_hash", str)
    compatibility_mode = field("compatibility_mode", str)
    scope = field("scope", str)
    owner_agent = optional("owner_agent", str)
    active = field("active", bool)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.schemas import SemanticSchema as Shape

        return Shape

    @property
    def semantic_type(self) -> str:
        """The intent type it is for."""
        return self.id

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was valid before the last change and is not any more, with its place; empty unless the mode is warn."""
        return tuple(self._snapshot.raw.get("warnings", ()))

    def update(
        self, schema: Mapping[str, Any] | None = None, *, mode: str | None = None, active: bool | None = None
    ) -> Self:
        """Change the document, the mode, or whether it counts. ``POST /v1/schemas``

        Raises:
            AxmeConflictError: the mode it has now forbids the change; ``error.details["breaks"]`` says what.
        """
        body = given(
            semantic_type=self.id,
            schema_json=self.schema_json if schema is None else schema,
            compatibility_mode=mode or self.compatibility_mode,
            active=active,
        )
        answer = self._api.upsert_schema(body, owner_agent=self._owner)
        return self._absorb(told(answer, body["schema_json"]))

    def deactivate(self) -> Self:
        """Let payloads pass unchecked until :meth:`activate`. ``POST /v1/schemas``"""
        return self.update(active=False)

    def activate(self) -> Self:
        """Check payloads again. ``POST /v1/schemas``"""
        return self.update(active=True)

    @property
    def _owner(self) -> str | None:
        owner = self._snapshot.raw.get("owner_agent")
        return owner if isinstance(owner, str) else None

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_schema(self.id, owner_agent=self._owner)

    def _summary(self) -> str:
        off = "" if self._snapshot.raw.get("active", True) else "inactive"
        return " ".join(filter(None, (self.id, self._seen("compatibility_mode"), off)))


class SemanticSchemas(Collection):
    """The schemas of the caller, and of the agents of its workspace."""

    __slots__ = ()

    def register(
        self,
        semantic_type: str,
        schema: Mapping[str, Any],
        *,
        mode: str = "backward",
        owner: Recipient | None = None,
        schema_ref: str | None = None,
        active: bool | None = None,
    ) -> SemanticSchema:
        """Register a schema, or change the one there is. ``POST /v1/schemas``

        Args:
            semantic_type: the intent type, such as ``order.fulfillment.v1``.
            schema: a JSON Schema (2020-12); references stay inside of it.
            mode: how it may change later: ``strict``, ``backward`` or ``warn``.
            owner: the agent whose schema it is; the caller's own by default.
            schema_ref: a name of your own for it.
            active: ``False`` registers it without checking payloads yet.

        Raises:
            AxmeValidationError: it is no JSON Schema.
            AxmeConflictError: the mode of the registered one forbids the change.

        Example:
            >>> client.schemas.register(  # doctest: +SKIP
            ...     "order.fulfillment.v1", {"type": "object", "required": ["order"]}
            ... )
        """
        body = given(
            semantic_type=semantic_type,
            schema_json=schema,
            compatibility_mode=mode,
            schema_ref=schema_ref,
            active=active,
        )
        answer = self._api.upsert_schema(body, owner_agent=None if owner is None else address_of(owner))
        return SemanticSchema._from(self._api, told(answer, schema).get("schema"))

    def get(self, semantic_type: str, *, owner: Recipient | None = None) -> SemanticSchema:
        """One schema: the owner's, else the one that comes with the gateway. ``GET /v1/schemas/{semantic_type}``

        Raises:
            AxmeNotFoundError: there is none of this type.
        """
        answer = self._api.get_schema(semantic_type, owner_agent=None if owner is None else address_of(owner))
        return SemanticSchema._from(self._api, answer.get("schema"))


def told(answer: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """An upsert's answer, with the document that was sent and the warnings that came inside of the schema."""
    schema = answer.get("schema")
    if not isinstance(schema, dict):
        return dict(answer)
    return {"schema": schema | {"schema_json": dict(document), "warnings": answer.get("warnings", [])}}
