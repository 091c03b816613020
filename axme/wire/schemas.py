"""The registry of semantic schemas (contract 3.13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class SchemaCalls(WireCalls):
    """The flat calls about semantic schemas."""

    def upsert_schema(
        self,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Register a schema, or change it. ``POST /v1/schemas``

        Args:
            payload: ``semantic_type``, ``schema_json``, ``compatibility_mode`` (``strict``, ``backward``, ``warn``),
                and perhaps ``schema_ref`` and ``active``.
            owner_agent: whose schema it is; the key's own agent by default.

        Returns:
            ``{"ok": True, "schema": {…}}``, with ``warnings`` where a change breaks what was valid before.

        Raises:
            AxmeValidationError: ``schema_json`` is no JSON Schema.
            AxmeConflictError: the schema's compatibility mode forbids the change.
        """
        return self._call(
            "upsert_schema",
            "POST",
            "/v1/schemas",
            query={"owner_agent": self._owner(owner_agent)},
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def get_schema(
        self, semantic_type: str, *, owner_agent: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """One schema with its document: the owner's, else the core's. ``GET /v1/schemas/{semantic_type}``

        Returns:
            ``{"ok": True, "schema": {…, "schema_json": {…}}}``.

        Raises:
            AxmeNotFoundError: there is none of this type.
        """
        query = {"owner_agent": self._owner(owner_agent)}
        return self._call("get_schema", "GET", "/v1/schemas/{}", semantic_type, query=query, trace_id=trace_id)
