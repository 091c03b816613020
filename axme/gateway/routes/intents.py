"""Intents: create, read, follow, and bring to an end (contract 3.2, 2.10, 2.11)."""

from __future__ import annotations

from axme.contract.limits import RUN_WAIT_SECONDS
from axme.contract.schemas import intents as schemas
from axme.gateway.actions import intents
from axme.gateway.delivery.stream import Source
from axme.gateway.policy import roles
from axme.gateway.routes.holding import hold
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Streams, Writes
from axme.gateway.routes.query import LIMIT, OWNER, SINCE, WAIT, Statuses, Text, Whole
from axme.gateway.routes.services import Services
from axme.gateway.store import Tx, topics

_ONE = "/v1/intents/{intent_id}"
_HOLD = Whole(
    name="wait_seconds",
    about="Hold the answer for so many seconds, or until the intent has ended; it then holds the whole intent.",
    low=0,
    high=RUN_WAIT_SECONDS,
    default=0,
)


def create(tx: Tx, asked: Asked) -> Body:
    """Take a new intent."""
    return intents.create(tx, asked.who, asked.body, correlation_id=asked.correlation_id)


def get(tx: Tx, asked: Asked) -> Body:
    """One intent."""
    return intents.get(tx, asked.who, asked.params["intent_id"])


def list_intents(tx: Tx, asked: Asked) -> Body:
    """Intents, the newest first."""
    query = asked.query
    return intents.list_intents(
        tx,
        asked.who,
        status=query["status"],
        limit=query["limit"],
        intent_type=query["intent_type"],
        to_agent=query["to_agent"],
        from_agent=query["from_agent"],
        correlation_id=query["correlation_id"],
        agent=query["agent"],
        text=query["text"],
        before=query["before"],
    )


def events(tx: Tx, asked: Asked) -> Body:
    """The events after a seq."""
    return intents.events(tx, asked.who, asked.params["intent_id"], asked.query["since"])


def follow(services: Services, asked: Asked) -> Source:
    """The events after a seq, and those to come."""
    intent_id = asked.params["intent_id"]
    return Source(
        topic=topics.intent(intent_id),
        step=1,
        ends=True,
        read=lambda since: services.store.glance(lambda tx: intents.followed(tx, asked.who, intent_id, since)),
    )


def resolve(tx: Tx, asked: Asked) -> Body:
    """Bring to a terminal status."""
    return intents.resolve(tx, asked.who, asked.params["intent_id"], asked.body, owner=asked.owner)


def resume(tx: Tx, asked: Asked) -> Body:
    """A decision, a result, or a nudge: the body tells which."""
    return intents.resume(tx, asked.who, asked.params["intent_id"], asked.sent, owner=asked.owner)


def update_controls(tx: Tx, asked: Asked) -> Body:
    """Change the controls of a live intent."""
    return intents.update_controls(tx, asked.who, asked.params["intent_id"], asked.body, owner=asked.owner)


def update_policy(tx: Tx, asked: Asked) -> Body:
    """Change the policy of a live intent."""
    return intents.update_policy(tx, asked.who, asked.params["intent_id"], asked.body, owner=asked.owner)


def bulk_cancel(tx: Tx, asked: Asked) -> Body:
    """Cancel what has been quiet for long."""
    return intents.bulk_cancel(tx, asked.who, asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/intents",
        name="create_intent",
        about="Create an intent. It is on disk when the answer comes.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(create, then=hold),
        query=(_HOLD,),
        body=schemas.IntentCreate,
        answer=schemas.IntentCreated,
    ),
    Operation(
        methods=("GET",),
        path="/v1/intents",
        name="list_intents",
        about="List the intents of the caller's workspace, the newest first.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(list_intents),
        query=(
            Text(name="status", about=Statuses().about),
            LIMIT,
            Text(name="intent_type", about="Only this type."),
            Text(name="to_agent", about="Only to this agent."),
            Text(name="from_agent", about="Only from this agent."),
            Text(name="correlation_id", about="Only with this correlation id."),
            Text(name="agent", about="Only from or to this agent (a filter of this gateway's own)."),
            Text(name="text", about="Only with this in id, type, correlation id or addresses (this gateway's own)."),
            Text(name="before", about="Go on behind the intent of this id (this gateway's own)."),
        ),
        answer=schemas.IntentList,
    ),
    Operation(
        methods=("POST",),
        path="/v1/intents/bulk-cancel",
        name="bulk_cancel_intents",
        about="Cancel intents that have been quiet for long; a rehearsal unless dry_run is false.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(bulk_cancel),
        body=schemas.BulkCancel,
        answer=schemas.BulkCanceled,
    ),
    Operation(
        methods=("GET",),
        path=_ONE,
        name="get_intent",
        about="Read one intent.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(get, few=True),
        answer=schemas.IntentAnswer,
    ),
    Operation(
        methods=("GET",),
        path=f"{_ONE}/events",
        name="list_intent_events",
        about="List the events of an intent after a seq.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(events),
        query=(SINCE,),
        answer=schemas.IntentEvents,
    ),
    Operation(
        methods=("GET",),
        path=f"{_ONE}/events/stream",
        name="stream_intent_events",
        about="Follow an intent: its events after a seq, then each as it happens, up to the terminal one.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Streams(follow),
        query=(SINCE, WAIT),
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/resolve",
        name="resolve_intent",
        about="Bring an intent to COMPLETED, FAILED or CANCELED.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(resolve),
        query=(OWNER,),
        body=schemas.IntentResolve,
        answer=schemas.IntentResolved,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/resume",
        name="resume_intent",
        about="Decide a human task (task_result), hand in a result (action), or wake a waiting intent (no result).",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(resume),
        query=(OWNER,),
        answer=schemas.IntentResumed,
    ),
    Operation(
        methods=("POST", "PATCH"),
        path=f"{_ONE}/controls",
        name="update_intent_controls",
        about="Merge a patch into the controls; a stale policy_generation is refused with 409.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(update_controls),
        query=(OWNER,),
        body=schemas.IntentControls,
        answer=schemas.IntentControlled,
    ),
    Operation(
        methods=("POST", "PATCH"),
        path=f"{_ONE}/policy",
        name="update_intent_policy",
        about="Merge a patch into grants and envelope; a stale policy_generation is refused with 409.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(update_policy),
        query=(OWNER,),
        body=schemas.IntentPolicy,
        answer=schemas.IntentControlled,
    ),
)
