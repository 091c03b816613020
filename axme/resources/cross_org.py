"""Who may send to whom, as objects (contract 3.7 to 3.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.contract.sender_policies import Mode
from axme.resources.base import Record, Resource
from axme.resources.fields import field, optional, records

if TYPE_CHECKING:
    from marshmallow import Schema


class PolicyEntry(Record):
    """Senders that a policy names: an address, a workspace, an organization, or all."""

    __slots__ = ()

    entry_id = field("entry_id", str)
    sender_pattern = field("sender_pattern", str)
    effect = optional("effect", str)
    source_org_id = optional("source_org_id", str)
    created_at = optional("created_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.cross_org import Entry

        return Entry

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("effect"), self._seen("sender_pattern"))))


class ReceivePolicy(Resource):
    """What an organization takes from other organizations; nothing, until it says otherwise."""

    __slots__ = ()
    _ID = "org_id"
    _KEY = "policy"

    mode = field("mode", Mode)
    entries = records("entries", PolicyEntry)
    allowlist = field("allowlist", list[str])
    updated_at = optional("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.cross_org import ReceivePolicy as Shape

        return Shape

    def open(self) -> Self:
        """Take intents from every organization. ``PUT /v1/organizations/{org_id}/receive-policy``"""
        return self._set({"mode": Mode.OPEN.value})

    def close(self) -> Self:
        """Take intents from no other organization. ``PUT /v1/organizations/{org_id}/receive-policy``"""
        return self._set({"mode": Mode.CLOSED.value})

    def allow_only(self, senders: Iterable[str]) -> Self:
        """Take intents from these senders alone. ``PUT /v1/organizations/{org_id}/receive-policy``

        Args:
            senders: names or ids of organizations, or patterns such as ``agent://partner/orders/*``.

        Example:
            >>> organization.receive_policy.allow_only(["partner"])  # doctest: +SKIP
        """
        return self._set({"mode": Mode.ALLOWLIST.value, "allowlist": list(senders)})

    def add(self, sender_pattern: str) -> Self:
        """Name one more sender. ``POST /v1/organizations/{org_id}/receive-policy/entries``

        Raises:
            AxmeConflictError: it is named already.
        """
        return self._absorb(self._api.add_receive_policy_entry(self.id, {"sender_pattern": sender_pattern}))

    def remove(self, entry: PolicyEntry | str) -> Self:
        """Name a sender no longer. ``DELETE /v1/organizations/{org_id}/receive-policy/entries/{entry_id}``"""
        return self._absorb(self._api.remove_receive_policy_entry(self.id, _id_of(entry)))

    def _set(self, body: dict[str, Any]) -> Self:
        return self._absorb(self._api.set_receive_policy(self.id, body))

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_receive_policy(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("mode"))))


class ReceiveOverride(Resource):
    """What an agent takes from other organizations, where that differs from its own organization's policy."""

    __slots__ = ()
    _ID = "address"
    _KEY = "override"

    mode = field("override_type", Mode)
    entries = records("entries", PolicyEntry)
    updated_at = optional("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.cross_org import Override

        return Override

    def set(self, mode: Mode | str) -> Self:
        """Set the mode: open, allowlist, closed or use_org_default. ``PUT /v1/agents/{address}/receive-override``"""
        return self._set({"override_type": str(mode)})

    def allow(self, organization: str) -> Self:
        """Take intents from one organization, whatever else holds. ``PUT /v1/agents/{address}/receive-override``

        Args:
            organization: its name in addresses, or its id.
        """
        return self._set({"override_type": "allow", "source_org_id": organization})

    def deny(self, organization: str) -> Self:
        """Take nothing from one organization, whatever else holds. ``PUT /v1/agents/{address}/receive-override``"""
        return self._set({"override_type": "deny", "source_org_id": organization})

    def add(self, sender_pattern: str) -> Self:
        """Name one more sender for the mode ``allowlist``. ``POST /v1/agents/{address}/receive-override/entries``

        Raises:
            AxmeConflictError: it is named already.
        """
        return self._absorb(self._api.add_receive_override_entry(self.id, {"sender_pattern": sender_pattern}))

    def remove(self, entry: PolicyEntry | str) -> Self:
        """Name a sender no longer. ``DELETE /v1/agents/{address}/receive-override/entries/{entry_id}``"""
        return self._absorb(self._api.remove_receive_override_entry(self.id, _id_of(entry)))

    def _set(self, body: dict[str, Any]) -> Self:
        return self._absorb(self._api.set_receive_override(self.id, body))

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_receive_override(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("override_type"))))


class SendPolicy(Resource):
    """Which senders an agent takes intents from, those of its own organization included."""

    __slots__ = ()
    _ID = "address"
    _KEY = "policy"

    mode = field("policy_type", Mode)
    entries = records("entries", PolicyEntry)
    updated_at = optional("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.cross_org import SendPolicy as Shape

        return Shape

    def set(self, mode: Mode | str) -> Self:
        """Set the mode: open, allowlist or denylist. ``PUT /v1/agents/{address}/policy``"""
        return self._absorb(self._api.set_agent_policy(self.id, {"policy_type": str(mode)}))

    def add(self, sender_pattern: str) -> Self:
        """Name one more sender. ``POST /v1/agents/{address}/policy/entries``

        Raises:
            AxmeConflictError: it is named already.
        """
        return self._absorb(self._api.add_agent_policy_entry(self.id, {"sender_pattern": sender_pattern}))

    def remove(self, entry: PolicyEntry | str) -> Self:
        """Name a sender no longer. ``DELETE /v1/agents/{address}/policy/entries/{entry_id}``"""
        return self._absorb(self._api.remove_agent_policy_entry(self.id, _id_of(entry)))

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_agent_policy(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("policy_type"))))


def _id_of(entry: PolicyEntry | str) -> str:
    return entry if isinstance(entry, str) else entry.entry_id
