"""Agents: addresses intents are sent to, and where somebody listens (contract 3.6)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from axme.contract.limits import LIST_LIMIT
from axme.contract.mesh import Health
from axme.exceptions import AxmeConflictError, AxmeProtocolError, AxmeValueError
from axme.resources._arguments import Recipient
from axme.resources.bindings import AgentDelivery
from axme.resources.collections import Page, Placed, page
from axme.resources.cross_org import ReceiveOverride, SendPolicy
from axme.resources.fields import field, optional
from axme.resources.intent import Intent
from axme.resources.intents import Intents
from axme.resources.listening import Listening
from axme.resources.mesh import MeshAgent
from axme.resources.named import Named
from axme.resources.service_accounts import ServiceAccount, ServiceAccountKey, create_key
from axme.resources.serving import Serving
from axme.streaming.bookmark import Acknowledged, Bookmark

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.resources.workspaces import Workspace

#: What a delivery says of itself, not of its intent: its place in the agent's stream, and when it was made.
_OF_THE_DELIVERY = frozenset({"seq", "event_type", "at"})


class Agent(Serving):
    """An address, and the service account behind it."""

    __slots__ = ()
    _ID = "address"
    _KEY = "agent"
    _COLUMNS = ("display_name", "status", "service_account_name", "created_at", "updated_at")

    service_account_id = field("service_account_id", str)
    service_account_name = field("service_account_name", str)
    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    display_name = optional("display_name", str)
    status = field("status", str)
    created_at = field("created_at", datetime)
    updated_at = optional("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.agents import Agent as Shape

        return Shape

    @property
    def address(self) -> str:
        """``agent://org/workspace/name``; in a handle, what the handle was made from."""
        return self.id

    @property
    def workspace(self) -> Workspace:
        """The workspace it belongs to; a handle on an agent asks for it."""
        from axme.resources.workspaces import Workspaces

        return Workspaces(self._api, self.org_id).handle(self.workspace_id)

    @property
    def service_account(self) -> ServiceAccount:
        """The machine identity behind it."""
        return ServiceAccount(self._api, self.service_account_id)

    @property
    def send_policy(self) -> SendPolicy:
        """Which senders it takes intents from."""
        return SendPolicy(self._api, self.address)

    @property
    def receive_override(self) -> ReceiveOverride:
        """What it takes from other organizations."""
        return ReceiveOverride(self._api, self.address)

    @property
    def mesh(self) -> MeshAgent:
        """The agent as the mesh sees it: its health, its metrics, what happened to it."""
        return MeshAgent(self._api, self.address)

    def health(self) -> Health:
        """How it is, as its heartbeats tell. ``GET /v1/mesh/agents/{address_id}``"""
        return self.mesh.refresh().health

    def kill(self) -> MeshAgent:
        """Stop all intents to and from it, at once. ``POST /v1/mesh/agents/{address_id}/kill``"""
        return self.mesh.kill()

    def resume(self) -> MeshAgent:
        """Let it send and receive again. ``POST /v1/mesh/agents/{address_id}/resume``"""
        return self.mesh.resume()

    @property
    def delivery(self) -> AgentDelivery:
        """How it gets its intents; asks nobody until it is used."""
        return AgentDelivery(self._api, self.address)

    def deliver_to(self, callback_url: str | None, *, mode: str = "stream") -> AgentDelivery:
        """Have its intents posted to a URL, signed; with ``None``, no longer. ``PUT /v1/agents/{address}/delivery``

        Args:
            callback_url: up to 255 characters; the gateway makes a secret for it, see ``reveal()``.
            mode: how it asks for them without a URL: ``stream``, ``poll`` or ``inbox``. All of them go whatever it
                says; it is what others are shown, in ``client.deliveries`` too.

        Raises:
            AxmeValidationError: nothing can be posted to this URL.
        """
        body = {"delivery_mode": "http", "callback_url": callback_url} if callback_url else {"delivery_mode": mode}
        answer = self._api.set_agent_delivery(self.address, body)
        return AgentDelivery._from(self._api, answer.get("binding"))

    def send(
        self,
        intent_type: str,
        payload: Mapping[str, Any] | None = None,
        *,
        human_task: Mapping[str, Any] | None = None,
        reply_to: Recipient | None = None,
        deadline: datetime | timedelta | None = None,
        remind_after: timedelta | None = None,
        remind_interval: timedelta | None = None,
        max_reminders: int | None = None,
        escalate_to: Recipient | None = None,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Intent:
        """Send it an intent. ``POST /v1/intents``; arguments, answer and errors as of ``client.intents.create``."""
        return Intents(self._api).create(
            intent_type,
            to=self,
            payload=payload,
            human_task=human_task,
            reply_to=reply_to,
            deadline=deadline,
            remind_after=remind_after,
            remind_interval=remind_interval,
            max_reminders=max_reminders,
            escalate_to=escalate_to,
            correlation_id=correlation_id,
            idempotency_key=idempotency_key,
        )

    def listen(
        self,
        *,
        since: int = 0,
        bookmark: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        status: str | None = None,
    ) -> Listening:
        """What is sent to it, as it arrives. ``GET /v1/agents/{address}/intents/stream``

        Args:
            since: the stream's ``cursor`` up to which everything is handled; 0 brings all that is still open.
            bookmark: a file that keeps what is acknowledged by ``ack()``, so that the next listener goes on there: a
                path, or a bare name, kept in ``$AXME_STATE_DIR/bookmarks`` (by default ``~/.axme/bookmarks``).
            timeout: end with ``AxmeTimeoutError`` after so many seconds; ``None`` listens for ever.
            status: only deliveries in one of these statuses, separated by commas.

        Returns:
            A stream of intents, each with its verbs, such as ``complete()``.

        Raises:
            AxmeValueError: the bookmark is another agent's, or in use by another listener.
            AxmeAuthError: while iterating, when the key may not listen here.

        Example:
            >>> for intent in agent.listen():  # doctest: +SKIP
            ...     intent.complete({"parcels": intent.payload["items"]})
        """
        if bookmark is not None and since:
            raise AxmeValueError("give either since or a bookmark: both say where to go on")
        kept = None if bookmark is None else Bookmark(bookmark, f"{self.address} at {self._server}")
        done = Acknowledged(since) if kept is None else kept.acknowledged
        stream = self._api.listen(self.address, since=done.cursor, timeout_seconds=timeout, status=status)
        return Listening(stream, self._delivered, done, kept)

    def create_key(self, *, expires: datetime | timedelta | None = None) -> ServiceAccountKey:
        """Make a key for it; see ``reveal()``. ``POST /v1/service-accounts/{service_account_id}/keys``"""
        return create_key(self._api, self.service_account_id, expires)

    def _delivered(self, delivery: dict[str, Any]) -> Intent:
        raw = {name: value for name, value in delivery.items() if name not in _OF_THE_DELIVERY}
        return Intent._from(self._api, raw, complete=False)

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_agent(self.address)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("status"))))


class Agents(Placed, Named[Agent]):
    """The agents of a workspace or organization, by name or address."""

    __slots__ = ()

    def create(
        self,
        name: str,
        *,
        display_name: str | None = None,
        description: str | None = None,
        org_id: str | None = None,
        workspace_id: str | None = None,
    ) -> Agent:
        """The agent of this name, created where there is none yet. ``POST /v1/service-accounts``

        An agent is a service account and its address; a program can name the agents it needs each time it starts.

        Raises:
            AxmeValidationError: the name cannot be one.
        """
        said = {
            "name": name,
            "display_name": display_name,
            "description": description,
            "org_id": org_id or self._org_id,
            "workspace_id": workspace_id or self._workspace_id,
        }
        try:
            answer = self._api.create_service_account({key: value for key, value in said.items() if value is not None})
        except AxmeConflictError as error:
            if not isinstance(error.body, dict) or "service_account" not in error.body:
                raise
            answer = error.body
        return Agent._from(self._api, as_agent(answer.get("service_account")), complete=False)

    def get(self, address: str) -> Agent:
        """One agent. ``GET /v1/agents/{address}``

        Args:
            address: ``agent://org/workspace/name``, or a bare name of the caller's workspace.

        Raises:
            AxmeNotFoundError: there is none at this address.
        """
        return Agent._from(self._api, self._api.get_agent(address).get("agent"))

    def handle(self, address: str) -> Agent:
        """A handle on an agent whose address is known; asks nobody until it is used."""
        return Agent(self._api, address)

    def list(
        self, *, org_id: str | None = None, workspace_id: str | None = None, limit: int | None = None
    ) -> Page[Agent]:
        """Those of a workspace, or of an organization's that the caller has a role in. ``GET /v1/agents``

        By default those of what this collection belongs to, such as ``org`` in ``org.agents``.

        Args:
            limit: at most so many; without it, up to the protocol's most, 1000.
        """
        limit = LIST_LIMIT[1] if limit is None else limit
        answer = self._api.list_agents(
            org_id=org_id or self._org_id, workspace_id=workspace_id or self._workspace_id, limit=limit
        )
        return page(
            answer, "agents", lambda raw: Agent._from(self._api, raw, complete=False), what="agents", limit=limit
        )

    def _all(self) -> Page[Agent]:
        return self.list()

    def _names(self, item: Agent) -> tuple[str, ...]:
        return (item.service_account_name,)


def as_agent(account: Any) -> dict[str, Any]:
    """A service account as the agent it is."""
    if not isinstance(account, Mapping):
        raise AxmeProtocolError("the server's answer holds no service account")
    renamed = {
        "address": account.get("agent_address") or account.get("address"),
        "service_account_name": account.get("name"),
    }
    shared = ("service_account_id", "org_id", "workspace_id", "display_name", "status", "created_at", "updated_at")
    return renamed | {name: account[name] for name in shared if name in account}
