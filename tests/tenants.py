"""Organizations that know nothing of each other, on one gateway."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from axme import Agent, AxmeClient, AxmeClientConfig, Organization
from axme.gateway import LocalGateway
from tests.plain import Caller


class Tenant(NamedTuple):
    """An organization with a workspace ``prod``, an agent in it, and a client with that agent's key."""

    organization: Organization
    agent: Agent
    client: AxmeClient
    key: str

    def caller(self) -> Caller:
        """Plain HTTP with the agent's key."""
        return Caller(self.client.config.base_url, self.key)


@contextmanager
def tenant(gateway: LocalGateway, word: str) -> Iterator[Tenant]:
    """A new organization; ``word`` begins its name, and names its agent."""
    with gateway.client() as admin:
        organization = admin.organizations.create(f"{word}-{uuid.uuid4().hex[:8]}")
        workspace_id = organization.workspaces.create("prod").id
        made = admin.agents.create(word, org_id=organization.id, workspace_id=workspace_id)
        key = made.create_key().reveal()
        with AxmeClient(AxmeClientConfig(api_key=key, base_url=gateway.base_url)) as client:
            yield Tenant(organization, made, client, key)
