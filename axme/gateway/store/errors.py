"""What can be wrong with a database: before the first request, and during one."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from axme.contract.codes import OUTCOME_UNKNOWN, UNAVAILABLE
from axme.gateway.errors import GatewayError

_RETRY_AFTER = {"Retry-After": "1"}
_LOCK_TIMEOUT = "55P03"
#: A transaction that stood still for too long, and a primary that has become a stand-by.
_LOST = frozenset({"25P03", "25006"})


class StoreError(Exception):
    """The database cannot be used; the message says why and what to do."""


class StoreClosedError(StoreError):
    """The store was closed while an action was waiting for it."""


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code for what went wrong."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None)


def unavailable(error: BaseException) -> GatewayError | None:
    """The 503 for an ``error`` that is the database's trouble and nobody's fault; ``None`` for any other error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if sqlstate(error) == _LOCK_TIMEOUT:
        return GatewayError(
            UNAVAILABLE, "another request is changing the same thing for long: try again", headers=_RETRY_AFTER
        )
    drivers = (sqlite3.OperationalError, psycopg.OperationalError, psycopg.InterfaceError, PoolTimeoutError)
    return lost() if isinstance(cause, drivers) or sqlstate(error) in _LOST else None


def lost() -> GatewayError:
    """The 503 while there is no database."""
    return GatewayError(
        UNAVAILABLE,
        "the database cannot be used at the moment: nothing was answered, try again",
        headers=_RETRY_AFTER,
    )


def uncertain() -> GatewayError:
    """The 503 where the database went away in a commit: it may be done, and only the same key finds out."""
    return GatewayError(
        OUTCOME_UNKNOWN,
        "the database went away while this was being stored: it may be done or not; send it again with the same"
        " idempotency key to find out",
        headers=_RETRY_AFTER,
    )
