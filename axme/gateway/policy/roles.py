"""The role matrix: which roles may do which group of operations (contract 1.4).

Rows that say "own workspace" for a role name it here too; the tenant rules keep it inside its workspace.
"""

from __future__ import annotations

from axme.contract.codes import FORBIDDEN
from axme.contract.member_roles import (
    BILLING_VIEWER,
    MEMBER,
    ORG_ADMIN,
    ORG_OWNER,
    ROLES,
    SECURITY_AUDITOR,
    WORKSPACE_ADMIN,
)
from axme.gateway.errors import GatewayError

_ADMINS = frozenset({ORG_OWNER, ORG_ADMIN})
_VIEWERS = frozenset({BILLING_VIEWER, SECURITY_AUDITOR})
_ALL_ADMINS = _ADMINS | {WORKSPACE_ADMIN}

ANY = frozenset(ROLES)
#: A key that was given no role administers its own workspace.
OF_A_KEY = frozenset({WORKSPACE_ADMIN})
#: Roles that no single workspace can give.
OF_THE_ORGANIZATION = _ADMINS
INTENT_READ = ANY
INTENT_WRITE = _ALL_ADMINS | {MEMBER}
AGENT_READ = ANY
#: Who may send to an agent is its workspace's matter; what an organization takes from others is its own.
AGENT_POLICY_WRITE = _ALL_ADMINS
MESH_READ = ANY
MESH_SWITCH = _ALL_ADMINS
WEBHOOK_READ = ANY
WEBHOOK_WRITE = _ALL_ADMINS | {MEMBER}
RECEIVE_POLICY_WRITE = _ADMINS
RECEIVE_POLICY_READ = _ALL_ADMINS | _VIEWERS
SCHEMA_READ = ANY
#: What is registered binds everybody who sends that type: no matter for a member alone.
SCHEMA_WRITE = _ALL_ADMINS
USER_READ = ANY
USER_WRITE = _ALL_ADMINS | {MEMBER}
#: Of people other than oneself.
USER_ADMIN = _ALL_ADMINS
INVITE_READ = ANY
INVITE_WRITE = _ALL_ADMINS | {MEMBER}
MEDIA_READ = ANY
MEDIA_WRITE = _ALL_ADMINS | {MEMBER}
TASK_READ = ANY
#: Of other people, with a key.
TASK_ADMIN = _ALL_ADMINS
LINK_WRITE = _ALL_ADMINS | {MEMBER}
#: Without having created the intent.
LINK_ADMIN = _ALL_ADMINS
ORGANIZATION_CREATE = frozenset({ORG_OWNER})
ORGANIZATION_GET = _ADMINS | _VIEWERS
ORGANIZATION_UPDATE = _ADMINS
WORKSPACE_WRITE = _ALL_ADMINS
WORKSPACE_LIST = _ALL_ADMINS | _VIEWERS
MEMBER_WRITE = _ALL_ADMINS
MEMBER_LIST = _ALL_ADMINS | _VIEWERS
ACCESS_REQUEST_CREATE = ANY
ACCESS_REQUEST_READ = _ADMINS | {SECURITY_AUDITOR}
ACCESS_REQUEST_REVIEW = _ADMINS
QUOTA_UPDATE = _ADMINS
METERING_READ = _ALL_ADMINS | _VIEWERS
USAGE_ROLLUP = _ALL_ADMINS
BILLING_UPDATE = _ALL_ADMINS
SERVICE_ACCOUNT_WRITE = _ALL_ADMINS
SERVICE_ACCOUNT_READ = _ALL_ADMINS | _VIEWERS
AUDIT_READ = _ALL_ADMINS | {SECURITY_AUDITOR}

_RANK = {ORG_OWNER: 3, ORG_ADMIN: 2, WORKSPACE_ADMIN: 1}


def require(held: frozenset[str], allowed: frozenset[str] | None) -> None:
    """Let the operation pass if one of the roles ``held`` is among those ``allowed`` (``None``: no matter which).

    Raises:
        GatewayError: 403, with the roles that would do.
    """
    if allowed is None or held & allowed:
        return
    wanted = [role for role in ROLES if role in allowed]
    has = ", ".join(role for role in ROLES if role in held) or "none"
    raise GatewayError(
        FORBIDDEN,
        f"operation requires one of roles {', '.join(wanted)}: the caller has {has}",
        details={"required_roles": wanted},
    )


def outranks(held: frozenset[str], role: str) -> bool:
    """Whether who holds ``held`` may give ``role``, take it away, or speak for who has it."""
    return max((_RANK.get(mine, 0) for mine in held), default=0) >= max(_RANK.get(role, 0), 1)
