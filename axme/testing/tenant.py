"""A tenant of its own for each test, so that tests see nothing of each other."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from axme.exceptions import AxmeError

if TYPE_CHECKING:
    from axme.resources.agents import Agent
    from axme.resources.intent import Intent
    from axme.resources.organizations import Organization
    from axme.resources.workspaces import Workspace
    from axme.testing.gateway import TestGateway

_OPEN = ("pending", "IN_PROGRESS", "WAITING")


class Tenant:
    """A new organization with one workspace, a key that administers it, and a client with that key."""

    def __init__(self, gateway: TestGateway) -> None:
        self.gateway = gateway
        self._owner = gateway.client()
        name = f"test-{uuid.uuid4().hex[:12]}"
        #: As its owner sees it: members, access requests, policies.
        self.organization: Organization = self._owner.organizations.create(name)
        self.workspace: Workspace = self.organization.workspaces.create("test")
        account = self.workspace.agents.create("test")
        #: The key, for code under test that makes its own client.
        self.api_key: str = account.create_key().reveal()
        self.client: AxmeClient = self.client_of(self.api_key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.organization.name}>"

    @property
    def base_url(self) -> str:
        """Where the gateway answers."""
        return self.gateway.base_url

    @property
    def environment(self) -> dict[str, str]:
        """What ``AxmeClient.from_env()`` reads, for code under test and for child processes."""
        return {"AXME_BASE_URL": self.base_url, "AXME_API_KEY": self.api_key}

    def client_of(self, api_key: str | None = None, *, actor_token: str | None = None) -> AxmeClient:
        """A client of this gateway, as whoever holds the key or token."""
        key = api_key or self.api_key
        return AxmeClient(AxmeClientConfig(base_url=self.base_url, api_key=key, actor_token=actor_token))

    def agent(self, name: str) -> Agent:
        """An agent of the workspace that holds a key of its own: it can listen and serve."""
        made = self.workspace.agents.create(name)
        return self.client_of(made.create_key().reveal()).agents.handle(made.address)

    def intents(self, limit: int | None = None) -> list[Intent]:
        """The intents of this test, the oldest first."""
        return self.client.intents.list(limit=limit)[::-1]

    def close(self) -> None:
        """Leave nothing that would fire in later tests, and close the connections."""
        with suppress(AxmeError):
            if self.client.intents.list(status=_OPEN, limit=1):
                self.client.intents.bulk_cancel(older_than=timedelta(0), dry_run=False, reason="the test is over")
        self.client.close()
        self._owner.close()
