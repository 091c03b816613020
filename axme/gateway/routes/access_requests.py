"""Access requests (contract 3.21)."""

from __future__ import annotations

from axme.contract.schemas import access_requests as schemas
from axme.gateway.actions import access_requests
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import Text
from axme.gateway.store import Tx

_ALL = "/v1/access-requests"
_ONE = f"{_ALL}/{{access_request_id}}"


def create(tx: Tx, asked: Asked) -> Body:
    """Ask for something."""
    return access_requests.create(tx, asked.who, asked.body)


def list_requests(tx: Tx, asked: Asked) -> Body:
    """The requests to an organization."""
    query = asked.query
    return access_requests.list_requests(
        tx, asked.who, org_id=query["org_id"], workspace_id=query["workspace_id"], state=query["state"]
    )


def get(tx: Tx, asked: Asked) -> Body:
    """One request."""
    return access_requests.get(tx, asked.who, asked.params["access_request_id"])


def review(tx: Tx, asked: Asked) -> Body:
    """Decide a request."""
    return access_requests.review(tx, asked.who, asked.params["access_request_id"], asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="create_access_request",
        about="Ask for an organization, a role or a tier.",
        access=Access.TENANT,
        may=roles.ACCESS_REQUEST_CREATE,
        action=Writes(create),
        body=schemas.AccessRequestCreate,
        answer=schemas.AccessRequestAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_access_requests",
        about="List the requests to an organization, the caller's own if none is named.",
        access=Access.TENANT,
        may=roles.ACCESS_REQUEST_READ,
        action=Reads(list_requests),
        query=(
            Text(name="org_id", about="The organization."),
            Text(name="workspace_id", about="Only requests about this workspace."),
            Text(name="state", about="Only requests in this state.", choices=schemas.STATES),
        ),
        answer=schemas.AccessRequestList,
    ),
    Operation(
        methods=("GET",),
        path=_ONE,
        name="get_access_request",
        about="Read one access request.",
        access=Access.TENANT,
        may=roles.ACCESS_REQUEST_READ,
        action=Reads(get),
        answer=schemas.AccessRequestAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/review",
        name="review_access_request",
        about="Decide an access request; an approval gives what was asked for.",
        access=Access.TENANT,
        may=roles.ACCESS_REQUEST_REVIEW,
        action=Writes(review),
        body=schemas.AccessRequestReview,
        answer=schemas.AccessRequestAnswer,
    ),
)
