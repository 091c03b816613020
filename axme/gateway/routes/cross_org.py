"""Receive policies, receive overrides and send policies (contract 3.7 to 3.9)."""

from __future__ import annotations

from collections.abc import Callable

from axme.contract.schemas import cross_org as schemas
from axme.contract.schemas.base import ObjectSchema, RequestSchema
from axme.gateway.actions import cross_org
from axme.gateway.policy import roles
from axme.gateway.routes.agents import address_of
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.store import Tx

Find = Callable[[Tx, Asked], cross_org.Subject]
Set = Callable[[Tx, Asked, cross_org.Subject], Body]


def _family(
    path: str,
    name: str,
    about: str,
    find: Find,
    change: Set,
    *,
    body: type[RequestSchema],
    answer: type[ObjectSchema],
    read: frozenset[str],
    write: frozenset[str],
) -> tuple[Operation, ...]:
    """The four operations of one kind of policy; ``about`` says what it decides."""

    def show(tx: Tx, asked: Asked) -> Body:
        return cross_org.show(tx, find(tx, asked))

    def put(tx: Tx, asked: Asked) -> Body:
        return change(tx, asked, find(tx, asked))

    def add(tx: Tx, asked: Asked) -> Body:
        return cross_org.add_entry(tx, asked.who, find(tx, asked), asked.body)

    def remove(tx: Tx, asked: Asked) -> Body:
        return cross_org.remove_entry(tx, asked.who, find(tx, asked), asked.params["entry_id"])

    return (
        Operation(
            methods=("GET",),
            path=path,
            name=f"get_{name}",
            about=f"Read {about}.",
            access=Access.TENANT,
            may=read,
            action=Reads(show),
            answer=answer,
        ),
        Operation(
            methods=("PUT",),
            path=path,
            name=f"set_{name}",
            about=f"Set {about}.",
            access=Access.TENANT,
            may=write,
            action=Writes(put),
            body=body,
            answer=answer,
        ),
        Operation(
            methods=("POST",),
            path=f"{path}/entries",
            name=f"add_{name}_entry",
            about=f"Name one more sender in {about}.",
            access=Access.TENANT,
            may=write,
            action=Writes(add),
            body=schemas.EntryAdd,
            answer=schemas.EntryAdded,
        ),
        Operation(
            methods=("DELETE",),
            path=f"{path}/entries/{{entry_id}}",
            name=f"remove_{name}_entry",
            about=f"Name a sender no longer in {about}.",
            access=Access.TENANT,
            may=write,
            action=Writes(remove),
            answer=schemas.EntryRemoved,
        ),
    )


OPERATIONS = (
    *_family(
        "/v1/organizations/{org_id}/receive-policy",
        "receive_policy",
        "what an organization takes from others",
        lambda tx, asked: cross_org.receive_policy(tx, asked.who, asked.params["org_id"]),
        lambda tx, asked, subject: cross_org.set_receive_policy(tx, asked.who, subject, asked.body),
        body=schemas.ReceivePolicySet,
        answer=schemas.ReceivePolicyAnswer,
        read=roles.RECEIVE_POLICY_READ,
        write=roles.RECEIVE_POLICY_WRITE,
    ),
    *_family(
        "/v1/agents/{address:path}/receive-override",
        "receive_override",
        "what one agent takes from other organizations",
        lambda tx, asked: cross_org.override(tx, asked.who, address_of(asked)),
        lambda tx, asked, subject: cross_org.set_override(tx, asked.who, subject, asked.body),
        body=schemas.OverrideSet,
        answer=schemas.OverrideAnswer,
        read=roles.AGENT_READ,
        write=roles.AGENT_POLICY_WRITE,
    ),
    *_family(
        "/v1/agents/{address:path}/policy",
        "agent_policy",
        "which senders one agent takes intents from",
        lambda tx, asked: cross_org.send_policy(tx, asked.who, address_of(asked)),
        lambda tx, asked, subject: cross_org.set_send_policy(tx, asked.who, subject, asked.body),
        body=schemas.SendPolicySet,
        answer=schemas.SendPolicyAnswer,
        read=roles.AGENT_READ,
        write=roles.AGENT_POLICY_WRITE,
    ),
)
