"""Aliases: names that stand for principals (contract 3.27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class AliasCalls(WireCalls):
    """The flat calls about aliases."""

    def bind_alias(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Let a name stand for a principal; the same again changes nothing. ``POST /v1/aliases``

        Args:
            payload: ``principal_id``, ``alias`` (3 to 255 characters), ``alias_type`` (``communication``, ``service``
                or ``external``), and perhaps ``metadata``.

        Returns:
            ``{"ok": True, "alias": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such principal.
            AxmeConflictError: the name stands for another principal of the workspace.
        """
        return self._call(
            "bind_alias",
            "POST",
            "/v1/aliases",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_aliases(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        principal_id: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Aliases of a principal, a workspace or an organization; of the caller's workspace by default.
        ``GET /v1/aliases``

        Returns:
            ``{"ok": True, "aliases": […]}``; ``status`` is ``active`` or ``revoked``.
        """
        query = {
            "org_id": org_id,
            "workspace_id": workspace_id,
            "principal_id": principal_id,
            "status": status,
            "limit": limit,
        }
        return self._call("list_aliases", "GET", "/v1/aliases", query=query, trace_id=trace_id)

    def revoke_alias(
        self, alias_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """End an alias, so that its name is free. ``POST /v1/aliases/{alias_id}/revoke``

        Returns:
            ``{"ok": True, "alias": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call(
            "revoke_alias",
            "POST",
            "/v1/aliases/{}/revoke",
            alias_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def resolve_alias(
        self, *, alias: str, org_id: str | None = None, workspace_id: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Whom a name stands for in a workspace, the caller's own by default. ``GET /v1/aliases/resolve``

        Returns:
            ``{"ok": True, "resolution": {"alias": …, "principal": {…}}}``.

        Raises:
            AxmeNotFoundError: it stands for nobody.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "alias": alias}
        return self._call("resolve_alias", "GET", "/v1/aliases/resolve", query=query, trace_id=trace_id)
