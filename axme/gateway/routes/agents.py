"""Agents and the stream of intents each of them listens to (contract 3.6)."""

from __future__ import annotations

from axme.contract import addresses
from axme.contract.codes import INVALID_AGENT_ADDRESS
from axme.contract.schemas import agents as schemas
from axme.gateway.actions import agents, bindings
from axme.gateway.delivery.stream import Source
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Streams, Writes
from axme.gateway.routes.query import LIMIT, SINCE, WAIT, Statuses, Text
from axme.gateway.routes.services import Services
from axme.gateway.store import Tx, topics

_SCHEMES = ("agent:", "user:")
#: Cursors of a mailbox are two apart, so that ``last`` and ``last + 1`` select the same (contract 1.11 b).
_STEP = 2


def address_of(asked: Asked, name: str = "address") -> str:
    """The address of the path: full, without its scheme, with a collapsed ``//``, or a bare name."""
    text = asked.params[name]
    if "/" in text and not text.startswith(_SCHEMES):
        text = f"agent://{text}"
    try:
        return asked.who.canonical(text)
    except addresses.AddressError as error:
        raise GatewayError(INVALID_AGENT_ADDRESS, str(error)) from None


def list_agents(tx: Tx, asked: Asked) -> Body:
    """The agents of a workspace."""
    query = asked.query
    return agents.list_agents(
        tx, asked.who, org_id=query["org_id"], workspace_id=query["workspace_id"], limit=query["limit"]
    )


def get(tx: Tx, asked: Asked) -> Body:
    """One agent."""
    return agents.get(tx, asked.who, address_of(asked))


def get_delivery(tx: Tx, asked: Asked) -> Body:
    """How an agent gets its intents."""
    return bindings.get(tx, asked.who, address_of(asked))


def put_delivery(tx: Tx, asked: Asked) -> Body:
    """Have intents posted to a URL, or to none any more."""
    return bindings.put(tx, asked.who, address_of(asked), asked.body)


def listen(services: Services, asked: Asked) -> Source:
    """Deliveries to an agent, and those to come."""
    address = address_of(asked)
    statuses = asked.query["status"]
    return Source(
        topic=topics.agent(topics.mailbox(address, asked.who.workspace_id)),
        step=_STEP,
        ends=False,
        statuses=statuses,
        read=lambda since: services.store.read(lambda tx: agents.backlog(tx, asked.who, address, since, statuses)),
    )


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/agents",
        name="list_agents",
        about="List the agents of a workspace; the caller's own if none is named.",
        access=Access.TENANT,
        may=roles.AGENT_READ,
        action=Reads(list_agents),
        query=(
            Text(name="org_id", about="The organization."),
            Text(name="workspace_id", about="The workspace."),
            LIMIT,
        ),
        answer=schemas.AgentList,
    ),
    # An address holds slashes: the longer suffix is tried first.
    Operation(
        methods=("GET",),
        path="/v1/agents/{address:path}/intents/stream",
        name="stream_agent_intents",
        about="Listen: one frame for each delivery to the agent, those still open first.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Streams(listen),
        query=(SINCE, WAIT, Statuses()),
    ),
    Operation(
        methods=("GET",),
        path="/v1/agents/{address:path}/delivery",
        name="get_agent_delivery",
        about="How an agent gets its intents: it asks for them, or they are posted to a URL.",
        access=Access.TENANT,
        may=roles.AGENT_READ,
        action=Reads(get_delivery),
        answer=schemas.AgentBindingAnswer,
    ),
    Operation(
        methods=("PUT",),
        path="/v1/agents/{address:path}/delivery",
        name="set_agent_delivery",
        about="Have an agent's intents posted to a URL, or to none any more.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(put_delivery),
        body=schemas.DeliverySet,
        answer=schemas.AgentBindingAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/agents/{address:path}",
        name="get_agent",
        about="Read one agent.",
        access=Access.TENANT,
        may=roles.AGENT_READ,
        action=Reads(get),
        answer=schemas.AgentAnswer,
    ),
)
