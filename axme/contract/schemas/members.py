"""Members and their tokens (contract 3.20 and 1.2)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from axme.contract.limits import TOKEN_SECONDS
from axme.contract.member_roles import ROLES
from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole

STATUSES = ("active", "invited", "suspended", "removed")


def _role(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(ROLES), **options)


class MemberAdd(RequestSchema):
    """The body of ``POST /v1/organizations/{org_id}/members``."""

    org_id = fields.String()
    workspace_id = fields.String()
    actor_id = Text(required=True, validate=length(1, 255))
    role = _role(required=True)
    invited_by_actor_id = Text(validate=length(1, 255))


class MemberUpdate(RequestSchema):
    """The body of ``PATCH …/members/{member_id}``: what is given is changed."""

    org_id = fields.String()
    member_id = fields.String()
    workspace_id = fields.String()
    role = _role()
    status = fields.String(validate=validate.OneOf(STATUSES))


class MemberInclude(RequestSchema):
    """The body of ``POST /v1/workspaces/{workspace_id}/members/include``."""

    org_id = fields.String()
    workspace_id = fields.String()
    actor_id = Text(required=True, validate=length(1, 255))
    role = _role(load_default="member")


class Member(ObjectSchema):
    """Somebody's role in an organization, or in one workspace of it."""

    member_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(allow_none=True)
    actor_id = fields.String(required=True)
    role = fields.String(required=True)
    status = fields.String(required=True)
    invited_by_actor_id = fields.String(allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class MemberAnswer(ObjectSchema):
    """One member."""

    ok = Flag(required=True)
    member = fields.Nested(Member, required=True)


class MemberList(ObjectSchema):
    """The members of an organization."""

    ok = Flag(required=True)
    members = fields.List(fields.Nested(Member), required=True)


class MemberRemoved(ObjectSchema):
    """The answer to a removal."""

    ok = Flag(required=True)
    removed = Flag()
    org_id = fields.String()
    member_id = fields.String()
    removed_at = Moment()
    result = Object(keys=fields.String())


class TokenCreate(RequestSchema):
    """The body of ``POST …/members/{member_id}/token``."""

    ttl_seconds = whole(*TOKEN_SECONDS, load_default=3600)
    workspace_id = fields.String()


class ActorToken(ObjectSchema):
    """A token of a member; ``token`` is in the answer that made it, and nowhere else."""

    token = fields.String()
    token_type = fields.String()
    member_id = fields.String(required=True)
    actor_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    expires_at = Moment(required=True)


class TokenAnswer(ObjectSchema):
    """One token."""

    ok = Flag(required=True)
    actor_token = fields.Nested(ActorToken, required=True)
