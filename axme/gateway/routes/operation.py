"""How a route is declared. What is not declared cannot be registered: above all, who may call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from starlette.types import Send

from axme.contract.schemas.base import ObjectSchema, RequestSchema
from axme.contract.schemas.errors import ErrorAnswer
from axme.gateway.actions.idempotency import Answer
from axme.gateway.auth.identity import Identity
from axme.gateway.delivery.stream import Source
from axme.gateway.routes.bodies import BodyReader
from axme.gateway.routes.query import Parameter
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.store.tx import Tx

Body = dict[str, Any]


class Access(Enum):
    """Who may call."""

    PUBLIC = "public"
    #: ``may`` is about the caller's own workspace.
    MACHINE = "machine"
    #: The request names an organization, workspace or thing in one, and ``may`` is about that one: the layer turns
    #: away who has none of the roles anywhere, ``actions/tenants.py`` who has none of them there.
    TENANT = "tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that has passed the layer: known caller, declared parameters, a valid body."""

    who: Identity
    params: dict[str, str]
    query: dict[str, Any]
    owner: str | None
    #: What the body schema read, and the body as it was sent.
    body: Body
    sent: Body
    correlation_id: str | None
    #: How the caller reaches this gateway, for links in answers.
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Reads:
    """Answered from the store, changes nothing."""

    run: Callable[[Tx, Asked], Body]
    #: Only a few rows, found by their keys.
    few: bool = False


@dataclass(frozen=True, slots=True)
class Writes:
    """One transaction, done once for each idempotency key."""

    run: Callable[[Tx, Asked], Body]
    #: What the answer then waits for.
    then: Callable[[Services, Request, Asked, Answer], Awaitable[str]] | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """Answered once there is something to tell, or the wait asked for is over; sent again, it finds what it did."""

    run: Callable[[Services, Request, Asked], Awaitable[Body]]


@dataclass(frozen=True, slots=True)
class Streams:
    """Answered with an event stream."""

    source: Callable[[Services, Asked], Source]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answered by the process itself."""

    run: Callable[[Services, Asked | None], Awaitable[Body]]


@dataclass(frozen=True, slots=True)
class Transfers:
    """Bytes that are no JSON, taken or given piece by piece; it reads the request and sends the answer itself."""

    run: Callable[[Services, Request, Asked | None, Send], Awaitable[None]]


Action = Reads | Writes | Waits | Streams | Answers | Transfers


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the API: everything the layer and the OpenAPI document need to know of it."""

    methods: tuple[str, ...]
    path: str
    name: str
    about: str
    access: Access
    action: Action
    answer: type[ObjectSchema] | None = None
    #: What answers from 400 up hold.
    failures: tuple[type[ObjectSchema], ...] = (ErrorAnswer,)
    body: type[RequestSchema] | None = None
    query: tuple[Parameter, ...] = ()
    #: The roles that may call; ``None`` leaves it to the action's own rules.
    may: frozenset[str] | None = None
    #: Whether the layer takes from the rate limit; else the action does, by finer names.
    paced: bool = True
    reader: BodyReader | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if not isinstance(self.access, Access):
            raise TypeError(f"the route {self.name} must say who may call it")
        # A transfer without a key is let in by an id that cannot be guessed.
        if self.access is Access.PUBLIC and not isinstance(self.action, (Answers, Transfers)):
            raise TypeError(f"the route {self.name} reaches the store, so it cannot be public")
        # Making a schema costs more than using it: one for the life of the process.
        object.__setattr__(self, "reader", BodyReader(self.body()) if self.body else None)
