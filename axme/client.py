"""``AxmeClient``: one configuration, one transport, all flat calls and all collections."""

from __future__ import annotations

import os
from dataclasses import replace
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import requests

from axme.config import AxmeClientConfig
from axme.plan import Plan
from axme.resources.access_requests import AccessRequests
from axme.resources.agents import Agents
from axme.resources.aliases import Aliases
from axme.resources.approvals import Approvals
from axme.resources.audit import AuditTrail
from axme.resources.base import Resource, bound
from axme.resources.billing import Billing
from axme.resources.capabilities import Capabilities
from axme.resources.deliveries import Deliveries
from axme.resources.inbox import Inbox
from axme.resources.intents import Intents
from axme.resources.invites import Invites
from axme.resources.macros import Macros
from axme.resources.mcp import Mcp
from axme.resources.me import Me
from axme.resources.media import Media
from axme.resources.mesh import Mesh
from axme.resources.organizations import Organization, Organizations
from axme.resources.principals import Principals
from axme.resources.quotas import Quotas
from axme.resources.routing import Routes
from axme.resources.scenarios import Scenarios
from axme.resources.schemas import SemanticSchemas
from axme.resources.service_accounts import ServiceAccounts
from axme.resources.tasks import Tasks
from axme.resources.transports import Transports
from axme.resources.usage import Usage
from axme.resources.users import Users
from axme.resources.webhooks import Webhooks
from axme.resources.workspaces import Workspace
from axme.transport import Transport
from axme.transport.gate import ReadOnly
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from axme.doctor import Diagnosis

R = TypeVar("R", bound=Resource)


class AxmeClient(FlatCalls):
    """A client of one gateway. Making one costs no request; it is safe to share between threads and across ``fork``.

    Each HTTP operation is a method of its own (``client.create_intent({...})``: a dict in, a dict out). The collections
    (``client.intents``, ``client.inbox``, …) give objects with verbs over them.

    Args:
        config: where the gateway is and who calls.
        session: a ``requests.Session`` of your own to send with; it stays yours to close.

    Example:
        >>> with AxmeClient(AxmeClientConfig(api_key="…")) as client:  # doctest: +SKIP
        ...     client.intents.create("order.v1", to="shop", payload={"order": 7}).wait()
    """

    def __init__(self, config: AxmeClientConfig, *, session: requests.Session | None = None) -> None:
        self.config = config
        self.transport = Transport(config, session)
        self._session = session
        self._mesh: Mesh | None = None
        self._making = Lock()

    @classmethod
    def from_env(cls) -> Self:
        """A client configured by ``AXME_API_KEY``, ``AXME_BASE_URL`` and their kin alone.

        Raises:
            AxmeConfigError: no key is set, or a variable makes no sense.
        """
        return cls(AxmeClientConfig())

    @property
    def intents(self) -> Intents:
        """Send, find and steer intents."""
        return Intents(self)

    @property
    def inbox(self) -> Inbox:
        """Read and answer threads."""
        return Inbox(self)

    @property
    def approvals(self) -> Approvals:
        """Decide by id."""
        return Approvals(self)

    @property
    def agents(self) -> Agents:
        """Create agents, and listen as one."""
        return Agents(self)

    @property
    def service_accounts(self) -> ServiceAccounts:
        """Machine identities and their keys."""
        return ServiceAccounts(self)

    @property
    def quotas(self) -> Quotas:
        """What workspaces may use."""
        return Quotas(self)

    @property
    def usage(self) -> Usage:
        """What the caller's workspace has used."""
        return Usage(self)

    @property
    def billing(self) -> Billing:
        """Plan and invoices of the caller's workspace."""
        return Billing(self)

    @property
    def mcp(self) -> Mcp:
        """The gateway as an MCP server."""
        return Mcp(self)

    @property
    def principals(self) -> Principals:
        """The parties deliveries go to."""
        return Principals(self)

    @property
    def aliases(self) -> Aliases:
        """Names that stand for principals."""
        return Aliases(self)

    @property
    def routes(self) -> Routes:
        """Where principals are reached."""
        return Routes(self)

    @property
    def transports(self) -> Transports:
        """Handles of principals on transports."""
        return Transports(self)

    @property
    def deliveries(self) -> Deliveries:
        """Send payloads to principals, and look after them."""
        return Deliveries(self)

    @property
    def organizations(self) -> Organizations:
        """Make and find organizations."""
        return Organizations(self)

    @property
    def access_requests(self) -> AccessRequests:
        """Ask for something, and decide what others ask for."""
        return AccessRequests(self)

    @property
    def audit(self) -> AuditTrail:
        """What was changed or refused in the caller's organization."""
        return AuditTrail(self)

    def me(self) -> Me:
        """Whose key or token this client uses, where it belongs, and its roles there. ``GET /v1/me``"""
        return Me(self, self.get_me().get("me"))

    @property
    def organization(self) -> Organization:
        """The caller's own organization. ``GET /v1/me``"""
        return self.me().organization

    @property
    def workspace(self) -> Workspace:
        """The caller's own workspace. ``GET /v1/me``"""
        return self.me().workspace

    @property
    def schemas(self) -> SemanticSchemas:
        """What payloads must look like."""
        return SemanticSchemas(self)

    @property
    def users(self) -> Users:
        """People with a nick and an address."""
        return Users(self)

    @property
    def invites(self) -> Invites:
        """Let people in."""
        return Invites(self)

    @property
    def media(self) -> Media:
        """Send and fetch files."""
        return Media(self)

    @property
    def tasks(self) -> Tasks:
        """What waits for people."""
        return Tasks(self)

    @property
    def webhooks(self) -> Webhooks:
        """Who is told of what."""
        return Webhooks(self)

    @property
    def scenarios(self) -> Scenarios:
        """Agents, people and steps in one bundle."""
        return Scenarios(self)

    @property
    def macros(self) -> Macros:
        """Workflows that scenarios name instead of writing them out."""
        return Macros(self)

    @property
    def mesh(self) -> Mesh:
        """Heartbeats, health, and the switch that stops an agent."""
        if self._mesh is None:
            with self._making:
                self._mesh = self._mesh or Mesh(self)
        return self._mesh

    def capabilities(self) -> Capabilities:
        """What the gateway can do. ``GET /v1/capabilities``"""
        return Capabilities(self.get_capabilities())

    def attach(self, resource: R) -> R:
        """Bind a resource to this client, such as one that was unpickled, and return it.

        Raises:
            AxmeValueError: it is no resource.
        """
        return bound(self, resource)

    def with_options(self, *, timeout: float | None = None, max_retries: int | None = None) -> Self:
        """A client like this one, with other limits. It has connections of its own: make one, and keep it.

        Args:
            timeout: the longest time for a whole call with its retries, in seconds.
            max_retries: how often an answered failure is tried again.

        Example:
            >>> client.with_options(timeout=2).health()  # doctest: +SKIP
        """
        given: dict[str, Any] = {"timeout": timeout, "max_retries": max_retries}
        config = replace(self.config, **{name: value for name, value in given.items() if value is not None})
        twin = type(self)(config, session=self._session)
        twin.transport.gates = self.transport.gates
        return twin

    def read_only(self) -> Self:
        """A client like this one that refuses every write before it is sent, with ``AxmeReadOnlyError``.

        Reading, following streams, and the few requests that only check something (``validate_scenario``, a rehearsed
        ``bulk_cancel_intents``) go through. It has connections of its own: make one, and keep it.

        Example:
            >>> client.read_only().intents.list(limit=5)  # doctest: +SKIP
        """
        twin = type(self)(self.config, session=self._session)
        twin.transport.gates = (*self.transport.gates, ReadOnly())
        return twin

    def doctor(self) -> Diagnosis:
        """Look at everything between this program and the gateway, each trouble with its remedy; it writes nothing.

        Address, name, connection, certificate, proxies, versions, health, clocks, the key and its roles, and whether
        event streams are held back on the way. The same from a shell: ``python -m axme doctor``.

        Example:
            >>> print(client.doctor())  # doctest: +SKIP
        """
        from axme.doctor import examine

        return examine(self)

    def plan(self) -> Plan:
        """Record writes instead of sending them: ``with client.plan() as plan:``, then ``plan.apply()``."""
        return Plan(self.transport, self.config.base_url)

    def load_plan(self, path: str | os.PathLike[str]) -> Plan:
        """A plan written by ``plan.save(path)``, to be applied, perhaps again: what is done stays done, once.

        Raises:
            AxmePlanError: the file holds no plan, or one for another gateway.
        """
        return Plan.load(self.transport, self.config.base_url, path)

    def close(self) -> None:
        """Close the connections and end open streams, from any thread; afterwards calls raise ``AxmeClosedError``."""
        if self._mesh is not None:
            self._mesh._end()
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _repr_html_(self) -> str:
        from axme.display import html

        config = self.config
        facts = [("timeout", f"{config.timeout:g} s"), ("owner", config.default_owner_agent)]
        return html.card(type(self).__name__, config.base_url, facts=[(name, item) for name, item in facts if item])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.config.base_url}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds a key and connections and is not pickled: make one in the other process, "
            "and bind unpickled objects to it with client.attach(…)"
        )
