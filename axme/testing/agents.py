"""Agents for tests: made in a line, and served in the background while the test runs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from axme.resources.agents import Agent
    from axme.resources.serving import Handler
    from axme.testing.tenant import Tenant


class AgentFactory:
    """Makes agents of the test's workspace: ``axme_agents("shop", handler)``."""

    def __init__(self, tenant: Tenant, until_the_end: ExitStack) -> None:
        self._tenant = tenant
        self._until_the_end = until_the_end

    def __call__(self, name: str, handler: Handler | None = None, *, concurrency: int = 4) -> Agent:
        """An agent with a key of its own.

        Args:
            name: its name in the workspace; whom intents are sent ``to``.
            handler: handles what is sent to it, in a thread, until the test is over.
            concurrency: how many intents at a time.

        Example:
            >>> axme_agents("shop", lambda intent: {"parcels": 2})  # doctest: +SKIP
        """
        agent = self._tenant.agent(name)
        if handler is not None:
            self._until_the_end.enter_context(agent.worker(handler, concurrency=concurrency))
        return agent
