"""Service accounts and their keys (contract 3.25)."""

from __future__ import annotations

from axme.contract.schemas import service_accounts as schemas
from axme.gateway.actions import service_accounts
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import Text
from axme.gateway.store import Tx

_ALL = "/v1/service-accounts"
_ONE = f"{_ALL}/{{service_account_id}}"


def create(tx: Tx, asked: Asked) -> Body:
    """Make a machine identity and its agent address."""
    return service_accounts.create(tx, asked.who, asked.body)


def list_accounts(tx: Tx, asked: Asked) -> Body:
    """The accounts of an organization or workspace."""
    query = asked.query
    return service_accounts.list_accounts(tx, asked.who, org_id=query["org_id"], workspace_id=query["workspace_id"])


def get(tx: Tx, asked: Asked) -> Body:
    """One account."""
    return service_accounts.get(tx, asked.who, asked.params["service_account_id"])


def delete(tx: Tx, asked: Asked) -> Body:
    """Delete an account and revoke its keys."""
    return service_accounts.delete(tx, asked.who, asked.params["service_account_id"])


def list_keys(tx: Tx, asked: Asked) -> Body:
    """The keys of an account."""
    return service_accounts.list_keys(tx, asked.who, asked.params["service_account_id"])


def create_key(tx: Tx, asked: Asked) -> Body:
    """Make a key; its token is shown this once."""
    return service_accounts.create_key(tx, asked.who, asked.params["service_account_id"], asked.body)


def revoke_key(tx: Tx, asked: Asked) -> Body:
    """Revoke a key."""
    params = asked.params
    return service_accounts.revoke_key(tx, asked.who, params["service_account_id"], params["key_id"])


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="create_service_account",
        about="Make a machine identity and its agent address.",
        access=Access.TENANT,
        may=roles.SERVICE_ACCOUNT_WRITE,
        action=Writes(create),
        body=schemas.ServiceAccountCreate,
        answer=schemas.ServiceAccountAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_service_accounts",
        about="List the service accounts of an organization or workspace; the caller's own if none is named.",
        access=Access.TENANT,
        may=roles.SERVICE_ACCOUNT_READ,
        action=Reads(list_accounts),
        query=(Text(name="org_id", about="The organization."), Text(name="workspace_id", about="The workspace.")),
        answer=schemas.ServiceAccountList,
    ),
    Operation(
        methods=("GET",),
        path=_ONE,
        name="get_service_account",
        about="Read one service account.",
        access=Access.TENANT,
        may=roles.SERVICE_ACCOUNT_READ,
        action=Reads(get),
        answer=schemas.ServiceAccountAnswer,
    ),
    Operation(
        methods=("DELETE",),
        path=_ONE,
        name="delete_service_account",
        about="Delete a service account and revoke its keys.",
        access=Access.TENANT,
        may=roles.SERVICE_ACCOUNT_WRITE,
        action=Writes(delete),
        answer=schemas.ServiceAccountDeleted,
    ),
    Operation(
        methods=("GET",),
        path=f"{_ONE}/keys",
        name="list_service_account_keys",
        about="List the keys of a service account, without their secrets.",
        access=Access.TENANT,
        may=roles.SERVICE_ACCOUNT_READ,
        action=Reads(list_keys),
        answer=schemas.KeyList,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/keys",
        name="create_service_account_key",
        about="Make a key; its token is in this answer and nowhere else.",
        access=Access.TENANT,
        may=roles.SERVICE_ACCOUNT_WRITE,
        action=Writes(create_key),
        body=schemas.KeyCreate,
        answer=schemas.KeyAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/keys/{{key_id}}/revoke",
        name="revoke_service_account_key",
        about="Revoke a key: from now on it gets 401, and its open streams end.",
        access=Access.TENANT,
        may=roles.SERVICE_ACCOUNT_WRITE,
        action=Writes(revoke_key),
        answer=schemas.KeyAnswer,
    ),
)
