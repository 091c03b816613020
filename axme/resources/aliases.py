"""Aliases: names that stand for principals (contract 3.27)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import Identified, given
from axme.resources.belongings import Belonging, Belongings
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional
from axme.resources.named import Named

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.resources.principals import Principal

ACTIVE = "active"


class Alias(Belonging):
    """A name of a principal: ``alias`` is the name, ``status`` is ``active`` or ``revoked``."""

    __slots__ = ()
    _ID = "alias_id"
    _KEY = "alias"

    alias = field("alias", str)
    alias_type = field("alias_type", str)
    status = field("status", str)
    metadata = field("metadata", dict[str, Any])
    revoked_at = optional("revoked_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.aliases import Alias as Shape

        return Shape

    def revoke(self) -> Self:
        """End it, so that its name is free. ``POST /v1/aliases/{alias_id}/revoke``"""
        return self._absorb(self._api.revoke_alias(self.id))

    def _fetch(self) -> dict[str, Any]:
        return self._among(self._api.list_aliases(**self._mine()), "aliases")

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("alias") or self.id, self._seen("status"))))


class Aliases(Belongings, Named[Alias]):
    """The aliases of a principal, workspace or organization, by name or id: ``client.aliases["support"]``."""

    __slots__ = ()

    def bind(
        self,
        alias: str,
        alias_type: str = "communication",
        *,
        principal: str | Identified | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Alias:
        """Let a name stand for a principal; the same again changes nothing. ``POST /v1/aliases``

        Args:
            alias: 3 to 255 characters; within a workspace it stands for one principal at a time.
            alias_type: ``communication``, ``service`` or ``external``.
            principal: whose it is to be, where the collection is not a principal's own.

        Raises:
            AxmeConflictError: it stands for another principal; ``error.details`` says for which.
        """
        said = given(principal_id=self._of(principal), alias=alias, alias_type=alias_type, metadata=metadata)
        answer = self._api.bind_alias(said, idempotency_key=idempotency_key)
        return Alias._from(self._api, answer.get("alias"))

    def list(
        self, *, principal: str | Identified | None = None, status: str | None = None, limit: int | None = None
    ) -> Page[Alias]:
        """The aliases, revoked ones too unless ``status="active"`` is asked for. ``GET /v1/aliases``"""
        answer = self._api.list_aliases(**self._where(principal, limit), status=status)
        return page(answer, "aliases", lambda raw: Alias._from(self._api, raw), kind=Alias, what="aliases", limit=limit)

    def resolve(self, alias: str) -> Principal:
        """Whom a name stands for in the workspace. ``GET /v1/aliases/resolve``

        Raises:
            AxmeNotFoundError: it stands for nobody.
        """
        from axme.resources.principals import Principal

        answer = self._api.resolve_alias(org_id=self._org_id, workspace_id=self._workspace_id, alias=alias)
        resolution = answer.get("resolution") or {}
        return Principal._from(self._api, resolution.get("principal"), complete=False)

    def _all(self) -> Page[Alias]:
        return self.list(status=ACTIVE)

    def _names(self, item: Alias) -> tuple[str, ...]:
        return (item.alias,)
